"""The catalogue as tables: one resource of django-import-export a model, and the formats it goes out in."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.db.models import Model, Prefetch, QuerySet
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import ModelResource
from tablib import Dataset

from musicdb.exports.csv_injection import escape_formula
from musicdb.exports.widgets import join_parts
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.models.querysets import rows_with
from musicdb.music.audio_features import FEATURE_NAMES


class Exported(Field):
    """A column that ``read`` fills from a row: a text, a number, a truth, or None where it is unknown."""

    def __init__(self, name: str, read: Callable[[Any], Any] | None = None) -> None:
        super().__init__(attribute=name, column_name=name, readonly=True)
        self.read = read

    def export(self, instance: Model, **kwargs: Any) -> Any:
        return self.read(instance) if self.read else getattr(instance, self.column_name)


def _names(things: Iterable[Any]) -> str:
    return join_parts(thing.name for thing in things)


def _slugs(things: Iterable[Any]) -> str:
    return join_parts(thing.slug for thing in things)


def _in_name_order(things: Any) -> list[Any]:
    return sorted(things.all(), key=lambda thing: thing.name)


class CatalogueResource(ModelResource):
    """A table of a model, read in pages with all that its columns need: the queries grow with pages, not with rows."""

    prefetch: ClassVar[tuple[str | Prefetch, ...]] = ()
    select: ClassVar[tuple[str, ...]] = ()

    def filter_export(self, queryset: QuerySet[Any], **kwargs: Any) -> QuerySet[Any]:
        # Whatever a list shows beside the columns, counts and pictures, is not exported, and need not be fetched.
        return queryset.select_related(*self.select).prefetch_related(None).prefetch_related(*self.prefetch)


class GenreResource(CatalogueResource):
    prefetch = ("aliases",)
    slug = Exported("slug")
    name = Exported("name")
    description = Exported("description")
    other_spellings = Exported("other_spellings", lambda genre: _names(genre.aliases.all()))

    class Meta:
        model = Genre
        fields = ("slug", "name", "description", "other_spellings")
        chunk_size = 1_000


class ArtistResource(CatalogueResource):
    prefetch = ("aliases",)
    slug = Exported("slug")
    name = Exported("name")
    spotify_id = Exported("spotify_id")
    is_public = Exported("is_public")
    other_spellings = Exported("other_spellings", lambda artist: _names(artist.aliases.all()))

    class Meta:
        model = Artist
        fields = ("slug", "name", "spotify_id", "is_public", "other_spellings")
        chunk_size = 1_000


class LabelResource(CatalogueResource):
    prefetch = ("aliases",)
    slug = Exported("slug")
    name = Exported("name")
    is_public = Exported("is_public")
    other_spellings = Exported("other_spellings", lambda label: _names(label.aliases.all()))

    class Meta:
        model = Label
        fields = ("slug", "name", "is_public", "other_spellings")
        chunk_size = 1_000


class AlbumResource(CatalogueResource):
    prefetch = (rows_with(Album, "album_labels", "label"),)
    slug = Exported("slug")
    title = Exported("title")
    released = Exported("released")
    labels = Exported("labels", lambda album: _names(album.labels_in_order))
    label_slugs = Exported("label_slugs", lambda album: _slugs(album.labels_in_order))
    spotify_id = Exported("spotify_id")
    image_url = Exported("image_url")

    class Meta:
        model = Album
        fields = ("slug", "title", "released", "labels", "label_slugs", "spotify_id", "image_url")
        chunk_size = 1_000


class TrackResource(CatalogueResource):
    select = ("album",)
    prefetch = (rows_with(Track, "track_artists", "artist"), "genres")
    slug = Exported("slug")
    title = Exported("title")
    artists = Exported("artists", lambda track: _names(track.artists_in_order))
    artist_slugs = Exported("artist_slugs", lambda track: _slugs(track.artists_in_order))
    album = Exported("album", lambda track: track.album.title if track.album else None)
    album_slug = Exported("album_slug", lambda track: track.album.slug if track.album else None)
    genres = Exported("genres", lambda track: _names(_in_name_order(track.genres)))
    genre_slugs = Exported("genre_slugs", lambda track: _slugs(_in_name_order(track.genres)))
    score = Exported("score")
    liked = Exported("liked")
    spotify_id = Exported("spotify_id")
    isrc = Exported("isrc")
    duration_ms = Exported("duration_ms")
    explicit = Exported("explicit")
    danceability = Exported("danceability")
    energy = Exported("energy")
    speechiness = Exported("speechiness")
    acousticness = Exported("acousticness")
    instrumentalness = Exported("instrumentalness")
    liveness = Exported("liveness")
    valence = Exported("valence")
    tempo = Exported("tempo")
    loudness = Exported("loudness")
    key = Exported("key")
    mode = Exported("mode")
    time_signature = Exported("time_signature")
    features_source = Exported("features_source")

    class Meta:
        model = Track
        fields = (
            *("slug", "title", "artists", "artist_slugs", "album", "album_slug", "genres", "genre_slugs"),
            *("score", "liked", "spotify_id", "isrc", "duration_ms", "explicit", *FEATURE_NAMES, "features_source"),
        )
        chunk_size = 1_000


def _escaped(dataset: Dataset) -> Dataset:
    """Return ``dataset`` as a spreadsheet may safely open it: no text is a formula, a truth is written as a word."""
    escaped = Dataset(headers=dataset.headers)
    for row in dataset:
        escaped.append([escaped_cell(cell) for cell in row])
    return escaped


def escaped_cell(cell: Any) -> Any:
    """Return a cell as a spreadsheet may safely open it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return escape_formula(cell) if isinstance(cell, str) else cell


class Csv(base_formats.CSV):
    """CSV as a spreadsheet opens it: its byte-order mark says that it is UTF-8."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        return "\ufeff" + super().export_data(_escaped(dataset), **kwargs)


class Xlsx(base_formats.XLSX):
    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return super().export_data(_escaped(dataset), **kwargs)


class Json(base_formats.JSON):
    """JSON, typed and unescaped: no spreadsheet runs it."""


FORMATS = (Csv, Xlsx, Json)
