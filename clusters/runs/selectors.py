"""Lookups that pages and the API share."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.explain import Components, Explanation, explain
from clusters.models import Cluster, Membership, RetiredCluster, Run
from musicdb.models import Genre


def published_run_or_404(slug: str) -> Run:
    """Return the genre's published run. Raises Http404 that says which is missing, the genre or the run."""
    genre = get_object_or_404(Genre, slug=slug)
    run = Run.objects.of_genre(genre).published().select_related("genre").first()
    if run is None:
        raise Http404(f"The tracks of {genre.name} have not been grouped into clusters yet.")
    return run


def cluster_or_retired_or_404(run: Run, number: int) -> Cluster | RetiredCluster:
    """Return the cluster of ``run`` with that number or, if there is none, the genre's retired cluster with it.

    One query, or two if ``run`` has no such cluster. Raises Http404 if the genre has neither.
    """
    cluster = run.clusters.filter(number=number).first()
    retired = None if cluster else RetiredCluster.objects.filter(genre=run.genre, number=number).first()
    if cluster is None and retired is None:
        raise Http404("No Cluster matches the given query.")
    return cluster or retired  # type: ignore[return-value]


@dataclass(frozen=True)
class MembershipExplanation:
    """``next_nearest``: the cluster with the next nearest centre; None if it is unknown or there is none."""

    explanation: Explanation
    next_nearest: Cluster | None


def explain_membership(membership: Membership) -> MembershipExplanation:
    """Explain why a track is in its cluster. No query if it was read with ``MembershipQuerySet.of_track``."""
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
