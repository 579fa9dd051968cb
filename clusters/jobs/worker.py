"""What a worker does with a task: claim it, recluster its collection, store the outcome.

Celery delivers the task, and delivers it again if its process dies. Three things are left to the database:

- Delivery is at least once, so a message may arrive twice, also while the first receiver is at work. The claim is one
  UPDATE: the row's lock decides which worker gets the task, and a finished task is never claimed again.
- A broker does not tell a dead worker from one that is busy for long. Redis returns a dead worker's message after its
  visibility timeout, an hour; RabbitMQ returns the message of a worker that only lost its connection; a broker without
  persistence loses it. So a worker sends heartbeats while it is at work. A task without heartbeats is stalled, and may
  be claimed again.
- A broker may forget messages. ``outbox.resend`` sends them again.
"""

import logging
from dataclasses import replace

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now

from clusters.core.params import Params
from clusters.jobs.heartbeats import task_heartbeat
from clusters.models import ReclusterTask, Run
from clusters.models.collection_querysets import with_owner
from clusters.runs import COLLECTION_DELETED, Options, Outcome, preview, recluster
from clusters.runs.executors import limit_blas_threads

logger = logging.getLogger(__name__)

# A task that has killed so many workers would kill the next one, too.
MAX_TASK_ATTEMPTS = 3


def run(key: int, worker: str) -> bool:
    """Run the task with this key, unless it is not to be run now. Return whether it was run."""
    task = claim(key, worker)
    if task is None:
        return False
    with task_heartbeat(task), limit_blas_threads():
        outcome = _outcome_of(task)
    finish(task, outcome)
    return True


def claim(key: int, worker: str) -> ReclusterTask | None:
    """Return the task, which now belongs to this worker alone.

    Return None if it is finished, cancelled or deleted; if another worker is at work on it, or on the same collection
    for another job (the task is then sent again later); or if it has been attempted too often.
    """
    claimable = ReclusterTask.objects.claimable().filter(pk=key)
    task = claimable.excluding_busy().select_related("job", *with_owner("collection__")).first()
    if task is None:
        return None
    if task.attempts >= MAX_TASK_ATTEMPTS:
        name = task.collection.key if task.collection else ""
        reason = f"its worker stopped {task.attempts} times before the end; it may need more memory"
        finish(task, Outcome(name, "failed", reason))
        return None
    # Of two workers with the same message, only one finds the number of attempts unchanged.
    claimed = claimable.filter(attempts=task.attempts).update(
        state=ReclusterTask.State.RUNNING,
        worker=worker,
        attempts=task.attempts + 1,
        started_at=Coalesce("started_at", Now()),
        heartbeat_at=Now(),
    )
    if not claimed:
        return None
    task.refresh_from_db(fields=["state", "worker", "attempts", "started_at", "heartbeat_at"])
    return task


def finish(task: ReclusterTask, outcome: Outcome) -> bool:
    """Store the outcome of the task, also in the history of what it reclustered.

    Return False if it belongs to another worker now.
    """
    collection, created_by = task.collection, task.job.created_by_id
    run = None
    if collection is not None and outcome.digest:
        run = Run.objects.of(collection).filter(digest=outcome.digest).newest_first().first()
    with transaction.atomic():
        finished = _of_this_attempt(task).update(
            state=ReclusterTask.State.FINISHED, outcome=outcome.as_json(), run=run, finished_at=Now()
        )
        if finished and collection is not None and created_by and outcome.status in ("published", "waiting"):
            LogEntry.objects.log_actions(
                created_by, [collection.editors_row], CHANGE, "Reclustered.", single_object=True
            )
    return bool(finished)


def release(key: int, worker: str) -> None:
    """Let another worker claim the task at once, because the process of ``worker`` that ran it is dead."""
    tasks = ReclusterTask.objects.filter(pk=key, worker=worker, state=ReclusterTask.State.RUNNING)
    tasks.update(state=ReclusterTask.State.PENDING)


def _of_this_attempt(task: ReclusterTask) -> QuerySet[ReclusterTask]:
    return ReclusterTask.objects.unfinished().filter(pk=task.pk, attempts=task.attempts)


def _outcome_of(task: ReclusterTask) -> Outcome:
    if task.collection is None:
        return Outcome("", "skipped", COLLECTION_DELETED)
    try:
        if task.job.is_preview:
            return preview(task.collection, Params(**task.job.parameters))
        stored = _run_of_earlier_attempt(task)
        # Force would store a second run.
        options = Options(jobs=0, force=task.job.force and stored is None)
        (outcome,) = recluster([task.collection], Params(**task.job.parameters), options)
    except Exception as error:  # Nobody watches a worker, so the job's page must show any error.
        logger.exception("Reclustering %s failed", task.collection_name)
        return Outcome(task.collection.key, "failed", f"{type(error).__name__}: {error}")
    if stored is not None and outcome.status == "unchanged":
        return replace(outcome, status="published" if stored.is_published else "waiting")
    return outcome


def _run_of_earlier_attempt(task: ReclusterTask) -> Run | None:
    """Return the run that an earlier worker stored before it died, which it could not report any more."""
    if task.attempts == 1:
        return None
    return Run.objects.filter(collection=task.collection, started_at__gte=task.started_at).newest_first().first()
