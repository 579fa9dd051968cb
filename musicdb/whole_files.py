"""Files that are there as a whole, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def partial_of(path: Path) -> Path:
    """Return where ``replacing`` writes until the file is whole. A process that is killed leaves it there."""
    return path.with_name(f"{path.name}.partial")


@contextmanager
def replacing(path: Path, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of ``path`` where the block succeeds, and is deleted where it fails."""
    partial = partial_of(path)
    try:
        partial.touch(mode)
        with partial.open("w+b") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
