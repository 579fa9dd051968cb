"""Files that no format fits, read as a person has mapped their columns: the fields, the guess, and the format."""

from musicdb.imports.formats.mapped.fields import FIELDS, NEEDED, Field, Reading
from musicdb.imports.formats.mapped.file_format import (
    MappedFormat,
    MappingRefusedError,
    check_mapping,
    fingerprint,
    mapped_format,
    spread,
)
from musicdb.imports.formats.mapped.guess import can_read, guess_mapping
from musicdb.imports.formats.mapped.json_files import mapping_as_json, mapping_in, read_mapping

__all__ = [
    "FIELDS",
    "NEEDED",
    "Field",
    "MappedFormat",
    "MappingRefusedError",
    "Reading",
    "can_read",
    "check_mapping",
    "fingerprint",
    "guess_mapping",
    "mapped_format",
    "mapping_as_json",
    "mapping_in",
    "read_mapping",
    "spread",
]
