"""The widgets of cells that only other programs' files have. All others are in ``musicdb.exports.widgets``."""

import ast
import calendar
import math
import re
from datetime import UTC, datetime
from typing import Any

from import_export.widgets import Widget

from musicdb.exports.cell_text import as_number, as_thousands, is_unknown, shorten
from musicdb.exports.widgets import FeatureWidget, NamesWidget, WholeNumberWidget
from musicdb.models.validators import MAX_INTEGER
from musicdb.music import AUDIO_FEATURES, AudioFeature

# A comma that no backslash escapes and no blank follows.
_COMMA = re.compile(r"(?<!\\),(?=\S)")
_THOUSANDS = re.compile(r"\d{1,3}")
# Seconds or milliseconds since 1970. So many seconds would be the year 5138.
_EPOCH = re.compile(r"\d{9,13}(\.\d+)?")
_MILLISECONDS_FROM = 100_000_000_000
_WORDED = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}),? (\d{1,2}):(\d\d)(?::\d\d)?")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_AFTER_THOUSANDS = re.compile(r"\d{3}\s")
_CLOCK = re.compile(r"(?:(\d{1,3}):(?=\d\d:))?(\d{1,3}):([0-5]\d(?:[.,]\d{1,6})?)")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# A letter and a sign, then perhaps the same key by its other name, then perhaps the mode.
_KEY = re.compile(r"([A-Ga-g]) ?([#♯b♭]?)(?: ?/ ?[A-G] ?[#♯b♭]?)?(?: ?(?:m|min|minor|maj|major))?", re.ASCII)
_CAMELOT = re.compile(r"(0?[1-9]|1[0-2])([ABab])", re.ASCII)


def feature_named(name: str) -> AudioFeature:
    return next(feature for feature in AUDIO_FEATURES if feature.name == name)


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


class MinuteWidget(Widget):
    """A time as the minutes since 1970, in UTC; None where the cell has none.

    Programs write seconds or milliseconds since then, the time as ISO 8601 does, or "31 Dec 2025, 21:38".
    """

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = value.strip()
        if is_unknown(text):
            return None
        if _EPOCH.fullmatch(text):
            seconds = float(text)
            return int(seconds // 60 if seconds < _MILLISECONDS_FROM else seconds // 60_000)
        try:
            found = _worded(text) or datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return int(found.timestamp() // 60)
        except (ValueError, OverflowError):
            raise ValueError(f"“{shorten(value)}” is not a time such as 2024-05-31 21:38.") from None


def _worded(text: str) -> datetime | None:
    match = _WORDED.fullmatch(text)
    if match is None or (month := _MONTHS.get(match[2].lower())) is None:
        return None
    return datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]))


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


class ScaledWidget(Widget):
    """A number of another scale, such as 59 or ``59 %`` for 0.59, read by ``widget`` as its ``scale``-th part."""

    def __init__(self, widget: FeatureWidget, scale: float) -> None:
        super().__init__()
        self.widget = widget
        self.scale = scale

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> float | int | None:
        text = value.strip().removesuffix("%").rstrip()
        if is_unknown(text):
            return None
        # Twelve digits, so that a quotient such as 57.3 / 100 is the decimal number that people expect.
        try:
            return self.widget.clean(f"{as_number(text) / self.scale:.12g}")
        except ValueError:
            highest = self.widget.feature.highest * self.scale
            raise ValueError(f"“{shorten(value)}” is not a number from 0 to {highest:g}.") from None


class UnlessWidget(Widget):
    """What ``widget`` reads, and None for cells that stand for what is unknown."""

    def __init__(self, widget: Widget, unknown: frozenset[str]) -> None:
        super().__init__()
        self.widget = widget
        self.unknown = unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return None if value.strip() in self.unknown else self.widget.clean(value)


