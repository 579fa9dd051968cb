"""The library's version: every change that visitors can see gives it a new one, by whatever way it comes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clusters.models import Cluster, Collection
from clusters.runs.publishing import publish, unpublish
from musicdb.db import library_version, staging
from musicdb.editing import Edit, bulk_edit, merge
from musicdb.history.restore import restore_deleted
from musicdb.models import Artist, Genre, Import, Label, Playlist, SiteSettings, Track, TrackArtist
from musicdb.models.public_tables import public_tables
from tests.db.shared import once_for_the_module
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.imports.files import net_file, net_row
from tests.imports.library import run


def version() -> str:
    return SiteSettings.load_with_version()[1]


def numbers(version: str) -> list[int]:
    """The number, and on PostgreSQL that of the changes of the open transaction."""
    return [int(part) for part in version.split(".")]


def make_library() -> None:
    artist, label, genre = ArtistFactory(name="A"), LabelFactory(name="L"), GenreFactory(name="dub")
    album = AlbumFactory(title="Album", labels=[label])
    tracks = [TrackFactory(title=title, artists=[artist], album=album, genres=[genre]) for title in "XYZ"]
    PlaylistFactory(name="P", tracks=tracks)
    stored_run(genre, {1: tracks}, is_published=True)
    stored_run(genre, {1: tracks[:2]})
    Genre.objects.create(name="gone").delete()
    User.objects.create(username="editor")


library = once_for_the_module(make_library)
pytestmark = pytest.mark.django_db


def editor() -> User:
    return User.objects.get()


def raw_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE musicdb_track SET score = 7")


def save_the_settings() -> None:
    SiteSettings.objects.create(name="Ours")


CHANGES: dict[str, Callable[[], Any]] = {
    "a row": lambda: Genre.objects.create(name="ska"),
    "an edit": lambda: Artist.objects.get().save(),
    "many rows": lambda: Track.objects.update(liked=True),
    "bulk rows": lambda: Genre.objects.bulk_create([Genre(name="b", slug="b", name_key="b")]),
    "raw SQL": raw_sql,
    "a deletion": lambda: Track.objects.filter(title="X").delete(),
    "a deletion with its rows": lambda: Genre.objects.all().delete(),
    "a track in a genre": lambda: Genre.objects.create(name="d").tracks.add(Track.objects.first()),
    "a track of no genre": lambda: Track.objects.first().genres.clear(),
    "an artist of a track": lambda: TrackArtist.objects.all()[0].delete(),
    "an alias": lambda: Label.objects.get().aliases.create(name="El"),
    "an entry of a playlist": lambda: Playlist.objects.get().entries.first().delete(),
    "a bulk edit": lambda: bulk_edit(Track.objects.all(), Edit({"liked": True}), editor()),
    "a merge": lambda: merge(Track.objects.get(title="X"), [Track.objects.get(title="Y")], editor()),
    "a restored row": lambda: restore_deleted(Genre.history.filter(name="gone").first(), editor()),
    "an import": lambda: run(net_file(net_row(1))),
    "a published run": lambda: publish(Collection.objects.get().runs.get(is_published=False)),
    "an unpublished run": lambda: unpublish(Collection.objects.get().runs.get(is_published=True)),
    "the name of a cluster": lambda: Cluster.objects.update(name="Night"),
    "the settings": save_the_settings,
    "a fixture": lambda: call_command("loaddata", "seed_library.json", verbosity=0),
}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_change_raises_it(change: str) -> None:
    before = version()
    CHANGES[change]()
    assert numbers(version()) > numbers(before)


def test_each_public_table_has_its_triggers_and_no_private_one() -> None:
    tables = public_tables()
    private = {"musicdb_import", "musicdb_historicaltrack", "clusters_workerheartbeat", "clusters_reclusterjob"}
    assert {"musicdb_track", "musicdb_track_genres", "clusters_run", "musicdb_sitesettings"} <= set(tables)
    assert not private & set(tables)
    # An app names no model that is not there.
    for name in ("musicdb", "clusters"):
        config: Any = apps.get_app_config(name)
        assert config.private_models <= {model.__name__ for model in config.get_models()}
    assert library_version.ensure(connection, tables) == []


def test_what_only_editors_see_does_not() -> None:
    before = version()
    Import.objects.create(file_name="x.csv", file_format="x", rows=1)
    assert version() == before


def test_what_was_rolled_back_did_not() -> None:
    before = version()
    with transaction.atomic():
        GenreFactory()
        within = version()
        transaction.set_rollback(True)
    assert within != before
    assert version() == before
    GenreFactory()
    assert version() != before


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite makes tables anew")
def test_triggers_that_a_migration_lost_come_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER musicdb_genre_version_insert")
    before = version()
    Genre.objects.bulk_create([Genre(name="b", slug="b", name_key="b")])
    assert version() == before
    assert library_version.ensure(connection, public_tables()) == ["musicdb_genre"]
    Genre.objects.bulk_create([Genre(name="c", slug="c", name_key="c")])
    assert version() != before


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL calls a trigger once for many rows")
@pytest.mark.parametrize("fails", [False, True])
def test_a_large_import_raises_it_once_and_keeps_the_triggers(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    def report(written: int, total: int) -> None:
        # The triggers of the table are gone at the first call.
        if fails:
            raise RuntimeError

    before = version()
    monkeypatch.setattr(staging, "MANY_ROWS", 2)
    with staging.staged_writer() as writer:
        writer.insert(Genre, ["name", "slug", "name_key", "description"], [(n, n, n, "") for n in "bcd"])
        with suppress(RuntimeError), transaction.atomic(), CaptureQueriesContext(connection) as queries:
            writer.write(report)
    raised = [query for query in queries if query["sql"].startswith(f"UPDATE {library_version.TABLE}")]
    assert (len(raised), version() == before) == ((0, True) if fails else (1, False))
    assert Genre.objects.filter(name="b").exists() is not fails
    assert library_version.ensure(connection, public_tables()) == []
