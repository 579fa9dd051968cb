"""The formats of the files that can be imported, one module each, and in packages by where the files come from."""

from musicdb.imports.formats.detect import FORMAT_LABELS, FORMATS, UnknownColumnsError, detect_all, guess_columns

__all__ = ["FORMATS", "FORMAT_LABELS", "UnknownColumnsError", "detect_all", "guess_columns"]
