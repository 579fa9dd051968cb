"""Exportify as exportify.app writes it: all quoted, with ids for artists and albums, features only if asked for."""

from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, SpotifyFormat


class ExportifyApp(SpotifyFormat):
    name = "exportify.app"
    label = "Exportify (exportify.app)"
    source = "Spotify"
    needs_sniffing = True

    spotify_id = Column("Track URI", base.TRACK_ID, also=["Track ID", "Spotify ID"], required=True)
    title = Column("Track Name", base.TITLE, required=True)
    artist_ids = Column("Artist URI(s)", base.ARTIST_IDS_BY_COMMA, also=["Artist URIs"], required=True)
    artists = Column("Artist Name(s)", base.ARTISTS_BY_COMMA, required=True)
    album_id = Column("Album URI", base.ALBUM_ID, required=True)
    album = Column("Album Name", base.ALBUM, required=True)
    released = Column("Album Release Date", base.RELEASED, also=["Release Date"])
    image_url = Column("Album Image URL", base.ART)
    duration_ms = Column("Track Duration (ms)", base.DURATION, also=["Duration (ms)"])
    explicit = Column("Explicit", base.YES_NO)
    isrc = Column("ISRC", base.ISRC)
    genres = Column("Artist Genres", base.GENRES_BY_COMMA)
    more_genres = Column("Album Genres", base.GENRES_BY_COMMA)
    labels = Column("Label", base.LABEL, also=["Record Label"])
