"""Work through what was handed over: take a task, recluster its genre, note how it ended.

The database decides who has a task. A message of the broker only says that there may be one, so it may be lost, or come
twice. A worker says again and again that it is at work; when nothing is heard of it, another takes its task up.
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
from clusters.models import ReclusterTask, Run
from clusters.models.job_querysets import MAX_ATTEMPTS
from clusters.runs.executors import limit_blas_threads
from clusters.runs.service import Options, Outcome, recluster

logger = logging.getLogger(__name__)


def run_next(worker: str) -> bool:
    """Take the next task, if one is claimable, and see it through. Return whether there was one."""
    task = claim_next(worker)
    if task is None:
        return False
    with heartbeat(task), limit_blas_threads():
        outcome = _outcome_of(task)
    finish(task, outcome)
    return True


def has_claimable() -> bool:
    return ReclusterTask.objects.claimable().excluding_busy().exists()


def claim_next(worker: str) -> ReclusterTask | None:
    """Return a task that is now this worker's alone; None where none is claimable."""
    fail_exhausted()
    while True:
        pk = ReclusterTask.objects.claimable().excluding_busy().order_by("pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        claim = uuid.uuid4()
        # Another worker may have claimed it meanwhile.
        if (
            ReclusterTask.objects.claimable()
            .filter(pk=pk)
            .update(
                state=ReclusterTask.State.RUNNING,
                claim=claim,
                worker=worker[:200],
                attempts=F("attempts") + 1,
                started_at=Coalesce("started_at", Now()),
                heartbeat_at=Now(),
            )
        ):
            with suppress(ReclusterTask.DoesNotExist):  # Gone with its job.
                return ReclusterTask.objects.select_related("genre", "job").get(pk=pk, claim=claim)


def finish(task: ReclusterTask, outcome: Outcome) -> bool:
    """Note how the task ended, in it and in its genre's history. Return whether it was still this worker's to end."""
    genre, created_by = task.genre, task.job.created_by_id
    run = None
    if genre is not None and outcome.digest:
        run = Run.objects.of_genre(genre).filter(digest=outcome.digest).newest_first().first()
    with transaction.atomic():
        ended = ReclusterTask.objects.filter(pk=task.pk, claim=task.claim, state=ReclusterTask.State.RUNNING).update(
            state=ReclusterTask.State.FINISHED, outcome=outcome.as_json(), run=run, finished_at=Now()
        )
        if ended and genre is not None and created_by and outcome.status in ("published", "waiting"):
            LogEntry.objects.log_actions(created_by, [genre], CHANGE, "Reclustered.", single_object=True)
    return bool(ended)


def _outcome_of(task: ReclusterTask) -> Outcome:
    if task.genre is None:
        return Outcome("", "failed", "the genre was deleted before its task")
    try:
        params = Params(**task.job.parameters)
        (outcome,) = recluster([task.genre], params, Options(jobs=0, force=_is_still_forced(task)))
    except Exception as error:  # Whatever it is, it is said; nobody watches a worker.
        logger.exception("Reclustering %s failed", task.genre_name)
        return Outcome(task.genre.slug, "failed", f"{type(error).__name__}: {error}")
    return outcome


def _is_still_forced(task: ReclusterTask) -> bool:
    """Return whether to recluster where nothing changed: not again, where a worker died after it had stored its run."""
    if not task.job.force or task.attempts == 1:
        return task.job.force
    return not Run.objects.filter(genre=task.genre, started_at__gte=task.started_at).exists()


def fail_exhausted() -> None:
    for task in ReclusterTask.objects.stalled().filter(attempts__gte=MAX_ATTEMPTS).select_related("genre", "job"):
        slug = task.genre.slug if task.genre else ""
        reason = f"its worker stopped before the end, {task.attempts} times over. Its memory may not suffice"
        finish(task, Outcome(slug, "failed", reason))


@contextmanager
def heartbeat(task: ReclusterTask) -> Iterator[None]:
    """Say again and again, from a thread, that somebody is at the task."""
    over = threading.Event()

    def say_so() -> None:
        try:
            while not over.wait(settings.WORKER_HEARTBEAT):
                # One that the database has no time for is made up for by the next.
                with suppress(DatabaseError):
                    ReclusterTask.objects.filter(pk=task.pk, claim=task.claim).update(heartbeat_at=Now())
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
    """Return the outcome that a task has stored."""
    sizes = tuple((int(number), size) for number, size in stored["sizes"].items())
    return Outcome(**{**stored, "sizes": sizes, "explained_variance": tuple(stored["explained_variance"])})
