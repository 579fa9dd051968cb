"""How far a reclustering is, in words; and how to stop one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from clusters.models import Reclustering, Turn
from clusters.models.job_querysets import longest_silence

# "silent": somebody began, and nothing has been heard of them since.
State = Literal["waiting", "working", "silent", "done", "failed", "stopped"]

STATES: dict[State, str] = {
    "waiting": "Waits for a worker",
    "working": "At work",
    "silent": "The worker stopped",
    "done": "Done",
    "failed": "Done, but not all of it",
    "stopped": "Stopped",
}
# In which an outcome's statuses are counted: the worst first.
STATUSES = {
    "failed": "failed",
    "skipped": "skipped",
    "waiting": "waiting for review",
    "published": "published",
    "unchanged": "unchanged",
}
START_A_WORKER = "celery -A musicdb worker"
# In seconds.
SOON, LATER = 2, 15


def state_of(counts: Any) -> State:
    """Return the state of a reclustering that was read ``with_counts``, or of what counts the same."""
    if counts.working > counts.silent:
        return "working"
    if counts.working:
        return "silent"
    if counts.waiting:
        return "waiting"
    if counts.genres > counts.ended:
        return "stopped"
    return "failed" if counts.failed else "done"


@dataclass(frozen=True)
class Progress:
    """A reclustering and its turns, read ``for_progress``."""

    reclustering: Reclustering
    turns: Sequence[Any]

    @classmethod
    def of(cls, reclustering: Reclustering) -> "Progress":
        """One query."""
        return cls(reclustering, list(reclustering.turns.for_progress()))

    @cached_property
    def genres(self) -> int:
        return len(self.turns)

    @cached_property
    def _states(self) -> Counter[str]:
        return Counter(turn.state for turn in self.turns)

    @property
    def waiting(self) -> int:
        return self._states[Turn.State.WAITING]

    @property
    def working(self) -> int:
        return self._states[Turn.State.WORKING]

    @property
    def ended(self) -> int:
        return self._states[Turn.State.ENDED]

    @cached_property
    def silent(self) -> int:
        return sum(turn.is_silent for turn in self.turns)

    @cached_property
    def _statuses(self) -> Counter[str]:
        return Counter(turn.outcome["status"] for turn in self.turns if turn.state == Turn.State.ENDED)

    @property
    def failed(self) -> int:
        return self._statuses["failed"]

    @cached_property
    def state(self) -> State:
        return state_of(self)

    @property
    def is_over(self) -> bool:
        return not (self.waiting or self.working)

    @property
    def in_words(self) -> str:
        """The state, and how many genres are how far, in a sentence."""
        found = [f"{number} {words}" for status, words in STATUSES.items() if (number := self._statuses[status])]
        not_begun = self._states[Turn.State.STOPPED]
        alive = self.working - self.silent
        counts = [
            f"{self.ended} of {self.genres} genres done" + (f" ({', '.join(found)})" if found else ""),
            f"{alive} being worked on" if alive else "",
            f"{self.silent} left by a worker that stopped" if self.silent else "",
            f"{not_begun} not begun" if not_begun else "",
        ]
        return f"{STATES[self.state]}: {', '.join(filter(None, counts))}."

    @property
    def advice(self) -> str:
        """What to do where nobody seems to be at it; empty where that is nothing."""
        if self.state == "silent":
            return "The next worker that is free takes it up. Is one running? It is started by"
        ends = [turn.ended_at for turn in self.turns if turn.ended_at]
        if self.state == "waiting" and max([self.reclustering.asked_at, *ends]) + longest_silence() < timezone.now():
            return "No worker has been heard of for a while. Is one running? It is started by"
        return ""

    @property
    def seconds_to_next_look(self) -> int | None:
        """When it is worth looking again; None where nothing will change any more."""
        if self.is_over:
            return None
        return LATER if self.advice else SOON


def stop(reclustering: Reclustering) -> int:
    """Let no more of its genres be begun; those that somebody is at are finished. Return how many were not begun."""
    with transaction.atomic():
        turns = reclustering.turns
        left = turns.filter(state=Turn.State.WAITING).update(state=Turn.State.STOPPED)
        left += turns.silent().update(state=Turn.State.STOPPED)
        if left:
            Reclustering.objects.filter(pk=reclustering.pk).update(stopped_at=timezone.now())
    return left
