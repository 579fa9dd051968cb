"""Editing columns in the list itself. If somebody else has changed a value since the page was shown, the user is asked
before their value overwrites it."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from musicdb.admin.base import CatalogueAdmin, M
from musicdb.admin.change_form.together import BUSY
from musicdb.admin.generic import AnyModelForm, BaseModelFormSet, ModelChoiceField, ModelForm
from musicdb.db import repeatable_read
from musicdb.db.errors import FailureKind, classify

ROW_PREFIX = re.compile(r"form-\d+-")
# Why a list that somebody saves is shown again.
_refused: "WeakKeyDictionary[HttpRequest, str]" = WeakKeyDictionary()


class RowForm(ModelForm[Any]):
    """A row of the list. It also sends the values that the page showed, which reveals a change by somebody else."""

    fields: dict[str, Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The formset adds the key later.
        self._columns = list(self.fields)
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            # A screen reader does not see which column and row the box is in.
            field.widget.attrs["aria-label"] = f"{field.label or name} of {self.instance}"

    @cached_property
    def changed_data(self) -> list[str]:
        """The columns that the user changed to a value that is not stored already."""
        return [
            name for name in super().changed_data if self.fields[name].has_changed(self[name].initial, self[name].data)
        ]

    @cached_property
    def conflicting(self) -> list[str]:
        """The columns that the user changed and somebody else has set to another value since the page was shown."""
        return [name for name in self.changed_data if self._shown_value(name) != self[name].initial]

    def _shown_value(self, name: str) -> Any:
        box = self[name]
        try:
            return box.field.to_python(self.data.get(box.html_initial_name))
        except ValidationError:
            return None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self._columns:
            if name not in self.changed_data:
                # Keep what is stored now, not what the page showed.
                cleaned[name] = self[name].initial
        if self.conflicting:
            # The page now shows the new value. If the user sends it again, they have seen it.
            data = self.data.copy()  # type: ignore[attr-defined]
            for name in self.conflicting:
                stored = self[name].initial
                data[self[name].html_initial_name] = "" if stored is None else str(stored)
                self.add_error(name, f"Somebody else has just set this to {format_value(stored)}.")
            self.data = data
        return cleaned


class _RowField(ModelChoiceField[Any]):
    """The key of a row. The formset has read all rows in one query, so this field needs none."""

    def __init__(self, rows: Mapping[Any, Model], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return self.rows[int(value)]
        except (KeyError, TypeError, ValueError):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class RowFormSet(BaseModelFormSet[Any, RowForm]):
    # Why the list is not saved, even where it is valid.
    refusal = ""

    def __init__(self, data: Any = None, *args: Any, queryset: QuerySet[Any] | None = None, **kwargs: Any) -> None:
        if data is not None and queryset is not None:
            # Lock the rows, so that nobody changes them between the comparison and the save.
            queryset = queryset.order_by("pk").select_for_update(of=("self",))
        super().__init__(data, *args, queryset=queryset, **kwargs)  # type: ignore[misc]

    def add_fields(self, form: RowForm, index: int | None) -> None:
        super().add_fields(form, index)
        key = self.model._meta.pk.name  # type: ignore[union-attr]
        if form.is_bound:
            field: Any = form.fields[key]
            rows = {row.pk: row for row in self.get_queryset()}
            form.fields[key] = _RowField(
                rows, queryset=field.queryset, initial=field.initial, required=False, widget=field.widget
            )

    def without_deleted(self) -> QueryDict:
        """Return what was sent, without the rows that somebody else has deleted."""
        sent: Any = self.data
        kept = [number for number, form in enumerate(self.initial_forms) if form.instance.pk is not None]
        places = {f"{self.prefix}-{number}-": f"{self.prefix}-{place}-" for place, number in enumerate(kept)}
        data = QueryDict(mutable=True)
        for name, values in sent.lists():
            start = ROW_PREFIX.match(name)
            if start is None:
                data.setlist(name, values)
            elif (row := start[0]) in places:
                data.setlist(places[row] + name.removeprefix(row), values)
        data[f"{self.prefix}-TOTAL_FORMS"] = data[f"{self.prefix}-INITIAL_FORMS"] = str(len(kept))
        return data

    def clean(self) -> None:
        super().clean()
        if self.refusal:
            raise ValidationError(self.refusal)
        if number := sum(bool(form.conflicting) for form in self.forms):
            rows = "1 row" if number == 1 else f"{number} rows"
            raise ValidationError(
                f"Nothing was saved, because somebody else has changed {rows} since you opened this page. Check the "
                "marked values below. If you save again, yours replace theirs."
            )

    @property
    def deleted_since_shown(self) -> int:
        """The number of rows on the page that somebody else has deleted."""
        return sum(form.instance.pk is None for form in self.initial_forms)


class ListEditingAdmin(CatalogueAdmin[M]):
    """A list with ``list_editable`` columns that several users can edit at the same time."""

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[AnyModelForm]:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        formset = super().get_changelist_formset(request, **{"formset": RowFormSet, **kwargs})
        return type(formset.__name__, (formset,), {"refusal": _refused.get(request, "")})

    def save_model(self, request: HttpRequest, obj: M, form: AnyModelForm, change: bool) -> None:
        if isinstance(form, RowForm):
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        try:
            with transaction.atomic():
                return self._save_list(request, extra_context)
        except DatabaseError as error:
            if classify(error) is not FailureKind.BUSY:
                raise
        _refused[request] = BUSY
        with repeatable_read():
            return self._save_list(request, extra_context)

    def _save_list(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        """Save the list, or show it again with what was typed. Must run in a transaction."""
        response = super().changelist_view(request, extra_context)
        if not isinstance(response, TemplateResponse) or response.context_data is None:
            return response
        changelist = response.context_data["cl"]
        if (deleted := changelist.formset.deleted_since_shown) and request not in _refused:
            rows = "1 of these rows" if deleted == 1 else f"{deleted} of these rows"
            reason = f"Nothing was saved, because somebody else has deleted {rows}."
            if deleted == len(changelist.formset.initial_forms):
                self.message_user(request, f"{reason} This is the list as it is now.", messages.ERROR)
                return HttpResponseRedirect(request.get_full_path())
            _refused[request] = f"{reason} What you typed for the others is below."
            request.POST = changelist.formset.without_deleted()
            return self._save_list(request, extra_context)
        return self._redisplay(response, changelist)

    def _redisplay(self, response: TemplateResponse, changelist: Any) -> HttpResponse:
        """Show each typed value beside its row, even if the rows are now in another order."""
        keys = [form.instance.pk for form in changelist.formset.initial_forms]
        rows = changelist.apply_select_related(changelist.root_queryset.filter(pk__in=keys))
        by_key = rows.prefetch_related(*self.list_prefetch_related).in_bulk()
        changelist.result_list = [by_key[key] for key in keys]
        return response


def format_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "blank" if value in (None, "") else f"“{value}”"
