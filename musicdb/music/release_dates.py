"""Release dates of year, month or day precision: "1983", "1983-05", "1983-05-12". No Django here."""

import re
from datetime import date
from typing import Literal

Precision = Literal["year", "month", "day"]

_PATTERN = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def parse_release_date(text: str) -> tuple[date, Precision]:
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
    lengths = {"year": 4, "month": 7, "day": 10}
    return first_day.isoformat()[: lengths[precision]]
