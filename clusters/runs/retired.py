"""Where the tracks of a cluster went that no longer exists."""

from dataclasses import dataclass

from clusters.models import Cluster, RetiredCluster, Run


@dataclass(frozen=True)
class Share:
    """``count`` of a retired cluster's tracks went to cluster ``number``, which may be gone too and leave no page."""

    number: int
    count: int
    has_page: bool


@dataclass(frozen=True)
class Successors:
    """Of a retired cluster of the genre of ``run``, its published one.

    ``shares``: where the tracks went when the cluster vanished, most first; ``in_none``: how many went nowhere.
    ``successor``: the cluster of ``run`` that the largest share leads to, by way of other retired clusters where
    these have vanished as well; None where the trail ends. ``by_majority``: whether the share was more than half of
    the tracks at each step of the way.
    """

    run: Run
    retired: RetiredCluster
    shares: tuple[Share, ...]
    in_none: int
    successor: Cluster | None
    by_majority: bool

    @property
    def pointer(self) -> str:
        """Where to look now: up to the successor's number, or a whole sentence where there is none."""
        if not self.shares:
            return "None of its tracks went to another cluster."
        if self.successor is None:
            return "The trail of its tracks ends before the clusters of today."
        if self.by_majority:
            return "Most of its tracks are now in cluster"
        return "The largest part of its tracks is now in cluster"


def successors_of(run: Run, retired: RetiredCluster) -> Successors:
    """Follow the tracks of ``retired`` to the clusters of ``run``. Two queries."""
    present = {cluster.number: cluster for cluster in run.clusters.all()}
    retired_clusters = {each.number: each for each in RetiredCluster.objects.filter(genre=run.genre)}
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
    # A number that went to another and came back would lead in a circle.
    seen: set[int] = set()
    while step and step.successors and step.number not in seen:
        seen.add(step.number)
        number, count = step.successors[0]
        by_majority = by_majority and 2 * count > step.size
        if number in present:
            return present[number], by_majority
        step = retired_clusters.get(number)
    return None, False
