"""The page that confirms a deletion: how many rows of each model are deleted too.

Django lists every one of these rows, and a genre can have 100,000.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.contrib.admin import AdminSite
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from musicdb.db import count_cascade

# A person can still read through so many rows before they delete them.
MAX_LISTED = 100
MAX_NAMED = 500

M = TypeVar("M", bound=Model)
Rows = QuerySet[M] | Sequence[M]
# What ``ModelAdmin.get_deleted_objects`` returns: lines to show, counts by model, missing permissions, protected rows.
DeletedObjects = tuple[list[str], dict[str, int], set[str], list[str]]


def cascade_counts(rows: Rows[M]) -> dict[type[Model], int]:
    """Return how many rows of each model are deleted with ``rows``, which must not be empty."""
    keys = rows.order_by().values("pk") if isinstance(rows, QuerySet) else [row.pk for row in rows]
    return count_cascade(type(rows[0]), keys)


def summarise_deletion(
    rows: Rows[M], counts: Mapping[type[Model], int], request: HttpRequest, site: AdminSite
) -> DeletedObjects:
    """Return what ``ModelAdmin.get_deleted_objects`` returns, with a count of each related model in place of its
    rows."""
    model = type(rows[0])
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    lines = [f"{capfirst(model._meta.verbose_name)}: {row}" for row in rows[:MAX_NAMED]]
    if total > MAX_NAMED:
        lines.append(f"and {total - MAX_NAMED:,} more {model._meta.verbose_name_plural}")
    lines += [f"{capfirst(related._meta.verbose_name)}: {number:,}" for related, number in counts.items()]
    all_counts: dict[type[Model], int] = {model: total, **counts}
    missing_permissions = {
        str(related._meta.verbose_name)
        for related in all_counts
        if site.is_registered(related) and not site.get_model_admin(related).has_delete_permission(request)
    }
    return (
        lines,
        {str(related._meta.verbose_name_plural): number for related, number in all_counts.items()},
        missing_permissions,
        [],
    )
