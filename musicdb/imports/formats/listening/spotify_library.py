"""The saved tracks and the playlists of Spotify's own data download."""

from collections.abc import Sequence

from musicdb.exports.widgets import YesNoWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.listening.mentions import MentionFormat
from musicdb.imports.records import EntryRecord, TrackRecord


class SpotifyLibrary(MentionFormat):
    """Saved tracks, which are those that a person likes."""

    name = "spotify-library"
    label = "Spotify’s data download: library"

    saved = Column("Saved In Library", YesNoWidget(), required=True)

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        record = self.mention(values)
        if values["saved"]:
            record.values["liked"] = True
        return record


class SpotifyPlaylist(MentionFormat):
    name = "spotify-playlist"
    label = "Spotify’s data download: playlists"
    is_playlist = True

    added_at = Column("Added To Playlist", spotify.ADDED_AT, required=True)

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        record = self.mention(values)
        if values["added_at"]:
            record.entry = EntryRecord(values["added_at"])
        return record
