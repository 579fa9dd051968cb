"""From a cell's text to a value that the catalogue can store. Each raises ValueError with words for an editor."""

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from import_export.widgets import Widget

from musicdb.models.slugs import MAX_LENGTH
from musicdb.models.validators import (
    MAX_INTEGER,
    validate_isrc,
    validate_slug_text,
    validate_spotify_id,
    validate_web_url,
)
from musicdb.music.audio_features import AudioFeature
from musicdb.music.names import normalise_name
from musicdb.music.release_dates import Precision, parse_release_date

# What programs write where they know nothing. A title may be any of these words: only other cells are so read.
UNKNOWN = frozenset({"", "undefined", "null", "none", "nan", "na", "n/a", "-"})
_LINK = re.compile(
    r"(?:spotify:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?)(?P<kind>[a-z]+)[:/](?P<id>[^?#]*)(?:[?#].*)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: .*)?")


def is_unknown(text: str) -> bool:
    return text.strip().lower() in UNKNOWN


class NameWidget(Widget):
    """A name of at most ``longest`` characters, or empty."""

    def __init__(self, longest: int, unknown: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.longest = longest
        self.unknown = unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        name = normalise_name(value)
        if name in self.unknown:
            return ""
        if len(name) > self.longest:
            raise ValueError(f"has {len(name):,} characters, and {self.longest} are the most that can be stored.")
        return name


class NamesWidget(Widget):
    """Several names in one cell: ``separator`` between them, ``\\`` before one that is part of a name."""

    def __init__(self, separator: str, longest: int, unknown: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.separator = separator
        self.one = NameWidget(longest, unknown)
        self._between = re.compile(rf"(?<!\\){re.escape(separator)}")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str, ...]:
        names = (self.one.clean(part.replace("\\" + self.separator, self.separator)) for part in self.split(value))
        return tuple(name for name in names if name)

    def split(self, value: str) -> list[str]:
        return self._between.split(value) if self.separator in value else [value]


class TextWidget(Widget):
    """A text as it stands, of at most ``longest`` characters if there is a limit."""

    def __init__(self, longest: int | None = None) -> None:
        super().__init__()
        self.longest = longest

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if self.longest is not None and len(value) > self.longest:
            raise ValueError(f"has {len(value):,} characters, and {self.longest} are the most that can be stored.")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("has a character that cannot be stored.")
        return str(value)


class SlugWidget(Widget):
    """The last part of the address of a page, or empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        slug = value.strip()
        if not slug:
            return ""
        if len(slug) > MAX_LENGTH:
            raise ValueError(f"has {len(slug):,} characters, and {MAX_LENGTH} are the most that can be stored.")
        try:
            validate_slug_text(slug)
        except ValidationError as error:
            raise ValueError(f"“{shorten(slug)}”: {error.messages[0]}") from None
        return slug


class ListWidget(Widget):
    """The parts of a cell that ``join_parts`` wrote, each read by ``one``. Empty parts keep their positions."""

    def __init__(self, one: Widget) -> None:
        super().__init__()
        self.one = one

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[Any, ...]:
        if not value.strip():
            return ()
        return tuple(self.one.clean(part) for part in split_parts(value))


def join_parts(names: Iterable[str]) -> str:
    """Return names in one cell, ``; `` between them; a semicolon or backslash within one has a backslash before it."""
    return "; ".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in names)


def split_parts(cell: str) -> list[str]:
    """Return what ``join_parts`` join_parts, without blanks around it."""
    parts = [""]
    characters = iter(cell)
    for character in characters:
        if character == ";":
            parts.append("")
        else:
            parts[-1] += next(characters, "\\") if character == "\\" else character
    return [part.strip() for part in parts]


class SpotifyIdWidget(Widget):
    """A Spotify id by itself, in a URI or in a link; None where there is none, as for a file of the owner's own."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        text = value.strip()
        if is_unknown(text):
            return None
        if link := _LINK.fullmatch(text):
            if link["kind"].lower() == "local":
                return None
            if link["kind"].lower() != self.kind:
                raise ValueError(f"is a Spotify {link['kind']}, and {_a(self.kind)} is wanted.")
            text = link["id"]
        try:
            validate_spotify_id(text)
        except ValidationError:
            raise ValueError(f"“{shorten(text)}” is no Spotify id, which has 22 letters and digits.") from None
        return text


class SpotifyIdsWidget(Widget):
    """Several Spotify ids in one cell, None in the position of one that is missing."""

    def __init__(self, kind: str, separator: str) -> None:
        super().__init__()
        self.separator = separator
        self.one = SpotifyIdWidget(kind)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str | None, ...]:
        if is_unknown(value):
            return ()
        return tuple(self.one.clean(part) for part in value.split(self.separator))


