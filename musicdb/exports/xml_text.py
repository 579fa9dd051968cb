"""Escape characters that the XML of a workbook cannot hold or would change, as spreadsheets do: ``_x000D_``."""

import re

# The characters that XML forbids, and the carriage return, which it would turn into a line feed.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
# Half a surrogate pair is not a character.
_ESCAPE = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
_LOOKS_LIKE_ONE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def escape_xml(text: str) -> str:
    """Return ``text`` as a workbook can hold it. ``unescape_xml`` returns the original text."""
    if "_x" in text:
        text = _LOOKS_LIKE_ONE.sub("_x005F_", text)
    return _FORBIDDEN.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def unescape_xml(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
