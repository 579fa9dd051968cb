"""How a value is written in a cell of a CSV file or of a workbook."""

from typing import Any

from musicdb.exports.csv_injection import escape_formula
from musicdb.exports.xml_text import escape_xml


def csv_cell(value: Any) -> Any:
    """Return a cell that a spreadsheet can open safely: no text is a formula, and a boolean is a word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(value) if isinstance(value, str) else value


def workbook_cell(value: Any) -> Any:
    """Return a cell as ``csv_cell`` does, with text that XML can hold."""
    return csv_cell(escape_xml(value) if isinstance(value, str) else value)


def exact_workbook_cell(value: Any) -> Any:
    """Return a cell as ``workbook_cell`` does, from which the same value can be read back.

    A workbook keeps 16 digits of a number. A number that needs 17 is written as text.
    """
    is_cut = isinstance(value, float) and float(f"{value:.16g}") != value
    return workbook_cell(repr(value) if is_cut else value)
