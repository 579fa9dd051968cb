"""What the database keeps for clusters."""

from clusters.models.jobs import Reclustering, Turn
from clusters.models.runs import Cluster, FormerCluster, GenreClustering, LeftOut, Membership, Run

__all__ = ["Cluster", "FormerCluster", "GenreClustering", "LeftOut", "Membership", "Reclustering", "Run", "Turn"]
