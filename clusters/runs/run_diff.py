"""Compare two runs of a collection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from clusters.core.comparing import Comparison, compare
from clusters.core.features import IntArray
from clusters.models import Collection, Membership, Run
from musicdb.models import Track
from musicdb.models.querysets import rows_with

CHUNK = 5_000


class NotComparableError(ValueError):
    """The runs cannot be compared. The message gives the reason to a person."""


@dataclass(frozen=True)
class Figure:
    """A figure of both runs, formatted for people."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class RunComparison:
    """``found``: how the clusters differ. ``figures``: for both runs."""

    old: Run
    new: Run
    found: Comparison
    figures: Sequence[Figure]

    def moved_tracks(self) -> QuerySet[Track]:
        """Return the tracks that changed cluster, came or left, by title, with ``old_number`` and ``new_number``."""

        def number(run: Run) -> Subquery:
            return Subquery(Membership.objects.filter(run=run, track=OuterRef("pk")).values("cluster__number")[:1])

        both = Track.objects.filter(pk__in=Membership.objects.filter(run__in=[self.old, self.new]).values("track"))
        numbered = both.annotate(old_number=number(self.old), new_number=number(self.new))
        moved = numbered.filter(
            ~Q(old_number=F("new_number")) | Q(old_number__isnull=True) | Q(new_number__isnull=True)
        )
        return moved.order_by("sort_key", "pk").prefetch_related(rows_with(Track, "track_artists", "artist"))


def compare_runs(old: Run, new: Run) -> RunComparison:
    """Compare two runs. Two queries. Raises NotComparableError if they are of two collections, or the same run."""
    if old.collection_id != new.collection_id:
        raise NotComparableError(f"Runs {old.pk} and {new.pk} are of two collections. Choose two runs of the same one.")
    if old.pk == new.pk:
        raise NotComparableError(f"Both are run {old.pk}. Choose another run to compare it with.")
    return RunComparison(old, new, compare(*_track_clusters(old), *_track_clusters(new)), _figures(old, new))


def default_pair(collection: Collection) -> tuple[Run, Run]:
    """Return the two runs to compare if none are named, the older first.

    These are the published run and the newest one or, if the newest is published or none is, the last two. Raises
    NotComparableError if the collection has fewer than two runs.
    """
    runs = list(Run.objects.of(collection).newest_first()[:2])
    if len(runs) < 2:
        number = "only one run" if runs else "no runs"
        raise NotComparableError(f"{collection} has {number}, so there is nothing to compare.")
    newest, before = runs
    published = Run.objects.of(collection).published().first()
    if published is None or published == newest:
        return before, newest
    return published, newest


def default_other(run: Run) -> Run:
    """Return the run to compare ``run`` with if none is named: the published one, else the one before, else the newest.

    Raises NotComparableError if the collection has no other run.
    """
    others = Run.objects.of(run.collection).exclude(pk=run.pk)
    before = others.filter(finished_at__lte=run.finished_at).newest_first()
    other = others.published().first() or before.first() or others.newest_first().first()
    if other is None:
        raise NotComparableError(f"This is the only run of {run.collection}, so there is nothing to compare it with.")
    return other


def in_order(one: Run, other: Run) -> tuple[Run, Run]:
    """Return the two runs, the older one first."""
    return (one, other) if (one.finished_at, one.pk) < (other.finished_at, other.pk) else (other, one)


def _track_clusters(run: Run) -> tuple[IntArray, IntArray]:
    """Return the ids of the run's tracks and the number of each one's cluster, both of shape (n,)."""
    rows = run.memberships.values_list("track_id", "cluster__number").iterator(chunk_size=CHUNK)
    pairs = np.array(list(rows), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _figures(old: Run, new: Run) -> list[Figure]:
    return [
        Figure(*row)
        for row in zip(
            ("tracks", "excluded", "clusters", "silhouette", "stability", "smallest cluster"),
            _formatted(old),
            _formatted(new),
            strict=True,
        )
    ]


def _formatted(run: Run) -> tuple[str, ...]:
    # A single cluster has every track; it was not among the numbers that were tried.
    smallest = run.smallest_shares.get(str(run.cluster_count)) if run.divides else 1.0
    return (
        str(run.track_count),
        str(run.excluded_count),
        str(run.cluster_count),
        f"{run.silhouette:.3f}" if run.divides else "does not divide",
        "not measured" if run.stability is None else f"{run.stability:.2f}",
        "not measured" if smallest is None else f"{smallest:.1%}",
    )
