"""Reads uploaded files as tables of text: CSV in any usual encoding, XLSX, documents such as JSON, or a zip of
these.

No file is trusted: sizes are checked as they are declared, and again as they stream.
"""

from musicdb.imports.tables.reading import read_sources
from musicdb.imports.tables.table import BAD_ROW_HEADINGS, REASON_COLUMN, Table

__all__ = ["BAD_ROW_HEADINGS", "REASON_COLUMN", "Table", "read_sources"]
