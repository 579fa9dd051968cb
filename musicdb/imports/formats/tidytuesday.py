"""tidytuesday's ``spotify_songs.csv``: tracks of playlists, with their albums' ids and the playlists' genres."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import NamesWidget, NameWidget
from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, SpotifyFormat
from musicdb.imports.records import RowRefusedError

_NAMES = ("title", "artists", "album")


class TidyTuesday(SpotifyFormat):
    name = "tidytuesday"
    label = "tidytuesday “spotify_songs”"
    source = "Spotify (tidytuesday)"
    needs_sniffing = True

    spotify_id = Column("track_id", base.TRACK_ID, required=True)
    title = Column("track_name", base.TITLE, required=True)
    # One artist, whose name may hold anything that elsewhere stands between two.
    artists = Column("track_artist", NamesWidget("\n", 300), required=True)
    album_id = Column("track_album_id", base.ALBUM_ID, required=True)
    album = Column("track_album_name", NameWidget(500), required=True)
    released = Column("track_album_release_date", base.RELEASED)
    genres = Column("playlist_genre", NamesWidget("\n", 200))
    more_genres = Column("playlist_subgenre", NamesWidget("\n", 200))
    duration_ms = Column("duration_ms", base.DURATION)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        # NA is a name as good as any; where all three say it, R had none to write.
        if all(self.cell(cells, name) == "NA" for name in _NAMES):
            raise RowRefusedError(self.heading("title"), "is NA, and so are artist and album: the row has no names.")
        return super().read(cells)
