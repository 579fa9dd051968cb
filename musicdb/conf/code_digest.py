"""Which code this process runs: pages that other code made are other pages, though the library is the same."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
from django.conf import settings

KINDS = {".py", ".html"}
FOLDERS = ("musicdb", "clusters", "templates")
# The settings that show on pages.
SHOWN = ("LANGUAGE_CODE", "TIME_ZONE", "STATIC_URL", "MEDIA_URL", "SORT_ARTICLES")


@cache
def code_digest() -> str:
    """Return a digest of the code, the templates, the names of the static files, and the settings that pages show."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(repr((django.get_version(), [getattr(settings, name) for name in SHOWN])).encode())
    for file in _files():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    for folder in FOLDERS:
        yield from sorted(file for file in (base / folder).rglob("*") if file.suffix in KINDS and file.is_file())
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.is_file():
        yield manifest
