"""What the database keeps for clusters."""

from clusters.models.jobs import ReclusterJob, ReclusterTask
from clusters.models.runs import Cluster, ExcludedTrack, GenreClustering, Membership, RetiredCluster, Run

__all__ = [
    "Cluster",
    "ExcludedTrack",
    "GenreClustering",
    "Membership",
    "ReclusterJob",
    "ReclusterTask",
    "RetiredCluster",
    "Run",
]
