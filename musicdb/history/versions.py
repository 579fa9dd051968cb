"""Find versions of rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from musicdb.models.aggregates import Aggregate
from musicdb.models.history import CREATED, DELETED


def versions_before(aggregate: Aggregate, keys: Iterable[int]) -> dict[int, Any]:
    """Return, by the key of its row, the version before each of the versions that have ``keys``. Two queries.

    A row that has none is missing. ``keys`` are those of a batch.
    """
    versions = aggregate.versions
    earlier = versions.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).exclude(history_type=DELETED)
    before = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    found = versions.filter(history_id__in=list(keys)).order_by().values_list(before, flat=True)
    return {version.id: version for version in versions.in_bulk([key for key in found if key is not None]).values()}


def last_versions(model: Any, keys: Iterable[int]) -> dict[int, Any]:
    """Return the last version of each row by the key of the row, with the change that it belongs to. One query."""
    if not (wanted := list(keys)):
        return {}
    last = model.history.filter(id__in=wanted).order_by().values("id").annotate(last=Max("history_id"))
    versions = model.history.filter(history_id__in=last.values("last")).select_related("grouped_change")
    return {version.id: version for version in versions}


def created_at(row: Any) -> datetime | None:
    """Return when ``row`` was created, None if its history does not say. One query."""
    created = row.history.filter(history_type=CREATED).order_by("history_id")
    when: datetime | None = created.values_list("history_date", flat=True).first()
    return when
