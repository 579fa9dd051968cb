"""The Celery workers that are running."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


def stale_after() -> timedelta:
    """Return how old a heartbeat may be before its sender counts as dead."""
    return timedelta(seconds=4 * settings.WORKER_HEARTBEAT)


class WorkerHeartbeatQuerySet(models.QuerySet["WorkerHeartbeat"]):
    # The database's clock decides, because the clocks of several machines differ.
    def alive(self) -> Self:
        return self.filter(heartbeat_at__gte=Now() - stale_after())

    def dead(self) -> Self:
        return self.filter(heartbeat_at__lt=Now() - stale_after())


class WorkerHeartbeat(models.Model):
    """When a worker last said that it is running. It removes its row when it shuts down."""

    worker = models.CharField(max_length=300, unique=True)
    heartbeat_at = models.DateTimeField()

    objects = WorkerHeartbeatQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.worker
