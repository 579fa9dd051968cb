"""Measures from outside for how long the write lock of an SQLite file is held, as another process would find it."""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.004
# In WAL mode, who writes locks this byte of the file beside the database: SQLite's WAL_WRITE_LOCK.
_WRITE_LOCK = 120
_FLOCK = "hhqqi"  # struct flock on 64-bit Linux: type, whence, start, length, process.


@dataclass
class Held:
    """For how many seconds the lock was held, so far."""

    seconds: float = 0.0


@contextmanager
def watch(database: Path) -> Iterator[Held]:
    """Ask again and again, in a thread, whether the lock of ``database`` is held. The database must exist."""
    held, ended = Held(), threading.Event()
    thread = threading.Thread(target=_poll, args=(Path(f"{database}-shm"), held, ended))
    thread.start()
    try:
        yield held
    finally:
        ended.set()
        thread.join()


def _poll(shared: Path, held: Held, ended: threading.Event) -> None:
    descriptor: int | None = None
    last, was_held = time.perf_counter(), False
    try:
        while not ended.wait(POLL_SECONDS):
            if descriptor is None:
                try:
                    descriptor = os.open(shared, os.O_RDWR)
                except FileNotFoundError:
                    continue
            now = time.perf_counter()
            held.seconds += (now - last) * was_held
            last, was_held = now, _is_held(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _is_held(descriptor: int) -> bool:
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _WRITE_LOCK, 1, 0)
    answer = fcntl.fcntl(descriptor, fcntl.F_GETLK, asked)
    return bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)
