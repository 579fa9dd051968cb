"""What the database keeps for musicdb."""

from musicdb.models.catalogue import (
    Album,
    AlbumLabel,
    Artist,
    AudioFeatures,
    Genre,
    Label,
    SluggedModel,
    Track,
    TrackArtist,
)

__all__ = [
    "Album",
    "AlbumLabel",
    "Artist",
    "AudioFeatures",
    "Genre",
    "Label",
    "SluggedModel",
    "Track",
    "TrackArtist",
]
