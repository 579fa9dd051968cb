"""Reads JSON, and JSON Lines, without trusting it."""

import json
import re
from typing import Any

from musicdb.imports.messages import ImportRefusedError

# How a JSON file begins. A CSV file may begin with a bracket too, as in "[Mood],Title".
STARTS_JSON = re.compile(r"[\ufeff\s]*(\{\s*(\"[^\"\n]*\"\s*:|\}|\Z)|\[\s*([{\[\]\"\d]|\Z))")


def parse_json(name: str, text: str) -> Any:
    """Return the value that ``text`` is, with all numbers as text. Lines of JSON make a list.

    Numbers stay as they are written: a row whose number is too large is a bad row, as in a CSV file. Raises
    ImportRefusedError.
    """
    text = text.lstrip("\ufeff")
    try:
        return _value(text)
    except json.JSONDecodeError as error:
        # What comes after the first value may be the next line's.
        if error.msg == "Extra data":
            # Not all that ends a line for Python ends one of JSON Lines. A blank line is no entry, but counts as one.
            lines = enumerate(text.rstrip().split("\n"), start=1)
            return [_line(name, number, line) if line.strip() else None for number, line in lines]
        raise _damaged(name, error.lineno, error.msg) from None
    except RecursionError:
        raise _too_deep(name) from None


def _value(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _line(name: str, number: int, line: str) -> Any:
    try:
        return _value(line)
    except json.JSONDecodeError as error:
        raise _damaged(name, number, error.msg) from None
    except RecursionError:
        raise _too_deep(name) from None


def _damaged(name: str, line: int, reason: str) -> ImportRefusedError:
    return ImportRefusedError(
        f"{name} is a JSON file that is cut off or damaged (line {line:,}: {reason}). Download or export it again."
    )


def _too_deep(name: str) -> ImportRefusedError:
    return ImportRefusedError(f"{name} is a JSON file that is nested too deeply. No export of music is.")
