"""Writes the files that the admin exports: in the request, or in the process of a transfer."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any

from musicdb.exports import LIBRARY_FORMATS, LIST_FORMATS, TABLES, ExportRefusedError, export_list
from musicdb.exports.playlists import export_playlist
from musicdb.models import Playlist, Transfer
from musicdb.progress import Progress, no_progress
from musicdb.transfers import Done, TransferFailedError, TransferFiles, register

_TABLES = {table.name: table for table in TABLES}
_FORMATS = {made.get_extension(): made for made in (known() for known in LIST_FORMATS)}


@dataclass(frozen=True)
class Export:
    """A file that somebody asks for.

    ``what`` names one of the ways to write a file, and ``asked`` tells it which. ``keys`` are those of the rows of a
    list. ``permissions`` are those that its user needs to get the file.
    """

    name: str
    rows: int
    permissions: list[str]
    what: str
    asked: dict[str, Any]
    keys: "array[int] | None" = field(default=None, repr=False)

    @property
    def stored(self) -> dict[str, Any]:
        """What a transfer stores of it. The keys have a file of their own, and here a digest by which they differ."""
        digest = {"given": sha256(self.keys).hexdigest()} if self.keys is not None else {}
        return {"what": self.what, **self.asked, **digest}

    def write(self, file: IO[bytes], progress: Progress = no_progress) -> None:
        """Write the file. Raises ExportRefusedError."""
        _WAYS[self.what](file, self.asked, self.keys, progress)


def _write_list(file: IO[bytes], asked: dict[str, Any], keys: "array[int] | None", progress: Progress) -> None:
    if keys is None:
        raise ExportRefusedError("The rows of this list are not known any more. Export it again from the list.")
    export_list(file, _TABLES[asked["table"]], keys, _FORMATS[asked["format"]], progress)


def _write_library(file: IO[bytes], asked: dict[str, Any], keys: "array[int] | None", progress: Progress) -> None:
    LIBRARY_FORMATS[asked["format"]](file, progress)


def _write_playlist(file: IO[bytes], asked: dict[str, Any], keys: "array[int] | None", progress: Progress) -> None:
    playlist = Playlist.objects.filter(pk=asked["playlist"]).first()
    if playlist is None:
        raise ExportRefusedError("This playlist was deleted.")
    export_playlist(file, playlist, progress)


_WAYS: dict[str, Callable[[IO[bytes], dict[str, Any], "array[int] | None", Progress], None]] = {
    "list": _write_list,
    "library": _write_library,
    "playlist": _write_playlist,
}


def _keys(files: TransferFiles) -> "array[int] | None":
    """Return the keys of the rows that are exported, in their order, if there are any."""
    if (given := files.read_given()) is None:
        return None
    keys = array("q")
    keys.frombytes(given)
    return keys


def _export(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    try:
        with files.writing() as file:
            _WAYS[transfer.asked["what"]](file, transfer.asked, _keys(files), progress)
    except ExportRefusedError as error:
        raise TransferFailedError(f"{error} {transfer.nothing_done}") from error
    files.given.unlink(missing_ok=True)
    return Done()


register(Transfer.Kind.EXPORT, _export)
