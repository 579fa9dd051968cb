"""Count what a deletion would delete as well, before it does."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.deletion import CASCADE, PROTECT, RESTRICT, get_candidate_relations_to_delete


def count_cascade(model: type[models.Model], keys: Any) -> dict[type[models.Model], int]:
    """Return how many rows of each other model are deleted with these rows of ``model``, through all cascades.

    ``keys`` are primary keys, or a query for them. One query a model.
    """
    going: dict[type[models.Model], Q] = {}
    _follow(model, keys, going)
    counts = {related: related._base_manager.filter(condition).count() for related, condition in going.items()}
    return {related: number for related, number in counts.items() if number}


def tables_that_need(model: type[models.Model]) -> Iterator[tuple[Any, str]]:
    """Yield each model, with its foreign key, whose rows go with a row of ``model`` or do not let it go."""
    relations: Any = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        if relation.on_delete in (CASCADE, PROTECT, RESTRICT):
            yield relation.related_model, relation.field.name


def _follow(model: type[models.Model], keys: Any, going: dict[type[models.Model], Q]) -> None:
    """Add to ``going`` the conditions for the rows that are deleted with the rows that have ``keys``."""
    relations: Any = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        if relation.on_delete is CASCADE:
            related, condition = relation.related_model, Q(**{f"{relation.field.name}__in": keys})
            going[related] = going.get(related, Q()) | condition
            _follow(related, related._base_manager.filter(condition).order_by().values("pk"), going)
