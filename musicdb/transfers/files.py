"""The files of a transfer: whether it is under way, how far it is, which rows it exports, and what came of it.

They lie beside the uploads, in ``settings.UPLOAD_ROOT``, which the site shares with its workers. The database would
not do: while an import writes to SQLite, nobody else can write there, not even how far it is.
"""

import fcntl
import os
import time
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
    """The files of the transfer with this key.

    ``given`` is the part of what was asked for that is too long for the database, such as the keys of rows. ``result``
    is what a preview found out, what was exported, or what an edit has to say.
    """

    def __init__(self, key: int) -> None:
        folder = private_folder()
        self._lock = folder / f"transfer-{key}.lock"
        self.progress = folder / f"transfer-{key}.progress"
        self.cancelled = folder / f"transfer-{key}.cancelled"
        self.given = folder / f"transfer-{key}.given"
        self.result = folder / f"transfer-{key}.result"

    def create(self, given: bytes | None = None) -> None:
        """Store ``given``, and make the file that a process locks for as long as it works. Raises OSError."""
        if given is not None:
            with replacing(self.given, PRIVATE) as file:
                file.write(given)
        self._lock.touch(PRIVATE)

    def read_given(self) -> bytes | None:
        """Return what was given, if there is anything."""
        return self.given.read_bytes() if self.given.exists() else None

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
