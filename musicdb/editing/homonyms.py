"""Rows of one name that nothing tells apart: a reader cannot know which one is meant, and an import may take either."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from django.db.models import Count, Model

from musicdb.db import in_batches
from musicdb.models import Album, AlbumArtist, Artist, TrackArtist
from musicdb.music import format_release_date

# Larger groups are shown whole: to compare each pair would take too long.
MAX_COMPARED = 500

# A row as the comparison reads it: its key, then the columns.
Row = tuple[Any, ...]


def homonyms(model: type[Model]) -> list[list[int]]:
    """Return the keys of rows with the same search key that nothing tells apart, in groups, by this key.

    Two Spotify ids tell artists apart; two ids, UPCs or dates, and artists without one in common, tell albums apart.
    Two queries; two more for each batch of albums.
    """
    if model is Album:
        return list(_split(_same_key(model, "spotify_id", "upc", "release_date", "release_precision"), _albums_differ))
    if model is Artist:
        return list(_split(_same_key(model, "spotify_id"), lambda rows: lambda a, b: _both_differ(a[1], b[1])))
    return [[key for (key,) in group] for group in _same_key(model)]


def _same_key(model: type[Model], *columns: str) -> list[list[Row]]:
    rows = model._default_manager.order_by().exclude(search_key="")
    repeated = rows.values("search_key").annotate(rows=Count("pk")).filter(rows__gt=1)
    keys = list(repeated.values_list("search_key", flat=True))
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for batch in in_batches(keys):
        found = rows.filter(search_key__in=batch).order_by("search_key", "pk")
        for search_key, *row in found.values_list("search_key", "pk", *columns):
            groups[search_key].append(tuple(row))
    return [groups[key] for key in sorted(groups)]


def _split(
    groups: Sequence[list[Row]], differ_in: Callable[[Sequence[list[Row]]], Callable[[Row, Row], bool]]
) -> Iterator[list[int]]:
    """Split each group into parts: a row is in a part with every row from which nothing tells it apart."""
    differ = differ_in(groups)
    for group in groups:
        if len(group) > MAX_COMPARED:
            yield [row[0] for row in group]
            continue
        part_of = {row[0]: [row[0]] for row in group}
        for a, b in combinations(group, 2):
            first, second = part_of[a[0]], part_of[b[0]]
            if first is not second and not differ(a, b):
                first += second
                part_of |= dict.fromkeys(second, first)
        parts = {id(part): part for part in part_of.values()}
        yield from (sorted(part) for part in parts.values() if len(part) > 1)


def _albums_differ(groups: Sequence[list[Row]]) -> Callable[[Row, Row], bool]:
    artists: defaultdict[int, set[int]] = defaultdict(set)
    for batch in in_batches(row[0] for group in groups for row in group):
        by_tracks = TrackArtist.objects.filter(track__album__in=batch).order_by()
        for album, artist in by_tracks.values_list("track__album", "artist").distinct():
            artists[album].add(artist)
        for album, artist in AlbumArtist.objects.filter(album__in=batch).order_by().values_list("album", "artist"):
            artists[album].add(artist)

    def differ(one: Row, other: Row) -> bool:
        (first, spotify_id, upc, *date), (second, other_id, other_upc, *other_date) = one, other
        return (
            _both_differ(spotify_id, other_id)
            or _both_differ(upc, other_upc)
            or _dates_differ(_date(*date), _date(*other_date))
            or bool(artists[first] and artists[second] and artists[first].isdisjoint(artists[second]))
        )

    return differ


def _both_differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def _date(day: Any, precision: str) -> str:
    return format_release_date(day, precision) if day else ""


def _dates_differ(one: str, other: str) -> bool:
    # 1983 may be 12 May 1983, and an unknown date any.
    return not (one.startswith(other) or other.startswith(one))
