"""Rows that mention a track, by its id or by title and artist."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, FileFormat
from musicdb.imports.messages import RowSkipped
from musicdb.imports.records import AlbumRecord, ArtistRecord, TrackRecord


class MentionFormat(FileFormat):
    """A track a row, mentioned to say something else of it. ``record`` returns it, and subclasses add the rest."""

    has_mentions = True

    spotify_id = Column("Track URI", spotify.TRACK_ID)
    title = Column("Track Name", spotify.TITLE, required=True)
    # One artist. The name may contain any character that separates artists elsewhere.
    artists = Column("Artist Name", NamesWidget("\n", 300), required=True)
    album = Column("Album Name", spotify.ALBUM)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        spotify.skip_episode(self.cell(cells, "spotify_id"))
        return super().read(cells)

    def record(self, cells: Sequence[str]) -> TrackRecord:
        return self.mention(self.read(cells))

    def mention(self, values: dict[str, Any]) -> TrackRecord:
        """Return the record of a row with these values. A new track needs a title and an artist."""
        if not values["title"] or not values["artists"]:
            raise RowSkipped("no title or no artist")
        return TrackRecord(
            title=values["title"],
            artists=tuple(ArtistRecord(name) for name in values["artists"]),
            spotify_id=values.get("spotify_id"),
            album=AlbumRecord(values["album"]) if values.get("album") else None,
            is_mention=True,
        )
