"""The filters and orders of each list. Pages and the API use the same FilterSet for the same rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, OrderBy, QuerySet
from django.utils.timezone import make_aware
from django_filters.fields import BaseCSVField, ModelChoiceField
from drf_spectacular.utils import extend_schema_field

from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Playlist, TrackArtist
from musicdb.models.aggregates import aggregate_of
from musicdb.models.fields import IsrcField
from musicdb.models.name_keys import NameKeyField, key_fields
from musicdb.models.validators import MAX_INTEGER, validate_isrc, validate_slug_text
from musicdb.music import normalise_isrc, normalise_name

MAX_QUERY = 100
# The longest name that a row can have.
MAX_NAME = 500
YEARS = (1, 9_999)
# Names and titles are sorted as readers expect, and not letter by letter.
SORTED_BY_KEY = {"name": "sort_key", "title": "sort_key"}


def _describe(parameter: django_filters.Filter, description: str, **schema: Any) -> None:
    """Set what the OpenAPI schema says about ``parameter``, which it cannot find out by itself."""
    extend_schema_field({**schema, "description": description})(parameter)


class _TextField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text and not normalise_name(text):
            raise ValidationError("Enter at least one visible character.")
        return text


class TextFilter(django_filters.CharFilter):
    """Keep rows whose name or title contains the text, both folded as ``search_key`` folds them."""

    field_class = _TextField

    def __init__(self, field_name: str) -> None:
        help_text = f"Part of the {field_name}. Case, accents and kinds of apostrophe do not count."
        _describe(self, help_text, type="string", minLength=1, maxLength=MAX_QUERY)
        super().__init__(
            field_name="search_key",
            lookup_expr="mentions",
            label=f"{field_name.capitalize()} contains",
            max_length=MAX_QUERY,
            help_text=help_text,
        )


class _IsrcFormField(forms.CharField):
    default_validators = [validate_isrc]

    def to_python(self, value: Any) -> Any:
        return normalise_isrc(super().to_python(value) or "")


class IsrcFilter(django_filters.CharFilter):
    """Keep the tracks of one recording."""

    field_class = _IsrcFormField

    def __init__(self) -> None:
        help_text = "The ISRC, with or without hyphens."
        _describe(self, help_text, type="string", maxLength=IsrcField.MAX_TYPED)
        super().__init__(field_name="isrc", label="ISRC", max_length=IsrcField.MAX_TYPED, help_text=help_text)


def has_name_key(model: Any) -> bool:
    """Return whether rows of ``model`` can be found by their names, as they are compared."""
    return any(isinstance(field, NameKeyField) for field in key_fields(model))


class _RowField(ModelChoiceField):
    """Finds a row by its slug, a former slug, or its name if the model compares names: people type "Korean Pop"."""

    def to_python(self, value: Any) -> Any:
        text = value.strip() if isinstance(value, str) else value
        if text in self.empty_values:
            return None
        model = self.queryset.model
        has_names = has_name_key(model)
        if not has_names:
            # Text that cannot be a slug is not worth a query, and PostgreSQL refuses text that contains NUL.
            validate_slug_text(text)
        found = self._by_slug(text) or (self._by_name(text) if has_names else None)
        if found is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found

    def _by_slug(self, text: str) -> Any:
        try:
            validate_slug_text(text)
        except ValidationError:
            return None
        row = self.queryset.filter(slug=text).first()
        has_aliases = aggregate_of(self.queryset.model).alias is not None
        # The slug may be the former address of a row that was merged into another.
        return row or (self.queryset.filter(aliases__slug=text).first() if has_aliases else None)

    def _by_name(self, text: str) -> Any:
        name = normalise_name(text)
        if not name or len(name) > MAX_NAME:
            return None
        rows = list(self.queryset.filter(name_key=name).order_by("pk")[:2])
        if len(rows) > 1:
            slugs = " or ".join(row.slug for row in rows)
            raise ValidationError(f"Several have this name. Use the slug of the one that you mean, such as {slugs}.")
        return rows[0] if rows else None


class SlugFilter(django_filters.ModelChoiceFilter):
    """Keep rows that belong to the object with the given slug or name. An unknown one is an error."""

    field_class = _RowField

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        name = str(queryset.model._meta.verbose_name)
        has_names = has_name_key(queryset.model)
        what = "slug or name" if has_names else "slug"
        _describe(self, f"The {what} of {'an' if name[0] in 'aeiou' else 'a'} {name}.", type="string")
        super().__init__(
            queryset=queryset,
            to_field_name="slug",
            label=name.capitalize(),
            widget=forms.TextInput({"placeholder": "name" if has_names else "as in its address"}),
            error_messages={"invalid_choice": f"There is no {name} with this {what}."},
            **kwargs,
        )


class YesNoFilter(django_filters.TypedChoiceFilter):
    """Take true or false. Any other word is an error; django-filter's own filter would ignore it."""

    def __init__(self, help_text: str, **kwargs: Any) -> None:
        _describe(self, help_text, type="boolean")
        super().__init__(
            choices=(("", "yes or no"), ("true", "yes"), ("false", "no")),
            coerce=lambda text: text == "true",
            empty_value=None,
            error_messages={"invalid_choice": "Must be true or false."},
            help_text=help_text,
            **kwargs,
        )


