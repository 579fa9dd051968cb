"""The widgets that read a cell: from its text to a value that the catalogue can store.

Each raises ValueError if the text is no such value. The message follows the heading of the column, as in "score: “x” is
not a number."
"""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from import_export.widgets import Widget

from musicdb.exports.cell_text import NO, YES, as_number, as_thousands, is_unknown, shorten
from musicdb.models import Visibility
from musicdb.models.slugs import MAX_LENGTH
from musicdb.models.validators import (
    MAX_INTEGER,
    validate_isrc,
    validate_slug_text,
    validate_spotify_id,
    validate_upc,
    validate_web_url,
)
from musicdb.music import (
    AudioFeature,
    ReleaseDate,
    four_digit_year,
    normalise_isrc,
    normalise_name,
    normalise_upc,
    parse_release_date,
)

_LINK = re.compile(
    r"(?:spotify:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?)(?P<kind>[a-z]+)[:/](?P<id>[^?#]*)(?:[?#].*)?",
    re.IGNORECASE,
)
# How spreadsheets rewrite dates: 7/2/2021 or 7/2/21, 2-Jul-21, and Jul-21 for a month.
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?: .*)?")
_YEAR_FIRST = re.compile(r"\d{4}([/.])\d{1,2}\1\d{1,2}")
_WITH_MONTH_NAME = re.compile(r"(?:(\d{1,2})-)?([A-Za-z]{3})-(\d{4}|\d{2})")
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}


class NameWidget(Widget):
    """A name of at most ``max_length`` characters, or empty."""

    def __init__(self, max_length: int, unknown: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.max_length = max_length
        self.unknown = unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        name = normalise_name(value)
        if name in self.unknown:
            return ""
        if len(name) > self.max_length:
            raise ValueError(f"has {len(name):,} characters, and at most {self.max_length} can be stored.")
        return name


class NamesWidget(Widget):
    """Several names in one cell, with ``separator`` between them. A backslash escapes one that is part of a name."""

    def __init__(self, separator: str, max_length: int, unknown: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.separator = separator
        self.widget = NameWidget(max_length, unknown)
        self._between = re.compile(rf"(?<!\\){re.escape(separator)}")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str, ...]:
        names = (self.clean_one(part) for part in self.split(value))
        return tuple(name for name in names if name)

    def clean_one(self, part: str) -> str:
        """Return the one name in a part of a cell."""
        return self.widget.clean(part.replace("\\" + self.separator, self.separator))

    def split(self, value: str) -> list[str]:
        return self._between.split(value) if self.separator in value else [value]


class TextWidget(Widget):
    """A text as it is, of at most ``max_length`` characters if there is a limit."""

    def __init__(self, max_length: int | None = None) -> None:
        super().__init__()
        self.max_length = max_length

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValueError(f"has {len(value):,} characters, and at most {self.max_length} can be stored.")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("has a character that cannot be stored.")
        return str(value)


class TimeWidget(Widget):
    """A time, None where the cell has none. A time without a zone is in UTC.

    What is no time is unknown too: nobody should have to mend a file for it. With ``epoch_is_unknown``, the first of
    January 1970 is unknown: services write it for a time that they do not know.
    """

    def __init__(self, epoch_is_unknown: bool = False) -> None:
        super().__init__()
        self.epoch_is_unknown = epoch_is_unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime | None:
        try:
            found = datetime.fromisoformat(value.strip())
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None
        return None if self.epoch_is_unknown and found.date() == date(1970, 1, 1) else found


class SlugWidget(Widget):
    """A slug, or empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        slug: str = value.strip()
        if not slug:
            return ""
        if len(slug) > MAX_LENGTH:
            raise ValueError(f"has {len(slug):,} characters, and at most {MAX_LENGTH} can be stored.")
        _check(validate_slug_text, slug)
        return slug


class ListWidget(Widget):
    """The parts of a cell that ``join_parts`` wrote, each read by ``widget``. Empty parts keep their positions."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[Any, ...]:
        if not value.strip():
            return ()
        return tuple(self.widget.clean(part) for part in split_parts(value))


def join_parts(names: Sequence[str]) -> str:
    """Return a cell that has several names: ``; `` between them, and a backslash before a semicolon or a backslash."""
    cell = "; ".join(names)
    if "\\" not in cell and cell.count(";") == len(names) - 1:
        return cell
    return "; ".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in names)


