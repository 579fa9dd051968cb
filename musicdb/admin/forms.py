"""What the admin's forms do beyond their models: boxes for people who type and paste, and rows in an order.

Which fields a form has, the admin says.
"""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import ORDERING_FIELD_NAME

from musicdb.models import Album, Artist, GenreAlias
from musicdb.models.aggregates import aggregate_of
from musicdb.music.names import name_key, normalise_name
from musicdb.music.release_dates import parse_release_date

# As Spotify's "copy link" gives it, with or without a language and a query, or as a URI.
SPOTIFY_LINK = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-[a-z-]+/)?|spotify:)(?P<kind>[a-z]+)[/:](?P<id>[0-9A-Za-z]{22})(?:[?#]\S*)?"
)


class SpotifyIdField(forms.CharField):
    """A Spotify id, or a link to what has it. ``kind``: what it must be a link to, in Spotify's own word."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        # Long enough for a link; the model says what an id is.
        super().__init__(
            label="Spotify id",
            required=False,
            empty_value=None,
            max_length=300,
            widget=AdminTextInputWidget,
            help_text=f"The id itself, or a link: https://open.spotify.com/{kind}/…",
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        link = SPOTIFY_LINK.fullmatch(text) if text else None
        if link is None:
            return text
        if link["kind"] != self.kind:
            raise ValidationError(f"This is a link to Spotify’s {link['kind']}, and the {self.kind} is wanted.")
        return link["id"]


class ArtistForm(forms.ModelForm):
    spotify_id = SpotifyIdField("artist")


class AliasForm(forms.ModelForm):
    """Another spelling of a genre or label: not what another one is called."""

    def clean_name(self) -> str:
        name = normalise_name(self.cleaned_data["name"])
        if "name" in self.changed_data and (column := _unique_name(type(self.instance))):
            things = type(self.instance)._meta.get_field("target").related_model._default_manager
            holder = things.filter(**{column: name}).first()
            if holder is not None and holder.pk == self.instance.target_id:
                raise ValidationError("This is its name already.")
            if holder is not None:
                raise ValidationError(f"There is a {holder._meta.verbose_name} of this name: merge the two instead.")
        return name


def _unique_name(alias: Any) -> str | None:
    """Return how the names of what ``alias`` leads to are compared. Artists may share theirs."""
    return aggregate_of(alias._meta.get_field("target").related_model).unique_name


class ArtistAliasForm(AliasForm):
    spotify_id = SpotifyIdField("artist")

    def clean_spotify_id(self) -> str | None:
        spotify_id = self.cleaned_data["spotify_id"]
        if spotify_id and (holder := Artist.objects.filter(spotify_id=spotify_id).first()):
            raise ValidationError(f"This is the Spotify id of “{holder}”.")
        return spotify_id


class AliasRows(forms.BaseInlineFormSet):
    """Other spellings, each once: the database compares a row with what is stored, not with the row beside it."""

    def clean(self) -> None:
        super().clean()
        if _unique_name(self.model) is None:
            return
        ignores_case = self.model is GenreAlias
        seen = set()
        for form in self.forms:
            name = form.cleaned_data.get("name") if form not in self.deleted_forms else None
            spelling = name_key(name) if name and ignores_case else name
            if spelling in seen:
                form.add_error("name", "This spelling stands here twice.")
            if spelling:
                seen.add(spelling)


class MergeForm(forms.Form):
    """Which of ``things`` stays: the first, unless another is chosen."""

    survivor = forms.TypedChoiceField(coerce=int, error_messages={"required": "Choose which one stays."})

    def __init__(self, things: Sequence[models.Model], data: Any = None) -> None:
        super().__init__(data, initial={"survivor": things[0].pk})
        self.things = things
        self.fields["survivor"].choices = [(thing.pk, str(thing)) for thing in things]  # type: ignore[attr-defined]

    @property
    def survivor_and_others(self) -> tuple[models.Model, list[models.Model]]:
        chosen = self.cleaned_data["survivor"]
        (survivor,) = (thing for thing in self.things if thing.pk == chosen)
        return survivor, [thing for thing in self.things if thing.pk != chosen]


class AlbumForm(forms.ModelForm):
    """``released`` stands for two columns: the first day that it can mean, and how precise it is."""

    spotify_id = SpotifyIdField("album")
    released = forms.CharField(
        required=False, max_length=50, help_text="As far as it is known: 1983, 1983-05 or 1983-05-12."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("released", self.instance.released)

    def clean_released(self) -> str:
        text = self.cleaned_data["released"]
        if text:
            try:
                parse_release_date(text)
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return text

    def save(self, commit: bool = True) -> Album:
        text = self.cleaned_data["released"]
        first_day, precision = parse_release_date(text) if text else (None, "")
        self.instance.release_date, self.instance.release_precision = first_day, precision
        return super().save(commit)


class TrackForm(forms.ModelForm):
    spotify_id = SpotifyIdField("track")


class RowAutocomplete(AutocompleteSelect):
    """An autocomplete box that was handed the row's choice, and need not ask the database for its name."""

    known: models.Model | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, self.known.pk, str(self.known), True, 0)], 0)]


class OrderedRowForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            # The admin wraps the box in its buttons for adding and changing.
            box = getattr(field.widget, "widget", field.widget)
            if isinstance(box, RowAutocomplete):
                box.known = getattr(self.instance, name)


class OrderedRows(forms.BaseInlineFormSet):
    """Rows that have a ``position``, unique within their owner.

    The page numbers them 1, 2, 3 …; whatever is typed over that, they end up numbered without gaps. A row without
    a number goes to the end. Rows can trade their places, and what they point at, in one save.
    """

    model: type[models.Model]

    def clean(self) -> None:
        super().clean()
        shown = {form.instance.pk for form in self.initial_forms}
        if any(row.pk not in shown for row in self.get_queryset()):
            raise ValidationError("Somebody else has added a row since this page was opened. Open it again.")

    def save(self, commit: bool = True) -> list[models.Model]:
        if not self.has_changed():
            return super().save(commit)
        # A row that will point at something else goes first, and is written anew under its own key: two rows that
        # trade would each, for a moment, say what the other still says.
        leaving = [
            form.instance.pk for form in self.initial_forms if form in self.deleted_forms or _points_elsewhere(form)
        ]
        self.model._default_manager.filter(pk__in=leaving).delete()
        after_the_last = count(max((row.position for row in self.get_queryset()), default=-1) + 1)
        for form in self.extra_forms:
            form.instance.position = next(after_the_last)
        saved = super().save(commit)
        if self.can_order:
            self._number([form.instance for form in sorted(self.ordered_forms, key=_place)])
        return saved

    def _number(self, rows: list[Any]) -> None:
        """Give ``rows`` their positions in this order: first out of each other's way, then where they belong."""
        moved = [(place, row) for place, row in enumerate(rows) if row.position != place]
        out_of_the_way = count(max((row.position for row in rows), default=0) + len(rows))
        for _, row in moved:
            row.position = next(out_of_the_way)
        self._write_positions(moved)
        for place, row in moved:
            row.position = place
        self._write_positions(moved)

    def _write_positions(self, moved: list[tuple[int, Any]]) -> None:
        self.model._default_manager.bulk_update([row for _, row in moved], ["position"])


def _points_elsewhere(form: forms.ModelForm) -> bool:
    return form.has_changed() and not {ORDERING_FIELD_NAME}.issuperset(form.changed_data)


def _place(form: forms.ModelForm) -> tuple[float, int]:
    """Where a row belongs. Between two that claim one place, the row that moved up comes before, down after."""
    typed = form.cleaned_data[ORDERING_FIELD_NAME]
    if typed is None:
        return float("inf"), 0
    before = form.fields[ORDERING_FIELD_NAME].initial or float("inf")
    return typed, (typed > before) - (typed < before)
