"""What the records of an import say together: which ids and names it has, and which of its dates are the finest."""

from collections.abc import Collection, Iterable

from musicdb.imports.earlier import Facts
from musicdb.imports.records import AlbumRecord, TrackRecord, names_of
from musicdb.music import ReleaseDate, finer_date, name_key, plain_spelling


def facts_of(records: Collection[TrackRecord]) -> Facts:
    return Facts(
        {record.spotify_id for record in records if record.spotify_id},
        {names_of(record) for record in records if is_known_by_names(record)},
        _finest_dates(records),
    )


def is_known_by_names(record: TrackRecord) -> bool:
    """Return whether nothing but its names leads to the track of a record, and whether they are all there."""
    return not record.spotify_id and not record.slug and record.album is not None


def has_title_alone(record: AlbumRecord) -> bool:
    """Return whether a record has nothing by which an album is found, but a title."""
    return not record.spotify_id and not record.slug


def is_coarse(record: AlbumRecord) -> bool:
    return record.released is not None and record.released[1] != "day"


Dated = tuple[str, ReleaseDate | None, tuple[str, ...]]


def dated(record: TrackRecord) -> Dated | None:
    """Return the title of an album that has nothing else, its date, and the keys of the track's artists' names."""
    album = record.album
    if album is None or not has_title_alone(album):
        return None
    return plain_spelling(album.title), album.released, tuple(name_key(artist.name) for artist in record.artists)


def add_finest(finest: dict[tuple[str, str], ReleaseDate | None], one: Dated) -> None:
    title, released, artists = one
    for artist in artists:
        finest[title, artist] = finer_date(finest.get((title, artist)), released)


def _finest_dates(records: Iterable[TrackRecord]) -> dict[tuple[str, str], ReleaseDate | None]:
    """Find out which rows know more of an album's date than others, so that their order does not matter."""
    coarse = {plain_spelling(record.album.title) for record in records if record.album and is_coarse(record.album)}
    finest: dict[tuple[str, str], ReleaseDate | None] = {}
    for record in records if coarse else ():
        if (one := dated(record)) and one[0] in coarse:
            add_finest(finest, one)
    return finest
