"""Columns that are edited in the list, by several at once: what somebody else has changed is not written over."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from musicdb.admin.base import CatalogueAdmin


class RowForm(forms.ModelForm):
    """A row of the list. It carries along what the page showed, so that what changed meanwhile is noticed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not the key, which the formset adds.
        self._columns = list(self.fields)
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            # Which column it is in, and which row, only eyes can tell.
            field.widget.attrs["aria-label"] = f"{field.label or name} of {self.instance}"

    @cached_property
    def changed_data(self) -> list[str]:
        """What the editor changed and is not so already: with what the page showed, somebody else may have agreed."""
        return [
            name for name in super().changed_data if self.fields[name].has_changed(self[name].initial, self[name].data)
        ]

    @cached_property
    def conflicting(self) -> list[str]:
        """What the editor changed and somebody else has changed, to something else, since the page was shown."""
        return [name for name in self.changed_data if self._shown(name) != self[name].initial]

    def _shown(self, name: str) -> Any:
        box = self[name]
        try:
            return box.field.to_python(self.data.get(box.html_initial_name))
        except ValidationError:
            return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self._columns:
            if name not in self.changed_data:
                # What the editor left alone stays as it is now, and not as the page showed it.
                cleaned[name] = self[name].initial
        if self.conflicting:
            # Whoever sends the page again has seen it.
            data = self.data.copy()  # type: ignore[attr-defined]
            for name in self.conflicting:
                now = self[name].initial
                data[self[name].html_initial_name] = "" if now is None else str(now)
                self.add_error(name, f"Somebody else has just set this to {_in_words(now)}.")
            self.data = data
        return cleaned


class _RowField(forms.ModelChoiceField):
    """The key of a row that the formset has read, with all others, in one query."""

    def __init__(self, known: Mapping[Any, Any], **kwargs: Any) -> None:
        self.known = known
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return self.known[int(value)]
        except (KeyError, TypeError, ValueError):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class RowFormSet(forms.BaseModelFormSet):
    def __init__(self, data: Any = None, *args: Any, queryset: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        if data is not None and queryset is not None:
            # Nobody else changes them between this look and what is then written.
            queryset = queryset.order_by("pk").select_for_update(of=("self",))
        super().__init__(data, *args, queryset=queryset, **kwargs)  # type: ignore[misc]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        key = self.model._meta.pk.name  # type: ignore[union-attr]
        if form.is_bound:
            field = form.fields[key]
            known = {row.pk: row for row in self.get_queryset()}
            form.fields[key] = _RowField(
                known, queryset=field.queryset, initial=field.initial, required=False, widget=field.widget
            )

    def clean(self) -> None:
        super().clean()
        forms: Sequence[Any] = self.forms
        if conflicting := sum(bool(form.conflicting) for form in forms):
            things = "row was" if conflicting == 1 else "rows were"
            raise ValidationError(
                f"{conflicting} {things} changed by somebody else since this page was shown, and nothing was saved. "
                "Look at what is marked below: if you save again, yours is what counts."
            )

    @property
    def gone(self) -> int:
        """How many rows of the page have been deleted since it was shown."""
        return sum(form.instance.pk is None for form in self.initial_forms)


class ListEditingAdmin(CatalogueAdmin):
    """A list with ``list_editable`` columns that are safe to edit by several at once."""

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> type[forms.BaseModelFormSet]:
        return super().get_changelist_formset(request, **{"formset": RowFormSet, **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if isinstance(form, RowForm):
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            response = super().changelist_view(request, extra_context)
        if not isinstance(response, TemplateResponse) or response.context_data is None:
            return response
        return self._shown_again(request, response)

    def _shown_again(self, request: HttpRequest, response: TemplateResponse) -> HttpResponse:
        """Show what was typed beside the rows that it was typed for, wherever the list has them by now."""
        changelist = response.context_data["cl"]  # type: ignore[index]
        formset = changelist.formset
        if gone := formset.gone:
            said = f"{gone} of these rows {'was' if gone == 1 else 'were'} deleted since the page was shown."
            self.message_user(request, f"{said} Nothing was saved: this is the list as it is now.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        keys = [form.instance.pk for form in formset.initial_forms]
        rows = changelist.apply_select_related(changelist.root_queryset.filter(pk__in=keys))
        by_key = rows.prefetch_related(*self.list_prefetch_related).in_bulk()
        changelist.result_list = [by_key[key] for key in keys]
        return response


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "blank" if value in (None, "") else f"“{value}”"
