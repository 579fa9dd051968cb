"""Hand genres over to workers: note them in the database, and wake the workers."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import transaction

from clusters.core.params import Params
from clusters.models import Reclustering, Turn
from musicdb.models import Genre

logger = logging.getLogger(__name__)

# A process a message is woken, and goes on to the next turn by itself: more wake nobody.
MAX_WOKEN = 32
# Whoever asks waits for the broker twice this at the most, in seconds: to connect, and to be heard; see _AT_ONCE.
PATIENCE = 0.3
_AT_ONCE = {
    "socket_connect_timeout": PATIENCE,
    "socket_timeout": PATIENCE,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}


class NotHandedOverError(Exception):
    """No worker is configured, or the broker cannot be reached. Nothing is left waiting; the message says why."""


def has_workers() -> bool:
    """Return whether workers are configured. Whether one is running, only its work shows."""
    return bool(settings.CELERY_BROKER_URL)


def hand_over(genres: Sequence[Genre], params: Params, *, force: bool = False, user: Any = None) -> Reclustering:
    """Have workers recluster ``genres``, and return where they note how far they are.

    Raises NotHandedOverError.
    """
    if not has_workers():
        raise NotHandedOverError("No worker is configured: CELERY_BROKER_URL is empty.")
    # Durable: a worker that is woken before the rows are there would find nothing to do.
    with transaction.atomic(durable=True):
        reclustering = Reclustering.objects.create(asked_by=user, parameters=asdict(params), force=force)
        Turn.objects.bulk_create(
            Turn(reclustering=reclustering, genre=genre, genre_name=genre.name) for genre in genres
        )
    try:
        wake(len(genres))
    except NotHandedOverError:
        if not _taken_back(reclustering):
            return reclustering
        raise
    return reclustering


def _taken_back(reclustering: Reclustering) -> bool:
    """Remove what no worker has begun; return whether that was all. One may have looked for work in that moment."""
    with transaction.atomic():
        reclustering.turns.filter(state=Turn.State.WAITING).delete()
        if reclustering.turns.exists():
            return False
        reclustering.delete()
    return True


def wake(number: int, expires: float | None = None) -> None:
    """Tell up to ``number`` worker processes that there is something to do; ``expires``: for so many seconds.

    Raises NotHandedOverError where not even one can be told.
    """
    # Imported where it is needed: a site without workers never pays for Celery.
    from kombu.exceptions import KombuError

    from clusters.jobs.tasks import take_a_turn
    from musicdb.celery import app

    # A connection of its own, so that nothing of a worker's patience is a web request's.
    connection = app.connection_for_write(
        settings.CELERY_BROKER_URL,
        connect_timeout=PATIENCE,
        transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **_AT_ONCE},
    )
    told = 0
    try:
        with connection:
            for _ in range(min(number, MAX_WOKEN)):
                take_a_turn.apply_async(connection=connection, retry=False, expires=expires)
                told += 1
    except (KombuError, OSError, *connection.connection_errors, *connection.channel_errors) as error:
        logger.warning("The workers' broker cannot be reached: %s", error)
        # Who was told goes on until nothing waits.
        if not told:
            reason = str(error).rstrip(".")
            raise NotHandedOverError(f"The workers' broker cannot be reached: {reason}.") from error
