"""The tables of the catalogue as files have them. Each column is declared once, for every export and for the import.

The library file, the exports of the admin's lists and musicdb's own import format all read these declarations.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import Model
from import_export.widgets import Widget

from musicdb.exports.columns import ChildRows, Column, Table
from musicdb.exports.widgets import (
    ChoiceWidget,
    FeatureWidget,
    IsrcWidget,
    ListWidget,
    NameWidget,
    ReleaseDateWidget,
    SlugWidget,
    SpotifyIdWidget,
    TextWidget,
    TimeWidget,
    UpcWidget,
    UrlWidget,
    VisibilityWidget,
    WholeNumberWidget,
    YesNoWidget,
)
from musicdb.models import (
    Album,
    AlbumAlias,
    AlbumArtist,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Playlist,
    PlaylistAlias,
    PlaylistEntry,
    Track,
    TrackAlias,
    TrackArtist,
)
from musicdb.models.playlists import MAX_RULE
from musicdb.models.validators import MAX_POPULARITY, MAX_SMALL_INTEGER
from musicdb.music import AUDIO_FEATURES, format_release_date


def _write_release_date(first_day: date | None, precision: str) -> str:
    return format_release_date(first_day, precision) if first_day else ""


def _write_time(time: datetime | None) -> str:
    """Return a time as text: a workbook's times have no time zone."""
    return time.isoformat() if time else ""


SLUG = SlugWidget()
SLUGS = ListWidget(SLUG)
NUMBER = WholeNumberWidget()
YES_NO = YesNoWidget()
ARTIST_ID = SpotifyIdWidget("artist")
ALBUM_ID = SpotifyIdWidget("album")
TRACK_ID = SpotifyIdWidget("track")
UPC = UpcWidget()
ISRC = IsrcWidget()


def _alias_columns(alias: type[Model], **keys: Widget) -> tuple[Column, ...]:
    """Return the columns of the aliases: their names and, side by side with these, what else leads to the row.

    That is the slug that an alias had as a row, and ``keys``: the columns that also identify a row of this kind, each
    with the widget that reads it.
    """
    children = ChildRows(alias, "target", "pk")
    name: Any = alias._meta.get_field("name")
    others = {"former_addresses": ("slug", SLUG)} | {f"other_{key}s": (key, widget) for key, widget in keys.items()}
    return (
        Column("other_spellings", ListWidget(NameWidget(name.max_length)), ("name",), children=children),
        *(
            Column(heading, ListWidget(widget), (path,), children=children, in_lists=False)
            for heading, (path, widget) in others.items()
        ),
    )


GENRES = Table(
    "genres",
    Genre,
    (
        Column("slug", SLUG, is_required=True),
        Column("name", NameWidget(200), is_required=True),
        Column("description", TextWidget(), is_required=True),
        *_alias_columns(GenreAlias),
    ),
)
ARTISTS = Table(
    "artists",
    Artist,
    (
        Column("slug", SLUG, is_required=True),
        Column("name", NameWidget(300), is_required=True),
        Column("spotify_id", ARTIST_ID, is_required=True),
        Column("visibility", VisibilityWidget(), also=("is_public", "public"), is_required=True),
        *_alias_columns(ArtistAlias, spotify_id=ARTIST_ID),
        # Of each joint name, the place of the artist among those for whom it stands.
        Column(
            "joint_positions",
            ListWidget(WholeNumberWidget(0, MAX_SMALL_INTEGER)),
            ("joint_position",),
            children=ChildRows(ArtistAlias, "target", "pk"),
            in_lists=False,
        ),
    ),
)
LABELS = Table(
    "labels",
    Label,
    (
        Column("slug", SLUG, is_required=True),
        Column("name", NameWidget(300), is_required=True),
        Column("visibility", VisibilityWidget(), also=("is_public", "public"), is_required=True),
        *_alias_columns(LabelAlias),
    ),
)

_ALBUM_LABELS = ChildRows(AlbumLabel, "album", "position")
_ALBUM_ARTISTS = ChildRows(AlbumArtist, "album", "position")

