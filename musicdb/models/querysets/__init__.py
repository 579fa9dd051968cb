"""The queries about the catalogue. Each is named for its use and makes every join that the use needs."""

from musicdb.models.querysets.albums import ALBUM_DOUBTS, AlbumQuerySet
from musicdb.models.querysets.names import ArtistQuerySet, GenreQuerySet, LabelQuerySet
from musicdb.models.querysets.shared import NaturalKeyMixin, count_related, rows_with
from musicdb.models.querysets.tracks import TRACK_GAPS, TrackQuerySet, table_columns

__all__ = [
    "ALBUM_DOUBTS",
    "TRACK_GAPS",
    "AlbumQuerySet",
    "ArtistQuerySet",
    "GenreQuerySet",
    "LabelQuerySet",
    "NaturalKeyMixin",
    "TrackQuerySet",
    "count_related",
    "rows_with",
    "table_columns",
]
