"""Files that no format fits, read as a person has mapped their columns: the fields, the guess, and the format."""

from musicdb.imports.formats.mapped.fields import FIELDS, NEEDED, Field, Reading
from musicdb.imports.formats.mapped.file_format import MappedFormat, MappingRefusedError, check_mapping, mapped_format
from musicdb.imports.formats.mapped.guess import guess_mapping
from musicdb.imports.formats.mapped.json_files import read_mapping

__all__ = [
    "FIELDS",
    "NEEDED",
    "Field",
    "MappedFormat",
    "MappingRefusedError",
    "Reading",
    "check_mapping",
    "guess_mapping",
    "mapped_format",
    "read_mapping",
]
