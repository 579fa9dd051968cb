"""What the admin's forms do beyond their models: Spotify links, release dates, aliases, rows in an order.

The admin classes say which fields each form has.
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

from musicdb.admin.change_form.snapshot import place_of
from musicdb.admin.generic import AnyModelForm, BaseInlineFormSet, ModelForm
from musicdb.models import Album, Artist, Track
from musicdb.models.aggregates import aggregate_of
from musicdb.music import name_key, normalise_name, normalise_upc, parse_release_date

# A link as Spotify's "Copy link" gives it, with or without a language and a query string, or a Spotify URI.
SPOTIFY_LINK = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-[a-z-]+/)?|spotify:)(?P<kind>[a-z]+)[/:](?P<id>[0-9A-Za-z]{22})(?:[?#]\S*)?"
)


class SpotifyIdField(forms.CharField):
    """A Spotify id, or a link that contains one. ``kind`` is what the link must lead to: artist, album or track."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            label="Spotify id",
            required=False,
            empty_value=None,
            # Long enough for a link. The model validates the id.
            max_length=300,
            widget=AdminTextInputWidget,
            help_text=f"The id, or a link such as https://open.spotify.com/{kind}/…",
        )

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        link = SPOTIFY_LINK.fullmatch(text) if text else None
        if link is None:
            return text
        if link["kind"] != self.kind:
            raise ValidationError(
                f"This link leads to {_with_article(link['kind'])}. Enter a link to {_with_article(self.kind)}."
            )
        return link["id"]


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


class ArtistForm(ModelForm[Artist]):
    spotify_id = SpotifyIdField("artist")


class TrackForm(ModelForm[Track]):
    spotify_id = SpotifyIdField("track")


class UpcField(forms.CharField):
    """A barcode as it is printed: blanks and hyphens may stand between the digits."""

    def to_python(self, value: Any) -> str:
        return normalise_upc(super().to_python(value) or "")


class ReleaseDateField(forms.CharField):
    """A release date as far as it is known. Its value is the text, which ``parse_release_date`` understands."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=50, help_text="As much as you know: 1983, 1983-05 or 1983-05-12.")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            try:
                parse_release_date(value)
            except ValueError as error:
                raise ValidationError(str(error)) from None


class AlbumForm(ModelForm[Album]):
    """``released`` fills two columns: the first day that the date can mean, and its precision."""

    spotify_id = SpotifyIdField("album")
    upc = UpcField(
        label="UPC",
        required=False,
        # Long enough for the printed form. The model validates the digits.
        max_length=50,
        widget=AdminTextInputWidget,
        help_text="The number of the album’s barcode (UPC or EAN).",
    )
    released = ReleaseDateField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("released", self.instance.released)

    def save(self, commit: bool = True) -> Album:
        text = self.cleaned_data["released"]
        first_day, precision = parse_release_date(text) if text else (None, "")
        self.instance.release_date, self.instance.release_precision = first_day, precision
        return super().save(commit)


# --- Aliases -----------------------------------------------------------------------------------------------------


def _unique_name(alias_model: Any) -> str | None:
    """Return the column that holds the unique name of what the aliases stand for, or None if rows may share a name."""
    return aggregate_of(_target_model(alias_model)).unique_name


def _target_model(alias_model: Any) -> Any:
    return alias_model._meta.get_field("target").related_model


class AliasForm(ModelForm[Any]):
    """An alias of a genre, artist or label. The alias of a genre or label must not be the name of another one."""

    def clean_name(self) -> str:
        name = normalise_name(self.cleaned_data["name"])
        model = type(self.instance)
        if "name" in self.changed_data and (column := _unique_name(model)):
            owners = _target_model(model)._default_manager
            owner = owners.filter(**{column: name}).first()
            if owner is not None and owner.pk == self.instance.target_id:
                raise ValidationError("This is already the name itself.")
            if owner is not None:
                kind = owner._meta.verbose_name
                raise ValidationError(f"The {kind} “{owner}” ({owner.slug}) has this name. Merge the two instead.")
        return name


class IdAliasForm(AliasForm):
    """An alias that has a Spotify id: of an artist, an album or a track."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "spotify_id" in self.fields:
            kind = str(_target_model(type(self.instance))._meta.verbose_name)
            self.fields["spotify_id"] = SpotifyIdField(kind)

    def clean_spotify_id(self) -> str | None:
        spotify_id: str | None = self.cleaned_data["spotify_id"]
        rows = _target_model(type(self.instance))._default_manager
        if spotify_id and (owner := rows.filter(spotify_id=spotify_id).first()):
            raise ValidationError(f"“{owner}” has this Spotify id.")
        return spotify_id


