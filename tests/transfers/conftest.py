"""A worker for the tests of transfers: it takes each, and does it when the test says so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from musicdb import transfers
from musicdb.transfers import service


class Worker:
    """Takes all transfers. ``work`` does what it has taken, in this process, as a worker's process does."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def take(self, key: int) -> bool:
        self.taken.append(key)
        return True

    def work(self) -> list[bool]:
        """Return of each transfer whether it was to be done."""
        keys, self.taken = self.taken, []
        return [transfers.run(key) for key in keys]


def dying_after(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``work`` as a process does it that dies at its end."""

    def work_and_die(*args: Any) -> None:
        work(*args)
        raise SystemExit

    return work_and_die


@pytest.fixture
def worker(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker where requests import and export two rows at most."""
    settings.TRANSFER_ROWS = 2
    monkeypatch.setattr(service, "_senders", [])
    worker = Worker()
    transfers.register_sender(worker.take)
    return worker
