"""What a list can be narrowed to and sorted by: one FilterSet a model, for pages and the API alike."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, OrderBy, Q, QuerySet
from django_filters.fields import BaseCSVField, ModelChoiceField
from drf_spectacular.utils import extend_schema_field

from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from musicdb.models.validators import MAX_INTEGER, validate_slug_text
from musicdb.music.audio_features import FEATURE_NAMES
from musicdb.music.names import normalise_name

MAX_QUERY = 100


def _in_schema(parameter: django_filters.Filter, description: str, **schema: Any) -> None:
    """Say what OpenAPI shall say of ``parameter``, which it could not see by itself."""
    extend_schema_field({**schema, "description": description})(parameter)


class TextFilter(django_filters.CharFilter):
    """Rows whose name or title contains the text, written the way that names are stored."""

    def __init__(self, field_name: str) -> None:
        help_text = f"Part of the {field_name}, in capitals or not."
        _in_schema(self, help_text, type="string", minLength=1, maxLength=MAX_QUERY)
        super().__init__(field_name=field_name, lookup_expr="icontains", max_length=MAX_QUERY, help_text=help_text)

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return super().filter(queryset, normalise_name(value))


class _SlugField(ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        # What cannot be a slug is not worth a query; and PostgreSQL refuses text with NUL in it.
        if value not in self.empty_values:
            validate_slug_text(value)
        try:
            return super().to_python(value)
        except ValidationError:
            # It may have been merged since: a former address stands for what it leads to.
            merges = hasattr(self.queryset.model, "aliases")
            thing = self.queryset.filter(aliases__slug=value).first() if merges else None
            if thing is None:
                raise
            return thing


class SlugFilter(django_filters.ModelChoiceFilter):
    """Rows that belong to the one thing whose slug is given; a slug of nothing is an error, not an empty list."""

    field_class = _SlugField

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        kind = queryset.model._meta.verbose_name
        _in_schema(self, f"The slug of {'an' if kind[0] in 'aeiou' else 'a'} {kind}.", type="string")
        super().__init__(
            queryset=queryset,
            to_field_name="slug",
            widget=forms.TextInput,
            error_messages={"invalid_choice": f"There is no {kind} with this slug."},
            **kwargs,
        )


class YesNoFilter(django_filters.TypedChoiceFilter):
    """True or false, and nothing else: the library's own takes any other word for no question asked."""

    def __init__(self, help_text: str, **kwargs: Any) -> None:
        _in_schema(self, help_text, type="boolean")
        super().__init__(
            choices=(("true", "yes"), ("false", "no")),
            coerce=lambda text: text == "true",
            empty_value=None,
            error_messages={"invalid_choice": "Must be true or false."},
            help_text=help_text,
            **kwargs,
        )


class ScoreFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, lookup_expr: str, help_text: str) -> None:
        _in_schema(self, help_text, type="integer", minimum=0, maximum=MAX_INTEGER)
        super().__init__(
            field_name="score", lookup_expr=lookup_expr, help_text=help_text, min_value=0, max_value=MAX_INTEGER
        )


class WithoutGapsField(BaseCSVField):
    """Values with commas between; where there is a comma, there are values on both sides."""

    def clean(self, value: list[str] | None) -> Any:
        if value and "" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class OrderingFilter(django_filters.OrderingFilter):
    """Sorts the same on every database: what is unknown comes last, and equals in the order of their ids."""

    base_field_class = WithoutGapsField

    def __init__(self, fields: Sequence[str]) -> None:
        choices = ", ".join(choice for field in fields for choice in (field, f"-{field}"))
        super().__init__(
            fields=fields,
            error_messages={"invalid_choice": f"Must be one or more, with commas between, of {choices}."},
            help_text="What to sort by; with a minus, from the last to the first.",
        )

    def get_ordering_value(self, param: str) -> OrderBy:
        field = super().get_ordering_value(param)
        column = F(field.removeprefix("-"))
        return column.desc(nulls_last=True) if field.startswith("-") else column.asc(nulls_last=True)

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        ordered = super().filter(queryset, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


# Where a row can belong to the wanted thing in several ways, it is looked up by a subquery: a join would list it,
# and count its tracks, once for each.


class GenreFilter(django_filters.FilterSet):
    q = TextFilter("name")
    ordering = OrderingFilter(fields=["name", "track_count"])

    class Meta:
        model = Genre
        fields: list[str] = []


class ArtistFilter(django_filters.FilterSet):
    q = TextFilter("name")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    ordering = OrderingFilter(fields=["name", "track_count"])

    class Meta:
        model = Artist
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Artist], name: str, genre: Genre) -> QuerySet[Artist]:
        return queryset.filter(pk__in=TrackArtist.objects.filter(track__genres=genre).order_by().values("artist"))


class LabelFilter(django_filters.FilterSet):
    q = TextFilter("name")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    ordering = OrderingFilter(fields=["name", "album_count"])

    class Meta:
        model = Label
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Label], name: str, genre: Genre) -> QuerySet[Label]:
        return queryset.filter(pk__in=AlbumLabel.objects.filter(album__tracks__genres=genre).order_by().values("label"))


class AlbumFilter(django_filters.FilterSet):
    q = TextFilter("title")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    artist = SlugFilter(Artist.objects.public(), method="of_artist")
    label = SlugFilter(Label.objects.public(), method="of_label")
    ordering = OrderingFilter(fields=["title", "release_date", "track_count"])

    class Meta:
        model = Album
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Album], name: str, genre: Genre) -> QuerySet[Album]:
        return queryset.filter(pk__in=genre.tracks.order_by().values("album"))

    def of_artist(self, queryset: Any, name: str, artist: Artist) -> QuerySet[Album]:
        return queryset.of_artist(artist)

    def of_label(self, queryset: Any, name: str, label: Label) -> QuerySet[Album]:
        return queryset.of_label(label)


class TrackFilter(django_filters.FilterSet):
    q = TextFilter("title")
    genre = SlugFilter(Genre.objects.all(), field_name="genres")
    artist = SlugFilter(Artist.objects.public(), field_name="artists")
    album = SlugFilter(Album.objects.all(), field_name="album")
    label = SlugFilter(Label.objects.public(), field_name="album__labels")
    liked = YesNoFilter("Whether it is a favourite.")
    min_score = ScoreFilter("gte", "The lowest score; tracks of unknown score are left out.")
    max_score = ScoreFilter("lte", "The highest score; tracks of unknown score are left out.")
    has_features = YesNoFilter("Whether any audio feature is known.", method="with_features")
    ordering = OrderingFilter(fields=["title", "score"])

    class Meta:
        model = Track
        fields: list[str] = []

    def with_features(self, queryset: QuerySet[Track], name: str, wanted: bool) -> QuerySet[Track]:
        known = Q()
        for feature in FEATURE_NAMES:
            known |= Q(**{f"{feature}__isnull": False})
        return queryset.filter(known if wanted else ~known)
