"""Dates and times of a workbook, as the format of their cells shows them."""

import re
from datetime import date, datetime, time, timedelta
from functools import cache

# Colours, conditions, languages and quoted text of a format, but not [h], which counts hours beyond a day.
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def as_shown(value: date | time | timedelta, number_format: str) -> str:
    """Return a date as far as the cell shows it, and a time as minutes and seconds where it shows no hours.

    A cell with the format YYYY is a year, and one with m:ss is a duration.
    """
    letters = _letters(number_format)
    if isinstance(value, timedelta):
        return _duration(value, letters)
    if isinstance(value, time):
        return _duration(datetime.combine(date.min, value) - datetime.min, letters)
    if "y" not in letters and "d" not in letters and isinstance(value, datetime):
        if "h" in letters or "s" in letters:
            return _duration(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second), letters)
    elif "d" not in letters and "m" not in letters:
        return f"{value.year:04d}"
    elif "d" not in letters and "h" not in letters:
        return f"{value.year:04d}-{value.month:02d}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    return value.isoformat()


@cache
def _letters(number_format: str) -> str:
    return _NOT_SHOWN.sub("", (number_format or "").partition(";")[0]).lower()


def _duration(value: timedelta, letters: str) -> str:
    seconds = round(value.total_seconds())
    if "h" not in letters:
        return f"{seconds // 60}:{seconds % 60:02d}"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if "s" in letters else f"{hours}:{minutes:02d}"
