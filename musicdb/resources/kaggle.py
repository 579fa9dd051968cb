"""Kaggle's "Spotify Tracks Dataset": a row for each genre of a track."""

from musicdb.resources import dialect
from musicdb.resources.dialect import Column, SpotifyDialect
from musicdb.resources.widgets import NamesWidget


class Kaggle(SpotifyDialect):
    name = "kaggle"
    called = "Kaggle “Spotify Tracks”"
    source = "Spotify (Kaggle)"

    spotify_id = Column("track_id", dialect.TRACK_ID, required=True)
    artists = Column("artists", dialect.ARTISTS_BY_SEMICOLON, required=True)
    album = Column("album_name", dialect.ALBUM, required=True)
    title = Column("track_name", dialect.TITLE, required=True)
    duration_ms = Column("duration_ms", dialect.DURATION)
    explicit = Column("explicit", dialect.YES_NO)
    genres = Column("track_genre", NamesWidget("\n", 200), required=True)
