"""The tracks that are most similar to one: in its genres, and beyond them."""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.files.storage import Storage, default_storage
from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.features import FEATURE_NAMES
from clusters.core.neighbours import Neighbours, difference, in_common
from clusters.models import Run
from musicdb.models import Track
from musicdb.music import title_key

SHOWN = 10
# So many more are read, for those that have been deleted since the run or are the same song under another sound.
SPARE = 10
# So many of the nearest are sorted by genre. Only where they do not suffice, a whole genre is looked through.
NEAREST = 500


@dataclass(frozen=True)
class SimilarTrack:
    """``distance``: in the space of the weighted features. ``in_common``, ``difference``: see ``core.neighbours``."""

    track: Track
    is_in_genre: bool
    distance: float
    in_common: tuple[str, ...]
    difference: str

    @property
    def reason(self) -> str:
        """Why it is similar, as a sentence without its full stop."""
        return reason_of(self.in_common, self.difference)


def reason_of(in_common: Sequence[str], difference: str) -> str:
    """Return why one track is like another, and how it differs, as a sentence without its full stop.

    >>> reason_of(("fast", "sad"), "louder")
    'Both fast and sad; this one is louder'
    """
    if in_common:
        *others, last = in_common
        alike = f"Both {', '.join(others)} and {last}" if others else f"Both {last}"
    else:
        alike = "Alike in all, with nothing unusual"
    return f"{alike}; this one is {difference}" if difference else alike


@dataclass(frozen=True)
class Similar:
    """The tracks most similar to one, the nearest first. Each song is there once."""

    in_genre: Sequence[SimilarTrack]
    beyond: Sequence[SimilarTrack]

    @property
    def all(self) -> list[SimilarTrack]:
        return [*self.in_genre, *self.beyond]


def similar_to(track: Track) -> Similar | None:
    """Return what is most similar to ``track`` by the library's published run; None if that is unknown.

    It is unknown where the library has no published run, or is not clustered, or the track lacks a feature. The track
    is compared as it is now, the others as they were at the run; tracks that are new since the run are not found. Five
    queries, and one more if the nearest tracks are too few of its genres or of others.
    """
    values = [getattr(track, name) for name in FEATURE_NAMES]
    neighbours = None if None in values else neighbours_of_library()
    if neighbours is None:
        return None
    nearest = neighbours.nearest(values, NEAREST, track.pk)
    same_genres = set(Track.objects.sharing_genre_with(track, [key for key, _ in nearest]))
    places = [
        [place for place in nearest if place[0] in same_genres],
        [place for place in nearest if place[0] not in same_genres],
    ]
    if len(nearest) == NEAREST and min(map(len, places)) < SHOWN:
        same_genres = set(Track.objects.sharing_genre_with(track))
        others = set(neighbours.ids.tolist()) - same_genres
        places = [
            neighbours.nearest(values, SHOWN + SPARE, track.pk, sorted(each)) for each in (same_genres, others) if each
        ]
        places = places if same_genres else [[], *places]
    distances = dict(place for each in places for place in each[: SHOWN + SPARE])
    rows = Track.objects.with_table_columns().in_bulk([track.pk, *distances])
    own, shares, songs = rows.get(track.pk, track), neighbours.shares(values), set()
    songs.add(song_of(own))
    found: dict[bool, list[SimilarTrack]] = {True: [], False: []}
    for key, distance in sorted(distances.items(), key=lambda each: each[1]):
        row, is_in_genre = rows.get(key), key in same_genres
        if row is None or song_of(row) in songs or len(found[is_in_genre]) == SHOWN:
            continue
        features = [getattr(row, name) for name in FEATURE_NAMES]
        if None in features:  # Edited since the run.
            continue
        songs.add(song_of(row))
        others_shares = neighbours.shares(features)
        found[is_in_genre].append(
            SimilarTrack(
                row, is_in_genre, distance, in_common(shares, others_shares), difference(shares, others_shares)
            )
        )
    return Similar(found[True], found[False]) if any(found.values()) else None


def similar_or_404(slug: str) -> tuple[Track, Similar]:
    """Return the track with this slug and what is similar to it. Raises Http404 if there is no such track, or none."""
    track = get_object_or_404(Track, slug=slug)
    similar = similar_to(track)
    if similar is None:
        raise Http404("It is not known which tracks are similar to this one.")
    return track, similar


def song_of(track: Track) -> tuple[str, frozenset[int]]:
    """Return which song a track is, in whatever version: nobody looks for its remaster among what is similar."""
    title, _version = title_key(track.title)
    return title, frozenset(artist.pk for artist in track.artists_in_order)


def neighbours_of_library() -> Neighbours | None:
    """Return the tracks of the library's published run; None if it has none, or its file is missing or not whole."""
    return neighbours_at(Run.objects.neighbours_of_library())


def neighbours_at(name: str) -> Neighbours | None:
    """Return the tracks in the file of this name; None if it is empty, or the file missing or not whole."""
    if not name:
        return None
    try:
        return _opened(default_storage, name)
    except (OSError, ValueError):
        return None


# A run's file never changes. That of the run before is let go.
@lru_cache(maxsize=2)
def _opened(storage: Storage, name: str) -> Neighbours:
    try:
        path = Path(storage.path(name))
    except NotImplementedError:
        # The storage is no file system.
        with storage.open(name) as file:
            return Neighbours(file.read())
    with path.open("rb") as file:
        return Neighbours(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
