"""What all tests share."""

import gc
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from hypothesis import settings

from musicdb.db.locks import folder_lock
from tests.db.shared import once_for_the_module

# Python looks for garbage after 700 new objects. Migrations and a large test suite make so many that it took a fifth of
# the time.
gc.set_threshold(50_000, 20, 50)

# How long an example takes says more about the machine than about the code.
settings.register_profile("musicdb", deadline=None)
settings.load_profile("musicdb")


def pytest_collection_finish() -> None:
    """Keep the collected tests, which stay to the end, out of every later search for garbage."""
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings: None
) -> ExitStack:
    """Have a database in memory migrated once for all workers of pytest-xdist: the first keeps a copy for the others.

    Return what is to be closed after the migrations, of which the others find that all are applied.
    """
    stack = ExitStack()
    name = connection.settings_dict["TEST"]["NAME"] or f"file:memorydb_{connection.alias}?mode=memory&cache=shared"
    is_worker = hasattr(request.config, "workerinput")
    if is_worker and connection.vendor == "sqlite" and "mode=memory" in name:
        # The parent folder is that of this run of the tests, which all workers share.
        folder = tmp_path_factory.getbasetemp().parent
        stack.enter_context(folder_lock(folder))
        # As long as one connection is open, the database in memory exists.
        database = stack.enter_context(closing(sqlite3.connect(name, uri=True)))
        is_migrated = (folder / "migrated.sqlite3").exists()
        copy = stack.enter_context(closing(sqlite3.connect(folder / "migrated.sqlite3")))
        if is_migrated:
            copy.backup(database)
        else:
            stack.callback(database.backup, copy)
    return stack


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: ExitStack, django_db_setup: None) -> None:
    django_db_modify_db_settings.close()


@pytest.fixture(autouse=True)
def _own_media(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    """Plots and uploads of one test are never seen by another."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


@pytest.fixture
def seed_library(db: None) -> None:
    """The sample library, as `make run` loads it."""
    call_command("loaddata", "seed_library.json", verbosity=0)


shared_seed_library = once_for_the_module(lambda: call_command("loaddata", "seed_library.json", verbosity=0))


@pytest.fixture
def sqlite_is_full() -> AbstractContextManager[None]:
    """A context in which SQLite has no page left to write to, as on a full disk."""

    @contextmanager
    def full() -> Iterator[None]:
        with connection.cursor() as cursor:
            most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
            used = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {used}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA max_page_count = {most}")

    return full()