class ArtistAliasForm(IdAliasForm):
    """An alias of an artist. A joint name is the same on the pages of all its artists, so it can only be deleted."""

    def clean_name(self) -> str:
        if "name" in self.changed_data and self.instance.joint_position is not None:
            raise ValidationError(
                "This name stands for several artists. To correct it, delete it on the page of each of them."
            )
        return super().clean_name()


class AliasFormSet(BaseInlineFormSet[Any, Any, AnyModelForm]):
    """Aliases, each only once. The database compares a row with the stored ones, not with the others in the form."""

    def clean(self) -> None:
        super().clean()
        if _unique_name(self.model) is None:
            return
        ignores_case = _unique_name(self.model) == "name_key"
        seen = set()
        for form in self.forms:
            name = form.cleaned_data.get("name") if form not in self.deleted_forms else None
            key = name_key(name) if name and ignores_case else name
            if key in seen:
                form.add_error("name", "This alias is in the list twice.")
            if key:
                seen.add(key)


# --- Rows in an order --------------------------------------------------------------------------------------------


class RowAutocomplete(AutocompleteSelect):
    """An autocomplete box that already has the chosen object, and needs no query for its name."""

    chosen: models.Model | None = None

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        if self.chosen is None or list(value) != [str(self.chosen.pk)]:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, self.chosen.pk, str(self.chosen), True, 0)], 0)]


class OrderedRowForm(ModelForm[Any]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            # The admin wraps the box in its buttons to add and change.
            box = getattr(field.widget, "widget", field.widget)
            if isinstance(box, RowAutocomplete):
                box.chosen = getattr(self.instance, name)


class OrderedRowFormSet(BaseInlineFormSet[Any, Any, AnyModelForm]):
    """Rows with a ``position`` that is unique within their owner.

    The page numbers them 1, 2, 3 …, and the user can type other numbers. A save numbers the rows without gaps in
    that order, and puts rows without a number at the end. Two rows can swap their positions, or what they point at,
    in one save.
    """

    model: type[models.Model]

    def clean(self) -> None:
        super().clean()
        shown = {form.instance.pk for form in self.initial_forms}
        if any(row.pk not in shown for row in self.get_queryset()):
            raise ValidationError(
                "Somebody else has added a row since you opened this page. Reload the page and try again."
            )

    def save(self, commit: bool = True) -> list[models.Model]:
        if not self.has_changed():
            return super().save(commit)
        # Delete each row that will point at something else, and save it again under the same key. Otherwise two rows
        # that swap would break the unique constraint for a moment.
        deleted = [
            form.instance.pk for form in self.initial_forms if form in self.deleted_forms or _points_elsewhere(form)
        ]
        self.model._default_manager.filter(pk__in=deleted).delete()
        next_positions = count(max((row.position for row in self.get_queryset()), default=-1) + 1)
        for form in self.extra_forms:
            form.instance.position = next(next_positions)
        saved = super().save(commit)
        if self.can_order:
            self._number([form.instance for form in sorted(self.ordered_forms, key=_place)])
        return saved

    def _number(self, rows: list[Any]) -> None:
        """Number ``rows`` in this order. They get unused positions first, because each position must be unique."""
        moved = [(place, row) for place, row in enumerate(rows) if row.position != place]
        unused_positions = count(max((row.position for row in rows), default=0) + len(rows))
        for _, row in moved:
            row.position = next(unused_positions)
        self._write_positions(moved)
        for place, row in moved:
            row.position = place
        self._write_positions(moved)

    def _write_positions(self, moved: list[tuple[int, Any]]) -> None:
        self.model._default_manager.bulk_update([row for _, row in moved], ["position"])


def _points_elsewhere(form: AnyModelForm) -> bool:
    return form.has_changed() and not {ORDERING_FIELD_NAME}.issuperset(form.changed_data)


def _place(form: AnyModelForm) -> tuple[float, int]:
    return place_of(form.cleaned_data[ORDERING_FIELD_NAME], form.fields[ORDERING_FIELD_NAME].initial)
