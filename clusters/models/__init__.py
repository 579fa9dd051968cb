"""What the database keeps for clusters."""

from clusters.models.jobs import Reclustering, Turn
from clusters.models.runs import Cluster, ExcludedTrack, GenreClustering, Membership, RetiredCluster, Run

__all__ = ["Cluster", "ExcludedTrack", "GenreClustering", "Membership", "Reclustering", "RetiredCluster", "Run", "Turn"]
