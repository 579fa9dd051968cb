"""Kaggle's "Spotify Tracks Dataset": a row for each genre of a track."""

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, SpotifyFormat


class Kaggle(SpotifyFormat):
    name = "kaggle"
    label = "Kaggle “Spotify Tracks”"
    source = "Spotify (Kaggle)"

    spotify_id = Column("track_id", base.TRACK_ID, required=True)
    artists = Column("artists", base.ARTISTS_BY_SEMICOLON, required=True)
    album = Column("album_name", base.ALBUM, required=True)
    title = Column("track_name", base.TITLE, required=True)
    duration_ms = Column("duration_ms", base.DURATION)
    explicit = Column("explicit", base.YES_NO)
    genres = Column("track_genre", NamesWidget("\n", 200), required=True)
