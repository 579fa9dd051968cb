"""The forms that ask what to change in all selected rows of a list."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Model

from musicdb.admin.base import is_valid_pk
from musicdb.admin.change_form.forms import ReleaseDateField
from musicdb.admin.generic import ModelChoiceField, ModelMultipleChoiceField
from musicdb.editing import Edit, Members
from musicdb.models import Album, SluggedModel, Track, Visibility
from musicdb.models.aggregates import aggregate_of
from musicdb.models.validators import MAX_INTEGER
from musicdb.music import normalise_name, parse_release_date

MAX_MEMBERS = 50


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or no change."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "No change"), ("yes", "Yes"), ("no", "No")]
        super().__init__(
            choices=choices, coerce=lambda value: value == "yes", empty_value=None, required=False, **kwargs
        )


class _ValidKeys:
    """An autocomplete box that can redisplay a form in which a chosen value is not a key."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        keys = [str(key) for key in value if is_valid_pk(str(key))]
        groups: Any = super().optgroups(name, keys, attr)  # type: ignore[misc]
        _, options, _ = groups[0]
        # In the order in which they were chosen.
        options.sort(key=lambda option: keys.index(str(option["value"])) if str(option["value"]) in keys else -1)
        return groups


class MembersWidget(_ValidKeys, AutocompleteSelectMultiple):
    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["musicdb/in_order.js"])


class MemberWidget(_ValidKeys, AutocompleteSelect):
    pass


