"""Many rows of a list edited alike: a page asks what to change, and how many it would be."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from musicdb.admin.base import CatalogueAdmin, is_valid_pk
from musicdb.editing.bulk_edit import BulkEditError, Edit, Members, bulk_edit
from musicdb.models import Album, Genre, Label, Track
from musicdb.models.validators import MAX_INTEGER

ROWS_NAMED = 5
MAX_MEMBERS = 50


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or neither: leave it as it is."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "Leave as it is"), ("yes", "Yes"), ("no", "No")]
        super().__init__(
            choices=choices, coerce=lambda value: value == "yes", empty_value=None, required=False, **kwargs
        )


class MembersBox(AutocompleteSelectMultiple):
    """One that shows a form again in which something was chosen that is no key at all."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        keys = [key for key in value if is_valid_pk(str(key))]
        return super().optgroups(name, keys, attr)


class MembersField(forms.ModelMultipleChoiceField):
    """Some genres or labels, looked up as one types."""

    def __init__(self, owner: type[models.Model], name: str, model: type[models.Model], **kwargs: Any) -> None:
        widget = MembersBox(owner._meta.get_field(name), admin.site)
        super().__init__(model._default_manager.all(), required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        if value and len(value) > MAX_MEMBERS:
            raise ValidationError(f"Choose at most {MAX_MEMBERS}.")
        for key in value or ():
            if not is_valid_pk(str(key)):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return super().clean(value)


class BulkEditForm(forms.Form):
    """What to change in many rows. A field that is left blank leaves its column as it is.

    ``columns`` names the fields that are columns of the same name. ``selected`` is how many rows the page said.
    """

    columns: ClassVar[Sequence[str]] = ()
    members: ClassVar[str] = ""

    selected = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.members:
            self._clean_members(cleaned)
        if not self.errors and not self.edit():
            raise ValidationError("Nothing would change: every field is left as it is.")
        return cleaned

    def _clean_members(self, cleaned: dict[str, Any]) -> None:
        add, remove, only = (set(cleaned.get(f"{how}_{self.members}") or ()) for how in ("add", "remove", "set"))
        if only and (add or remove):
            self.add_error(f"set_{self.members}", "Either say which there are from now on, or which to add and remove.")
        if both := sorted(map(str, add & remove)):
            self.add_error(f"remove_{self.members}", f"To add and to remove at once: {', '.join(both)}.")

    def edit(self) -> Edit:
        """Return what the form asks for, once it is clean."""
        columns = {name: value for name in self.columns if (value := self.cleaned_data.get(name)) is not None}
        return Edit(columns, self._members())

    def _members(self) -> dict[str, Members]:
        if not self.members:
            return {}
        add, remove, only = (
            [member.pk for member in self.cleaned_data.get(f"{how}_{self.members}") or ()]
            for how in ("add", "remove", "set")
        )
        return {self.members: Members(add, remove, only or None)} if add or remove or only else {}


class TrackBulkForm(BulkEditForm):
    columns = ["score", "liked"]
    members = "genres"

    add_genres = MembersField(Track, "genres", Genre)
    remove_genres = MembersField(Track, "genres", Genre)
    set_genres = MembersField(Track, "genres", Genre, label="Only these genres", help_text="In place of all others.")
    liked = YesNoField()
    score = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_INTEGER, help_text="Left blank, each keeps its own."
    )
    no_score = forms.BooleanField(required=False, label="Score unknown", help_text="Take the score away.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("no_score") and cleaned.get("score") is not None:
            self.add_error("no_score", "Either give a score or take it away.")
        return cleaned

    def edit(self) -> Edit:
        edit = super().edit()
        if not self.cleaned_data.get("no_score"):
            return edit
        return Edit({**edit.columns, "score": None}, edit.members)


class PublicBulkForm(BulkEditForm):
    columns = ["is_public"]

    is_public = YesNoField(label="Public", help_text="Has a page, and is linked wherever the name is shown.")


class AlbumBulkForm(BulkEditForm):
    members = "labels"

    add_labels = MembersField(Album, "labels", Label, help_text="After those that an album has.")
    remove_labels = MembersField(Album, "labels", Label)
    set_labels = MembersField(
        Album,
        "labels",
        Label,
        label="Only these labels",
        help_text="In place of all others, by name.",
    )


class BulkEditAdmin(CatalogueAdmin):
    bulk_edit_form: ClassVar[type[BulkEditForm]]
    actions: Any = ["bulk_edit_selected"]

    @admin.action(description="Edit selected %(verbose_name_plural)s …", permissions=["change"])
    def bulk_edit_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask what to change; asked again with that, change it and go back to the list as it was filtered."""
        number = queryset.count()
        applying = "apply" in request.POST
        form = self.bulk_edit_form(request.POST if applying else None, initial={"selected": number})
        if applying and form.is_valid():
            if form.cleaned_data["selected"] == number:
                return self._apply(request, queryset, number, form)
            data = form.data.copy()  # type: ignore[attr-defined]
            data["selected"] = number
            form.data = data
            form.add_error(None, f"Meanwhile others are selected: it would be {number:,} now. Look again.")
        return self._ask(request, queryset, number, form)

    def _apply(
        self, request: HttpRequest, queryset: QuerySet[Any], number: int, form: BulkEditForm
    ) -> HttpResponse | None:
        try:
            changed = bulk_edit(queryset, form.edit(), request.user)  # type: ignore[arg-type]
        except BulkEditError as error:
            form.add_error(None, str(error))
            return self._ask(request, queryset, number, form)
        if changed:
            others = (
                f"; {number - changed:,} {'was' if number - changed == 1 else 'were'} so already"
                if number > changed
                else ""
            )
            said = f"Changed {changed:,} {model_ngettext(self.opts, changed)}{others}."
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, "All that you selected were so already.", messages.INFO)
        return None

    def _ask(self, request: HttpRequest, queryset: QuerySet[Any], number: int, form: BulkEditForm) -> HttpResponse:
        across = request.POST.get("select_across", "0") == "1"
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        named = [str(row) for row in queryset[:ROWS_NAMED]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Edit {number:,} {model_ngettext(self.opts, number)}",
            "media": self.media + form.media,
            "form": form,
            "number": number,
            "named": named,
            "more": number - len(named),
            "across": across,
            # Of all that a filter finds, one stands for the selection.
            "selected": selected[:1] if across else selected,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/musicdb/bulk_edit.html", context)
