"""What workers do: one turn a task. ``celery -A musicdb worker`` finds it here."""

import logging
import socket
from contextlib import suppress
from typing import Any

from celery import bootsteps
from django.conf import settings

from clusters.jobs.enqueue import NotHandedOverError, wake
from clusters.jobs.worker import is_any_due, work_on_one
from clusters.models.job_querysets import longest_silence
from musicdb.celery import app

logger = logging.getLogger(__name__)


@app.task(bind=True, name="clusters.take_a_turn")
def take_a_turn(self: Any) -> None:
    """See a turn through, and pass the word on while there are more. Every genre is a task of its own.

    So several workers share the genres, and one that is asked to shut down ends the genre that it is at.
    """
    if work_on_one(self.request.hostname or socket.gethostname()) and is_any_due():
        try:
            wake(1)
        except NotHandedOverError:
            logger.warning("The next turn waits until a worker looks around")


class LookingAround(bootsteps.StartStopStep):
    """At its start, and then every so often, a worker looks for turns of which no message tells: a dead one's, say."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.entry: Any = None

    def start(self, parent: Any) -> None:
        self.look(parent)
        self.entry = parent.timer.call_repeatedly(settings.WORKER_HEARTBEAT, self.look, (parent,))

    def stop(self, parent: Any) -> None:
        if self.entry:
            self.entry.cancel()
            self.entry = None

    @staticmethod
    def look(parent: Any) -> None:
        # It expires, since after a long turn nobody need hear how often this was said meanwhile.
        with suppress(NotHandedOverError):
            wake(1, expires=longest_silence().total_seconds())


app.steps["consumer"].add(LookingAround)
