"""Exportify as exportify.net writes it: 24 columns, names without ids."""

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.exportify.separators import ArtistSeparator
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.formats.spotify import SpotifyFormat


class ExportifyNet(SpotifyFormat):
    name = "exportify.net"
    label = "Exportify (exportify.net)"
    source = "Spotify"
    is_playlist = True
    sniffers = (DateOrder, ArtistSeparator)

    spotify_id = Column(
        "Track URI",
        spotify.TRACK_ID,
        also=["Track ID", "Spotify ID", "Spotify URI", "Spotify Track ID"],
        required=True,
    )
    title = Column("Track Name", spotify.TITLE, required=True)
    album = Column("Album Name", spotify.ALBUM, also=["Album"], required=True)
    artists = Column("Artist Name(s)", spotify.ARTISTS_BY_SEMICOLON, also=["Artist Name", "Artists"], required=True)
    released = Column("Release Date", spotify.RELEASED, also=["Album Release Date"])
    duration_ms = Column("Duration (ms)", spotify.DURATION, also=["Track Duration (ms)"])
    explicit = Column("Explicit", spotify.YES_NO)
    genres = Column("Genres", spotify.GENRES_BY_COMMA, also=["Artist Genres"])
    labels = Column("Record Label", spotify.LABEL, also=["Label"])
    isrc = Column("ISRC", spotify.ISRC)
    popularity = Column("Popularity", spotify.POPULARITY)
    album_artists = Column(
        "Album Artist Name(s)", spotify.ARTISTS_BY_SEMICOLON, also=["Album Artist Name", "Album Artists"]
    )
    album_type = Column("Album Type", spotify.ALBUM_TYPE)
    upc = Column("UPC", spotify.UPC, also=["Album UPC"])
    copyrights = Column("Copyrights", spotify.COPYRIGHTS, also=["Album Copyrights"])
    image_url = Column("Album Image URL", spotify.ART)
    disc_number = Column("Disc Number", spotify.NUMBER_IN_ORDER)
    track_number = Column("Track Number", spotify.NUMBER_IN_ORDER)
    preview_url = Column("Track Preview URL", spotify.PREVIEW, also=["Preview URL"])
    added_at = Column("Added At", spotify.ADDED_AT)
    added_by = Column("Added By", spotify.ADDED_BY)
