"""The migrations that mend the names of an older library: they lose no row, and say which names were alike."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clusters.models import Cluster
from musicdb.db import insert
from musicdb.models import (
    Album,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Playlist,
    PlaylistAlias,
    SavedFilter,
    Track,
)
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


def test_names_that_look_alike_get_one_key_and_none_is_lost(
    transactional_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    executor = MigrationExecutor(connection)
    before = [("musicdb", "0021_search_keys_of_imports_and_changes")]
    executor.migrate(before)
    model = executor.loader.project_state(before).apps.get_model

    def stored(name: str, columns: dict[str, Any], *names: str) -> None:
        """Insert rows with keys that ignore case alone, as they were until now."""
        fields = ["id", "slug", "name", "name_key", *columns]
        rows = [(pk, f"{name.lower()}-{pk}", one, one.lower(), *columns.values()) for pk, one in enumerate(names, 1)]
        insert(model("musicdb", name), fields, rows)

    visible = {"visibility": "automatic"}
    of_playlist = {**visible, "description": "", "source": ""}
    stored("Genre", {"description": ""}, "k‐pop", "K–Pop", "K-POP", "Rock ’n’ Roll", "Jazz")
    stored("Playlist", of_playlist, "80’s", "80's", "8" * 298 + "’s", "8" * 298 + "`s")
    stored("Artist", visible, "JAY-Z", "JAY‐Z")
    stored("Label", visible, "Bad Boy’s", "Bad Boy's")
    stored("GenreAlias", {"target": 5}, "hip‐hop", "hip-hop")
    stored("PlaylistAlias", {"target": 1}, "Wait…")
    stored("ArtistAlias", {"target": 1}, "Ｊａｙ‐Ｚ")
    stored("LabelAlias", {"target": 1}, "B’s", "B's")
    call_command("migrate", verbosity=0)

    assert list(Genre.objects.order_by("pk").values_list("name", "name_key", "slug")) == [
        ("k‐pop (2)", "k-pop (2)", "genre-1"),
        ("K–Pop (3)", "k-pop (3)", "genre-2"),
        ("K-POP", "k-pop", "genre-3"),
        ("Rock ’n’ Roll", "rock 'n' roll", "genre-4"),
        ("Jazz", "jazz", "genre-5"),
    ]
    assert list(Playlist.objects.order_by("pk").values_list("name", flat=True)) == [
        *("80’s (2)", "80's", "8" * 298 + "’s", "8" * 296 + " (2)"),
    ]
    assert list(Artist.objects.order_by("pk").values_list("name", "name_key")) == [
        ("JAY-Z", "jay-z"),
        ("JAY‐Z", "jay-z"),
    ]
    assert list(Label.objects.order_by("pk").values_list("name", flat=True)) == ["Bad Boy’s", "Bad Boy's"]
    assert set(GenreAlias.objects.values_list("name", "slug", "target")) == {
        ("hip‐hop (2)", "genrealias-1", 5),
        ("hip-hop", "genrealias-2", 5),
    }
    assert PlaylistAlias.objects.get().name_key == "wait..."
    assert ArtistAlias.objects.get().name_key == "jay-z"
    assert set(LabelAlias.objects.values_list("name", "name_key")) == {("B’s", "b's"), ("B's", "b's")}
    assert_keys_are_right()
    said = [line.strip() for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert said == [
        "Genre 1, 'k\\u2010pop', now is called 'k\\u2010pop (2)': merge it, or rename it.",
        "Genre 2, 'K\\u2013Pop', now is called 'K\\u2013Pop (3)': merge it, or rename it.",
        "GenreAlias 1, 'hip\\u2010hop', now is called 'hip\\u2010hop (2)': delete it, or rename it.",
        "Playlist 1, '80\\u2019s', now is called '80\\u2019s (2)': merge it, or rename it.",
        f"Playlist 4, '{'8' * 298}`s', now is called '{'8' * 296} (2)': merge it, or rename it.",
    ]
    for one in (Genre, Playlist, Artist, Label):
        one._default_manager.all().delete()
