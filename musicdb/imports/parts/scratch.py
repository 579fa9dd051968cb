"""Keeps records on the disk, in temporary files that the operating system deletes when the process ends."""

import copyreg
import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

from musicdb.imports.columns import Columns, as_dict
from musicdb.imports.messages import RowRef
from musicdb.imports.records import AlbumRecord, AliasRecord, ArtistRecord, EntryRecord, NamedRecord, TrackRecord

# So many items are written at once. Those that are equal are then written once.
_TOGETHER = 500
Item = TypeVar("Item")


def _by_fields(record: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    """Return how to write a record as the arguments that make it: much quicker than by the state of each object."""
    values = attrgetter(*(field.name for field in fields(record)))
    return lambda one: (record, values(one))


_RECORDS: tuple[type, ...] = (RowRef, ArtistRecord, NamedRecord, AlbumRecord, AliasRecord, EntryRecord, TrackRecord)


class _Pickler(pickle.Pickler):
    dispatch_table = {
        **copyreg.dispatch_table,
        **{record: _by_fields(record) for record in _RECORDS},
        Columns: lambda columns: (Columns, (as_dict(columns),)),
    }


class Scratch(Generic[Item]):
    """A list on the disk, to which items are added and which is then read from its beginning."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="musicdb-import-")  # noqa: SIM115 (``close`` closes it)
        self._waiting: list[Item] = []
        self._written = 0

    def add(self, item: Item) -> None:
        self._waiting.append(item)
        if len(self._waiting) == _TOGETHER:
            self._write()

    def __iter__(self) -> Iterator[Item]:
        self._write()
        self._file.seek(0)
        for _ in range(self._written):
            # Nobody else has been able to write this file.
            yield from pickle.load(self._file)  # noqa: S301

    def close(self) -> None:
        """Delete the list."""
        self._waiting.clear()
        self._file.close()

    def _write(self) -> None:
        if self._waiting:
            _Pickler(self._file, pickle.HIGHEST_PROTOCOL).dump(self._waiting)
            self._waiting = []
            self._written += 1
