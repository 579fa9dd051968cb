"""Where the tracks of a cluster went that is no more."""

from dataclasses import dataclass

from clusters.models import Cluster, FormerCluster, Run


@dataclass(frozen=True)
class Share:
    """``count`` of a former cluster's tracks went to cluster ``number``, which may be gone too and leave no page."""

    number: int
    count: int
    has_page: bool


@dataclass(frozen=True)
class Whereabouts:
    """Of a former cluster of the genre of ``run``, its published one.

    ``shares``: where the tracks went when the cluster vanished, most first; ``in_none``: how many went nowhere.
    ``successor``: the cluster of ``run`` that the largest share leads to, by way of other former clusters where
    these have vanished as well; None where the trail ends. ``by_majority``: whether the share was more than half of
    the tracks at each step of the way.
    """

    run: Run
    former: FormerCluster
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


def whereabouts(run: Run, former: FormerCluster) -> Whereabouts:
    """Follow the tracks of ``former`` to the clusters of ``run``. Two queries."""
    present = {cluster.number: cluster for cluster in run.clusters.all()}
    formers = {each.number: each for each in FormerCluster.objects.filter(genre=run.genre)}
    shares = tuple(
        Share(number, count, has_page=number in present or number in formers) for number, count in former.went_to
    )
    successor, by_majority = _follow(former, formers, present)
    in_none = former.size - sum(share.count for share in shares)
    return Whereabouts(run, former, shares, in_none, successor, by_majority)


def _follow(
    former: FormerCluster, formers: dict[int, FormerCluster], present: dict[int, Cluster]
) -> tuple[Cluster | None, bool]:
    step: FormerCluster | None = former
    by_majority = True
    # A number that went to another and came back would lead in a circle.
    seen: set[int] = set()
    while step and step.went_to and step.number not in seen:
        seen.add(step.number)
        number, count = step.went_to[0]
        by_majority = by_majority and 2 * count > step.size
        if number in present:
            return present[number], by_majority
        step = formers.get(number)
    return None, False
