"""Exportify as exportify.app writes it: every cell quoted, ids for artists and albums, features on request."""

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.formats.spotify import SpotifyFormat


class ExportifyApp(SpotifyFormat):
    name = "exportify.app"
    label = "Exportify (exportify.app)"
    source = "Spotify"
    sniffers = (DateOrder,)

    spotify_id = Column("Track URI", spotify.TRACK_ID, also=["Track ID", "Spotify ID"], required=True)
    title = Column("Track Name", spotify.TITLE, required=True)
    artist_ids = Column("Artist URI(s)", spotify.ARTIST_IDS_BY_COMMA, also=["Artist URIs"], required=True)
    artists = Column("Artist Name(s)", spotify.ARTISTS_BY_COMMA, required=True)
    album_id = Column("Album URI", spotify.ALBUM_ID, required=True)
    album = Column("Album Name", spotify.ALBUM, required=True)
    released = Column("Album Release Date", spotify.RELEASED, also=["Release Date"])
    image_url = Column("Album Image URL", spotify.ART)
    duration_ms = Column("Track Duration (ms)", spotify.DURATION, also=["Duration (ms)"])
    explicit = Column("Explicit", spotify.YES_NO)
    isrc = Column("ISRC", spotify.ISRC)
    genres = Column("Artist Genres", spotify.GENRES_BY_COMMA)
    more_genres = Column("Album Genres", spotify.GENRES_BY_COMMA)
    labels = Column("Label", spotify.LABEL, also=["Record Label"])
