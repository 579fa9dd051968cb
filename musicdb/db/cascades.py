"""What goes with rows that are deleted: counted before, while there is time to think."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.deletion import CASCADE, get_candidate_relations_to_delete


def count_cascade(model: type[models.Model], keys: Any) -> dict[type[models.Model], int]:
    """Return how many rows of which models go with those of ``model`` by ``CASCADE``, and so on from there.

    ``keys``: their primary keys, or a query for them. One query a model.
    """
    going: dict[type[models.Model], Q] = {}
    _follow(model, keys, going)
    counts = {related: related._base_manager.filter(condition).count() for related, condition in going.items()}
    return {related: number for related, number in counts.items() if number}


def _follow(model: type[models.Model], keys: Any, going: dict[type[models.Model], Q]) -> None:
    """Add to ``going`` which rows of other models go with those of ``model`` that have ``keys``."""
    relations: Any = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        if relation.on_delete is CASCADE:
            related, condition = relation.related_model, Q(**{f"{relation.field.name}__in": keys})
            going[related] = going.get(related, Q()) | condition
            _follow(related, related._base_manager.filter(condition).order_by().values("pk"), going)
