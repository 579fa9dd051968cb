"""Find and mend stored keys of names that the code of today would make otherwise.

Every writer keeps the keys. They are outdated after a change of the setting SORT_ARTICLES, or of the rules by which
names are folded.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from musicdb.db import in_batches, update
from musicdb.models.name_keys import key_fields


def keyed_models() -> list[type[models.Model]]:
    """Return the models whose rows have keys of their names."""
    return [model for model in apps.get_models() if key_fields(model)]


def outdated_keys(model: type[models.Model]) -> Iterator[tuple[int, str]]:
    """Yield the primary key and the name of each row of which a key is not that of its name. Reads all rows."""
    fields = key_fields(model)
    rows = model._base_manager.order_by("pk")
    for pk, name, *stored in rows.values_list(
        "pk", fields[0].derived_from, *(field.name for field in fields)
    ).iterator():
        if stored != [field.derive(name) for field in fields]:
            yield pk, name


def refresh_keys(model: type[models.Model]) -> int:
    """Write the keys of the rows whose keys are outdated. Return how many rows that were."""
    rows: list[Any] = list(outdated_keys(model))
    for batch in in_batches(rows):
        # The keys follow from the name.
        update(model, [key_fields(model)[0].derived_from], ((name, pk) for pk, name in batch))
    return len(rows)
