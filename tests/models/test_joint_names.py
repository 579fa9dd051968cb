"""Versions from before joint names state aliases without a place. The migration gives them one."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from musicdb import history
from musicdb.models import Artist
from musicdb.models.history import ChangeType
from tests.factories import ArtistFactory

pytestmark = pytest.mark.django_db
MIGRATION: Any = import_module("musicdb.migrations.0018_joint_names_of_artists")


def test_an_artist_is_not_recorded_anew_because_its_aliases_have_another_column() -> None:
    artist: Artist = ArtistFactory()
    ArtistFactory()
    artist.aliases.create(name="Another name", slug="another", spotify_id="x" * 22)
    history.record_updates(Artist, [artist.pk], history.Change(ChangeType.PROGRAM))
    before = list(artist.history.values_list("history_id", "aliases"))
    MIGRATION.take_from_versions(apps, None)
    stated = artist.history.first().aliases
    assert stated == [{"name": "Another name", "slug": "another", "spotify_id": "x" * 22}]

    MIGRATION.add_to_versions(apps, None)

    history.baseline(Artist, [artist.pk])
    assert list(artist.history.values_list("history_id", "aliases")) == before