def split_parts(cell: str) -> list[str]:
    """Return the names in a cell that ``join_parts`` wrote, without spaces around them."""
    parts = [""]
    characters = iter(cell)
    for character in characters:
        if character == ";":
            parts.append("")
        else:
            parts[-1] += next(characters, "\\") if character == "\\" else character
    return [part.strip() for part in parts]


class SpotifyIdWidget(Widget):
    """A Spotify id by itself, in a URI or in a link. None if it is unknown, as it is for a local file."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text: str = value.strip()
        if is_unknown(text):
            return None
        if link := _LINK.fullmatch(text):
            if link["kind"].lower() == "local":
                return None
            if link["kind"].lower() != self.kind:
                raise ValueError(f"is the link of {_a(link['kind'])} on Spotify, not of {_a(self.kind)}.")
            text = link["id"]
        try:
            validate_spotify_id(text)
        except ValidationError:
            raise ValueError(f"“{shorten(text)}” is not a Spotify id. An id has 22 letters and digits.") from None
        return text


class SpotifyIdsWidget(Widget):
    """Several Spotify ids in one cell. None stands for one that is missing."""

    def __init__(self, kind: str, separator: str) -> None:
        super().__init__()
        self.separator = separator
        self.widget = SpotifyIdWidget(kind)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str | None, ...]:
        if is_unknown(value):
            return ()
        return tuple(self.widget.clean(part) for part in value.split(self.separator))


class FeatureWidget(Widget):
    """An audio feature within its range, or None if it is unknown.

    Spotify writes some values for what its analysis did not find. With ``as_stored``, every value means itself.
    """

    def __init__(self, feature: AudioFeature, as_stored: bool = False) -> None:
        super().__init__()
        self.feature = feature
        self.as_stored = as_stored
        self.whole = feature.usual is None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> float | int | None:
        if is_unknown(value):
            return None
        number = as_number(value)
        # The analysis found no tempo if it is 0, no bars if they have 0 beats, and no key if it is -1.
        found_none = (number == 0 and self.feature.lowest > 0) or (number == -1 and self.feature.name == "key")
        if found_none and not self.as_stored:
            return None
        if not self.feature.lowest <= number <= self.feature.highest:
            raise ValueError(
                f"“{shorten(value)}” is not between {self.feature.lowest:g} and {self.feature.highest:g}"
                f"{self.feature.unit and ' ' + self.feature.unit}."
            )
        if not self.whole:
            return number
        if not number.is_integer():
            raise ValueError(f"“{shorten(value)}” is not a whole number.")
        return int(number)


class WholeNumberWidget(Widget):
    """A whole number from ``lowest`` to ``highest``, or None. ``zero_is_unknown`` is for what cannot be 0."""

    def __init__(self, lowest: int = 0, highest: int = MAX_INTEGER, *, zero_is_unknown: bool = False) -> None:
        super().__init__()
        self.lowest = lowest
        self.highest = highest
        self.zero_is_unknown = zero_is_unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if is_unknown(value):
            return None
        number = as_number(value)
        # A whole number has no decimals: what looks like three of them are thousands, unless that is too much.
        thousands = None if value.isdecimal() else as_thousands(value)
        if thousands is not None and self.lowest <= thousands <= self.highest:
            number = thousands
        if self.zero_is_unknown and number == 0:
            return None
        if not number.is_integer() or not self.lowest <= number <= self.highest:
            raise ValueError(f"“{shorten(value)}” is not a whole number from {self.lowest} to {self.highest:,}.")
        return int(number)


class YesNoWidget(Widget):
    """True, False or None, in any of the words that spreadsheets write for it in their users' languages."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        if is_unknown(value):
            return None
        text = value.strip().lower()
        if text not in YES | NO:
            raise ValueError(f"“{shorten(value)}” is neither true nor false.")
        return text in YES


