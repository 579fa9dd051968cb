"""The widgets of cells that only other programs' files have. All others are in ``musicdb.exports.widgets``."""

import re

from musicdb.exports.widgets import NamesWidget

# A comma that no backslash escapes and no blank follows.
_COMMA = re.compile(r"(?<!\\),(?=\S)")
_THOUSANDS = re.compile(r"\d{1,3}")
_AFTER_THOUSANDS = re.compile(r"\d{3}\s")


class CommaNamesWidget(NamesWidget):
    """Several names in one cell, with a comma and no blank between them.

    A comma before a blank is part of a name, as in "Tyler, The Creator,Kali Uchis". So is the comma of a number that a
    name begins with, as in "10,000 Maniacs".
    """

    def __init__(self, max_length: int) -> None:
        super().__init__(",", max_length)

    def split(self, value: str) -> list[str]:
        names: list[str] = []
        for part in _COMMA.split(value):
            if names and _THOUSANDS.fullmatch(names[-1]) and _AFTER_THOUSANDS.match(part):
                names[-1] += f",{part}"
            else:
                names.append(part)
        return names
