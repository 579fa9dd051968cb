"""The box of a change form that keeps the name which somebody replaces as an alias. It is ticked unless one says no."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from musicdb.admin.base import CatalogueAdmin, M
from musicdb.admin.generic import AnyModelForm
from musicdb.models.former_names import keep_former_name, keeps_former_names

BOX = "keep_former_name"
# In the cleaned data of a form: the name that the row had.
FORMER = "former_name"


class _Box(forms.BooleanField):
    def has_changed(self, initial: Any, data: Any) -> bool:
        # It says how to save, and is no value of the row.
        return False


def _box(kind: str) -> _Box:
    return _Box(
        label="Keep the old name as an alias",
        required=False,
        initial=True,
        help_text=f"Where the name changes, searches and imports then still find the {kind} by the old one.",
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
            box = _box(str(self.opts.verbose_name))
            kwargs.setdefault("form", type(self.form.__name__, (self.form,), {BOX: box}))
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: AnyModelForm, change: bool) -> None:
        if form.cleaned_data.get(BOX):
            name_field = self.model.slug_source  # type: ignore[attr-defined]
            stored = self.model._default_manager.filter(pk=obj.pk).values_list(name_field, flat=True)
            if name_field in form.changed_data:
                form.cleaned_data[FORMER] = stored.first()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: AnyModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if (former := form.cleaned_data.get(FORMER)) and (refused := keep_former_name(form.instance, former)):
            self.message_user(request, refused, messages.WARNING)
