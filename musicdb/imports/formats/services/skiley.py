"""Skiley: one playlist a file, with the columns that its user has chosen."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, unique
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat
from musicdb.imports.records import ArtistRecord


class Skiley(SpotifyFormat):
    name = "skiley"
    label = "Skiley"
    source = "Spotify"
    is_playlist = True
    sniffers = (DateOrder,)

    title = Column("trackName", spotify.TITLE, required=True)
    # The first artist alone, so a comma is part of the name.
    artists = Column("artistName", NamesWidget("\n", 300), required=True)
    artist_ids = Column("artistUri", spotify.ARTIST_IDS_BY_COMMA)
    more_artists = Column("secondaryArtistsNames", spotify.ARTISTS_BY_COMMA_AND_BLANK)
    spotify_id = Column("trackUri", spotify.TRACK_ID, also=["trackUrl"])
    album = Column("albumName", spotify.ALBUM)
    album_id = Column("albumUri", spotify.ALBUM_ID)
    album_artists = Column("albumArtistsNames", spotify.ARTISTS_BY_COMMA_AND_BLANK)
    album_type = Column("albumType", spotify.ALBUM_TYPE)
    upc = Column("albumUpc", spotify.UPC)
    released = Column("albumReleaseDate", spotify.RELEASED)
    labels = Column("albumRecordLabel", spotify.LABEL)
    genres = Column("artistGenres", spotify.GENRES_BY_COMMA)
    duration_ms = Column("trackDuration", spotify.DURATION)
    isrc = Column("trackIsrc", spotify.ISRC)
    track_number = Column("trackNumber", spotify.NUMBER_IN_ORDER)
    popularity = Column("trackPopularity", spotify.POPULARITY)
    explicit = Column("trackExplicit", spotify.YES_NO, also=["isExplicit", "trackIsExplicit"])
    liked = Column("isLikedByUser", spotify.YES_NO)
    added_at = Column("addedAt", spotify.ADDED_AT)
    added_by = Column("addedBy", spotify.ADDED_BY)
    danceability = Column("trackFeatureDanceability", FEATURES["danceability"])
    energy = Column("trackFeatureEnergy", FEATURES["energy"])
    key = Column("trackFeatureKey", FEATURES["key"])
    loudness = Column("trackFeatureLoudness", FEATURES["loudness"])
    mode = Column("trackFeatureMode", FEATURES["mode"])
    speechiness = Column("trackFeatureSpeechiness", FEATURES["speechiness"])
    acousticness = Column("trackFeatureAcousticness", FEATURES["acousticness"])
    instrumentalness = Column("trackFeatureInstrumentalness", FEATURES["instrumentalness"])
    liveness = Column("trackFeatureLiveness", FEATURES["liveness"])
    valence = Column("trackFeatureValence", FEATURES["valence"])
    tempo = Column("trackFeatureTempo", FEATURES["tempo"])
    time_signature = Column("trackFeatureTimeSignature", FEATURES["time_signature"])

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        values = super().read(cells)
        if values.get("liked") is False:
            # It says nothing of a favourite that the library knows from elsewhere.
            del values["liked"]
        return values

    def _artists(
        self, values: dict[str, Any], cells: Sequence[str], column: str, ids_column: str
    ) -> tuple[ArtistRecord, ...]:
        found = super()._artists(values, cells, column, ids_column)
        if column == "artists":
            found = unique([*found, *map(ArtistRecord, values.get("more_artists", ()))])
        return found
