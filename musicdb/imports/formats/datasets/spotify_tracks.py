"""Kaggle's "Spotify Tracks Dataset": a row for each genre of a track."""

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.spotify import SpotifyFormat


class SpotifyTracks(SpotifyFormat):
    name = "kaggle"
    label = "Kaggle “Spotify Tracks”"
    source = "Spotify (Kaggle)"

    spotify_id = Column("track_id", spotify.TRACK_ID, required=True)
    artists = Column("artists", spotify.ARTISTS_BY_SEMICOLON, required=True)
    album = Column("album_name", spotify.ALBUM, required=True)
    title = Column("track_name", spotify.TITLE, required=True)
    popularity = Column("popularity", spotify.POPULARITY)
    duration_ms = Column("duration_ms", spotify.DURATION)
    explicit = Column("explicit", spotify.YES_NO)
    genres = Column("track_genre", NamesWidget("\n", 200), required=True)
