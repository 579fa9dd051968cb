"""On SQLite, others can write while an import plans and prepares. It plans anew for what they wrote.

With a second connection.
"""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.db import connection  # noqa: F401 (the condition of skipif reads it)

from tests.processes import own_database, python

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL locks rows, and readers and writers go on"),
]

PREPARE = """
import json, threading
import django
from django.conf import settings
# Nobody waits for the lock: a save succeeds at once, or fails.
settings.ALLOWED_HOSTS, settings.DATABASES["default"]["OPTIONS"]["timeout"] = ["*"], 0
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.SECURE_SSL_REDIRECT = False
django.setup()
from django.db import connection
from musicdb.imports import ImportOptions, run_import
from musicdb.models import Artist, Track
from tests.admin.screens import Screen, login
from tests.imports.files import net_file, net_row
from tests.imports.library import state

run_import([net_file(net_row(1))], ImportOptions(no_playlist=True), None)
track = Track.objects.get()
screen = Screen(login("mina"), track)
found, stages = {}, []

def in_another_connection(work):
    def run():
        work()
        connection.close()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

def save():
    found["status"] = screen.type(title="Mended").save().status_code

def import_again(work, during, times=1):
    # While it works, ``work`` happens in another connection.
    def progress(stage, done, of):
        stages.append(stage)
        if stage == during and stages.count(stage) <= times:
            in_another_connection(work)
    files = [net_file(net_row(1, **{"Track Name": "Of the file"}), net_row(2))]
    run_import(files, ImportOptions(no_playlist=True), None, progress)
    found["titles"] = list(Track.objects.order_by("pk").values_list("title", flat=True))
    found["plans"] = stages.count("Comparing")
"""


def run(folder: Path, script: str) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    with own_database(folder) as environment:
        printed = python(environment, "-c", PREPARE + textwrap.dedent(script) + "\nprint(json.dumps(found))")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_an_editor_saves_at_once_and_the_import_respects_it(tmp_path: Path) -> None:
    found = run(tmp_path, 'import_again(save, "Comparing")')
    assert found == {"status": 302, "titles": ["Mended", "Song 2"], "plans": 2}


def test_so_does_one_who_saves_while_it_prepares_what_it_writes(tmp_path: Path) -> None:
    found = run(tmp_path, 'import_again(save, "Preparing")')
    assert found == {"status": 302, "titles": ["Mended", "Song 2"], "plans": 2}


def test_it_plans_in_the_end_while_nobody_can_write(tmp_path: Path) -> None:
    script = """
    import_again(lambda: Artist.objects.create(name="Somebody"), "Comparing", times=3)
    found["artists"] = Artist.objects.filter(name="Somebody").count()
    """
    assert run(tmp_path, script) == {"titles": ["Of the file", "Song 2"], "plans": 4, "artists": 3}


def test_it_leaves_no_temporary_tables(tmp_path: Path) -> None:
    script = """
    import_again(save, "Preparing")
    with connection.cursor() as cursor:
        found["left"] = cursor.execute("SELECT name FROM sqlite_temp_master").fetchall()
    """
    assert run(tmp_path, script)["left"] == []


def test_while_the_import_writes_the_form_comes_back(tmp_path: Path) -> None:
    found = run(tmp_path, 'import_again(save, "Writing")')
    assert found == {"status": 200, "titles": ["Of the file", "Song 2"], "plans": 1}


def test_who_only_reads_does_not_make_it_plan_anew(tmp_path: Path) -> None:
    found = run(tmp_path, 'import_again(lambda: Artist.objects.count(), "Comparing")')
    assert found == {"titles": ["Of the file", "Song 2"], "plans": 1}


def test_what_it_planned_anew_is_as_if_nobody_had_interrupted(tmp_path: Path) -> None:
    script = """
    def write():
        Artist.objects.create(name="Somebody else")
    {}
    found["state"] = repr(state())
    """
    interrupted = run(tmp_path / "one", script.format('import_again(write, "Comparing")'))
    before = run(tmp_path / "other", script.format("write(); import_again(lambda: None, 'Comparing')"))
    assert (interrupted.pop("plans"), before.pop("plans")) == (2, 1)
    assert interrupted == before
