"""The migration that mends the names of an older library: it loses no row, and says which names were alike."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clusters.models import Cluster
from musicdb.db import insert
from musicdb.models import Album, Artist, Genre, GenreAlias, Label, SavedFilter, Track
from tests.factories import GenreFactory, TrackFactory, stored_run
from tests.imports.library import assert_keys_are_right

pytestmark = pytest.mark.slow
BEFORE = ("musicdb", "0003_search_indexes")


@pytest.fixture
def older(transactional_db: None) -> Any:
    """Return the models of the release before, and migrate to the newest one at the end."""
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    yield executor.loader.project_state([BEFORE]).apps.get_model
    call_command("migrate", verbosity=0)


def test_saved_filters_and_clusters_are_found_by_their_keys(transactional_db: None) -> None:
    before = [("musicdb", "0005_visibility"), ("clusters", "0002_roles")]
    genre, owner = GenreFactory(), User.objects.create_user("owner")
    run = stored_run(genre, {1: [TrackFactory()], 2: [TrackFactory()]})
    run.clusters.filter(number=1).update(name="Été")
    SavedFilter.objects.create(owner=owner, model_label="musicdb.track", name="The Ölder", query="liked=1")
    executor = MigrationExecutor(connection)
    executor.migrate(before)
    call_command("migrate", verbosity=0)
    assert Cluster.objects.get(search_key="ete").number == 1
    assert SavedFilter.objects.get(search_key="the older").sort_key == "older the"
    assert_keys_are_right()


def test_names_are_mended_and_none_is_lost(older: Any, capsys: pytest.CaptureFixture[str]) -> None:
    genres = ["k-pop\u200b", "k-pop", "k-\u00adpop", "\u200b", "Jazz"]
    insert(
        older("musicdb", "Genre"),
        ["id", "slug", "name", "name_key", "description"],
        [(pk, f"g-{pk}", name, name.lower(), "") for pk, name in enumerate(genres, 1)],
    )
    insert(
        older("musicdb", "GenreAlias"),
        ["id", "target", "name", "name_key"],
        [(1, 1, "K\u200bP", "k\u200bp"), (2, 2, "kp", "kp")],
    )
    labels = ["EMI", "EMI\u202e", "\ufeff", "\u3164"]
    insert(
        older("musicdb", "Label"),
        ["id", "slug", "name", "name_key", "is_public"],
        [(pk, f"l-{pk}", name, name.lower(), False) for pk, name in enumerate(labels, 1)],
    )
    artists = ["Sia", "S\u200bia", "The Cure"]
    insert(
        older("musicdb", "Artist"),
        ["id", "slug", "name", "name_key", "is_public"],
        [(pk, f"a-{pk}", name, name.lower(), False) for pk, name in enumerate(artists, 1)],
    )
    insert(
        older("musicdb", "Album"),
        ["id", "slug", "title", "release_precision", "image_url"],
        [(1, "b", "Al\u200bbum", "", "")],
    )
    insert(
        older("musicdb", "Track"),
        ["id", "slug", "title", "liked", "isrc", "features_source"],
        [(1, "t", "\u200b", False, "USS1Z9900001", ""), (2, "u", "Été", False, "", "")],
    )
    call_command("migrate", verbosity=0)
    assert list(Genre.objects.order_by("pk").values_list("name", flat=True)) == [
        *("k-pop (2)", "k-pop", "k-pop (3)", "(no name)", "Jazz"),
    ]
    assert set(GenreAlias.objects.values_list("name", "target")) == {("KP (2)", 1), ("kp", 2)}
    assert list(Label.objects.order_by("pk").values_list("name", flat=True)) == [
        *("EMI", "EMI (2)", "(no name)", "(no name) (2)"),
    ]
    assert list(Artist.objects.order_by("pk").values_list("name", flat=True)) == ["Sia", "Sia", "The Cure"]
    assert Album.objects.get().title == "Album"
    assert list(Track.objects.order_by("pk").values_list("title", "isrc")) == [
        *(("(no title)", "USS1Z9900001"), ("Été", "")),
    ]
    assert_keys_are_right()
    said = [line.strip() for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert said == [
        "Genre 1, 'k-pop\\u200b', now is called 'k-pop (2)': merge it, or rename it.",
        "Genre 3, 'k-\\xadpop', now is called 'k-pop (3)': merge it, or rename it.",
        "Genre 4, '\\u200b', now is called '(no name)': merge it, or rename it.",
        "GenreAlias 1, 'K\\u200bP', now is called 'KP (2)': merge it, or rename it.",
        "Label 2, 'EMI\\u202e', now is called 'EMI (2)': merge it, or rename it.",
        "Label 3, '\\ufeff', now is called '(no name)': merge it, or rename it.",
        "Label 4, '\\u3164', now is called '(no name) (2)': merge it, or rename it.",
        "Track 1, '\\u200b', now is called '(no title)': merge it, or rename it.",
    ]
    for model in (Genre, Artist, Label, Album, Track):
        model._default_manager.all().delete()
