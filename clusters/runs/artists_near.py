"""In which clusters an artist's tracks are, and which artists sound alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, F, Value

from clusters.core.features import FEATURE_NAMES
from clusters.models import Membership
from clusters.runs.similar import neighbours_at
from musicdb.models import Artist, Genre, Track, TrackArtist
from musicdb.models.visibility import members_in_order, with_page_state

# The artists of so many tracks near to the mean of an artist's are counted. In a small library, those of a twentieth of
# its tracks, but of FEWEST at least.
NEAR = 150
FEWEST = 12
# So many artists are shown.
ALIKE = 8


@dataclass(frozen=True)
class ClusterOfArtist:
    """A cluster of a genre with ``tracks`` by the artist."""

    genre: Genre
    number: int
    name: str
    tracks: int


def genres_and_clusters(artist: Artist) -> tuple[list[Genre], list[ClusterOfArtist]]:
    """Return the genres of the artist's tracks by name, and the clusters of these, most tracks first. One query."""
    links: Any = Track.genres.through.objects.order_by().filter(track__track_artists__artist=artist)
    genres = links.values(key=F("genre"), called=F("genre__name"), slug=F("genre__slug"), sort_key=F("genre__sort_key"))
    genres = genres.annotate(number=Value(0), name=Value(""), suggested=Value(""), tracks=Count("*"))
    places: Any = Membership.objects.order_by().filter(
        track__track_artists__artist=artist, run__is_published=True, run__collection__kind="genre"
    )
    owner = "run__collection__genre"
    clusters = places.values(
        key=F(owner),
        called=F(f"{owner}__name"),
        slug=F(f"{owner}__slug"),
        sort_key=F(f"{owner}__sort_key"),
        number=F("cluster__number"),
        name=F("cluster__name"),
        suggested=F("cluster__suggested_name"),
    ).annotate(tracks=Count("*"))
    columns = ("key", "called", "slug", "sort_key", "number", "name", "suggested", "tracks")
    found_genres, found_clusters = [], []
    for key, called, slug, sort_key, number, name, suggested, tracks in genres.values_list(*columns).union(
        clusters.values_list(*columns), all=True
    ):
        genre = Genre(pk=key, name=called, slug=slug, sort_key=sort_key)
        if number:
            found_clusters.append(ClusterOfArtist(genre, number, name or suggested, tracks))
        else:
            found_genres.append(genre)
    found_genres.sort(key=lambda genre: (genre.sort_key, genre.pk))
    found_clusters.sort(key=lambda each: (-each.tracks, each.genre.sort_key, each.number))
    return found_genres, found_clusters


def artists_alike(artist: Artist, means: dict[str, float], file: str) -> list[Artist]:
    """Return the artists with the most tracks near to ``means``, those that this artist is most like. One query.

    ``file``: in which the library's run keeps its tracks.
    """
    neighbours = neighbours_at(file)
    if neighbours is None or set(means) != set(FEATURE_NAMES):
        return []
    count = min(NEAR, max(FEWEST, len(neighbours) // 20))
    near = neighbours.nearest([means[name] for name in FEATURE_NAMES], count, 0)
    order = {key: place for place, (key, _) in enumerate(near)}
    rows = TrackArtist.objects.filter(track__in=list(order)).exclude(artist=artist).select_related("artist")
    linked = sorted(with_page_state(rows, "artist"), key=lambda row: (order[row.track_id], row.position))
    artists = {each.pk: each for each in members_in_order(linked, "artist")}
    counts = Counter(row.artist_id for row in linked)
    # Of those with as many tracks, the nearest comes first: a counter keeps the order.
    return [artists[key] for key, _ in counts.most_common(ALIKE)]


def means_of(tracks: Sequence[Track]) -> dict[str, float]:
    """Return the mean of each feature over those of ``tracks`` that have all; empty if none has."""
    rows = [[getattr(track, name) for name in FEATURE_NAMES] for track in tracks]
    known = [row for row in rows if None not in row]
    return dict(zip(FEATURE_NAMES, np.mean(known, axis=0).tolist(), strict=True)) if known else {}
