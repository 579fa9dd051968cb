"""What the database keeps for clusters."""

from clusters.models.collections import Collection, CollectionKind
from clusters.models.jobs import ReclusterJob, ReclusterTask
from clusters.models.misplaced import MisplacedTrack
from clusters.models.previews import Preview, PreviewPlot
from clusters.models.profiles import RunProfile
from clusters.models.publications import Publication
from clusters.models.runs import Cluster, ExcludedTrack, Membership, RetiredCluster, Run, Shade
from clusters.models.workers import WorkerHeartbeat

__all__ = [
    "Cluster",
    "Collection",
    "CollectionKind",
    "ExcludedTrack",
    "Membership",
    "MisplacedTrack",
    "Preview",
    "PreviewPlot",
    "Publication",
    "ReclusterJob",
    "ReclusterTask",
    "RetiredCluster",
    "Run",
    "RunProfile",
    "Shade",
    "WorkerHeartbeat",
]
