"""Hand genres over to workers: note them in the database, and notify the workers."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction

from clusters.core.params import Params
from clusters.models import ReclusterJob, ReclusterTask
from musicdb.models import Genre

logger = logging.getLogger(__name__)

# A process a message is notified, and goes on to the next task by itself: more notify nobody.
MAX_NOTIFIED = 32
# Whoever asks waits for the broker twice this at the most, in seconds: to connect, and to be heard.
BROKER_TIMEOUT = 0.3
_WITHOUT_RETRIES = {
    "socket_connect_timeout": BROKER_TIMEOUT,
    "socket_timeout": BROKER_TIMEOUT,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}


class EnqueueError(Exception):
    """No worker is configured, or the broker cannot be reached. Nothing is left waiting; the message says why."""


def has_workers() -> bool:
    """Return whether workers are configured. Whether one is running, only its work shows."""
    return bool(settings.CELERY_BROKER_URL)


def enqueue(genres: Sequence[Genre], params: Params, *, force: bool = False, user: Any = None) -> ReclusterJob:
    """Have workers recluster ``genres``, and return where they note how far they are.

    Raises EnqueueError.
    """
    if not has_workers():
        raise EnqueueError("No worker is configured: CELERY_BROKER_URL is empty.")
    # Durable: a worker that is woken before the rows are there would find nothing to do.
    with transaction.atomic(durable=True):
        job = ReclusterJob.objects.create(created_by=user, parameters=asdict(params), force=force)
        ReclusterTask.objects.bulk_create(
            ReclusterTask(job=job, genre=genre, genre_name=genre.name) for genre in genres
        )
    try:
        notify_workers(len(genres))
    except EnqueueError:
        if not _withdraw(job):
            return job
        raise
    return job


def _withdraw(job: ReclusterJob) -> bool:
    """Remove what no worker has begun; return whether that was all. One may have looked for work in that moment."""
    with transaction.atomic():
        job.tasks.filter(state=ReclusterTask.State.PENDING).delete()
        if job.tasks.exists():
            return False
        job.delete()
    return True


def notify_workers(number: int, expires: float | None = None) -> None:
    """Tell up to ``number`` worker processes that there is something to do; ``expires``: for so many seconds.

    Raises EnqueueError where not even one can be told.
    """
    # Imported where it is needed: a site without workers never pays for Celery.
    from kombu.exceptions import KombuError

    from clusters.jobs.tasks import run_task
    from musicdb.celery import app

    # A connection of its own, so that nothing of a worker's patience is a web request's.
    connection = app.connection_for_write(
        settings.CELERY_BROKER_URL,
        connect_timeout=BROKER_TIMEOUT,
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **_WITHOUT_RETRIES},
    )
    told = 0
    try:
        with connection:
            for _ in range(min(number, MAX_NOTIFIED)):
                run_task.apply_async(connection=connection, retry=False, expires=expires)
                told += 1
    except (KombuError, OSError, *connection.connection_errors, *connection.channel_errors) as error:
        logger.warning("The workers' broker cannot be reached: %s", error)
        # Who was told goes on until nothing waits.
        if not told:
            reason = str(error).rstrip(".")
            raise EnqueueError(f"The workers' broker cannot be reached: {reason}.") from error
