"""What ``celery -A musicdb worker`` runs: the task that reclusters a collection, and the poll of the outbox."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import bootsteps
from celery.signals import worker_shutdown
from celery.worker.request import Request
from django.conf import settings
from django.db import DatabaseError, connections

from clusters.jobs import heartbeats
from clusters.jobs.broker import RECLUSTER, BrokerError
from clusters.jobs.outbox import resend
from clusters.jobs.worker import release, run
from musicdb.celery import app

logger = logging.getLogger(__name__)


class ReleasingRequest(Request):
    """Before Celery returns the message of a process that died, let any worker claim its task."""

    def reject(self, requeue: bool = False) -> None:
        if requeue:
            with _in_main_process("A dead process's task cannot be claimed until it is stalled"):
                release(self.args[0], self.hostname)
        super().reject(requeue=requeue)


@app.task(bind=True, name=RECLUSTER, Request=ReleasingRequest)
def recluster_collection(self: Any, key: int) -> None:
    """Run the ReclusterTask with this key."""
    run(key, self.request.hostname or socket.gethostname())


class PollStep(bootsteps.StartStopStep):
    """Every ``WORKER_HEARTBEAT`` seconds, say that this worker is running and send lost messages again."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **kwargs: Any) -> None:
        super().__init__(consumer, **kwargs)
        self.timer_entry: Any = None

    def start(self, consumer: Any) -> None:
        self.poll(consumer.hostname)
        self.timer_entry = consumer.timer.call_repeatedly(settings.WORKER_HEARTBEAT, self.poll, (consumer.hostname,))

    def stop(self, consumer: Any) -> None:
        if self.timer_entry:
            self.timer_entry.cancel()
            self.timer_entry = None

    @staticmethod
    def poll(worker: str) -> None:
        with _in_main_process("The poll failed"):
            heartbeats.record_worker(worker)
            if sent := resend():
                logger.warning("Sent %d messages that waited for no worker", sent)


app.steps["consumer"].add(PollStep)


@worker_shutdown.connect
def forget_worker(sender: Any, **kwargs: Any) -> None:
    with _in_main_process("The worker cannot say that it shuts down"):
        heartbeats.forget_worker(sender.hostname)


@contextmanager
def _in_main_process(problem: str) -> Iterator[None]:
    """Use the database in a worker's main process, which an error must not stop.

    The connection is closed, because processes that start later must not share it.
    """
    try:
        yield
    except (DatabaseError, BrokerError) as error:
        logger.warning("%s: %s", problem, error)
    finally:
        connections.close_all()
