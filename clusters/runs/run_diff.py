"""Two runs of a genre side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from clusters.core.comparing import Comparison, compare
from clusters.core.features import IntArray
from clusters.models import Membership, Run
from musicdb.models import Genre, Track
from musicdb.models.querysets import rows_with

CHUNK = 5_000


class NotComparableError(ValueError):
    """The runs asked for cannot be compared. The message tells a person why."""


@dataclass(frozen=True)
class Figure:
    """A figure of both runs, as it is shown."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class RunComparison:
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
    """Compare two runs of one genre. Two queries. Raises NotComparableError where they are not of one genre."""
    if old.genre_id != new.genre_id:
        raise NotComparableError(f"Runs {old.pk} and {new.pk} are of two genres: only runs of one can be compared.")
    if old.pk == new.pk:
        raise NotComparableError(f"Both are run {old.pk}: choose another to compare it with.")
    return RunComparison(old, new, compare(*_places(old), *_places(new)), _figures(old, new))


def default_pair(genre: Genre) -> tuple[Run, Run]:
    """Return what an editor wants to see compared: what is published with what waits, or else with what was before.

    Raises NotComparableError where the genre has fewer than two runs.
    """
    runs = list(Run.objects.of_genre(genre).newest_first()[:2])
    if len(runs) < 2:
        number = "1 run" if runs else "no run"
        raise NotComparableError(f"{genre.name} has {number}: there is nothing to compare it with yet.")
    newest, before = runs
    published = Run.objects.of_genre(genre).published().first()
    if published is None or published == newest:
        return before, newest
    return published, newest


def default_other(run: Run) -> Run:
    """Return the run that ``run`` is compared with unless another is asked for: the published one, or the one before.

    Raises NotComparableError where the genre has no other.
    """
    others = Run.objects.of_genre(run.genre).exclude(pk=run.pk)
    before = others.filter(finished_at__lte=run.finished_at).newest_first()
    other = others.published().first() or before.first() or others.newest_first().first()
    if other is None:
        raise NotComparableError(f"This is the only run of {run.genre.name}: there is nothing to compare it with yet.")
    return other


def in_order(one: Run, other: Run) -> tuple[Run, Run]:
    """Return the two, the older one first."""
    return (one, other) if (one.finished_at, one.pk) < (other.finished_at, other.pk) else (other, one)


def _places(run: Run) -> tuple[IntArray, IntArray]:
    rows = run.memberships.values_list("track_id", "cluster__number").iterator(chunk_size=CHUNK)
    places = np.array(list(rows), dtype=np.int64).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def _figures(old: Run, new: Run) -> list[Figure]:
    return [
        Figure(*row)
        for row in zip(
            ("tracks", "excluded", "clusters", "silhouette", "stability", "smallest cluster"),
            _in_words(old),
            _in_words(new),
            strict=True,
        )
    ]


def _in_words(run: Run) -> tuple[str, ...]:
    smallest = run.smallest_shares.get(str(run.cluster_count))
    return (
        str(run.track_count),
        str(run.excluded_count),
        str(run.cluster_count),
        f"{run.silhouette:.3f}",
        "not measured" if run.stability is None else f"{run.stability:.2f}",
        "not measured" if smallest is None else f"{smallest:.1%}",
    )
