"""The filter of a list by an import. Links of the import's page set it; other lists do not show it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from musicdb import history
from musicdb.admin.base import is_valid_pk
from musicdb.models import Import

PARAMETER = "import"
CREATED, CHANGED = "created", "changed"


class ImportFilter(admin.SimpleListFilter):
    """Rows that an import made, changed, or either: "12-created", "12-changed" or "12"."""

    title = "import"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if self.value() is None:
            return []
        record = self._parsed[0]
        if request.user.has_perm("musicdb.view_import"):
            name = Import.objects.filter(pk=record).values_list("file_name", flat=True).first()
            self.title = f"import of {name}" if name else self.title
        return [
            (str(record), "Made or changed by it"),
            (f"{record}-{CREATED}", "Made by it"),
            (f"{record}-{CHANGED}", "Changed by it"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        record, part = self._parsed
        keys = history.keys_of_import(queryset.model, record, created=part != CHANGED, changed=part != CREATED)
        return queryset.filter(pk__in=keys)

    @property
    def _parsed(self) -> tuple[int, str]:
        number, _, part = (self.value() or "").partition("-")
        if not is_valid_pk(number) or part not in ("", CREATED, CHANGED):
            raise IncorrectLookupParameters
        return int(number), part


def imported_url(model: type[Any], record: Import, part: str) -> str:
    """Return the address of the list of the rows of ``model`` that an import made (CREATED) or changed (CHANGED)."""
    query = {PARAMETER: f"{record.pk}-{part}"}
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=query)
