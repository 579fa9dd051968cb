"""Reads JSON, JSON Lines, and JSON values one after the other, without trusting it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from musicdb.imports.messages import ImportRefusedError

# How a JSON file begins. A CSV file may begin with a bracket too, as in "[Mood],Title".
STARTS_JSON = re.compile(
    r"[\ufeff\s]*(\{\s*(\"[^\"\n]*\"\s*:|\}|\Z)|\[\s*([{\[\]\"\d]|-\d|(null|true|false)\s*(,|\]\s*\Z)|\Z))"
)
# What may stand between two values: programs that add to a file, and people who do, write any of these, or nothing.
_BETWEEN_VALUES = re.compile(r"[\ufeff\s,]*")
# Numbers stay as they are written: a row whose number is too large is a bad row, as in a CSV file.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
# So much of the text before an error shows a comma too many.
_LOOKED_BACK = 100


def parse_json(name: str, text: str) -> Any:
    """Return the value that ``text`` is, with all numbers as text. Several values make a list.

    Lines of JSON are a list with an entry a line, None for a blank one. Of other values, one after the other, lists
    count as what they have. Raises ImportRefusedError.
    """
    try:
        values = list(_values(text))
    except json.JSONDecodeError as error:
        raise _damaged(name, text, error) from None
    except RecursionError:
        raise ImportRefusedError(f"{name} is a JSON file that is nested too deeply. No export of music is.") from None
    if len(values) == 1:
        return values[0][0]
    by_line = {line: value for value, line in values if line is not None and not isinstance(value, list)}
    if len(by_line) == len(values):
        # A blank line is no entry, but its number counts.
        return [by_line.get(line) for line in range(max(by_line) + 1)]
    return [item for value, _ in values for item in (value if isinstance(value, list) else [value])]


def _values(text: str) -> Iterator[tuple[Any, int | None]]:
    """Yield each value, with the number of its line, from 0, or None for one of several. Raises JSONDecodeError."""
    counted, line = 0, 0
    position = _after_blanks(text, 0)
    while True:
        line += text.count("\n", counted, position)
        counted = position
        value, end = _DECODER.raw_decode(text, position)
        yield value, line if text.find("\n", position, end) < 0 else None
        position = _after_blanks(text, end)
        if position == len(text):
            return


def _after_blanks(text: str, position: int) -> int:
    found = _BETWEEN_VALUES.match(text, position)
    return found.end() if found else position


def _damaged(name: str, text: str, error: json.JSONDecodeError) -> ImportRefusedError:
    before = text[max(0, error.pos - _LOOKED_BACK) : error.pos].rstrip()
    # Older versions of Python say that a value is expected after the comma, newer ones that the comma is wrong.
    rest = text[error.pos : error.pos + _LOOKED_BACK]
    after = rest.lstrip(", \t\r\n")
    if after.startswith(("]", "}")) and (before.endswith(",") or rest.startswith(",")):
        return ImportRefusedError(
            f"{name} is a JSON file with a comma too many (line {error.lineno:,}, before “{after[0]}”). Delete "
            "the comma."
        )
    return ImportRefusedError(
        f"{name} is a JSON file that is cut off or damaged (line {error.lineno:,}: {error.msg}). Download or export it "
        "again."
    )
