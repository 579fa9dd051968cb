"""Finds out what kind of file each upload is, and reads its tables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, count

from musicdb.exports.limits import MAX_FILE_SIZE, MEGABYTE
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import Source
from musicdb.imports.tables.archives import open_zip
from musicdb.imports.tables.csv_files import read_csv
from musicdb.imports.tables.documents import may_be_document, read_document
from musicdb.imports.tables.encodings import Text, decide_encodings
from musicdb.imports.tables.headings import with_headings
from musicdb.imports.tables.other_files import refuse_binary
from musicdb.imports.tables.parts import split
from musicdb.imports.tables.table import Table

# How the name of a file ends, such as ".csv".
_SUFFIX = re.compile(r"\.\w+\Z")


def read_sources(sources: Iterable[Source], encoding: str | None = None) -> Iterator[Table]:
    """Yield the tables of ``sources``, each with one header. ``encoding`` is that of text that is not in Unicode.

    Raises ImportRefusedError, with a message for the person who sent the file, for what is not a table or too large.
    """
    opened = list(_with_names_of_their_own(one for source in sources for one in _open(source)))
    decide_encodings([one for one in opened if isinstance(one, Text)], encoding or "")
    for one in opened:
        yield from split(with_headings(read_csv(one)) if isinstance(one, Text) else one)


def _with_names_of_their_own(opened: Iterable[Text | Table]) -> Iterator[Text | Table]:
    """Number those of ``opened`` that have the same name, since messages and choices name files."""
    taken: set[str] = set()
    for one in opened:
        suffix = "".join(_SUFFIX.findall(one.name))
        names = (f"{one.name.removesuffix(suffix)} ({number}){suffix}" for number in count(2))
        name = next(name for name in chain([one.name], names) if name not in taken)
        taken.add(name)
        yield one if name == one.name else replace(one, name=name)


def _open(source: Source) -> Iterable[Text | Table]:
    """Return what one file has: tables, or text that is a table once its encoding is known."""
    name = source.name
    if source.size > MAX_FILE_SIZE:
        raise ImportRefusedError(f"{name} is larger than {MAX_FILE_SIZE // MEGABYTE} MB. Import it in parts.")
    text = Text(name, source.open)
    head = text.head()
    if head.startswith(b"PK\x03\x04"):
        return open_zip(name, source.data)
    refuse_binary(name, head, text.read)
    return (read_document(name, text.read) if may_be_document(name, head) else None) or [text]
