"""The formats of the files that can be imported, one module each, and in packages by where the files come from."""

from musicdb.imports.formats.detect import (
    FORMAT_LABELS,
    FORMATS,
    UnknownColumnsError,
    as_mapped,
    detect_all,
    guess_columns,
    may_lack_headings,
    without_header_if_it_has_none,
)

__all__ = [
    "FORMATS",
    "FORMAT_LABELS",
    "UnknownColumnsError",
    "as_mapped",
    "detect_all",
    "guess_columns",
    "may_lack_headings",
    "without_header_if_it_has_none",
]
