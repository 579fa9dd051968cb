"""Rows for tests of recluster jobs."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clusters.jobs.worker import claim, run
from clusters.models import ReclusterTask, WorkerHeartbeat
from musicdb.models import Genre
from tests.factories import GenreFactory, grouped_tracks


def genre_with_tracks(tracks: int = 8, **fields: Any) -> Genre:
    genre: Genre = GenreFactory(**fields)
    grouped_tracks(tracks, genres=[genre])
    return genre


def claim_next(worker: str) -> ReclusterTask:
    """Claim the first task that can be claimed."""
    task = claim(ReclusterTask.objects.claimable().order_by("pk")[0].pk, worker)
    assert task is not None
    return task


def run_next(worker: str) -> bool:
    """Run the first task that can be claimed, in this process. Return False if there is none."""
    task = ReclusterTask.objects.claimable().order_by("pk").first()
    return task is not None and run(task.pk, worker)


def stall(task: ReclusterTask) -> None:
    """Let the last heartbeat of the task be an hour old."""
    ReclusterTask.objects.filter(pk=task.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))


def make_worker_dead(worker: str) -> None:
    """Let the last heartbeat of the worker be an hour old."""
    WorkerHeartbeat.objects.filter(worker=worker).update(heartbeat_at=timezone.now() - timedelta(hours=1))
