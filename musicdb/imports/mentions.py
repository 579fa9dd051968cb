"""Brings together the rows of an upload that mean one track: by its id in one file, by its names in another."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from musicdb.imports.records import TrackRecord
from musicdb.music import search_key

Row = TypeVar("Row")


class MentionIndex(Generic[Row]):
    """Rows about tracks by title and artist. Case, accents and apostrophes do not count.

    Spotify's history has titles and artists, and its library has ids too: both mean one track.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[tuple[TrackRecord, Row]]] = {}

    def find(self, record: TrackRecord) -> Row | None:
        """Return the row about the track of ``record``, where one of the two is a mention."""
        for key in _keys(record):
            for known, row in self._rows.get(key, ()):
                ids = {one.spotify_id for one in (known, record) if one.spotify_id}
                if (known.is_mention or record.is_mention) and len(ids) < 2:
                    return row
        return None

    def add(self, record: TrackRecord, row: Row) -> None:
        for key in dict.fromkeys(_keys(record)):
            self._rows.setdefault(key, []).append((record, row))


def _keys(record: TrackRecord) -> Iterator[tuple[str, str]]:
    title = search_key(record.title)
    for artist in record.artists:
        yield title, search_key(artist.name)


def combine_mention(first: TrackRecord, other: TrackRecord) -> None:
    """Add to the first record of a track what another says, where one of the two is a mention.

    The names of the record that is about the track count, since those of a mention may be shortened.
    """
    if first.is_mention and not other.is_mention:
        first.title, first.artists, first.slug = other.title, other.artists, other.slug
        first.album, first.genres = other.album or first.album, other.genres
        first.says_source, first.is_mention = other.says_source, False
        first.only_fills_features = other.only_fills_features
        first.values = {**first.values, **other.values}
    else:
        first.title = first.title or other.title
        first.artists = first.artists or other.artists
        first.album = first.album or other.album
        first.values = {**other.values, **first.values}
    first.must_exist = first.must_exist and other.must_exist
    first.add_plays(other)
    first.spotify_id = first.spotify_id or other.spotify_id
    if other.values.get("liked"):
        first.values["liked"] = True
