"""Guess which names a name has that several artists share, such as "A feat. B". No Django here."""

import re

# Words count only with blanks around them. "x" is how many write "and", "y" and "und" are Spanish and German.
_WORDS = r"and|&|\+|feat\.?|ft\.?|featuring|with|vs\.?|x|×|y|und|et|e"
_BETWEEN = re.compile(rf"\s*[;/|,、・]\s*|\s+(?:{_WORDS})\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]\s*(?=(?:feat|ft|featuring|with)\b)([^)\]]*)[)\]]", re.IGNORECASE)


def names_in(name: str) -> list[str]:
    """Return the names that ``name`` may consist of, in order and each once. It is the only one if there are none.

    >>> names_in("Simon & Garfunkel feat. X")
    ['Simon', 'Garfunkel', 'X']
    """
    parts = (part.strip() for part in _BETWEEN.split(_BRACKETS.sub(r" \1", name)))
    return list(dict.fromkeys(part for part in parts if part)) or [name]
