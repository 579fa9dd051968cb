"""Find tracks that sound unlike their genre and like another, and how many of these finds chance alone would give.

It is plain numpy. The tracks are compared by their weighted features and not by a run's components, because each genre
has components of its own. A distance counts as a multiple of the median one of the genre's tracks: in a narrow genre,
less is unusual than in a broad one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import WEIGHT_OF_EACH, FloatArray, IntArray
from clusters.core.fitting.choice import too_small
from clusters.core.fitting.kmeans import best_of_starts, squared_distances

# Of 100 finds in the list, chance alone gives at most 10.
MAX_FALSE_DISCOVERY_RATE = 0.1
# With fewer, a single find could never be among those that are listed: see ``false_discovery_rates``.
SHUFFLES = 20
STARTS = 3
# A track that is farther than this from the other genre, in multiples of what is usual there, is unlike it as well.
MAX_OTHER_DISTANCE = 2.0
CHUNK = 5_000
# A genre of copies has a median of nearly zero, and all others of its tracks would be endlessly far. No median counts
# for less than this share of the median of all genres.
LEAST_SHARE = 0.25


@dataclass(frozen=True)
class GenreTable:
    """Tracks and the genres that they are in.

    ``values``: shape (n, len(FEATURE_NAMES)), in the features' own units. ``tracks``, ``genres``: shape (m,), the row
    and the genre, from 0, of each place of a track in a genre; every row has at least one. ``clusters``: shape (g,),
    the number of clusters of each genre.
    """

    values: FloatArray
    tracks: IntArray
    genres: IntArray
    clusters: IntArray


@dataclass(frozen=True)
class Places:
    """For each track, shape (n,): the nearest centre of its own genres and that of the others.

    ``own``, ``other``: these genres. ``own_distances``, ``other_distances``: to these centres, as multiples of what is
    usual in these genres.
    """

    own: IntArray
    other: IntArray
    own_distances: FloatArray
    other_distances: FloatArray

    @property
    def scores(self) -> FloatArray:
        """How much nearer the other centre is; 0 for a track that is like neither genre.

        A ratio would be endless for a track that is exactly at a centre.
        """
        is_like_other = self.other_distances <= MAX_OTHER_DISTANCE
        return np.where(is_like_other, self.own_distances - self.other_distances, 0.0)


@dataclass(frozen=True)
class Finds:
    """Tracks that sound like another genre, strongest first.

    ``rows``: shape (f,), the tracks. ``rates``: shape (f,), the false-discovery rate of the finds down to each.
    """

    places: Places
    rows: IntArray
    rates: FloatArray


def find_misplaced(table: GenreTable, seed: int = 0) -> Finds:
    """Return the tracks that are nearer to a centre of another genre, up to MAX_FALSE_DISCOVERY_RATE.

    Chance is measured by shuffling which track is in which genres, SHUFFLES times: the genres keep their sizes, tracks
    keep the number of their genres, and the centres are computed anew. There must be two genres or more.
    """
    points = table.values * WEIGHT_OF_EACH
    source = np.random.default_rng(seed)
    found = _places(points, table, source)
    by_chance = np.concatenate([_places(source.permutation(points), table, source).scores for _ in range(SHUFFLES)])
    scores = found.scores
    rates = false_discovery_rates(scores, by_chance, SHUFFLES)
    listed = np.flatnonzero((rates <= MAX_FALSE_DISCOVERY_RATE) & (scores > 0))
    order = listed[np.argsort(-scores[listed], kind="stable")]
    return Finds(found, order, rates[order])


def false_discovery_rates(scores: FloatArray, by_chance: FloatArray, shuffles: int) -> FloatArray:
    """Return the false-discovery rate of each score, shape (n,): the least rate of a list that goes down to it.

    ``by_chance``: the scores of all ``shuffles`` together. The rate of a list is how many scores a shuffle has in its
    range, over how many there are. One more is counted among those by chance, so that what no shuffle reached is not
    taken to be impossible. Sources: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", *Journal of
    the Royal Statistical Society B* 57, 1995; J. D. Storey and R. Tibshirani, "Statistical significance for genomewide
    studies", *PNAS* 100, 2003, with the share of true nulls taken to be 1.
    """
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    as_high = np.searchsorted(-descending, -descending, side="right")
    as_high_by_chance = len(by_chance) - np.searchsorted(np.sort(by_chance), descending, side="left")
    rates = (as_high_by_chance + 1) / shuffles / as_high
    result = np.empty(len(scores))
    result[order] = np.minimum(np.minimum.accumulate(rates[::-1])[::-1], 1.0)
    return result


def _places(points: FloatArray, table: GenreTable, source: np.random.Generator) -> Places:
    centers, first, usual = _centers(points, table, source)
    number = len(points)
    own, other = np.empty(number, dtype=np.int64), np.empty(number, dtype=np.int64)
    own_distances, other_distances = np.empty(number), np.empty(number)
    by_track = np.argsort(table.tracks, kind="stable")
    tracks, genres = table.tracks[by_track], table.genres[by_track]
    for start in range(0, number, CHUNK):
        part = slice(start, min(start + CHUNK, number))
        # The distance of each track to the nearest centre of each genre.
        nearest = np.sqrt(np.minimum.reduceat(squared_distances(points[part], centers), first, axis=1)) / usual
        links = slice(*np.searchsorted(tracks, (part.start, part.stop)))
        is_in: NDArray[np.bool_] = np.zeros(nearest.shape, dtype=bool)
        is_in[tracks[links] - start, genres[links]] = True
        for mask, found, distances in ((is_in, own, own_distances), (~is_in, other, other_distances)):
            of_kind = np.where(mask, nearest, np.inf)
            found[part] = of_kind.argmin(axis=1)
            distances[part] = of_kind.min(axis=1)
    return Places(own, other, own_distances, other_distances)


def _centers(
    points: FloatArray, table: GenreTable, source: np.random.Generator
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return the centres of all genres, shape (c, d), the index of each genre's first, and its usual distance.

    The last two have shape (g,). The usual distance is the median from the genre's tracks to their nearest centres.
    """
    by_genre = np.argsort(table.genres, kind="stable")
    ends = np.searchsorted(table.genres[by_genre], np.arange(len(table.clusters)), side="right")
    centers = []
    medians = np.empty(len(table.clusters))
    for genre, rows in enumerate(np.split(table.tracks[by_genre], ends[:-1])):
        members = points[rows]
        k = min(int(table.clusters[genre]), len(members))
        starts = np.stack([members[source.choice(len(members), k, replace=False)] for _ in range(STARTS)])
        fit = best_of_starts(members, starts)
        # A centre that few tracks have to themselves would hide exactly those that are unlike the others.
        large_enough = ~too_small(np.bincount(fit.labels, minlength=k))
        centers.append(fit.centers[large_enough] if large_enough.any() else fit.centers)
        medians[genre] = np.sqrt(np.median(squared_distances(members, centers[-1]).min(axis=1)))
    # Where most genres are copies there is nothing to compare with; any positive number will do.
    least = LEAST_SHARE * float(np.median(medians)) or 1.0
    first = np.concatenate([[0], np.cumsum([len(each) for each in centers])[:-1]])
    return np.concatenate(centers), first, np.maximum(medians, least)
