"""Exportify as exportify.app writes it: all quoted, with ids for artists and albums, features only if asked for."""

from musicdb.resources import dialect
from musicdb.resources.dialect import Column, SpotifyDialect


class ExportifyApp(SpotifyDialect):
    name = "exportify.app"
    called = "Exportify (exportify.app)"
    source = "Spotify"
    surveys = True

    spotify_id = Column("Track URI", dialect.TRACK_ID, also=["Track ID", "Spotify ID"], required=True)
    title = Column("Track Name", dialect.TITLE, required=True)
    artist_ids = Column("Artist URI(s)", dialect.ARTIST_IDS_BY_COMMA, also=["Artist URIs"], required=True)
    artists = Column("Artist Name(s)", dialect.ARTISTS_BY_COMMA, required=True)
    album_id = Column("Album URI", dialect.ALBUM_ID, required=True)
    album = Column("Album Name", dialect.ALBUM, required=True)
    released = Column("Album Release Date", dialect.RELEASED, also=["Release Date"])
    image_url = Column("Album Image URL", dialect.ART)
    duration_ms = Column("Track Duration (ms)", dialect.DURATION, also=["Duration (ms)"])
    explicit = Column("Explicit", dialect.YES_NO)
    isrc = Column("ISRC", dialect.ISRC)
    genres = Column("Artist Genres", dialect.GENRES_BY_COMMA)
    more_genres = Column("Album Genres", dialect.GENRES_BY_COMMA)
    labels = Column("Label", dialect.LABEL, also=["Record Label"])
