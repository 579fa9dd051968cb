"""Heartbeats: a worker says that it is running, and that it is at work on a task."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models.functions import Now

from clusters.models import ReclusterTask, WorkerHeartbeat


def record_worker(worker: str) -> None:
    """Store that ``worker`` is running, and remove those that are dead."""
    WorkerHeartbeat.objects.dead().delete()
    WorkerHeartbeat.objects.bulk_create(
        [WorkerHeartbeat(worker=worker, heartbeat_at=Now())],
        update_conflicts=True,
        unique_fields=["worker"],
        update_fields=["heartbeat_at"],
    )


def forget_worker(worker: str) -> None:
    """Store that ``worker`` has shut down."""
    WorkerHeartbeat.objects.filter(worker=worker).delete()


def worker_is_running() -> bool:
    return WorkerHeartbeat.objects.alive().exists()


@contextmanager
def task_heartbeat(task: ReclusterTask) -> Iterator[None]:
    """Send heartbeats for the task from a thread, for as long as the block runs."""
    over = threading.Event()

    def send_heartbeats() -> None:
        try:
            while not over.wait(settings.WORKER_HEARTBEAT):
                # If the database has no time for one heartbeat, the next one will do.
                with suppress(DatabaseError):
                    ReclusterTask.objects.filter(pk=task.pk, attempts=task.attempts).update(heartbeat_at=Now())
                    # A worker that computes in its only process (-P solo) cannot send its own heartbeats meanwhile.
                    WorkerHeartbeat.objects.filter(worker=task.worker).update(heartbeat_at=Now())
        finally:
            connections.close_all()

    thread = threading.Thread(target=send_heartbeats, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
