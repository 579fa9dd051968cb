"""What the database keeps for clusters."""

from clusters.models.jobs import ReclusterJob, ReclusterTask
from clusters.models.runs import Cluster, ExcludedTrack, GenreClustering, Membership, RetiredCluster, Run
from clusters.models.workers import WorkerHeartbeat

__all__ = [
    "Cluster",
    "ExcludedTrack",
    "GenreClustering",
    "Membership",
    "ReclusterJob",
    "ReclusterTask",
    "RetiredCluster",
    "Run",
    "WorkerHeartbeat",
]
