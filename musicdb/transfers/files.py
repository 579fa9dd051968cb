"""The files of a transfer: whether it is under way, how far it is, which rows it exports, and what came of it.

They lie beside the uploads, in ``settings.UPLOAD_ROOT``, which the site shares with its workers. The database would
not do: while an import writes to SQLite, nobody else can write there, not even how far it is.
"""

import fcntl
import os
import time
from array import array
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings

from musicdb.whole_files import replacing

# Somebody who asks whether the lock is held holds it for a moment.
LOCK_TRIES, LOCK_PAUSE = 20, 0.05
# The mode of a file that only the site's own user may read.
PRIVATE = 0o600


class TakenError(Exception):
    """Another process has the transfer, or this one does not share the site's folder."""


def private_folder() -> Path:
    """Return the folder of uploads and transfers, which no web server serves. Raises OSError."""
    folder = Path(settings.UPLOAD_ROOT)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class TransferFiles:
    """The files of the transfer with this key. ``result`` is what a preview found out, or what was exported."""

    def __init__(self, key: int) -> None:
        folder = private_folder()
        self._lock = folder / f"transfer-{key}.lock"
        self.progress = folder / f"transfer-{key}.progress"
        self.cancelled = folder / f"transfer-{key}.cancelled"
        self.keys = folder / f"transfer-{key}.keys"
        self.result = folder / f"transfer-{key}.result"

    def create(self, keys: "array[int] | None" = None) -> None:
        """Store ``keys``, and make the file that a process locks for as long as it works. Raises OSError."""
        if keys is not None:
            with replacing(self.keys, PRIVATE) as file:
                keys.tofile(file)
        self._lock.touch(PRIVATE)

    def read_keys(self) -> "array[int] | None":
        """Return the keys of the rows that are exported, in their order, if there are any."""
        if not self.keys.exists():
            return None
        keys = array("q")
        keys.frombytes(self.keys.read_bytes())
        return keys

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock while the block runs. The system gives it up if the process dies. Raises TakenError."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR)
        except FileNotFoundError:
            raise TakenError(f"{self._lock} is missing.") from None
        try:
            for _ in range(LOCK_TRIES):
                with suppress(BlockingIOError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                time.sleep(LOCK_PAUSE)
            else:
                raise TakenError(f"Another process has locked {self._lock}.")
            yield
        finally:
            os.close(descriptor)

    def writing(self) -> AbstractContextManager[IO[bytes]]:
        """Return a context in which the result is written. A part of it is never taken for the whole."""
        return replacing(self.result, PRIVATE)

    @property
    def is_locked(self) -> bool:
        """Whether a process is at work on the transfer."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @property
    def size(self) -> int:
        """The size of the result in bytes, 0 where there is none any more."""
        return self.result.stat().st_size if self.result.exists() else 0

    def tidy(self) -> None:
        """Delete what nobody needs after the end."""
        for path in (self.progress, self.cancelled, self._lock):
            path.unlink(missing_ok=True)
