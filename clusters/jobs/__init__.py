"""Recluster jobs: collections that workers recluster, and how far they are."""

from clusters.jobs.heartbeats import worker_is_running
from clusters.jobs.outbox import EnqueueError, enqueue, uses_workers
from clusters.jobs.progress import START_WORKER, STATES, Progress, cancel, state_of, stored_outcome

__all__ = [
    "START_WORKER",
    "STATES",
    "EnqueueError",
    "Progress",
    "cancel",
    "enqueue",
    "state_of",
    "stored_outcome",
    "uses_workers",
    "worker_is_running",
]
