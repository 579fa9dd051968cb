"""How far a transfer is: the process that does it writes this to a file, and the site reads it."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from musicdb.transfers.files import PRIVATE, TransferFiles
from musicdb.whole_files import replacing

# Often enough for the person who waits, and seldom enough for the disk.
SECONDS_BETWEEN_REPORTS = 0.5


class Cancelled(Exception):  # noqa: N818 (not an error)
    """Somebody has cancelled the transfer."""


@dataclass(frozen=True)
class Report:
    """The stage that is under way, how many rows are done, and how many there are, if that is known."""

    stage: str
    done: int = 0
    total: int | None = None

    @classmethod
    def read(cls, path: Path) -> "Report | None":
        """Return what was reported last, if anything was."""
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None

    def __str__(self) -> str:
        if self.total:
            return f"{self.stage}: {self.done:,} of {self.total:,}"
        return f"{self.stage}: {self.done:,}" if self.done else self.stage


class Reporter:
    """Is called with how far the work is, and raises Cancelled where it is not wanted any more.

    Whenever a stage begins, ``check`` is called, and raises what stops the work.
    """

    def __init__(self, files: TransferFiles, check: Callable[[], None]) -> None:
        self._files = files
        self._check = check
        self._stage = ""
        self._next = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage == self._stage and now < self._next:
            return
        is_new_stage = stage != self._stage
        self._stage, self._next = stage, now + SECONDS_BETWEEN_REPORTS
        if is_new_stage:
            self._check()
        if self._files.cancelled.exists():
            raise Cancelled
        with replacing(self._files.progress, PRIVATE) as file:
            file.write(json.dumps(asdict(Report(stage, done, total))).encode())