class FeatureWidget(Widget):
    """An audio feature within its range, or None where it is unknown.

    ``as_stored``: whether every value means itself; Spotify writes some for what it did not find.
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
        # A tempo of 0 BPM and a bar of 0 beats mean that the analysis found none, and so does a key of -1.
        found_none = (number == 0 and self.feature.lowest > 0) or (number == -1 and self.feature.name == "key")
        if found_none and not self.as_stored:
            return None
        if not self.feature.lowest <= number <= self.feature.highest:
            raise ValueError(
                f"“{shorten(value)}” is not from {self.feature.lowest:g} to {self.feature.highest:g}"
                f"{self.feature.unit and ' ' + self.feature.unit}."
            )
        if not self.whole:
            return number
        if not number.is_integer():
            raise ValueError(f"“{shorten(value)}” is no whole number.")
        return int(number)


class WholeNumberWidget(Widget):
    """A whole number that is not negative, or None. ``zero_is_unknown`` where nothing real measures 0."""

    def __init__(self, zero_is_unknown: bool = False) -> None:
        super().__init__()
        self.zero_is_unknown = zero_is_unknown

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        if is_unknown(value):
            return None
        number = as_number(value)
        if not number.is_integer() or not 0 <= number <= MAX_INTEGER:
            raise ValueError(f"“{shorten(value)}” is no whole number from 0 to {MAX_INTEGER:,}.")
        return None if self.zero_is_unknown and number == 0 else int(number)


class YesNoWidget(Widget):
    _YES = frozenset({"true", "1", "yes", "y"})
    _NO = frozenset({"false", "0", "no", "n"})

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        if is_unknown(value):
            return None
        text = value.strip().lower()
        if text not in self._YES | self._NO:
            raise ValueError(f"“{shorten(value)}” is neither true nor false.")
        return text in self._YES


class ReleaseDateWidget(Widget):
    """A date of year, month or day. ``day_first`` says how to read what a spreadsheet made of it: 7/2/2021."""

    def __init__(self, day_first: bool = False) -> None:
        super().__init__()
        self.day_first = day_first

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[date, Precision] | None:
        text = value.strip()
        if is_unknown(text) or text.startswith("0000"):
            return None
        if match := _SLASHED.fullmatch(text):
            first, second, year = match.groups()
            day, month = (first, second) if self.day_first else (second, first)
            return parse_release_date(f"{year}-{month}-{day}")
        if match := re.fullmatch(r"([A-Za-z]{3})-(\d{2})", text):
            # A spreadsheet's way to write 2021-07.
            try:
                return datetime.strptime(text, "%b-%y").date(), "month"
            except ValueError:
                raise ValueError(f"“{text}” is no month.") from None
        return parse_release_date(shorten(text.split("T")[0] if len(text) > 10 else text))


class IsrcWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = value.replace("-", "").strip().upper()
        if is_unknown(text):
            return ""
        try:
            validate_isrc(text)
        except ValidationError as error:
            raise ValueError(f"“{shorten(text)}”: {error.messages[0]}") from None
        return text


class UrlWidget(Widget):
    LONGEST = 500

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = value.strip()
        if is_unknown(text):
            return ""
        if len(text) > self.LONGEST:
            raise ValueError(f"has {len(text):,} characters, and {self.LONGEST} are the most that can be stored.")
        try:
            validate_web_url(text)
        except ValidationError as error:
            raise ValueError(f"“{shorten(text)}”: {error.messages[0]}") from None
        return text


def slashed_parts(text: str) -> tuple[int, int] | None:
    """Return the first two numbers of a date as a spreadsheet writes it; None if ``text`` is written otherwise."""
    match = _SLASHED.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def as_number(text: str) -> float:
    """Return the finite number that ``text`` says, with a point or a comma."""
    try:
        number = float(text)
    except ValueError:
        try:
            number = float(text.replace(",", ".", 1))
        except ValueError:
            raise ValueError(f"“{shorten(text)}” is no number.") from None
    if not math.isfinite(number):
        raise ValueError(f"“{shorten(text)}” is no finite number.")
    return number


def shorten(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
