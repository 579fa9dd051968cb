"""ISRCs, the codes of recordings, as records print them and as they are compared. No Django here."""

import re
import unicodedata

_ISRC = re.compile("[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_BETWEEN = re.compile(r"[\s.\u00ad\u2010-\u2015\u2212-]+")


def normalise_isrc(text: str) -> str:
    """Return an ISRC without the hyphens and the prefix that it is printed with, and in capitals.

    >>> normalise_isrc("ISRC US-S1Z-99-00001")
    'USS1Z9900001'

    Any other text loses its blanks and hyphens too: it is for a validator to say that it is no ISRC.
    """
    code = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return code.removeprefix("ISRC").removeprefix(":")


def is_isrc(text: str) -> bool:
    """Return whether ``text`` is an ISRC as ``normalise_isrc`` writes it."""
    return _ISRC.fullmatch(text) is not None
