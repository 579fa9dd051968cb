"""Tracks that sound unlike their genre: compute and store the finds; move, add or dismiss what an editor decides."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from clusters.core.features import FEATURE_NAMES
from clusters.core.misplaced import Finds, GenreTable, find_misplaced
from clusters.models import Collection, MisplacedTrack, Run
from clusters.runs.publishing import lock
from musicdb.editing import Edit, Edited, Members, bulk_edit_rows
from musicdb.models import Track

# Nobody reviews more before the next computation.
MAX_STORED = 1_000
CHUNK = 5_000
# Genres with fewer tracks that have all features are not compared: a few tracks say little about how a genre sounds.
MIN_TRACKS_IN_GENRE = 20


class NothingToCompareError(ValueError):
    """There are not two genres to compare. The message tells a person what is needed."""


@dataclass(frozen=True)
class Misplaced:
    """``found``: the tracks up to the false-discovery rate. ``stored``: those of them that an editor should review.

    ``tracks``, ``genres``: how many were compared. ``rate``: the false-discovery rate of all that were found.
    """

    found: int
    stored: int
    tracks: int
    genres: int
    rate: float


def find_misplaced_tracks() -> Misplaced:
    """Compare all genres that have a published run, and replace the stored finds in one transaction.

    A track that an editor has dismissed in its genre is not stored again. Three queries to read, in chunks. Raises
    NothingToCompareError.
    """
    found_at = timezone.now()
    keys, genre_keys, table = _read()
    finds = find_misplaced(table)
    rows = _as_rows(finds, keys, genre_keys)
    with transaction.atomic():
        # Two computations at the same time store one after the other.
        lock(Collection.objects.library().pk)
        MisplacedTrack.objects.filter(is_dismissed=False).delete()
        dismissed = set(MisplacedTrack.objects.values_list("track_id", "genre_id"))
        wanted = [row for row in rows if (row.track_id, row.genre_id) not in dismissed][:MAX_STORED]
        for row in wanted:
            row.found_at = found_at
        MisplacedTrack.objects.bulk_create(wanted, batch_size=500)
    rate = float(finds.rates[-1]) if len(finds.rates) else 0.0
    return Misplaced(len(rows), len(wanted), len(table.values), len(table.clusters), rate)


def put_right(finds: Iterable[MisplacedTrack], user: AbstractBaseUser, *, leaves: bool) -> tuple[int, list[Edited]]:
    """Give each track the genre that it sounds like; with ``leaves``, take it from the genre that it is in.

    Return the number of tracks, and the edits: one for each pair of genres, all in one transaction. Each can be undone.
    Raises BulkEditError if a genre no longer exists; then nothing has changed.
    """
    by_pair: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for find in finds:
        by_pair[find.genre_id, find.sounds_like_id].append(find.track_id)
    with transaction.atomic():
        edits = [
            bulk_edit_rows(
                Track,
                sorted(tracks),
                Edit(members={"genres": Members(add=[to], remove=[genre] if leaves else [])}),
                user,
            )
            for (genre, to), tracks in sorted(by_pair.items())
        ]
    return sum(map(len, by_pair.values())), edits


def dismiss(finds: Iterable[MisplacedTrack], user: AbstractBaseUser) -> int:
    """Record that these tracks are right where they are. Return how many were not dismissed before."""
    pending = MisplacedTrack.objects.filter(pk__in=[find.pk for find in finds], is_dismissed=False)
    return pending.update(is_dismissed=True, dismissed_by=user)


def restore(finds: Iterable[MisplacedTrack]) -> int:
    """Suggest these again. Return how many were dismissed before."""
    dismissed = MisplacedTrack.objects.filter(pk__in=[find.pk for find in finds], is_dismissed=True)
    return dismissed.update(is_dismissed=False, dismissed_by=None)


def _read() -> tuple[np.ndarray, list[int], GenreTable]:
    """Return the keys of the tracks and of the genres, and what is compared. Three queries."""
    runs = Run.objects.published().filter(collection__kind="genre", track_count__gte=MIN_TRACKS_IN_GENRE)
    clusters = dict(runs.order_by("collection__genre").values_list("collection__genre", "cluster_count"))
    known = Track.objects.filter(**{f"{name}__isnull": False for name in FEATURE_NAMES}).order_by("pk")
    features = known.values_list("pk", *FEATURE_NAMES).iterator(chunk_size=CHUNK)
    values = np.fromiter(chain.from_iterable(features), dtype=np.float64).reshape(-1, 1 + len(FEATURE_NAMES))
    keys = values[:, 0].astype(np.int64)
    links = Track.genres.through.objects.order_by("track", "genre").values_list("track", "genre")
    places = np.fromiter(chain.from_iterable(links.iterator(chunk_size=CHUNK)), dtype=np.int64).reshape(-1, 2)
    places = places[np.isin(places[:, 0], keys) & np.isin(places[:, 1], list(clusters))]
    # A genre may have lost its tracks since its run.
    genres, sizes = np.unique(places[:, 1], return_counts=True)
    genres = genres[sizes >= MIN_TRACKS_IN_GENRE]
    if len(genres) < 2:
        raise NothingToCompareError(
            f"Two genres or more are needed that have clusters and {MIN_TRACKS_IN_GENRE} tracks. Run recluster first."
        )
    places = places[np.isin(places[:, 1], genres)]
    tracks = np.unique(places[:, 0])
    table = GenreTable(
        values[np.searchsorted(keys, tracks), 1:],
        np.searchsorted(tracks, places[:, 0]),
        np.searchsorted(genres, places[:, 1]),
        np.array([clusters[genre] for genre in genres.tolist()]),
    )
    return tracks, genres.tolist(), table


def _as_rows(finds: Finds, tracks: np.ndarray, genres: list[int]) -> list[MisplacedTrack]:
    places = finds.places
    return [
        MisplacedTrack(
            track_id=int(tracks[row]),
            genre_id=genres[places.own[row]],
            sounds_like_id=genres[places.other[row]],
            own_distance=float(places.own_distances[row]),
            other_distance=float(places.other_distances[row]),
            rate=float(rate),
        )
        for row, rate in zip(finds.rows.tolist(), finds.rates.tolist(), strict=True)
    ]
