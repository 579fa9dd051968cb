"""What the pages and the API look up alike."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.explain import Components, Explanation, explain
from clusters.models import Cluster, Membership, RetiredCluster, Run
from musicdb.models import Genre


def published_run_or_404(slug: str) -> Run:
    """Return the genre's published run, or raise Http404 that says which of the two is missing."""
    genre = get_object_or_404(Genre, slug=slug)
    run = Run.objects.of_genre(genre).published().select_related("genre").first()
    if run is None:
        raise Http404(f"The tracks of {genre.name} have not been grouped into clusters yet.")
    return run


def cluster_or_retired_or_404(run: Run, number: int) -> Cluster | RetiredCluster:
    """Return the cluster of that number, in ``run`` or, failing that, as an earlier run of the genre had it.

    One query, or two where it is not in ``run``. Raises Http404 where there never was one.
    """
    cluster = run.clusters.filter(number=number).first()
    former = None if cluster else RetiredCluster.objects.filter(genre=run.genre, number=number).first()
    if cluster is None and former is None:
        raise Http404("No Cluster matches the given query.")
    return cluster or former  # type: ignore[return-value]


@dataclass(frozen=True)
class MembershipExplanation:
    """``next_nearest``: the cluster whose centre is the next nearest to the track; None where that is not known."""

    explanation: Explanation
    next_nearest: Cluster | None


def explain_membership(membership: Membership) -> MembershipExplanation:
    """Say why a track is in its cluster. No query for one that was read with ``MembershipQuerySet.of_track``."""
    run = membership.cluster.run
    clusters = {cluster.number: cluster for cluster in run.clusters.all()}
    explanation = explain(
        Components(run.weights, run.loadings),
        {number: cluster.centroid for number, cluster in clusters.items()},
        {name: getattr(membership.track, name) for name in run.weights},
        membership.cluster.number,
        membership.distance,
    )
    nearest = explanation.next_nearest
    return MembershipExplanation(explanation, clusters[nearest.number] if nearest else None)
