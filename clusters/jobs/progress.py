"""How far a job is, as people read it; and its cancellation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from clusters.models import ReclusterJob, ReclusterTask
from clusters.runs import Outcome

# A "stalled" job has only tasks whose worker died; "no_worker" is a job that cannot go on until somebody starts one.
State = Literal["pending", "no_worker", "running", "stalled", "finished", "failed", "cancelled"]

STATES: dict[State, str] = {
    "pending": "Waiting for a worker",
    "no_worker": "No worker is running",
    "running": "Running",
    "stalled": "Stalled",
    "finished": "Finished",
    "failed": "Finished with failures",
    "cancelled": "Cancelled",
}
# The statuses of outcomes in the order in which a summary counts them: the worst first.
STATUSES = {
    "failed": "failed",
    "skipped": "skipped",
    "waiting": "waiting for review",
    "published": "published",
    "previewed": "previewed",
    "unchanged": "unchanged",
}
START_WORKER = "celery -A musicdb worker"
# The page loads itself again after so many seconds; less often where somebody has to start a worker first.
REFRESH_SECONDS, SLOW_REFRESH_SECONDS = 2, 15


def state_of(counts: Any) -> State:
    """Return the state of a Progress, or of a job that was read ``with_counts``."""
    if counts.running > counts.stalled:
        return "running"
    if counts.running or counts.pending:
        if not counts.worker_is_running:
            return "no_worker"
        return "stalled" if counts.running else "pending"
    if counts.total > counts.finished:
        return "cancelled"
    return "failed" if counts.failed else "finished"


@dataclass(frozen=True)
class Progress:
    """A job and its tasks, which were read ``for_progress``."""

    job: ReclusterJob
    tasks: Sequence[Any]

    @classmethod
    def of(cls, job: ReclusterJob) -> "Progress":
        """Read the tasks of ``job``, in one query."""
        return cls(job, list(job.tasks.for_progress()))

    @cached_property
    def total(self) -> int:
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

    @property
    def worker_is_running(self) -> bool:
        return any(task.worker_is_running for task in self.tasks)

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
        """Return whether nothing will change any more."""
        return not (self.pending or self.running)

    @property
    def can_be_cancelled(self) -> bool:
        return bool(self.pending or self.stalled)

    @property
    def summary(self) -> str:
        """The state of the job and the number of its collections in each state, in a sentence."""
        outcomes = [f"{number} {words}" for status, words in STATUSES.items() if (number := self._statuses[status])]
        cancelled = self._states[ReclusterTask.State.CANCELLED]
        alive = self.running - self.stalled
        counts = [
            f"{self.finished} of {self.total} collections finished" + (f" ({', '.join(outcomes)})" if outcomes else ""),
            f"{alive} running" if alive else "",
            f"{self.stalled} stalled because a worker stopped" if self.stalled else "",
            f"{cancelled} not started" if cancelled else "",
        ]
        return f"{STATES[self.state]}: {', '.join(filter(None, counts))}."

    @property
    def hint(self) -> str:
        """What happens next, or what to do, where no worker is at work; else empty."""
        if self.state == "no_worker":
            return "The job goes on as soon as a worker is running. Start one with"
        return "The next worker that is free starts the stalled collections again." if self.state == "stalled" else ""

    @property
    def refresh_seconds(self) -> int | None:
        """In how many seconds to read the progress again; None where it will not change any more."""
        if self.is_finished:
            return None
        return SLOW_REFRESH_SECONDS if self.hint else REFRESH_SECONDS


def stored_outcome(stored: dict[str, Any]) -> Outcome:
    """Return the outcome that a finished task has stored."""
    sizes = tuple((int(number), size) for number, size in stored["sizes"].items())
    return Outcome(**{**stored, "sizes": sizes, "explained_variance": tuple(stored["explained_variance"])})


def cancel(job: ReclusterJob) -> int:
    """Cancel the tasks on which no worker is at work; the others finish. Return how many were cancelled."""
    with transaction.atomic():
        cancelled = job.tasks.claimable().update(state=ReclusterTask.State.CANCELLED)
        if cancelled:
            ReclusterJob.objects.filter(pk=job.pk).update(cancelled_at=timezone.now())
    return cancelled
