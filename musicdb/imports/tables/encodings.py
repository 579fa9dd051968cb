"""Finds out the encoding of a file of text."""

import codecs


def detect_encoding(data: bytes) -> str:
    """Return the encoding of ``data``: UTF-8 or UTF-16, with or without a byte-order mark, else Windows' Latin-1."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:1000]
    # In UTF-16 every second byte of a header in Latin letters is zero.
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
