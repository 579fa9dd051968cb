"""Exportify as exportify.app writes it: every cell quoted, ids for artists and albums, features on request.

The headings are in the language of its page.
"""

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.exportify.headings import translated
from musicdb.imports.formats.sniffers import ArtistNames, DateOrder
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat


class ExportifyApp(SpotifyFormat):
    name = "exportify.app"
    label = "Exportify (exportify.app)"
    source = "Spotify"
    is_playlist = True
    sniffers = (DateOrder, ArtistNames)

    spotify_id = Column(
        "Track URI", spotify.TRACK_ID, also=translated("spotify_id", "Track ID", "Spotify ID"), required=True
    )
    title = Column("Track Name", spotify.TITLE, also=translated("title"), required=True)
    artist_ids = Column(
        "Artist URI(s)", spotify.ARTIST_IDS_BY_COMMA, also=translated("artist_ids", "Artist IDs"), required=True
    )
    artists = Column("Artist Name(s)", spotify.ARTISTS_BY_COMMA_AND_BLANK, also=translated("artists"), required=True)
    album_id = Column("Album URI", spotify.ALBUM_ID, also=translated("album_id"), required=True)
    album = Column("Album Name", spotify.ALBUM, also=translated("album"), required=True)
    album_artist_ids = Column(
        "Album Artist URI(s)",
        spotify.ARTIST_IDS_BY_COMMA,
        also=translated("album_artist_ids", "Album Artist IDs", "album_artist_uris"),
    )
    album_artists = Column(
        "Album Artist Name(s)",
        spotify.ARTISTS_BY_COMMA_AND_BLANK,
        also=translated("album_artists", "album_artist_names"),
    )
    album_type = Column("Album Type", spotify.ALBUM_TYPE)
    upc = Column("UPC", spotify.UPC, also=["Album UPC"])
    copyrights = Column("Copyrights", spotify.COPYRIGHTS, also=translated("copyrights", "Album Copyrights"))
    released = Column("Album Release Date", spotify.RELEASED, also=translated("released", "Release Date"))
    image_url = Column("Album Image URL", spotify.ART, also=translated("image_url"))
    disc_number = Column("Disc Number", spotify.NUMBER_IN_ORDER, also=translated("disc_number"))
    track_number = Column("Track Number", spotify.NUMBER_IN_ORDER, also=translated("track_number"))
    duration_ms = Column("Track Duration (ms)", spotify.DURATION, also=translated("duration_ms", "Duration (ms)"))
    explicit = Column("Explicit", spotify.YES_NO, also=translated("explicit"))
    preview_url = Column(
        "Track Preview URL", spotify.PREVIEW, also=translated("preview_url", "Preview URL", "Track Preview")
    )
    popularity = Column("Popularity", spotify.POPULARITY, also=translated("popularity", "Track Popularity"))
    isrc = Column("ISRC", spotify.ISRC)
    added_at = Column("Added At", spotify.ADDED_AT, also=translated("added_at"))
    added_by = Column("Added By", spotify.ADDED_BY, also=translated("added_by"))
    genres = Column("Artist Genres", spotify.GENRES_BY_COMMA, also=translated("genres"))
    more_genres = Column("Album Genres", spotify.GENRES_BY_COMMA, also=translated("album_genres"))
    labels = Column("Label", spotify.LABEL, also=translated("labels", "Record Label"))
    danceability = Column("Danceability", FEATURES["danceability"], also=translated("danceability"))
    energy = Column("Energy", FEATURES["energy"], also=translated("energy"))
    key = Column("Key", FEATURES["key"], also=translated("key"))
    loudness = Column("Loudness", FEATURES["loudness"], also=translated("loudness"))
    mode = Column("Mode", FEATURES["mode"], also=translated("mode"))
    speechiness = Column("Speechiness", FEATURES["speechiness"], also=translated("speechiness"))
    acousticness = Column("Acousticness", FEATURES["acousticness"], also=translated("acousticness"))
    instrumentalness = Column("Instrumentalness", FEATURES["instrumentalness"], also=translated("instrumentalness"))
    liveness = Column("Liveness", FEATURES["liveness"], also=translated("liveness"))
    valence = Column("Valence", FEATURES["valence"], also=translated("valence"))
    tempo = Column("Tempo", FEATURES["tempo"], also=translated("tempo"))
    time_signature = Column("Time Signature", FEATURES["time_signature"], also=translated("time_signature"))
