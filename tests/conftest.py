"""What all tests share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command


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