class ScoreFilter(django_filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, lookup_expr: str, label: str, help_text: str) -> None:
        _describe(self, help_text, type="integer", minimum=0, maximum=MAX_INTEGER)
        super().__init__(
            field_name="score",
            lookup_expr=lookup_expr,
            label=label,
            help_text=help_text,
            min_value=0,
            max_value=MAX_INTEGER,
        )


class DayFilter(django_filters.DateFilter):
    """Keep rows whose time is on the given day or later, in the site's time zone."""

    def __init__(self, column: str, label: str, help_text: str) -> None:
        _describe(self, help_text, type="string", format="date")
        super().__init__(
            field_name=column,
            lookup_expr="gte",
            label=label,
            help_text=help_text,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "Enter a day as YYYY-MM-DD."},
            # Times near the ends of the calendar cannot be converted to another time zone.
            validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        )

    def filter(self, queryset: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        # A comparison of times can use an index. One of their days cannot.
        start = make_aware(datetime.combine(value, time.min)) if value else None
        found: QuerySet[Any] = super().filter(queryset, start)
        return found


class BoundFilter(django_filters.NumberFilter):
    """Keep rows whose number is at least, or at most, the given one. Rows without a number are left out."""

    def __init__(
        self, column: str, *, is_lowest: bool, name: str, lowest: float, highest: float, whole: bool = False
    ) -> None:
        help_text = f"The {'lowest' if is_lowest else 'highest'} {name}. Those without it are left out."
        self.field_class = forms.IntegerField if whole else forms.FloatField
        _describe(self, help_text, type="integer" if whole else "number", minimum=lowest, maximum=highest)
        super().__init__(
            field_name=column,
            lookup_expr="gte" if is_lowest else "lte",
            label=f"{name[0].upper()}{name[1:]} {'from' if is_lowest else 'up to'}",
            help_text=help_text,
            min_value=lowest,
            max_value=highest,
        )


def bounds(column: str, name: str, limits: tuple[float, float], *, whole: bool = False) -> list[BoundFilter]:
    """Return the filters by the lowest and by the highest ``name`` of a row."""
    lowest, highest = limits
    return [
        BoundFilter(column, is_lowest=is_lowest, name=name, lowest=lowest, highest=highest, whole=whole)
        for is_lowest in (True, False)
    ]


class _CommaSeparatedField(BaseCSVField):
    """Values separated by commas. An empty value between two commas is an error."""

    def clean(self, value: list[str] | None) -> Any:
        if value and "" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class OrderingFilter(django_filters.OrderingFilter):
    """Sort the rows in the same way on every database: unknown values come last, and equal ones are sorted by id.

    ``labels`` has what a form calls an order, such as ``{"-score": "highest score first"}``. ``columns`` has the column
    of each order that is not called like it.
    """

    base_field_class = _CommaSeparatedField

    def __init__(
        self,
        fields: Sequence[str],
        labels: Mapping[str, str] | None = None,
        columns: Mapping[str, str] = SORTED_BY_KEY,
    ) -> None:
        choices = ", ".join(choice for field in fields for choice in (field, f"-{field}"))
        super().__init__(
            fields=[(columns.get(field, field), field) for field in fields],
            field_labels=labels or {},
            label="Sort by",
            empty_label="the usual order",
            error_messages={"invalid_choice": f"Use one or more of {choices}, separated by commas."},
            help_text="What to sort by. A minus in front reverses the order.",
        )

    def build_choices(self, fields: Mapping[str, str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
        choices = [choice for name in fields.values() for choice in (name, f"-{name}")]
        return [(choice, labels.get(choice, choice)) for choice in choices]

    def get_ordering_value(self, param: str) -> OrderBy:
        field = super().get_ordering_value(param)
        column = F(field.removeprefix("-"))
        return column.desc(nulls_last=True) if field.startswith("-") else column.asc(nulls_last=True)

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        ordered: QuerySet[Any] = super().filter(queryset, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


NAME_ORDER = {"name": "name, A to Z", "-name": "name, Z to A"}
TITLE_ORDER = {"title": "title, A to Z", "-title": "title, Z to A"}
TRACK_ORDER = {"track_count": "fewest tracks first", "-track_count": "most tracks first"}
DATE_ORDER = {"release_date": "oldest first", "-release_date": "newest first"}

# Where a row can be related to the wanted object in several ways, a subquery finds it. A join would list the row, and
# count its tracks, once for each way.


class ListFilter(django_filters.FilterSet):
    """The filters of a list of the catalogue. What a search finds is sorted by relevance, unless an order is given."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found: Any = super().filter_queryset(queryset)
        given = self.form.cleaned_data
        if given["q"] and not given["ordering"]:
            found = found.by_relevance(given["q"])
        return cast(QuerySet[Any], found)


class GenreFilter(ListFilter):
    q = TextFilter("name")
    ordering = OrderingFilter(["name", "track_count"], NAME_ORDER | TRACK_ORDER)

    class Meta:
        model = Genre
        fields: list[str] = []


class ArtistFilter(ListFilter):
    q = TextFilter("name")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    label = SlugFilter(Label.objects.visible(of_few=True), method="of_label")
    ordering = OrderingFilter(["name", "track_count"], NAME_ORDER | TRACK_ORDER)

    class Meta:
        model = Artist
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Artist], name: str, genre: Genre) -> QuerySet[Artist]:
        return queryset.filter(pk__in=TrackArtist.objects.filter(track__genres=genre).order_by().values("artist"))

    def of_label(self, queryset: QuerySet[Artist], name: str, label: Label) -> QuerySet[Artist]:
        on_label = TrackArtist.objects.filter(track__album__labels=label)
        return queryset.filter(pk__in=on_label.order_by().values("artist"))


class LabelFilter(ListFilter):
    q = TextFilter("name")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    ordering = OrderingFilter(
        ["name", "album_count"],
        NAME_ORDER | {"album_count": "fewest albums first", "-album_count": "most albums first"},
    )

    class Meta:
        model = Label
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Label], name: str, genre: Genre) -> QuerySet[Label]:
        return queryset.filter(pk__in=AlbumLabel.objects.filter(album__tracks__genres=genre).order_by().values("label"))


class AlbumFilter(ListFilter):
    q = TextFilter("title")
    genre = SlugFilter(Genre.objects.all(), method="of_genre")
    artist = SlugFilter(Artist.objects.visible(of_few=True), method="of_artist")
    label = SlugFilter(Label.objects.visible(of_few=True), method="of_label")
    min_year, max_year = bounds("release_date__year", "year of release", YEARS, whole=True)
    ordering = OrderingFilter(["title", "release_date", "track_count"], TITLE_ORDER | DATE_ORDER | TRACK_ORDER)

    class Meta:
        model = Album
        fields: list[str] = []

    def of_genre(self, queryset: QuerySet[Album], name: str, genre: Genre) -> QuerySet[Album]:
        return queryset.filter(pk__in=genre.tracks.order_by().values("album"))

    def of_artist(self, queryset: Any, name: str, artist: Artist) -> QuerySet[Album]:
        found: QuerySet[Album] = queryset.of_artist(artist)
        return found

    def of_label(self, queryset: Any, name: str, label: Label) -> QuerySet[Album]:
        found: QuerySet[Album] = queryset.of_label(label)
        return found


class PlaylistFilter(ListFilter):
    q = TextFilter("name")
    ordering = OrderingFilter(["name"], NAME_ORDER)

    class Meta:
        model = Playlist
        fields: list[str] = []
