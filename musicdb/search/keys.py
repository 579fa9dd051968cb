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


def outdated_keys(model: type[models.Model]) -> Iterator[tuple[int, str, str]]:
    """Yield primary key, column and name where a key is not that of the name in the column. Reads all rows."""
    fields = key_fields(model)
    for column in dict.fromkeys(field.derived_from for field in fields):
        keys = [field for field in fields if field.derived_from == column]
        rows = model._base_manager.order_by("pk").values_list("pk", column, *(key.name for key in keys))
        for pk, name, *stored in rows.iterator():
            if stored != [key.derive(name) for key in keys]:
                yield pk, column, name


def refresh_keys(model: type[models.Model]) -> int:
    """Write the keys of the rows whose keys are outdated. Return how many names that were."""
    outdated = list(outdated_keys(model))
    for column in {column for _, column, _ in outdated}:
        names: list[Any] = [(name, pk) for pk, of, name in outdated if of == column]
        for batch in in_batches(names):
            # The keys follow from the name.
            update(model, [column], batch)
    return len(outdated)