class DurationWidget(Widget):
    """A duration in units of so many milliseconds, or as a clock shows it: 3:36 or 1:03:36. None if it is unknown."""

    def __init__(self, unit: int | None = None) -> None:
        super().__init__()
        self.unit = unit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if is_unknown(value):
            return None
        milliseconds = self._milliseconds(value.strip())
        if not 0 <= milliseconds <= MAX_INTEGER:
            raise ValueError(f"“{shorten(value)}” is not a duration.")
        return milliseconds or None

    def _milliseconds(self, text: str) -> int:
        if self.unit is not None:
            # Milliseconds have no decimals, so what looks like three of them are thousands.
            thousands = as_thousands(text) if self.unit == 1 else None
            return round((as_number(text) if thousands is None else thousands) * self.unit)
        if (match := _CLOCK.fullmatch(text)) is None:
            raise ValueError(f"“{shorten(text)}” is not a duration such as 3:36 or 1:03:36.")
        hours, minutes, seconds = match.groups()
        return round(((int(hours or 0) * 60 + int(minutes)) * 60 + float(seconds.replace(",", "."))) * 1000)


class MillisecondsWidget(WholeNumberWidget):
    """A duration in milliseconds. A spreadsheet may show it as a clock does: 3:36. None if it is unknown or 0."""

    _clock = DurationWidget()

    def __init__(self) -> None:
        super().__init__(zero_is_unknown=True)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        return self._clock.clean(value) if ":" in value else super().clean(value)


class SecondsWidget(Widget):
    """A duration in seconds, or as a clock shows it: 216.4 or 3:36. None if it is unknown."""

    _seconds, _clock = DurationWidget(1000), DurationWidget()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        return (self._clock if ":" in value else self._seconds).clean(value)


class KeyWidget(FeatureWidget):
    """A key as a number, by its letter (``A#``, ``Bb minor``, ``C♯/D♭``), or by its place on the Camelot wheel (8A)."""

    def __init__(self) -> None:
        super().__init__(feature_named("key"))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> float | int | None:
        text = value.strip()
        if match := _KEY.fullmatch(text):
            letter, sign = match.groups()
            return (_LETTERS[letter.upper()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(sign, 0)) % 12
        if match := _CAMELOT.fullmatch(text):
            # Each step is a fifth. 8B is C major, and 8A its relative A minor.
            return ((int(match[1]) - 8) * 7 + (9 if match[2] in "aA" else 0)) % 12
        try:
            # A question mark stands for what an analysis did not find.
            return None if text == "?" else super().clean(text)
        except ValueError:
            raise ValueError(f"“{shorten(value)}” is no key. Use 0 to 11, or a letter such as A# or Bb.") from None


class ModeWidget(FeatureWidget):
    """A mode as a number or a word: 1 or ``Major``, 0 or ``Minor``."""

    _WORDS = {"major": 1, "maj": 1, "dur": 1, "minor": 0, "min": 0, "moll": 0, "?": None}

    def __init__(self) -> None:
        super().__init__(feature_named("mode"))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> float | int | None:
        word = value.strip().lower()
        if word in self._WORDS:
            return self._WORDS[word]
        try:
            return super().clean(value)
        except ValueError:
            raise ValueError(f"“{shorten(value)}” is no mode. Use 1 or major, 0 or minor.") from None


class RatingWidget(Widget):
    """A rating as a number of stars from 1 to 5, or None where there is none. ``per_star`` is what one star counts.

    A part of a star counts as a whole one. Stars may also be drawn: ``★★★½``.
    """

    _MAX_STARS = 5
    _DRAWN = re.compile(r"(★{0,5})(½?)☆{0,5}")

    def __init__(self, per_star: int) -> None:
        super().__init__()
        self.per_star = per_star

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if is_unknown(value):
            return None
        if drawn := self._DRAWN.fullmatch(value.strip()):
            stars: float = len(drawn[1]) + len(drawn[2]) / 2
        else:
            stars = as_number(value) / self.per_star
        if not 0 <= stars <= self._MAX_STARS:
            highest = self._MAX_STARS * self.per_star
            raise ValueError(f"“{shorten(value)}” is not a rating from 0 to {highest}.")
        return math.ceil(stars) or None


class MarkWidget(Widget):
    """Whether a cell has a mark, such as a heart. A blank cell says nothing, and a written no is one."""

    _NO = frozenset({"0", "false", "no", "n"})

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        return None if is_unknown(value) else value.strip().lower() not in self._NO
