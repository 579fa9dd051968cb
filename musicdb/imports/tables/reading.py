"""Finds out what kind of file each upload is, and reads its tables."""

from collections.abc import Iterable, Iterator

from musicdb.exports.limits import MAX_FILE_SIZE, MEGABYTE
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import Source
from musicdb.imports.tables.archives import read_zip
from musicdb.imports.tables.csv_files import read_csv
from musicdb.imports.tables.other_files import refuse_binary
from musicdb.imports.tables.parts import split
from musicdb.imports.tables.table import Table


def read_sources(sources: Iterable[Source]) -> Iterator[Table]:
    """Yield the tables of ``sources``, each with one header.

    Raises ImportRefusedError, with a message for the person who sent the file, for what is not a table or too large.
    """
    for source in sources:
        for table in read_tables(source.name, source.data):
            yield from split(table)


def read_tables(name: str, data: bytes) -> Iterator[Table]:
    """Yield the tables of one file."""
    if len(data) > MAX_FILE_SIZE:
        raise ImportRefusedError(f"{name} is larger than {MAX_FILE_SIZE // MEGABYTE} MB. Import it in parts.")
    if data.startswith(b"PK\x03\x04"):
        yield from read_zip(name, data)
    else:
        refuse_binary(name, data)
        yield read_csv(name, lambda: data)
