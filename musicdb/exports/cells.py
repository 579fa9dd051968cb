"""How values are written in the cells of a CSV file, of a workbook or of JSON.

Each function takes the cells of a column, whose values are of one type, and is quickest where there is nothing to do.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any

from musicdb.exports.csv_injection import escape_formula, is_dangerous
from musicdb.exports.xml_text import escape_xml

_NUMBERS = frozenset({int, float, type(None)})


def csv_cells(values: Sequence[Any]) -> Sequence[Any]:
    """Return cells that a spreadsheet can open safely: no text is a formula, and a boolean is a word."""
    kinds = set(map(type, values))
    if kinds <= _NUMBERS or (kinds == {str} and not any(map(is_dangerous, {text[:1] for text in values}))):
        return values
    return [_safe(value) for value in values]


def workbook_cells(values: Sequence[Any]) -> Sequence[Any]:
    """Return cells as ``csv_cells`` does, with text that XML can hold."""
    return csv_cells([escape_xml(value) if isinstance(value, str) else value for value in values])


def exact_workbook_cells(values: Sequence[Any]) -> Sequence[Any]:
    """Return cells as ``workbook_cells`` does, from which the same values can be read back.

    A workbook keeps 16 digits of a number. A number that needs 17 is written as text.
    """
    return workbook_cells([repr(value) if _is_cut(value) else value for value in values])


def json_cells(values: Sequence[Any]) -> Sequence[str]:
    """Return cells as JSON has them."""
    if set(map(type, values)) == {str}:
        return list(map(encode_basestring, values))
    return [_json(value) for value in values]


def _json(value: Any) -> str:
    if isinstance(value, str):
        return str(encode_basestring(value))
    if value is None:
        return "null"
    return ("true" if value else "false") if isinstance(value, bool) else repr(value)


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return escape_formula(value)
    return ("true" if value else "false") if isinstance(value, bool) else value


def _is_cut(value: Any) -> bool:
    return isinstance(value, float) and float(f"{value:.16g}") != value
