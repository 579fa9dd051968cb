"""Choose the tracks that introduce a cluster: the nearest to its centre, each song once, and not all by one artist."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from musicdb.models import Track

if TYPE_CHECKING:
    from clusters.core.results import Clustering

# A cluster is introduced by so many tracks, as on the page that the site grew from.
REPRESENTATIVES = 10
MAX_BY_ONE_ARTIST = 3
# Of an artist's other tracks, those are passed over in whose place a track is as near: at most so much farther from the
# centre than the tenth nearest.
AS_NEAR = 1.1
# No more of the nearest are looked at.
MAX_CANDIDATES = 50


@dataclass(frozen=True)
class Candidate:
    """The first track of a recording. ``more_releases``: how many other tracks of the cluster are this recording."""

    track: int
    distance: float
    more_releases: int


def representatives_of(clustering: "Clustering") -> dict[int, tuple[int, int]]:
    """Return the place, from 1, of each track that introduces its cluster, and how many more releases it has.

    One query for every few thousand clusters.
    """
    by_cluster = list(_candidates(clustering))
    named = Track.objects.artists_of(candidate.track for candidates in by_cluster for candidate in candidates)
    artists = {track: first for track, (first, *_) in named.items()}
    return {
        candidate.track: (place, candidate.more_releases)
        for candidates in by_cluster
        for place, candidate in enumerate(choose(candidates, artists), 1)
    }


def _candidates(clustering: "Clustering") -> Iterator[list[Candidate]]:
    """Yield the nearest recordings of each cluster, nearest first."""
    starts = np.flatnonzero(np.diff(clustering.numbers, prepend=0))
    for start, end in zip(starts, [*starts[1:], len(clustering.ids)], strict=True):
        # The releases of a recording have the same distance and stand together.
        recordings = clustering.recordings[start:end]
        first = np.flatnonzero(np.diff(recordings, prepend=-1))
        releases = np.diff(first, append=len(recordings))
        nearest = start + first[:MAX_CANDIDATES]
        distances = clustering.distances[nearest]
        limit = AS_NEAR * distances[min(REPRESENTATIVES, len(distances)) - 1]
        yield [
            Candidate(int(clustering.ids[row]), float(distance), int(count) - 1)
            for row, distance, count in zip(nearest, distances, releases[:MAX_CANDIDATES], strict=True)
            if distance <= limit
        ]


def choose(candidates: Sequence[Candidate], artists: Mapping[int, int]) -> list[Candidate]:
    """Return at most REPRESENTATIVES of ``candidates``, nearest first.

    ``candidates``: the nearest recordings of one cluster, nearest first. ``artists``: the first artist of each track.
    An artist has more than MAX_BY_ONE_ARTIST only where there are no others.
    """
    by_artist: Counter[int] = Counter()
    preferred, passed_over = [], []
    for candidate in candidates:
        artist = artists.get(candidate.track)
        if artist is not None and by_artist[artist] == MAX_BY_ONE_ARTIST:
            passed_over.append(candidate)
            continue
        preferred.append(candidate)
        if artist is not None:
            by_artist[artist] += 1
    chosen = [*preferred, *passed_over][:REPRESENTATIVES]
    return [candidate for candidate in candidates if candidate in chosen]