class MembersField(ModelMultipleChoiceField[Any]):
    """Some genres, labels or artists, found as the user types. Its value has them in the order of choosing."""

    def __init__(self, owner: type[Model], name: str, **kwargs: Any) -> None:
        model = aggregate_of(owner).child_relation(name).member_model
        widget = MembersWidget(owner._meta.get_field(name), admin.site)
        super().__init__(model._default_manager.all(), required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        if value and len(value) > MAX_MEMBERS:
            raise ValidationError(f"Choose at most {MAX_MEMBERS}.")
        for key in value or ():
            if not is_valid_pk(str(key)):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        found = {row.pk: row for row in super().clean(value)}
        return [found[key] for key in dict.fromkeys(map(int, value or ()))]


class MemberField(ModelChoiceField[Any]):
    """One row, such as an album, found as the user types."""

    def __init__(self, owner: type[Model], name: str, model: type[Model], **kwargs: Any) -> None:
        widget = MemberWidget(owner._meta.get_field(name), admin.site)
        super().__init__(model._default_manager.all(), required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if value and not is_valid_pk(str(value)):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return super().to_python(value)


def _members_fields(model: type[SluggedModel], name: str) -> dict[str, MembersField]:
    """Return the fields by which the members of a many-to-many field are added, removed and replaced."""
    added, order = "", ""
    if aggregate_of(model).child_relation(name).is_ordered:
        added = f"They come after the {name} that the {model._meta.verbose_name} has, in this order."
        order = ", in the order in which you choose them,"
    return {
        f"add_{name}": MembersField(model, name, help_text=added),
        f"remove_{name}": MembersField(model, name),
        f"set_{name}": MembersField(
            model,
            name,
            label=f"Replace {name}",
            help_text=f"These {name}{order} take the place of all others.",
        ),
    }


class BulkEditForm(forms.Form):
    """What to change in the selected rows. A blank field changes nothing.

    ``columns`` names the fields that are columns of the same name, ``clears`` by the name of a checkbox the field that
    it makes blank. ``members`` names the many-to-many fields of ``model``, each of which gets a field to add, one to
    remove and one to replace. ``groups`` are the fields as the page shows them. ``selected`` is the number of rows that
    the page showed.
    """

    model: ClassVar[type[SluggedModel]]
    columns: ClassVar[Sequence[str]] = ()
    members: ClassVar[Sequence[str]] = ()
    clears: ClassVar[Mapping[str, str]] = {}
    groups: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()

    selected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.members:
            self.fields |= _members_fields(self.model, name)

    @property
    def fieldsets(self) -> list[dict[str, Any]]:
        """The groups, each with its title and its fields."""
        groups = self.groups or [("", [field.name for field in self.visible_fields()])]
        return [{"title": title, "visible_fields": [self[name] for name in names]} for title, names in groups]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.members:
            self._clean_members(cleaned, name)
        for clear, name in self.clears.items():
            if cleaned.get(clear) and cleaned.get(name) not in (None, ""):
                self.add_error(clear, f"Either enter a {self[name].label.lower()} or clear it.")
        if not self.errors and not self.edit():
            raise ValidationError("Fill in at least one field. As it stands, nothing would change.")
        return cleaned

    def _clean_members(self, cleaned: dict[str, Any], name: str) -> None:
        add, remove, only = (set(cleaned.get(f"{how}_{name}") or ()) for how in ("add", "remove", "set"))
        if only and (add or remove):
            self.add_error(f"set_{name}", "Use either this field, or the two fields to add and remove.")
        if both := sorted(map(str, add & remove)):
            self.add_error(f"remove_{name}", f"You cannot add and remove the same one: {', '.join(both)}.")

    def edit(self) -> Edit:
        """Return the edit that the cleaned form describes."""
        columns = {name: value for name in self.columns if (value := self.cleaned_data.get(name)) is not None}
        cleared = {name: None for clear, name in self.clears.items() if self.cleaned_data.get(clear)}
        members = {name: found for name in self.members if (found := self._members(name))}
        return Edit({**columns, **cleared}, members)

    def show_selected(self, number: int) -> None:
        """Put ``number`` in the hidden field, for when the form is sent again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["selected"] = number
        self.data = data

    def _members(self, name: str) -> Members | None:
        add, remove, only = (
            [member.pk for member in self.cleaned_data.get(f"{how}_{name}") or ()] for how in ("add", "remove", "set")
        )
        return Members(add, remove, only or None) if add or remove or only else None


class TrackBulkForm(BulkEditForm):
    model = Track
    columns = ["score", "liked", "explicit", "added_at"]
    members = ["genres", "artists"]
    clears = {"no_score": "score", "no_added_at": "added_at"}
    groups = [
        ("Album", ["album", "new_album", "no_album", "no_place"]),
        ("Artists", ["add_artists", "remove_artists", "set_artists"]),
        ("Genres", ["add_genres", "remove_genres", "set_genres"]),
        ("Values", ["liked", "explicit", "explicit_unknown", "score", "no_score", "added_at", "no_added_at"]),
    ]

    album = MemberField(
        Track,
        "album",
        Album,
        label="Move to album",
        help_text="The tracks keep their disc and track numbers. An album that loses its last track stays, and you are "
        "offered to delete it.",
    )
    new_album = forms.CharField(
        label="Or to a new album", required=False, max_length=500, help_text="Its title. The album is made."
    )
    no_album = forms.BooleanField(required=False, label="Take off their album", help_text="Then they have no album.")
    no_place = forms.BooleanField(required=False, label="Clear disc and track number")
    liked = YesNoField()
    explicit = YesNoField()
    explicit_unknown = forms.BooleanField(
        required=False, label="Clear explicit", help_text="Whether it is explicit becomes unknown."
    )
    score = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_INTEGER, help_text="If blank, each track keeps its score."
    )
    no_score = forms.BooleanField(required=False, label="Clear score", help_text="The score becomes unknown.")
    added_at = forms.DateTimeField(
        label="Added", required=False, help_text="A day or a time: 2024-05-12, or 2024-05-12 18:30."
    )
    no_added_at = forms.BooleanField(
        required=False, label="Clear added", help_text="When they were added becomes unknown."
    )

    def clean_new_album(self) -> str:
        return normalise_name(self.cleaned_data["new_album"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if sum(bool(cleaned.get(name)) for name in ("album", "new_album", "no_album")) > 1:
            self.add_error("album", "Choose one: an album, a new album, or none.")
        if cleaned.get("explicit_unknown") and cleaned.get("explicit") is not None:
            self.add_error("explicit_unknown", "Either say whether they are explicit or clear it.")
        return cleaned

    def edit(self) -> Edit:
        edit, cleaned = super().edit(), self.cleaned_data
        columns = dict(edit.columns)
        if cleaned.get("explicit_unknown"):
            columns["explicit"] = None
        if album := cleaned.get("album"):
            columns["album_id"] = album.pk
        if cleaned.get("no_album"):
            columns["album_id"] = None
        if cleaned.get("no_place"):
            columns |= {"disc_number": None, "track_number": None}
        return Edit(columns, edit.members, cleaned.get("new_album") or "")


class VisibilityBulkForm(BulkEditForm):
    columns = ["visibility"]

    visibility = forms.TypedChoiceField(
        choices=[("", "No change"), *Visibility.choices],
        coerce=str,
        empty_value=None,
        required=False,
        help_text="“Automatic” leaves it to the site settings whether there is a page.",
    )


class AlbumBulkForm(BulkEditForm):
    model = Album
    columns = ["album_type"]
    members = ["artists", "labels"]
    clears = {"no_released": "released"}
    groups = [
        ("Values", ["released", "no_released", "album_type"]),
        ("Artists", ["add_artists", "remove_artists", "set_artists"]),
        ("Labels", ["add_labels", "remove_labels", "set_labels"]),
    ]

    released = ReleaseDateField()
    no_released = forms.BooleanField(required=False, label="Clear released", help_text="The date becomes unknown.")
    album_type = forms.TypedChoiceField(
        label="Type",
        choices=[("", "No change"), *Album.Type.choices, ("unknown", "Unknown")],
        coerce=lambda value: "" if value == "unknown" else value,
        empty_value=None,
        required=False,
    )

    def edit(self) -> Edit:
        edit, cleaned = super().edit(), self.cleaned_data
        columns = {name: value for name, value in edit.columns.items() if name != "released"}
        if cleaned.get("no_released"):
            columns |= {"release_date": None, "release_precision": ""}
        elif text := cleaned.get("released"):
            first_day, precision = parse_release_date(text)
            columns |= {"release_date": first_day, "release_precision": precision}
        return Edit(columns, edit.members)
