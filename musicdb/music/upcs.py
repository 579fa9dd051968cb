"""UPCs, the numbers of barcodes, as they are printed and as they are stored. No Django here."""

import re

_BETWEEN_DIGITS = re.compile(r"[\s\u2010-\u2015-]+")


def normalise_upc(text: str) -> str:
    """Return the digits of a barcode that is written with blanks or hyphens between them, such as "0 602435 971889"."""
    return _BETWEEN_DIGITS.sub("", text)
