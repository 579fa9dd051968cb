"""What the database keeps for musicdb."""

from musicdb.models.aliases import (
    AlbumAlias,
    Alias,
    ArtistAlias,
    GenreAlias,
    LabelAlias,
    PlaylistAlias,
    TrackAlias,
)
from musicdb.models.catalogue import Album, Artist, Genre, Label, Track
from musicdb.models.duplicates import DismissedDuplicate
from musicdb.models.grouped_changes import GroupedChange
from musicdb.models.imports import Import, SavedMapping
from musicdb.models.members import AlbumArtist, AlbumLabel, TrackArtist
from musicdb.models.not_undone import NotUndone
from musicdb.models.playlists import Playlist, PlaylistEntry
from musicdb.models.saved_filters import SavedFilter
from musicdb.models.site_settings import PageRule, SiteSettings
from musicdb.models.slugged import SluggedModel
from musicdb.models.track_features import AudioFeatures
from musicdb.models.transfers import Transfer
from musicdb.models.visibility import Visibility

__all__ = [
    "Album",
    "AlbumAlias",
    "AlbumArtist",
    "AlbumLabel",
    "Alias",
    "Artist",
    "ArtistAlias",
    "AudioFeatures",
    "DismissedDuplicate",
    "Genre",
    "GenreAlias",
    "GroupedChange",
    "Import",
    "Label",
    "LabelAlias",
    "NotUndone",
    "PageRule",
    "Playlist",
    "PlaylistAlias",
    "PlaylistEntry",
    "SavedFilter",
    "SavedMapping",
    "SiteSettings",
    "SluggedModel",
    "Track",
    "TrackAlias",
    "TrackArtist",
    "Transfer",
    "Visibility",
]
