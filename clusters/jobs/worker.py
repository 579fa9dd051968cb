"""Work through what was handed over: take a turn, recluster its genre, note how it ended.

The database decides who has a turn. A message of the broker only says that there may be one, so it may be lost, or come
twice. A worker says again and again that it is at work; when nothing is heard of it, another takes its turn up.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now

from clusters.core.params import Params
from clusters.models import Run, Turn
from clusters.models.job_querysets import MAX_ATTEMPTS
from clusters.runs.executors import limit_blas_threads
from clusters.runs.service import Options, Outcome, recluster

logger = logging.getLogger(__name__)


def work_on_one(worker: str) -> bool:
    """Take the next turn, if one is due, and see it through. Return whether there was one."""
    turn = take_up(worker)
    if turn is None:
        return False
    with heard_of(turn), limit_blas_threads():
        outcome = _outcome_of(turn)
    end(turn, outcome)
    return True


def is_any_due() -> bool:
    return Turn.objects.due().of_idle_genres().exists()


def take_up(worker: str) -> Turn | None:
    """Return a turn that is now this worker's alone; None where none is due."""
    _give_up_hopeless_ones()
    while True:
        pk = Turn.objects.due().of_idle_genres().order_by("pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        claim = uuid.uuid4()
        # Whoever was quicker made it no longer due.
        if (
            Turn.objects.due()
            .filter(pk=pk)
            .update(
                state=Turn.State.WORKING,
                claim=claim,
                worker=worker[:200],
                attempts=F("attempts") + 1,
                begun_at=Coalesce("begun_at", Now()),
                heard_at=Now(),
            )
        ):
            with suppress(Turn.DoesNotExist):  # Gone with its reclustering.
                return Turn.objects.select_related("genre", "reclustering").get(pk=pk, claim=claim)


def end(turn: Turn, outcome: Outcome) -> bool:
    """Note how the turn ended, in it and in its genre's history. Return whether it was still this worker's to end."""
    genre, asked_by = turn.genre, turn.reclustering.asked_by_id
    run = None
    if genre is not None and outcome.digest:
        run = Run.objects.of_genre(genre).filter(digest=outcome.digest).newest_first().first()
    with transaction.atomic():
        ended = Turn.objects.filter(pk=turn.pk, claim=turn.claim, state=Turn.State.WORKING).update(
            state=Turn.State.ENDED, outcome=outcome.as_json(), run=run, ended_at=Now()
        )
        if ended and genre is not None and asked_by and outcome.status in ("published", "waiting"):
            LogEntry.objects.log_actions(asked_by, [genre], CHANGE, "Reclustered.", single_object=True)
    return bool(ended)


def _outcome_of(turn: Turn) -> Outcome:
    if turn.genre is None:
        return Outcome("", "failed", "the genre was deleted before its turn")
    try:
        params = Params(**turn.reclustering.parameters)
        (outcome,) = recluster([turn.genre], params, Options(jobs=0, force=_is_still_forced(turn)))
    except Exception as error:  # Whatever it is, it is said; nobody watches a worker.
        logger.exception("Reclustering %s failed", turn.genre_name)
        return Outcome(turn.genre.slug, "failed", f"{type(error).__name__}: {error}")
    return outcome


def _is_still_forced(turn: Turn) -> bool:
    """Return whether to recluster where nothing changed: not again, where a worker died after it had stored its run."""
    if not turn.reclustering.force or turn.attempts == 1:
        return turn.reclustering.force
    return not Run.objects.filter(genre=turn.genre, started_at__gte=turn.begun_at).exists()


def _give_up_hopeless_ones() -> None:
    for turn in Turn.objects.silent().filter(attempts__gte=MAX_ATTEMPTS).select_related("genre", "reclustering"):
        slug = turn.genre.slug if turn.genre else ""
        reason = f"its worker stopped before the end, {turn.attempts} times over. Its memory may not suffice"
        end(turn, Outcome(slug, "failed", reason))


@contextmanager
def heard_of(turn: Turn) -> Iterator[None]:
    """Say again and again, from a thread, that somebody is at the turn."""
    over = threading.Event()

    def say_so() -> None:
        try:
            while not over.wait(settings.WORKER_HEARTBEAT):
                # One that the database has no time for is made up for by the next.
                with suppress(DatabaseError):
                    Turn.objects.filter(pk=turn.pk, claim=turn.claim).update(heard_at=Now())
        finally:
            connections.close_all()

    thread = threading.Thread(target=say_so, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def as_outcome(stored: dict[str, Any]) -> Outcome:
    """Return the outcome that a turn has stored."""
    sizes = tuple((int(number), size) for number, size in stored["sizes"].items())
    return Outcome(**{**stored, "sizes": sizes, "explained_variance": tuple(stored["explained_variance"])})
