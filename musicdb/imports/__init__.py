"""Imports files into the catalogue: reads them, plans what changes, applies it, and can undo it."""

from musicdb.imports.messages import BadRowsError, ImportRefusedError, OpenQuestionsError
from musicdb.imports.options import ImportOptions, ParseOptions, Source
from musicdb.imports.service import Outcome, Preview, preview, run_import

__all__ = [
    "BadRowsError",
    "ImportOptions",
    "ImportRefusedError",
    "OpenQuestionsError",
    "Outcome",
    "ParseOptions",
    "Preview",
    "Source",
    "preview",
    "run_import",
]
