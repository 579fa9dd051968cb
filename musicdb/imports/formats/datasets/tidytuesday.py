"""tidytuesday's ``spotify_songs.csv``: tracks of playlists, with their albums' ids and the playlists' genres."""

from typing import ClassVar

from musicdb.exports.widgets import NamesWidget, NameWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, Sniffer
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.formats.spotify import SpotifyFormat


class TidyTuesday(SpotifyFormat):
    name = "tidytuesday"
    label = "tidytuesday “spotify_songs”"
    source = "Spotify (tidytuesday)"
    sniffers: ClassVar[tuple[type[Sniffer], ...]] = (DateOrder,)

    spotify_id = Column("track_id", spotify.TRACK_ID, required=True)
    title = Column("track_name", spotify.TITLE, required=True)
    # One artist. The name may contain any character that separates artists elsewhere.
    artists = Column("track_artist", NamesWidget("\n", 300), required=True)
    album_id = Column("track_album_id", spotify.ALBUM_ID, required=True)
    album = Column("track_album_name", NameWidget(500), required=True)
    released = Column("track_album_release_date", spotify.RELEASED)
    genres = Column("playlist_genre", NamesWidget("\n", 200))
    more_genres = Column("playlist_subgenre", NamesWidget("\n", 200))
    # R writes NA where it has no name. A name can be NA, too.
    no_name = frozenset({"", "NA"})
    popularity = Column("track_popularity", spotify.POPULARITY)
    duration_ms = Column("duration_ms", spotify.DURATION)
