"""TuneMyMusic: a row for each track of favourites and playlists, and for each album and artist that is followed."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.comma_lists import CommaList
from musicdb.imports.formats.spotify import SpotifyFormat
from musicdb.imports.messages import RowSkipped

_OTHER_TYPES = {"album": "an album, not a track", "artist": "an artist, not a track"}
_FAVOURITE = frozenset({"favorite", "favourite"})
# What stands between the artist and the title of a video, whose row has them in one cell.
_BETWEEN = " - "


class TuneMyMusic(SpotifyFormat):
    name = "tunemymusic"
    label = "TuneMyMusic"
    sniffers = (CommaList,)

    title = Column("Track name", spotify.TITLE, required=True)
    artists = Column("Artist name", spotify.ARTISTS_BY_COMMA_AND_BLANK, required=True)
    album = Column("Album", spotify.ALBUM, required=True)
    playlist = Column("Playlist name", spotify.PLAYLIST, required=True)
    type = Column("Type", TextWidget(100), required=True)
    isrc = Column("ISRC", spotify.ISRC)
    spotify_id = Column("Spotify - id", spotify.TRACK_ID)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        # Before any cell is read: a row about an album has its UPC in the column of the ISRC.
        if reason := _OTHER_TYPES.get(self.cell(cells, "type").strip().lower()):
            raise RowSkipped(reason)
        if not self.cell(cells, "title").strip() and not self.cell(cells, "artists").strip():
            raise RowSkipped("no title and no artist")
        values = super().read(cells)
        if not values["artists"] and (found := values["title"].partition(_BETWEEN))[2].strip():
            values["artists"], values["title"] = (found[0].strip(),), found[2].strip()
        if self.cell(cells, "type").strip().lower() in _FAVOURITE:
            values["liked"] = True
        return values
