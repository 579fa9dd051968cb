"""The folder of an export: it keeps a list of the files that it wrote, and writes or deletes no others."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from musicdb.whole_files import partial_of, replacing

MANIFEST = ".musicdb-export.sqlite3"
FORMAT = "format"

_TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, export INTEGER NOT NULL) WITHOUT ROWID;
"""


class ExportRefusedError(Exception):
    """The export cannot be written to this folder. The message says why to the person who started it."""


class Folder:
    """The folder of an export while one runs.

    A file is in the list before it is written. So after an export that was killed, the next one knows every file that
    the first has written, and goes on.
    """

    def __init__(self, root: Path, manifest: sqlite3.Connection, number: int) -> None:
        self.root = root
        self._manifest = manifest
        self._number = number

    def claim(self, paths: Iterable[str]) -> list[str]:
        """Put ``paths`` into the list. Return those that somebody else's files have, which are not ours to write."""
        foreign = []
        for path in paths:
            is_known = self._manifest.execute("SELECT 1 FROM files WHERE path = ?", [path]).fetchone()
            if not is_known and os.path.lexists(self.root / path):
                foreign.append(path)
                continue
            self._manifest.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", [path, self._number])
        self._manifest.commit()
        return foreign

    def remove_others(self) -> int:
        """Delete the files of earlier exports that this one does not have, and folders that are then empty."""
        others = self._manifest.execute("SELECT path FROM files WHERE export < ?", [self._number])
        removed = 0
        folders: set[Path] = set()
        for (name,) in others:
            path = self.root / name
            if leads_elsewhere(path.parent):
                continue
            removed += path.is_file()
            path.unlink(missing_ok=True)
            partial_of(path).unlink(missing_ok=True)
            folders.add(path.parent)
        for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
            _remove_empty(folder, self.root)
        self._manifest.execute("DELETE FROM files WHERE export < ?", [self._number])
        self._manifest.commit()
        return removed


@contextmanager
def open_folder(root: Path, file_format: str) -> Iterator[Folder]:
    """Yield the folder of an export, which no other process writes to meanwhile. Raises ExportRefusedError."""
    root = root.resolve()
    manifest_path = root / MANIFEST
    if root.exists() and not root.is_dir():
        raise ExportRefusedError(f"{root} is not a folder.")
    if root.is_dir() and not manifest_path.exists() and any(root.iterdir()):
        raise ExportRefusedError(f"{root} has files that are not of an export. Name an empty folder, or a new one.")
    root.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(manifest_path, timeout=1)) as manifest:
        try:
            # The lock is kept from the first access to the end, and a process that is killed has it no more.
            manifest.execute("PRAGMA locking_mode = EXCLUSIVE")
            manifest.execute("BEGIN EXCLUSIVE")
            manifest.commit()
            manifest.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            raise ExportRefusedError(f"Another export is writing to {root}.") from error
        except sqlite3.DatabaseError as error:
            raise ExportRefusedError(f"{manifest_path} is not the list of an export's files.") from error
        settings = dict(manifest.execute("SELECT name, value FROM settings"))
        if settings.get(FORMAT, file_format) != file_format:
            raise ExportRefusedError(f"{root} has an export as {settings[FORMAT]}. Name another folder.")
        number = int(settings.get("number", "0")) + 1
        manifest.executemany(
            "INSERT OR REPLACE INTO settings VALUES (?, ?)", [(FORMAT, file_format), ("number", str(number))]
        )
        manifest.commit()
        yield Folder(root, manifest, number)


def write_if_changed(root: Path, path: str, content: bytes) -> bool:
    """Write a file, as a whole or not at all. Return False if it has this content already."""
    target = root / path
    if leads_elsewhere(target.parent):
        raise ExportRefusedError(f"{target.parent} leads out of the folder of the export.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and target.stat().st_size == len(content) and target.read_bytes() == content:
        return False
    with replacing(target) as file:
        file.write(content)
    return True


def leads_elsewhere(folder: Path) -> bool:
    """Return whether a link on the way to ``folder`` leads to another place."""
    return folder.resolve() != folder


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
