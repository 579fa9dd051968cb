"""An import that the database breaks off: it says why, and changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from musicdb.imports import ImportOptions, ImportRefusedError, run_import
from musicdb.models import Import, Label, Track
from tests.imports.files import as_csv, net_file, net_row


class TestFullDisk:
    pytestmark = [
        # SQLite rolls the whole transaction back, not only a savepoint.
        pytest.mark.django_db(transaction=True),
        pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite can be given a small disk"),
    ]

    def test_it_is_said(self, sqlite_is_full: Any) -> None:
        with sqlite_is_full, pytest.raises(ImportRefusedError) as refused:
            run_import([net_file(*(net_row(number) for number in range(500)))], ImportOptions(), None)
        assert str(refused.value) == (
            "The disk that holds the database is full. Free some space on it, then try again."
        )
        assert not Track.objects.exists()
        assert not Import.objects.exists()

    def test_the_command_adds_that_nothing_was_imported(self, sqlite_is_full: Any, tmp_path: Any) -> None:
        file = tmp_path / "songs.csv"
        file.write_text(as_csv([net_row(number) for number in range(500)]))
        with sqlite_is_full, pytest.raises(CommandError, match=r"is full\. .* Nothing was imported\.$"):
            call_command("importlibrary", str(file))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite an import locks out other writers")
@pytest.mark.django_db(transaction=True)
class TestAnotherWriter:
    """Somebody saves a label after the import has read the labels, and before it writes its own."""

    def make_label(self) -> None:
        Label.objects.create(name="Harbour Light", slug="of-somebody-else")
        connection.close()

    def interfere(self, stage: str, done: int, total: int | None) -> None:
        if stage == "Comparing":
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(self.make_label).result()

    def test_the_import_names_what_is_taken(self) -> None:
        with pytest.raises(ImportRefusedError) as refused:
            run_import([net_file(net_row(1))], ImportOptions(), None, self.interfere)
        assert "Key (name)=(Harbour Light) already exists." in str(refused.value)
        assert not Track.objects.exists()
