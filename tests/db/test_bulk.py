"""Bulk writes raise the errors that Django raises, whichever way the database reads the rows."""

import pytest
from django.db import IntegrityError, transaction

from musicdb.db import insert, update
from musicdb.models import Label

pytestmark = pytest.mark.django_db
FIELDS = ["name", "slug", "visibility"]


def test_rows_are_inserted_in_batches() -> None:
    insert(Label, FIELDS, ((f"Label {number}", str(number), "automatic") for number in range(10_001)))
    assert Label.objects.count() == 10_001


def test_a_row_that_breaks_a_constraint_raises_djangos_error() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Label, FIELDS, [("One", "one", "automatic"), ("One", "two", "automatic")])
    assert not Label.objects.exists()


def test_so_does_an_update() -> None:
    insert(Label, FIELDS, [("One", "one", "automatic"), ("Two", "two", "automatic")])
    key = Label.objects.get(slug="two").pk
    with pytest.raises(IntegrityError), transaction.atomic():
        update(Label, ["name"], [("One", key)])
    assert Label.objects.get(pk=key).name == "Two"