class VisibilityWidget(YesNoWidget):
    """A visibility. Files of earlier versions say whether a name is public; what is not is left to the site's rule."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = value.strip().lower()
        if text in Visibility.values:
            return text
        try:
            is_public = super().clean(value)
        except ValueError:
            names = ", ".join(Visibility.values)
            raise ValueError(f"“{shorten(value)}” is no visibility. Use one of {names}.") from None
        if is_public is None:
            return None
        return Visibility.SHOWN.value if is_public else Visibility.AUTOMATIC.value


class ReleaseDateWidget(Widget):
    """A date with a year, a month or a day as its precision.

    A spreadsheet may have turned it into 7/2/2021. ``day_first`` says how to read that.
    """

    def __init__(self, day_first: bool = False) -> None:
        super().__init__()
        self.day_first = day_first

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> ReleaseDate | None:
        text = value.strip()
        if is_unknown(text) or text.startswith("0000"):
            return None
        if match := _SLASHED.fullmatch(text):
            first, second, year = match.groups()
            day, month = (first, second) if self.day_first else (second, first)
            return _date(text, year, int(month), int(day))
        if _YEAR_FIRST.fullmatch(text):
            return parse_release_date(text.replace("/", "-").replace(".", "-"))
        if match := _WITH_MONTH_NAME.fullmatch(text):
            month_day, name, year = match.groups()
            if (number := _MONTHS.get(name.capitalize())) is None:
                raise ValueError(f"“{text}” is not a month.")
            return _date(text, year, number, None if month_day is None else int(month_day))
        return parse_release_date(shorten(text.split("T")[0] if len(text) > 10 else text))


class ChoiceWidget(Widget):
    """One of ``choices``, by its value or its label in any case, or empty.

    What is none of them is an error, or empty if ``others_are_unknown``.
    """

    def __init__(self, choices: type[TextChoices], *, others_are_unknown: bool = False) -> None:
        super().__init__()
        self.labels = [str(label) for label in choices.labels]
        self.others_are_unknown = others_are_unknown
        self._values = {text.lower(): value for value, label in choices.choices for text in (value, str(label))}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if is_unknown(value):
            return ""
        if (found := self._values.get(value.strip().lower())) is None and not self.others_are_unknown:
            raise ValueError(f"“{shorten(value)}” is none of {', '.join(self.labels)}.")
        return found or ""


class UpcWidget(Widget):
    """The digits of a barcode, or empty. Printed forms have blanks or hyphens between them."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if is_unknown(value):
            return ""
        digits = normalise_upc(value)
        _check(validate_upc, digits, value)
        return digits


def _date(text: str, year: str, month: int, day: int | None) -> ReleaseDate:
    """Return the date of a spreadsheet's cell. Raises ValueError where there is no such day."""
    try:
        first_day = date(four_digit_year(year, date.today()), month, day or (1 if day is None else 0))
    except ValueError:
        raise ValueError(f"“{text}” is no day of the calendar.") from None
    return first_day, "month" if day is None else "day"


class IsrcWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = normalise_isrc(value)
        if not text or is_unknown(value):
            return ""
        _check(validate_isrc, text)
        return text


class UrlWidget(Widget):
    MAX_LENGTH = 500

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text: str = value.strip()
        if is_unknown(text):
            return ""
        if len(text) > self.MAX_LENGTH:
            raise ValueError(f"has {len(text):,} characters, and at most {self.MAX_LENGTH} can be stored.")
        _check(validate_web_url, text)
        return text


def slashed_parts(text: str) -> tuple[int, int] | None:
    """Return the first two numbers of a date such as 7/2/2021. Return None if ``text`` has another form."""
    match = _SLASHED.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def _check(validate: Callable[[str], None], text: str, written: str = "") -> None:
    """Raise ValueError with what ``validate`` says against ``text``. The cell has it as ``written``, if it differs."""
    try:
        validate(text)
    except ValidationError as error:
        raise ValueError(f"“{shorten(written or text)}”: {error.messages[0]}") from None


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
