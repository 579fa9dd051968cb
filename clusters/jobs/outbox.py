"""Jobs on their way to the workers: write them to the database, then send the broker one message a task.

The database is the outbox. A message only names a task, so it does no harm if it arrives twice, and a message that the
broker loses is sent again.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction

from clusters.core.params import Params
from clusters.jobs.broker import RECLUSTER, BrokerError, Queue, open_queue
from clusters.models import Collection, ReclusterJob, ReclusterTask

logger = logging.getLogger(__name__)

# A web request spends at most so many seconds on sending. The workers' poll sends the rest.
SEND_SECONDS = 1.0
# The workers' poll sends at most so many messages.
MAX_RESENT = 1000


class EnqueueError(Exception):
    """Workers are not configured, or the broker cannot be reached. No job was created; the message says why."""


def uses_workers() -> bool:
    """Return whether this site is configured to use workers; ``worker_is_running`` says whether there is one."""
    return bool(settings.CELERY_BROKER_URL)


def enqueue(
    collections: Sequence[Collection],
    params: Params,
    *,
    force: bool = False,
    is_preview: bool = False,
    user: Any = None,
) -> ReclusterJob:
    """Have workers recluster ``collections``, or preview them, and return the job in which they report their progress.

    Raises EnqueueError.
    """
    if not uses_workers():
        raise EnqueueError("No worker is configured: CELERY_BROKER_URL is empty.")
    # Durable, because a worker that receives a message before the commit would find no task.
    with transaction.atomic(durable=True):
        job = ReclusterJob.objects.create(
            created_by=user, parameters=asdict(params), force=force, is_preview=is_preview
        )
        tasks = ReclusterTask.objects.bulk_create(
            ReclusterTask(job=job, collection=each, collection_name=str(each)) for each in collections
        )
    sent = 0
    try:
        with open_queue() as queue:
            # Tasks that the broker has forgotten come first.
            keys = _claimable() if queue.is_empty() else [task.pk for task in tasks]
            for _ in _send(queue, keys):
                sent += 1
    except BrokerError as error:
        logger.warning("%s", error)
        if not sent and _withdraw(job):
            raise EnqueueError(str(error)) from error
    return job


def resend() -> int:
    """Send messages again that the broker has lost. Return how many.

    Raises BrokerError.
    """
    keys = _claimable()
    if not keys:
        return 0
    with open_queue() as queue:
        # While messages wait in the queue, those of these tasks may be among them. When none waits, they are lost, or a
        # worker has just received them; then it does no harm to send them twice.
        if not queue.is_empty():
            return 0
        return sum(1 for _ in _send(queue, keys))


def _claimable() -> list[int]:
    tasks = ReclusterTask.objects.claimable().excluding_busy().order_by("pk")
    return list(tasks.values_list("pk", flat=True)[:MAX_RESENT])


def _send(queue: Queue, keys: Iterable[int]) -> Iterable[int]:
    until = time.monotonic() + SEND_SECONDS
    for key in keys:
        queue.send(RECLUSTER, key)
        yield key
        if time.monotonic() > until:
            return


def _withdraw(job: ReclusterJob) -> bool:
    """Delete the job unless a worker has already claimed one of its tasks. Return whether it is deleted."""
    with transaction.atomic():
        job.tasks.filter(state=ReclusterTask.State.PENDING).delete()
        if job.tasks.exists():
            return False
        job.delete()
    return True
