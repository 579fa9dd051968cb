"""Release dates of year, month or day precision: "1983", "1983-05", "1983-05-12". No Django here."""

import re
from datetime import date
from typing import Literal

Precision = Literal["year", "month", "day"]

ReleaseDate = tuple[date, Precision]

_PATTERN = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_LENGTHS = {"year": 4, "month": 7, "day": 10}


def parse_release_date(text: str) -> ReleaseDate:
    """Return the first day that ``text`` can mean, and how precise it is.

    Raises ValueError, with words for the person who typed it, where ``text`` is none of the three forms or no
    day of the calendar.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}” is no release date: write 1983, 1983-05 or 1983-05-12.")
    year, month, day = match.groups()
    precision: Precision = "day" if day else "month" if month else "year"
    try:
        return date(int(year), int(month or 1), int(day or 1)), precision
    except ValueError:
        raise ValueError(f"“{text}” is no day of the calendar.") from None


def format_release_date(first_day: date, precision: str) -> str:
    """Return ``first_day`` as far as it is known; ``parse_release_date`` reads it back."""
    return first_day.isoformat()[: _LENGTHS[precision]]


def finer_date(one: ReleaseDate | None, other: ReleaseDate | None) -> ReleaseDate | None:
    """Return the finer of two dates that agree, and ``one`` if they do not. An unknown date agrees with every other.

    >>> finer_date((date(1983, 1, 1), "year"), (date(1983, 5, 12), "day"))
    (datetime.date(1983, 5, 12), 'day')
    """
    if one is None or other is None:
        return one or other
    is_finer = _LENGTHS[other[1]] > _LENGTHS[one[1]]
    return other if is_finer and dates_agree(one, other) else one


def dates_agree(one: ReleaseDate | None, other: ReleaseDate | None) -> bool:
    """Return whether two dates can be one: the coarser one contains the finer one, or one of them is unknown."""
    if one is None or other is None:
        return True
    shorter, longer = sorted((format_release_date(*one), format_release_date(*other)), key=len)
    return longer.startswith(shorter)


def is_full_date(released: ReleaseDate | None) -> bool:
    """Return whether a date says on which day something was released.

    The first of January does not: services write it where they know no more than the year.
    """
    return released is not None and released[1] == "day" and (released[0].month, released[0].day) != (1, 1)


def four_digit_year(year: str, today: date) -> int:
    """Return the year that two digits mean, the last such year that is not after this year. Four digits are a year."""
    number = int(year)
    if len(year) > 2:
        return number
    return today.year - (today.year - number) % 100
