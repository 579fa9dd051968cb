"""Where the tracks of a retired cluster are now."""

from dataclasses import dataclass

from clusters.models import Cluster, RetiredCluster, Run


@dataclass(frozen=True)
class Share:
    """``count`` of the tracks went to cluster ``number``. ``has_page``: whether that cluster still has a page."""

    number: int
    count: int
    has_page: bool


@dataclass(frozen=True)
class Successors:
    """Where the tracks of ``retired`` went. ``run`` is the published run of its collection.

    ``shares``: the clusters that the tracks went to when the cluster retired, largest first. ``in_none``: how many went
    to no cluster. ``successor``: the cluster of ``run`` that the largest share leads to. If that share went to
    another retired cluster, its largest share is followed in turn; None if this does not lead to a cluster of ``run``.
    ``by_majority``: whether each of these shares was more than half of the tracks.
    """

    run: Run
    retired: RetiredCluster
    shares: tuple[Share, ...]
    in_none: int
    successor: Cluster | None
    by_majority: bool

    @property
    def pointer(self) -> str:
        """A sentence about where the tracks are now. If there is a successor, it ends before the successor's number."""
        if not self.shares:
            return "None of its tracks went to another cluster."
        if self.successor is None:
            return "It is not known which clusters have its tracks now."
        if self.by_majority:
            return "Most of its tracks are now in cluster"
        return "The largest part of its tracks is now in cluster"


def successors_of(run: Run, retired: RetiredCluster) -> Successors:
    """Follow the tracks of ``retired`` to the clusters of ``run``. Two queries."""
    present = {cluster.number: cluster for cluster in run.clusters.all()}
    retired_clusters = {each.number: each for each in RetiredCluster.objects.filter(collection=run.collection)}
    shares = tuple(
        Share(number, count, has_page=number in present or number in retired_clusters)
        for number, count in retired.successors
    )
    successor, by_majority = _follow(retired, retired_clusters, present)
    in_none = retired.size - sum(share.count for share in shares)
    return Successors(run, retired, shares, in_none, successor, by_majority)


def _follow(
    retired: RetiredCluster, retired_clusters: dict[int, RetiredCluster], present: dict[int, Cluster]
) -> tuple[Cluster | None, bool]:
    step: RetiredCluster | None = retired
    by_majority = True
    # Retired clusters can name each other as successors. Without this, the loop would not end.
    seen: set[int] = set()
    while step and step.successors and step.number not in seen:
        seen.add(step.number)
        number, count = step.successors[0]
        by_majority = by_majority and 2 * count > step.size
        if number in present:
            return present[number], by_majority
        step = retired_clusters.get(number)
    return None, False
