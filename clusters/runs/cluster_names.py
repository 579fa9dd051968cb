"""Suggest names for the clusters of a run that has just been stored. Three queries to read, one to write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from clusters.core.words.naming import Profile, Trait, names_of
from clusters.models import Cluster, Run
from musicdb.db import update

if TYPE_CHECKING:
    from clusters.core.results import ClusterSummary


def suggest_names(run: Run, clusters: Sequence[Cluster], summaries: Sequence["ClusterSummary"]) -> None:
    """Store a suggested name for each of ``clusters``. Its memberships must be stored."""
    if not run.divides:
        return  # A single cluster has nothing to be set apart from.
    profiles = [Profile(summary.number, summary.size, summary.deviations) for summary in summaries]
    names = names_of(profiles, list(_traits(run)))
    for cluster in clusters:
        cluster.suggested_name = names[cluster.number]
    update(Cluster, ["suggested_name"], ((cluster.suggested_name, cluster.pk) for cluster in clusters))


def _traits(run: Run) -> Iterator[Trait]:
    """Yield the genres, decades and labels of the run's tracks, in three queries."""
    memberships = run.memberships
    yield from _counted(
        ((genre, name), number, count)
        for number, genre, name, count in memberships.counted_by("track__genres", "track__genres__name")
    )
    yield from _counted(
        ((year // 10, f"{year // 10 * 10}s"), number, count)
        for number, year, count in memberships.counted_by("track__album__release_date__year")
    )
    labels = "track__album__album_labels__label"
    yield from _counted(
        ((label, f"on {name}"), number, count)
        for number, label, name, count in memberships.counted_by(labels, f"{labels}__name")
    )


def _counted(rows: Iterable[tuple[tuple[int, str], int, int]]) -> Iterator[Trait]:
    """Yield a trait for each key and its words. Two genres or labels of one name are two traits."""
    counts: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, number, count in rows:
        counts[key][number] += count
    for (_, words), by_number in counts.items():
        yield Trait(words, by_number)
