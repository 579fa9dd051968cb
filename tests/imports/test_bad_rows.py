"""A row that cannot be imported is in the file of bad rows before anything is committed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.transaction import Atomic

from musicdb.imports import ImportOptions, ImportRefusedError, run_import
from musicdb.models import Import, Track
from tests.imports.files import net_file, net_row

pytestmark = pytest.mark.django_db
HALF_BAD = net_file(net_row(1), net_row(2, Energy="2"))
SKIP_BAD = ImportOptions(skip_bad=True)


class Folder:
    """Somewhere to write bad rows, which sees whether the import has been committed by then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.was_in_transaction: list[bool] = []

    def __call__(self, record: Import) -> Path:
        self.was_in_transaction.append(connection.in_atomic_block)
        return self.path


@pytest.mark.django_db(transaction=True)
def test_they_are_written_within_the_transaction(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "bad.csv")
    outcome = run_import([HALF_BAD], SKIP_BAD, None, bad_rows_path=folder)
    assert len(outcome.problems) == outcome.record.bad_rows == 1
    assert "songs.csv,3,Energy" in folder.path.read_text(encoding="utf-8-sig")
    assert folder.was_in_transaction == [True]
    assert list(tmp_path.iterdir()) == [folder.path]


def test_where_they_cannot_be_written_nothing_is_imported(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match=r"could not be written to .*No such file or directory"):
        run_import([HALF_BAD], SKIP_BAD, None, bad_rows_path=lambda record: tmp_path / "missing" / "bad.csv")
    assert not Track.objects.exists()
    assert not Import.objects.exists()


def test_a_failure_half_way_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("earlier")

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("musicdb.imports.service.write_bad_rows", full)
    with pytest.raises(ImportRefusedError, match="No space left on device"):
        run_import([HALF_BAD], SKIP_BAD, None, bad_rows_path=lambda record: path)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]
    assert not Track.objects.exists()


@pytest.fixture
def broken_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An import whose transaction cannot be committed."""

    def fail(self: Any, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        original(self, OperationalError, OperationalError("gone"), traceback)
        raise OperationalError("the connection is gone")

    original = Atomic.__exit__
    with monkeypatch.context() as patch:
        patch.setattr(Atomic, "__exit__", fail)
        yield


def test_nothing_imported_leaves_no_file(tmp_path: Path, broken_commit: None) -> None:
    with pytest.raises(ImportRefusedError):
        run_import([HALF_BAD], SKIP_BAD, None, bad_rows_path=lambda record: tmp_path / "bad.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_command_imports_nothing_where_it_cannot_write(tmp_path: Path) -> None:
    file = tmp_path / "songs.csv"
    file.write_bytes(HALF_BAD.data)
    with pytest.raises(CommandError, match=r"could not be written to .*x\.csv.*Nothing was imported"):
        call_command("importlibrary", str(file), "--skip-bad", "--bad-rows", str(tmp_path / "missing" / "x.csv"))
    assert not Track.objects.exists()
