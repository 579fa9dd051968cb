"""How far a job is, in words; and how to cancel one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from clusters.models import ReclusterJob, ReclusterTask
from clusters.models.job_querysets import stale_after

# "stalled": somebody began, and nothing has been heard of them since.
State = Literal["pending", "running", "stalled", "done", "failed", "cancelled"]

STATES: dict[State, str] = {
    "pending": "Waits for a worker",
    "running": "At work",
    "stalled": "The worker stopped",
    "done": "Done",
    "failed": "Done, but not all of it",
    "cancelled": "Stopped",
}
# In which an outcome's statuses are counted: the worst first.
STATUSES = {
    "failed": "failed",
    "skipped": "skipped",
    "waiting": "waiting for review",
    "published": "published",
    "unchanged": "unchanged",
}
START_WORKER = "celery -A musicdb worker"
# In seconds.
REFRESH_SECONDS, SLOW_REFRESH_SECONDS = 2, 15


def state_of(counts: Any) -> State:
    """Return the state of a job that was read ``with_counts``, or of what counts the same."""
    if counts.running > counts.stalled:
        return "running"
    if counts.running:
        return "stalled"
    if counts.pending:
        return "pending"
    if counts.genres > counts.finished:
        return "cancelled"
    return "failed" if counts.failed else "done"


@dataclass(frozen=True)
class Progress:
    """A job and its tasks, read ``for_progress``."""

    job: ReclusterJob
    tasks: Sequence[Any]

    @classmethod
    def of(cls, job: ReclusterJob) -> "Progress":
        """One query."""
        return cls(job, list(job.tasks.for_progress()))

    @cached_property
    def genres(self) -> int:
        return len(self.tasks)

    @cached_property
    def _states(self) -> Counter[str]:
        return Counter(task.state for task in self.tasks)

    @property
    def pending(self) -> int:
        return self._states[ReclusterTask.State.PENDING]

    @property
    def running(self) -> int:
        return self._states[ReclusterTask.State.RUNNING]

    @property
    def finished(self) -> int:
        return self._states[ReclusterTask.State.FINISHED]

    @cached_property
    def stalled(self) -> int:
        return sum(task.is_stalled for task in self.tasks)

    @cached_property
    def _statuses(self) -> Counter[str]:
        return Counter(task.outcome["status"] for task in self.tasks if task.state == ReclusterTask.State.FINISHED)

    @property
    def failed(self) -> int:
        return self._statuses["failed"]

    @cached_property
    def state(self) -> State:
        return state_of(self)

    @property
    def is_finished(self) -> bool:
        return not (self.pending or self.running)

    @property
    def summary(self) -> str:
        """The state, and how many genres are how far, in a sentence."""
        found = [f"{number} {words}" for status, words in STATUSES.items() if (number := self._statuses[status])]
        not_begun = self._states[ReclusterTask.State.CANCELLED]
        alive = self.running - self.stalled
        counts = [
            f"{self.finished} of {self.genres} genres done" + (f" ({', '.join(found)})" if found else ""),
            f"{alive} being worked on" if alive else "",
            f"{self.stalled} left by a worker that stopped" if self.stalled else "",
            f"{not_begun} not begun" if not_begun else "",
        ]
        return f"{STATES[self.state]}: {', '.join(filter(None, counts))}."

    @property
    def hint(self) -> str:
        """What to do where nobody seems to be at it; empty where that is nothing."""
        if self.state == "stalled":
            return "The next worker that is free takes it up. Is one running? It is started by"
        ends = [task.finished_at for task in self.tasks if task.finished_at]
        if self.state == "pending" and max([self.job.created_at, *ends]) + stale_after() < timezone.now():
            return "No worker has been heard of for a while. Is one running? It is started by"
        return ""

    @property
    def refresh_seconds(self) -> int | None:
        """When it is worth looking again; None where nothing will change any more."""
        if self.is_finished:
            return None
        return SLOW_REFRESH_SECONDS if self.hint else REFRESH_SECONDS


def cancel(job: ReclusterJob) -> int:
    """Let no more of its genres be begun; those that somebody is at are finished. Return how many were not begun."""
    with transaction.atomic():
        tasks = job.tasks
        left = tasks.filter(state=ReclusterTask.State.PENDING).update(state=ReclusterTask.State.CANCELLED)
        left += tasks.stalled().update(state=ReclusterTask.State.CANCELLED)
        if left:
            ReclusterJob.objects.filter(pk=job.pk).update(cancelled_at=timezone.now())
    return left
