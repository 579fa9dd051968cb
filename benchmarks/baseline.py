"""An earlier revision of this repository, checked out for one benchmark to measure itself against."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.library import PROJECT


@contextmanager
def checkout(revision: str, folder: Path) -> Iterator[Path]:
    """Yield ``folder`` with the tree of ``revision`` in it, and remove it afterwards."""
    _git("worktree", "add", "--detach", "--force", str(folder), revision)
    try:
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> None:
    run = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S607
    if run.returncode:
        raise RuntimeError(f"git {' '.join(arguments)} ended with {run.returncode}: {run.stderr}")
