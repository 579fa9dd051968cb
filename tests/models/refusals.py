"""Check that the database itself refuses a row, whatever the forms say."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction


def refused(row: models.Model) -> None:
    """Check that the database itself refuses to insert ``row``, and that nothing of it is stored."""
    model = type(row)
    before = list(model._default_manager.order_by("pk").values())
    with pytest.raises(IntegrityError), transaction.atomic():
        _insert(row)

    assert list(model._default_manager.order_by("pk").values()) == before


def change_refused(row: models.Model, **values: Any) -> None:
    """Check that the database itself refuses to change ``row`` by both kinds of bulk write, and leaves it unchanged."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    before = rows.values().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row)._default_manager.bulk_update([row], list(values))

    assert rows.values().get() == before


def _insert(row: models.Model) -> None:
    type(row)._default_manager.bulk_create([row])
    # Foreign keys are checked at the end of a transaction, and a test's never ends.
    connection.check_constraints()
