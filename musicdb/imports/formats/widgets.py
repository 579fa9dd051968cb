"""The widgets of cells that only other programs' files have. All others are in ``musicdb.exports.widgets``."""

import ast
import re
from typing import Any

from import_export.widgets import Widget

from musicdb.exports.widgets import NamesWidget, is_unknown, shorten

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


class PythonListWidget(Widget):
    """A list as Python writes it, such as ``['Bing Crosby', "Destiny's Child"]``. ``widget`` reads each text."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[Any, ...]:
        # An unknown id keeps its place beside its name, and a name that is empty has none.
        return tuple(cleaned for part in self.split(value) if (cleaned := self.clean_one(part)) != "")

    def clean_one(self, part: str) -> Any:
        return self.widget.clean(part)

    def split(self, value: str) -> list[str]:
        if is_unknown(value):
            return []
        try:
            parts = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            parts = None
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise ValueError(f"“{shorten(value)}” is not a list such as ['A name', 'Another name'].")
        return parts
