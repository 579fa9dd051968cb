"""The box of a change form that keeps the name or id which somebody replaces as an alias. It is ticked by default."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.text import get_text_list

from musicdb.admin.base import CatalogueAdmin, M
from musicdb.admin.generic import AnyModelForm
from musicdb.models.former_names import keeps_former_names
from musicdb.models.former_values import id_columns, identity, keep_former_values

BOX = "keep_former_name"
# In the cleaned data of a form: the name and the ids that the row had.
FORMER = "former_values"


class _Box(forms.BooleanField):
    def has_changed(self, initial: Any, data: Any) -> bool:
        # It says how to save, and is no value of the row.
        return False


def _identifying(model: Any) -> list[str]:
    """Return the columns of a row by which it is found, the name first."""
    return [model.slug_source, *id_columns(model)]


def _box(model: Any) -> _Box:
    names = [str(model._meta.get_field(column).verbose_name) for column in _identifying(model)]
    kind = model._meta.verbose_name
    return _Box(
        label=f"Keep the old {get_text_list(names, 'or')} as an alias",
        required=False,
        initial=True,
        help_text=f"Where it changes, searches and imports then still find the {kind} by the old one.",
    )


class FormerNamesAdmin(CatalogueAdmin[M]):
    """Rows that can have aliases, and offer the box where a row is changed."""

    def _offers_box(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and keeps_former_names(self.model) and self.has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: M | None = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)
        if not self._offers_box(request, obj):
            return fieldsets
        (title, options), *others = fieldsets
        name, *fields = options["fields"]
        return [(title, {**options, "fields": [name, BOX, *fields]}), *others]

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        if self._offers_box(request, obj):
            kwargs.setdefault("form", type(self.form.__name__, (self.form,), {BOX: _box(self.model)}))
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: AnyModelForm, change: bool) -> None:
        if form.cleaned_data.get(BOX) and not set(form.changed_data).isdisjoint(_identifying(self.model)):
            form.cleaned_data[FORMER] = identity(self.model._default_manager.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: AnyModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if former := form.cleaned_data.get(FORMER):
            for refused in keep_former_values(self.model, {form.instance.pk: former}):
                self.message_user(request, refused, messages.WARNING)