ALBUMS = Table(
    "albums",
    Album,
    (
        Column("slug", SLUG, is_required=True),
        Column("title", NameWidget(500), is_required=True),
        Column(
            "released",
            ReleaseDateWidget(),
            ("release_date", "release_precision"),
            write=_write_release_date,
            is_required=True,
        ),
        Column("labels", ListWidget(NameWidget(300)), ("label__name",), children=_ALBUM_LABELS),
        Column("label_slugs", SLUGS, ("label__slug",), children=_ALBUM_LABELS),
        Column("spotify_id", ALBUM_ID),
        Column("image_url", UrlWidget()),
        Column("artists", ListWidget(NameWidget(300)), ("artist__name",), children=_ALBUM_ARTISTS),
        Column("artist_slugs", SLUGS, ("artist__slug",), children=_ALBUM_ARTISTS),
        Column("album_type", ChoiceWidget(Album.Type)),
        Column("upc", UPC),
        Column("copyrights", TextWidget()),
        *_alias_columns(AlbumAlias, spotify_id=ALBUM_ID, upc=UPC),
    ),
)

_TRACK_ARTISTS = ChildRows(TrackArtist, "track", "position")
_TRACK_GENRES = ChildRows(Track.genres.through, "track", "genre__sort_key")

TRACKS = Table(
    "tracks",
    Track,
    (
        Column("slug", SLUG, is_required=True),
        Column("title", NameWidget(500), is_required=True),
        Column("artists", ListWidget(NameWidget(300)), ("artist__name",), children=_TRACK_ARTISTS, is_required=True),
        Column("artist_slugs", SLUGS, ("artist__slug",), children=_TRACK_ARTISTS),
        Column("album", NameWidget(500), ("album__title",)),
        Column("album_slug", SLUG, ("album__slug",)),
        Column("genres", ListWidget(NameWidget(200)), ("genre__name",), children=_TRACK_GENRES),
        Column("genre_slugs", SLUGS, ("genre__slug",), children=_TRACK_GENRES),
        Column("score", NUMBER),
        Column("liked", YES_NO),
        Column("spotify_id", TRACK_ID),
        Column("isrc", ISRC),
        Column("duration_ms", NUMBER),
        Column("explicit", YES_NO),
        Column("disc_number", WholeNumberWidget(1, MAX_SMALL_INTEGER)),
        Column("track_number", WholeNumberWidget(1, MAX_SMALL_INTEGER)),
        Column("popularity", WholeNumberWidget(0, MAX_POPULARITY)),
        Column("added_at", TimeWidget(), write=_write_time),
        Column("preview_url", UrlWidget()),
        *(Column(feature.name, FeatureWidget(feature, as_stored=True)) for feature in AUDIO_FEATURES),
        Column("features_source", TextWidget(100)),
        *_alias_columns(TrackAlias, spotify_id=TRACK_ID, isrc=ISRC),
    ),
)

PLAYLISTS = Table(
    "playlists",
    Playlist,
    (
        Column("slug", SLUG, is_required=True),
        Column("name", NameWidget(300), is_required=True),
        Column("description", TextWidget()),
        Column("visibility", VisibilityWidget(), is_required=True),
        Column("source", TextWidget(500)),
        Column("rule", TextWidget(MAX_RULE), is_required=True),
        *_alias_columns(PlaylistAlias),
    ),
)


# The entries have neither a list nor a page of their own. The title of the track is there for people.
PLAYLIST_ENTRIES = Table(
    "playlist_entries",
    PlaylistEntry,
    (
        Column("playlist_slug", SLUG, ("playlist__slug",), is_required=True),
        Column("track_slug", SLUG, ("track__slug",), is_required=True),
        Column("track", NameWidget(500), ("track__title",)),
        Column("position", NUMBER, is_required=True),
        Column("added_at", TimeWidget(), write=_write_time),
        Column("added_by", TextWidget(200)),
    ),
)

# In the order in which rows are created: what others point at comes first.
TABLES = (GENRES, ARTISTS, LABELS, ALBUMS, TRACKS, PLAYLISTS, PLAYLIST_ENTRIES)
