"""What workers do: one task a message. ``celery -A musicdb worker`` finds it here."""

import logging
import socket
from contextlib import suppress
from typing import Any

from celery import bootsteps
from django.conf import settings

from clusters.jobs.enqueue import EnqueueError, notify_workers
from clusters.jobs.worker import has_claimable, run_next
from clusters.models.job_querysets import stale_after
from musicdb.celery import app

logger = logging.getLogger(__name__)


@app.task(bind=True, name="clusters.run_task")
def run_task(self: Any) -> None:
    """See a task through, and pass the word on while there are more. Every genre is a task of its own.

    So several workers share the genres, and one that is asked to shut down ends the genre that it is at.
    """
    if run_next(self.request.hostname or socket.gethostname()) and has_claimable():
        try:
            notify_workers(1)
        except EnqueueError:
            logger.warning("The next task waits until a worker looks around")


class PollStep(bootsteps.StartStopStep):
    """At its start, and then every so often, a worker looks for tasks of which no message tells: a dead one's, say."""

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
        # It expires, since after a long task nobody need hear how often this was said meanwhile.
        with suppress(EnqueueError):
            notify_workers(1, expires=stale_after().total_seconds())


app.steps["consumer"].add(PollStep)
