"""What goes with rows that are deleted, in numbers: Django lists every row of it, of which a genre can have 100,000."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from musicdb.db.cascades import count_cascade

# So many can be read through before something is deleted.
MAX_LISTED = 100
THINGS_SHOWN = 20

Things = QuerySet[Any] | Sequence[Any]


def what_goes_with(things: Things) -> dict[type[models.Model], int]:
    """Return how many rows of which models go with ``things``: rows of one model, and at least one."""
    keys = things.order_by().values("pk") if isinstance(things, QuerySet) else [thing.pk for thing in things]
    return count_cascade(type(things[0]), keys)


def summary(
    things: Things, counts: dict[type[models.Model], int], request: HttpRequest, site: AdminSite
) -> tuple[list[str], dict[str, int], set[str], list[str]]:
    """Return what ``ModelAdmin.get_deleted_objects`` does, with numbers for what that would list row by row."""
    model = type(things[0])
    total = things.count() if isinstance(things, QuerySet) else len(things)
    lines = [f"{capfirst(model._meta.verbose_name)}: {thing}" for thing in things[:THINGS_SHOWN]]
    if total > THINGS_SHOWN:
        lines.append(f"and {total - THINGS_SHOWN:,} more {model._meta.verbose_name_plural}")
    lines += [f"{capfirst(related._meta.verbose_name)}: {number:,}" for related, number in counts.items()]
    all_counts = {model: total, **counts}
    lacking = {
        str(related._meta.verbose_name)
        for related in all_counts
        if site.is_registered(related) and not site.get_model_admin(related).has_delete_permission(request)
    }
    return lines, {str(related._meta.verbose_name_plural): n for related, n in all_counts.items()}, lacking, []
