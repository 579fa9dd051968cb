"""Playlists of files. They find tracks of the library, and make no new ones."""

from typing import Any

from musicdb.exports.widgets import TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.listening.mentions import MentionFormat
from musicdb.imports.records import ArtistRecord, TrackRecord


class PlaylistFile(MentionFormat):
    name = "playlist-file"
    label = "Playlist file (M3U, XSPF, JSPF)"
    is_playlist = True

    isrc = Column("ISRC", spotify.ISRC)
    location = Column("Track Location", TextWidget(), required=True)

    def mention(self, values: dict[str, Any]) -> TrackRecord:
        return TrackRecord(
            title=values["title"] or values["location"][:100],
            artists=tuple(ArtistRecord(name) for name in values["artists"]),
            spotify_id=values.get("spotify_id"),
            values={"isrc": values["isrc"]} if values.get("isrc") else {},
            must_exist=True,
            is_mention=True,
        )
