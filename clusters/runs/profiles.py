"""Store what the tracks of a run are like, when it is stored; see ``RunProfile``. Two queries to read, one to write."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FEATURE_NAMES, FeatureTable, IntArray
from clusters.core.profiles import DECIMALS
from clusters.models import Run, RunProfile
from clusters.runs.traits import TraitCounts
from musicdb.models import TrackArtist

if TYPE_CHECKING:
    from clusters.core.results import Clustering

CHUNK = 10_000
# How many artists, labels, albums and genres are kept of a run, and how many artists of each cluster.
LEADING = 12
LEADING_IN_CLUSTER = 8


def store_profile(run: Run, clustering: "Clustering", table: FeatureTable, traits: TraitCounts) -> None:
    """Store the profile of ``run``, whose memberships are stored. ``table``: what it was computed from."""
    tracks, artists = _artists_of(run)
    order = np.argsort(clustering.ids)
    numbers = clustering.numbers[order][np.searchsorted(clustering.ids[order], tracks)]
    leading_artists = _leading(artists, LEADING)
    distributions = clustering.distributions
    RunProfile.objects.create(
        run=run,
        means={name: each.mean for name, each in distributions.items()},
        quantiles={name: each.quantiles for name, each in distributions.items()},
        extremes={name: {"lowest": each.lowest, "highest": each.highest} for name, each in distributions.items()},
        years=_years(traits),
        leading={
            "artists": leading_artists,
            "labels": _largest((key, count) for _, key, _, count in traits.labels),
            "albums": _leading(_albums_of(run), LEADING),
            "genres": _largest((key, count) for _, key, _, count in traits.genres if key != run.collection.genre_id),
        },
        artist_means={key: _means(table, tracks[artists == key]) for key, _ in leading_artists},
        clusters={
            summary.number: {
                "artists": _leading(artists[numbers == summary.number], LEADING_IN_CLUSTER),
                "years": _years(traits, summary.number),
            }
            for summary in clustering.clusters
        },
    )


def _artists_of(run: Run) -> NDArray[np.int64]:
    """Return the tracks of ``run`` and their artists, shape (2, n): a column for each artist of a track."""
    rows = TrackArtist.objects.filter(track__memberships__run=run).order_by("track", "artist")
    pairs = rows.values_list("track", "artist").iterator(chunk_size=CHUNK)
    return np.fromiter(chain.from_iterable(pairs), dtype=np.int64).reshape(-1, 2).T


def _albums_of(run: Run) -> IntArray:
    """Return the album of each track of ``run`` that is on one."""
    known: Any = run.memberships.order_by().filter(track__album__isnull=False)
    return np.fromiter(known.values_list("track__album", flat=True).iterator(chunk_size=CHUNK), dtype=np.int64)


def _leading(keys: IntArray, limit: int) -> list[tuple[int, int]]:
    """Return the most frequent of ``keys``, each with how often it is there; of equally frequent ones, the lowest."""
    found, counts = np.unique(keys, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:limit]
    return list(zip(found[most].tolist(), counts[most].tolist(), strict=True))


def _largest(counts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the keys with the largest sums of counts, as ``_leading`` does."""
    sums: defaultdict[int, int] = defaultdict(int)
    for key, count in counts:
        sums[key] += count
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:LEADING]


def _means(table: FeatureTable, tracks: IntArray) -> dict[str, float]:
    """Return the mean of each feature over these tracks. ``table``: by id."""
    values = table.values[np.searchsorted(table.ids, tracks)].mean(axis=0)
    return dict(zip(FEATURE_NAMES, np.round(values, DECIMALS).tolist(), strict=True))


def _years(traits: TraitCounts, number: int | None = None) -> list[tuple[int, int]]:
    """Return how many tracks are of each year: those of all clusters, or of the one with this number."""
    sums: defaultdict[int, int] = defaultdict(int)
    for of_cluster, year, count in traits.years:
        if number in (None, of_cluster):
            sums[year] += count
    return sorted(sums.items())
