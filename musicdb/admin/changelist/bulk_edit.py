"""The action *Edit selected …*: a page that asks what to change in all selected rows."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from musicdb.admin.base import CatalogueAdmin, M, current_user, is_valid_pk
from musicdb.admin.generic import ModelMultipleChoiceField
from musicdb.editing import BulkEditError, Edit, Members, bulk_edit
from musicdb.models import Album, Genre, Label, Track, Visibility
from musicdb.models.validators import MAX_INTEGER

MAX_ROWS_NAMED = 5
MAX_MEMBERS = 50


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or no change."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "No change"), ("yes", "Yes"), ("no", "No")]
        super().__init__(
            choices=choices, coerce=lambda value: value == "yes", empty_value=None, required=False, **kwargs
        )


class MembersWidget(AutocompleteSelectMultiple):
    """An autocomplete box that can redisplay a form in which a chosen value is not a key."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        keys = [key for key in value if is_valid_pk(str(key))]
        return super().optgroups(name, keys, attr)


class MembersField(ModelMultipleChoiceField[Any]):
    """Some genres or labels, found as the user types."""

    def __init__(self, owner: type[Model], name: str, model: type[Model], **kwargs: Any) -> None:
        widget = MembersWidget(owner._meta.get_field(name), admin.site)
        super().__init__(model._default_manager.all(), required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        if value and len(value) > MAX_MEMBERS:
            raise ValidationError(f"Choose at most {MAX_MEMBERS}.")
        for key in value or ():
            if not is_valid_pk(str(key)):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return super().clean(value)


class BulkEditForm(forms.Form):
    """What to change in the selected rows. A blank field changes nothing.

    ``columns`` names the fields that are columns of the same name, ``members`` the many-to-many field. ``selected`` is
    the number of rows that the page showed.
    """

    columns: ClassVar[Sequence[str]] = ()
    members: ClassVar[str] = ""

    selected = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.members:
            self._clean_members(cleaned)
        if not self.errors and not self.edit():
            raise ValidationError("Fill in at least one field. As it stands, nothing would change.")
        return cleaned

    def _clean_members(self, cleaned: dict[str, Any]) -> None:
        add, remove, only = (set(cleaned.get(f"{how}_{self.members}") or ()) for how in ("add", "remove", "set"))
        if only and (add or remove):
            self.add_error(f"set_{self.members}", "Use either this field, or the two fields to add and remove.")
        if both := sorted(map(str, add & remove)):
            self.add_error(f"remove_{self.members}", f"You cannot add and remove the same one: {', '.join(both)}.")

    def edit(self) -> Edit:
        """Return the edit that the cleaned form describes."""
        columns = {name: value for name in self.columns if (value := self.cleaned_data.get(name)) is not None}
        return Edit(columns, self._members())

    def show_selected(self, number: int) -> None:
        """Put ``number`` in the hidden field, for when the form is sent again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["selected"] = number
        self.data = data

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
    set_genres = MembersField(
        Track, "genres", Genre, label="Replace genres", help_text="These genres take the place of all others."
    )
    liked = YesNoField()
    score = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_INTEGER, help_text="If blank, each track keeps its score."
    )
    no_score = forms.BooleanField(required=False, label="Clear score", help_text="The score becomes unknown.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("no_score") and cleaned.get("score") is not None:
            self.add_error("no_score", "Either enter a score or clear it.")
        return cleaned

    def edit(self) -> Edit:
        edit = super().edit()
        if not self.cleaned_data.get("no_score"):
            return edit
        return Edit({**edit.columns, "score": None}, edit.members)


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
    members = "labels"

    add_labels = MembersField(Album, "labels", Label, help_text="They come after the labels that the album has.")
    remove_labels = MembersField(Album, "labels", Label)
    set_labels = MembersField(
        Album,
        "labels",
        Label,
        label="Replace labels",
        help_text="These labels, sorted by name, take the place of all others.",
    )


class BulkEditAdmin(CatalogueAdmin[M]):
    """A list with the action *Edit selected …*."""

    bulk_edit_form: ClassVar[type[BulkEditForm]]
    actions: Any = ["bulk_edit_selected"]

    @admin.action(description="Edit selected %(verbose_name_plural)s …", permissions=["change"])
    def bulk_edit_selected(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse | None:
        """Show the form. If it was sent, edit the rows and return to the list with its filters."""
        number = queryset.count()
        is_sent = "apply" in request.POST
        form = self.bulk_edit_form(request.POST if is_sent else None, initial={"selected": number})
        if is_sent and form.is_valid():
            if form.cleaned_data["selected"] == number:
                return self._apply(request, queryset, number, form)
            form.show_selected(number)
            form.add_error(
                None,
                f"Your selection has changed. It is now {number:,} {model_ngettext(self.opts, number)}. Check it, then "
                "send this form again.",
            )
        return self._ask(request, queryset, number, form)

    def _apply(
        self, request: HttpRequest, queryset: QuerySet[M], number: int, form: BulkEditForm
    ) -> HttpResponse | None:
        try:
            changed = bulk_edit(queryset, form.edit(), current_user(request))
        except BulkEditError as error:
            form.add_error(None, str(error))
            return self._ask(request, queryset, number, form)
        if changed:
            unchanged = f"; {number - changed:,} already matched" if number > changed else ""
            message = f"Changed {changed:,} {model_ngettext(self.opts, changed)}{unchanged}."
            self.message_user(request, message, messages.SUCCESS)
        else:
            self.message_user(request, "Nothing changed: everything you selected already matched.", messages.INFO)
        return None

    def _ask(self, request: HttpRequest, queryset: QuerySet[M], number: int, form: BulkEditForm) -> HttpResponse:
        selects_all = request.POST.get("select_across", "0") == "1"
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        named = [str(row) for row in queryset[:MAX_ROWS_NAMED]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Edit {number:,} {model_ngettext(self.opts, number)}",
            "media": self.media + form.media,
            "form": form,
            "number": number,
            "named": named,
            "more": number - len(named),
            "selects_all": selects_all,
            # If the user selected all that the filter finds, Django needs any one key to run the action.
            "selected": selected[:1] if selects_all else selected,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/musicdb/bulk_edit.html", context)
