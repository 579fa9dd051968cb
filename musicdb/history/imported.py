"""Which rows an import made and which it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from musicdb.models import Import, SluggedModel
from musicdb.models.aggregates import CATALOGUE, aggregate_of
from musicdb.models.history import CHANGED, CREATED, ChangeType


@dataclass(frozen=True)
class Imported:
    """How many rows of ``model`` an import made and changed, and how many of each are still there."""

    model: type[SluggedModel]
    created: int = 0
    created_left: int = 0
    changed: int = 0
    changed_left: int = 0

    @property
    def gone(self) -> int:
        """How many of the rows were deleted or merged since."""
        return self.created + self.changed - self.created_left - self.changed_left


def keys_of_import(
    model: type[Any], record: int, *, created: bool = True, changed: bool = True
) -> "QuerySet[Any, dict[str, Any]]":
    """Return a subquery for the keys of the rows of ``model`` that the import with the key ``record`` wrote.

    One index holds all that it reads.
    """
    types = [CREATED] * created + [CHANGED] * changed
    return _versions(model, record).filter(history_type__in=types).values("id")


def imported_counts(record: Import) -> Iterator[Imported]:
    """Yield what an import made and changed, model by model. One query a model."""
    for aggregate in CATALOGUE:
        is_left = Exists(aggregate.model._default_manager.filter(pk=OuterRef("id")))
        versions = _versions(aggregate.model, record.pk).values("history_type")
        counts = versions.annotate(rows=Count("pk"), left=Count("pk", filter=is_left))
        by_type = {kind: (rows, left) for kind, rows, left in counts.values_list("history_type", "rows", "left")}
        yield Imported(aggregate.model, *by_type.get(CREATED, (0, 0)), *by_type.get(CHANGED, (0, 0)))


def _versions(model: type[Any], record: int) -> "QuerySet[Any]":
    versions: QuerySet[Any] = aggregate_of(model).versions.order_by()
    return versions.filter(source_import=record, change_type=ChangeType.IMPORT)
