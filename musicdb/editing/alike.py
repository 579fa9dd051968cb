"""Tracks whose audio features are copies of each other, and genres that hold the same tracks."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Count, Window

from musicdb.editing.duplicates import ReviewedGroups, review_groups
from musicdb.models import Genre, Track
from musicdb.music import AMOUNT_NAMES, title_key

# Two genres hold the same tracks if they share this part, in percent, of all the tracks that either has: the index of
# P. Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11, 1912.
MIN_SHARED_PERCENT = 80
# Of fewer tracks, many genres share all by chance.
MIN_SHARED_TRACKS = 5

# Genres of too different sizes cannot share enough.
_SAME_TRACKS = """
WITH sizes AS (
    SELECT genre_id, COUNT(*) AS tracks FROM musicdb_track_genres GROUP BY genre_id HAVING COUNT(*) >= %(least)s
),
pairs AS (
    SELECT one.genre_id AS one, other.genre_id AS other, one.tracks AS one_size, other.tracks AS other_size
    FROM sizes one JOIN sizes other ON one.genre_id < other.genre_id
    WHERE 100 * one.tracks >= %(percent)s * other.tracks AND 100 * other.tracks >= %(percent)s * one.tracks
),
together AS (
    SELECT one.genre_id AS one, other.genre_id AS other, COUNT(*) AS shared
    FROM musicdb_track_genres one
    JOIN musicdb_track_genres other ON other.track_id = one.track_id AND one.genre_id < other.genre_id
    GROUP BY one.genre_id, other.genre_id
    HAVING COUNT(*) >= %(least)s
)
SELECT pairs.one, pairs.other, one_size, other_size, shared
FROM together JOIN pairs ON pairs.one = together.one AND pairs.other = together.other
WHERE 100 * shared >= %(percent)s * (one_size + other_size - shared)
"""


@dataclass(frozen=True)
class SameGenres:
    """Two genres by their keys, the larger first, the number of tracks of each, and how many both have."""

    first: int
    second: int
    first_size: int
    second_size: int
    shared: int

    @property
    def percent(self) -> int:
        return 100 * self.shared // (self.first_size + self.second_size - self.shared)

    @property
    def is_equal(self) -> bool:
        return self.first_size == self.shared == self.second_size

    @property
    def is_contained(self) -> bool:
        """Whether the first one has all tracks of the second, and more."""
        return self.second_size == self.shared < self.first_size


def tracks_sharing_features() -> ReviewedGroups:
    """Return the groups of tracks that have the same amounts of all audio features, the largest first.

    A group has two recordings or more: the tracks of one, which share an ISRC or artists and title, are found as
    possible duplicates. Two queries, and one more for each batch of the tracks that are in groups.
    """
    known = Track.objects.filter(**{f"{name}__isnull": False for name in AMOUNT_NAMES})
    copied = known.annotate(copies=Window(Count("pk"), partition_by=list(AMOUNT_NAMES))).filter(copies__gt=1)
    columns = ("pk", "isrc", "title", *AMOUNT_NAMES)
    rows = list(copied.order_by(*AMOUNT_NAMES, "pk").values_list(*columns))
    artists = Track.objects.artists_of(row[0] for row in rows)
    groups = []
    for _, group in groupby(rows, key=itemgetter(slice(3, None))):
        tracks = [(key, isrc, (frozenset(artists.get(key, ())), title_key(title))) for key, isrc, title, *_ in group]
        if _is_several([(isrc, described) for _, isrc, described in tracks]):
            groups.append([key for key, _, _ in tracks])
    return review_groups(Track, sorted(groups, key=lambda group: (-len(group), group)))


def genres_with_same_tracks() -> list[SameGenres]:
    """Return the pairs of genres that share MIN_SHARED_PERCENT of their tracks, the most alike first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SAME_TRACKS,
            {"percent": MIN_SHARED_PERCENT, "least": MIN_SHARED_TRACKS},
        )
        rows = cursor.fetchall()
    found = [
        SameGenres(one, other, one_size, other_size, shared)
        if one_size >= other_size
        else SameGenres(other, one, other_size, one_size, shared)
        for one, other, one_size, other_size, shared in rows
    ]
    return sorted(found, key=lambda pair: (-pair.percent, -pair.shared, pair.first, pair.second))


def same_genres() -> ReviewedGroups:
    """Return the pairs of genres that hold the same tracks. Two queries."""
    return review_groups(Genre, [[pair.first, pair.second] for pair in genres_with_same_tracks()])


def _is_several(tracks: Collection[tuple[str, Any]]) -> bool:
    """Return whether ``tracks`` are more than one recording. Each is its ISRC and its artists with the title's key.

    Two are one recording if they share either, and so are those that others connect.
    """
    recordings: list[set[Any]] = []
    for isrc, described in tracks:
        known = {described, isrc} if isrc else {described}
        same = [recording for recording in recordings if recording & known]
        recordings = [recording for recording in recordings if not recording & known]
        recordings.append(known.union(*same))
    return len(recordings) > 1
