"""Suggest names for the clusters of a run that has just been stored. One query, which writes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from clusters.core.words.naming import Profile, Trait, names_of
from clusters.models import Cluster, Run
from clusters.runs.traits import TraitCounts
from musicdb.db import update

if TYPE_CHECKING:
    from clusters.core.results import ClusterSummary


def suggest_names(
    run: Run, clusters: Sequence[Cluster], summaries: Sequence["ClusterSummary"], traits: TraitCounts
) -> None:
    """Store a suggested name for each of ``clusters``. ``traits``: of the tracks of ``run``."""
    if not run.divides:
        return  # A single cluster has nothing to be set apart from.
    profiles = [Profile(summary.number, summary.size, summary.deviations) for summary in summaries]
    names = names_of(profiles, list(_traits(traits)))
    for cluster in clusters:
        cluster.suggested_name = names[cluster.number]
    update(Cluster, ["suggested_name"], ((cluster.suggested_name, cluster.pk) for cluster in clusters))


def _traits(counts: TraitCounts) -> Iterator[Trait]:
    """Yield the genres, decades and labels of a run's tracks."""
    yield from _counted(((genre, name), number, count) for number, genre, name, count in counts.genres)
    yield from _counted(((year // 10, f"{year // 10 * 10}s"), number, count) for number, year, count in counts.years)
    yield from _counted(((label, f"on {name}"), number, count) for number, label, name, count in counts.labels)


def _counted(rows: Iterable[tuple[tuple[int, str], int, int]]) -> Iterator[Trait]:
    """Yield a trait for each key and its words. Two genres or labels of one name are two traits."""
    counts: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for key, number, count in rows:
        counts[key][number] += count
    for (_, words), by_number in counts.items():
        yield Trait(words, by_number)
