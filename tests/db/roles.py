"""The roles that migrations make, for tests that run after one that has emptied the database."""

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection


def steps() -> Iterator[Any]:
    """What grants the roles, as the migrations do it."""
    for name in (
        "musicdb.migrations.0002_roles",
        "clusters.migrations.0002_roles",
        "musicdb.migrations.0005_visibility",
        "musicdb.migrations.0007_playlists",
        "musicdb.migrations.0009_album_artists_and_more_columns",
        "musicdb.migrations.0011_merges_of_tracks_and_albums",
        "clusters.migrations.0006_runs_of_collections",
    ):
        yield import_module(name).Migration.operations[-1]


def migrate() -> None:
    for step in steps():
        step.code(apps, SimpleNamespace(connection=connection))


def migrate_back() -> None:
    for step in reversed(list(steps())):
        step.reverse_code(apps, SimpleNamespace(connection=connection))
