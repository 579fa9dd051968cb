"""An import waits for another one and says for which, waits no longer than it is told to, and then refuses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client

from musicdb.admin.imports.work import import_upload
from musicdb.imports import ImportOptions, run_import
from musicdb.imports.lock import ImportLockedError, Patience, lock_imports
from musicdb.imports.undo import UndoRefusedError, undo
from musicdb.models import Track
from tests.admin.test_imports import confirm, messages_of, upload
from tests.imports.files import as_csv, net_file, net_row
from tests.imports.library import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks the database itself"),
]
AT_ONCE = Patience(0)


@contextmanager
def another_import(user: User | None) -> Iterator[threading.Event]:
    """Hold the lock in another connection, until the event is set or the block ends."""
    locked, ending = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_imports("import of größte Hits.csv", user, AT_ONCE)
            locked.set()
            ending.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert locked.wait(10)
    try:
        yield ending
    finally:
        ending.set()
        thread.join()


def test_it_says_for_whom_it_waits_and_then_goes_on() -> None:
    told: list[str] = []
    with another_import(User.objects.create_user("mina")) as ending:
        threading.Timer(1, ending.set).start()
        run_import([net_file(net_row(1))], ImportOptions(), None, patience=Patience(30, told.append))
    (notice,) = told
    assert notice.startswith("Waiting for the import of grosste Hits.csv by mina, started at ")
    assert Track.objects.count() == 1


def test_it_gives_up_and_says_who_is_at_work() -> None:
    with another_import(None), pytest.raises(ImportLockedError) as refused:
        run_import([net_file(net_row(1))], ImportOptions(), None, patience=AT_ONCE)
    assert str(refused.value).startswith("Waited 0 seconds for the import of grosste Hits.csv, started at ")
    assert str(refused.value).endswith(", which is still under way. Try again when it has finished.")
    assert not Track.objects.exists()


def test_the_command_tells_it_and_gives_up_after_as_long_as_asked(tmp_path: Path) -> None:
    file, stderr = tmp_path / "songs.csv", StringIO()
    file.write_text(as_csv([net_row(1)]))
    with another_import(None), pytest.raises(CommandError, match=r"Waited 1 seconds .* Nothing was imported\.$"):
        call_command("importlibrary", str(file), "--wait", "0.9", stderr=stderr)
    assert stderr.getvalue().startswith("Waiting for the import of grosste Hits.csv, started at ")
    assert stderr.getvalue().count("\n") == 1


def test_the_admin_tells_it_and_keeps_the_upload(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.admin.imports.views.import_upload", partial(import_upload, patience=AT_ONCE))
    preview = upload(admin_client, net_file(net_row(1)))
    with another_import(User.objects.create_user("mina")):
        refused = confirm(admin_client, preview)
    (message,) = messages_of(refused)
    assert message.startswith("Waited 0 seconds for the import of grosste Hits.csv by mina, started at ")
    assert not Track.objects.exists()
    confirm(admin_client, refused)
    assert Track.objects.count() == 1


def test_an_undo_waits_too() -> None:
    record = run(net_file(net_row(1))).record
    assert record is not None
    with another_import(None), pytest.raises(UndoRefusedError, match=r"Waited 0 seconds .* Nothing was undone\."):
        undo(record, None, patience=AT_ONCE)
    assert Track.objects.exists()


def test_the_connection_is_called_what_it_was_before() -> None:
    with connection.cursor() as cursor:
        before = cursor.execute("SHOW application_name").fetchone()
        run(net_file(net_row(1)))
        assert cursor.execute("SHOW application_name").fetchone() == before
