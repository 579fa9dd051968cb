"""Lookups that pages and the API share."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.words.explain import Components, Explanation, explain
from clusters.models import Cluster, CollectionKind, Membership, RetiredCluster, Run
from clusters.models.collection_querysets import public_owners


def published_run_or_404(kind: str, slug: str = "") -> Run:
    """Return the published run of the library, or of the owner of this kind with this slug.

    Raises Http404 that says which is missing, the owner or the run. Two queries, or one for the library.
    """
    owner = None if kind == CollectionKind.LIBRARY else get_object_or_404(public_owners(kind), slug=slug)
    runs = Run.objects.published().with_collection().filter(collection__kind=kind)
    run = runs.first() if owner is None else runs.filter(**{f"collection__{kind}": owner}).first()
    if run is None:
        name = "the library" if owner is None else owner.name
        raise Http404(f"The tracks of {name} have not been grouped into clusters yet.")
    return run


class OfCollection:
    """A view of a collection. ``kind`` is the collection's; the address names its owner, unless it is the library."""

    kind = ""
    kwargs: dict[str, Any]

    def published_run(self) -> Run:
        return published_run_or_404(self.kind, self.kwargs.get(f"{self.kind}_slug", ""))


def path_of_owner(kind: str) -> str:
    """Return how the addresses below collections of this kind begin. Those of the library have no such beginning."""
    return "" if kind == CollectionKind.LIBRARY else f"{kind}s/<slug:{kind}_slug>/"


def cluster_or_retired_or_404(run: Run, number: int) -> Cluster | RetiredCluster:
    """Return the cluster of ``run`` with that number or, if there is none, the collection's retired cluster with it.

    One query, or two if ``run`` has no such cluster. Raises Http404 if the collection has neither.
    """
    cluster = run.clusters.filter(number=number).first()
    retired = None if cluster else RetiredCluster.objects.filter(collection=run.collection, number=number).first()
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
