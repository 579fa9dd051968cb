"""Lookups that pages and the API share."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.words.explain import Components, Explanation, explain
from clusters.models import Cluster, CollectionKind, Membership, RetiredCluster, Run
from clusters.models.collection_querysets import public_owners
from clusters.models.querysets import RunQuerySet


def published_run_or_404(kind: str, slug: str = "", runs: RunQuerySet | None = None) -> Run:
    """Return the published run of the library, or of the owner of this kind with this slug.

    ``runs``: with what it is read; by default, with its collection. Raises Http404 that says which is missing, the
    owner or the run. One query, and one more where there is no run.
    """
    published = (Run.objects.with_collection() if runs is None else runs).published().filter(collection__kind=kind)
    if kind == CollectionKind.LIBRARY:
        run, name = published.first(), "the library"
    else:
        owners = public_owners(kind).filter(slug=slug)
        run = published.filter(**{f"collection__{kind}__in": owners.order_by().values("pk")}).first()
        name = "" if run else get_object_or_404(owners).name
    if run is None:
        raise Http404(f"The tracks of {name} have not been grouped into clusters yet.")
    return run


class OfCollection:
    """A view of a collection. ``kind`` is the collection's; the address names its owner, unless it is the library."""

    kind = ""
    kwargs: dict[str, Any]

    def published_run(self, runs: RunQuerySet | None = None) -> Run:
        """Return the published run; see ``published_run_or_404``."""
        return published_run_or_404(self.kind, self.kwargs.get(f"{self.kind}_slug", ""), runs)


def path_of_owner(kind: str) -> str:
    """Return how the addresses below collections of this kind begin. Those of the library have no such beginning."""
    return "" if kind == CollectionKind.LIBRARY else f"{kind}s/<slug:{kind}_slug>/"


def cluster_or_retired_or_404(run: Run, number: int) -> Cluster | RetiredCluster:
    """Return the cluster of ``run`` with that number or, if there is none, the collection's retired cluster with it.

    One query, or two if ``run`` has no such cluster. Raises Http404 if the collection has neither.
    """
    return run.clusters.filter(number=number).first() or retired_or_404(run, number)


def retired_or_404(run: Run, number: int) -> RetiredCluster:
    """Return the retired cluster with that number of the collection of ``run``, or raise Http404. One query."""
    retired = RetiredCluster.objects.filter(collection=run.collection, number=number).first()
    if retired is None:
        raise Http404("No Cluster matches the given query.")
    return retired


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
