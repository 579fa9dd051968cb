"""What all tests share."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection


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
