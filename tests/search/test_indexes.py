"""The indexes that PostgreSQL searches by: made, used, made again, and done without."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from musicdb.db import insert
from musicdb.models import Album, Artist, ArtistAlias, Track
from musicdb.search import indexes
from musicdb.search.indexes import SEARCH_INDEXES, SearchIndex, drop, missing

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has these indexes")
SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


def indexsearch() -> list[str]:
    out = StringIO()
    call_command("indexsearch", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def _indexes_come_back(transactional_db: None) -> Any:
    yield
    indexsearch()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a test of PostgreSQL follows")
@pytest.mark.django_db
def test_on_sqlite_none_is_missing_after_migrating() -> None:
    assert indexsearch() == ["No search index is missing."]


@on_postgresql
@pytest.mark.django_db
def test_every_index_is_there_after_migrating() -> None:
    assert missing(connection) == []
    assert indexsearch() == ["No search index is missing."]


def _fill_tables() -> None:
    """Make the tables large enough for reading another index from end to end to look dear."""
    keys = range(1, 3_001)
    insert(
        Artist, ["id", "slug", "name", "visibility"], ((key, f"a-{key}", f"Artist {key}", "automatic") for key in keys)
    )
    insert(ArtistAlias, ["target", "name"], ((key, f"Alias {key}") for key in keys))
    albums = ((key, f"a-{key}", f"Album {key}", "", "", "", "", "") for key in keys)
    insert(Album, ["id", "slug", "title", "release_precision", "image_url", "album_type", "upc", "copyrights"], albums)
    tracks = ((key, f"t-{key}", f"Track {key}", False, f"made{key:018}", f"QZABC{key:07}", "", "") for key in keys)
    insert(Track, ["id", "slug", "title", "liked", "spotify_id", "isrc", "features_source", "preview_url"], tracks)
    with connection.cursor() as cursor:
        for index in SEARCH_INDEXES:
            if not index.whole:
                cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index.name])
        cursor.execute("ANALYZE musicdb_artist, musicdb_artistalias, musicdb_album, musicdb_track")


@on_postgresql
@pytest.mark.parametrize(
    ("model", "typed", "names"),
    [
        (Track, "zugzwang", {"musicdb_track_search_key", "musicdb_album_search_key", "musicdb_artist_search_key"}),
        (Track, "밤하늘", {"musicdb_track_search_key", "musicdb_album_search_key", "musicdb_artist_search_key"}),
        (Track, SPOTIFY_ID, {"musicdb_track_spotify_id", "musicdb_track_search_key"}),
        (Track, "usab10000001", {"musicdb_track_isrc", "musicdb_track_search_key"}),
        (Artist, "zugzwang", {"musicdb_artist_search_key", "musicdb_artistalias_search_key"}),
        (Artist, SPOTIFY_ID, {"musicdb_artist_spotify_id", "musicdb_artistalias_spotify_id"}),
    ],
)
@pytest.mark.django_db
def test_a_search_uses_them(model: Any, typed: str, names: set[str]) -> None:
    _fill_tables()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = model.objects.search(typed).order_by("pk").values("pk").explain()
    assert {name for name in names if f"{name}_search" not in plan} == set(), plan


@on_postgresql
@pytest.mark.django_db
def test_a_short_term_is_not_looked_for_in_them() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "_search_key_search" not in Track.objects.search("사랑").explain()


@on_postgresql
@pytest.mark.usefixtures("_indexes_come_back")
def test_missing_and_broken_ones_are_made_and_the_rest_left_alone() -> None:
    gone, broken, *_ = SEARCH_INDEXES
    drop(connection, gone)
    with connection.cursor() as cursor:
        # As an interrupted CREATE INDEX CONCURRENTLY leaves it.
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [broken.name])
    assert missing(connection) == [gone, broken]
    assert indexsearch() == [f"Created {gone.name}.", f"Created {broken.name}."]
    assert missing(connection) == []


@on_postgresql
@pytest.mark.usefixtures("_indexes_come_back")
def test_the_migration_goes_back_and_forth_and_on_without_the_extension(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = "0002"
    call_command("migrate", "musicdb", before, verbosity=0)
    assert missing(connection) == list(SEARCH_INDEXES)
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm")
    monkeypatch.setattr(indexes, "EXTENSION", "there_is_no_such_extension")
    call_command("migrate", verbosity=0)
    assert "Let an administrator run CREATE EXTENSION pg_trgm in this database" in capsys.readouterr().err
    trigram = [index for index in SEARCH_INDEXES if index.needs_extension]
    assert missing(connection) == trigram
    with pytest.raises(CommandError, match="could not be added"):
        indexsearch()
    assert missing(connection) == trigram
    monkeypatch.undo()
    assert len(indexsearch()) == len(trigram)
    assert missing(connection) == []


def test_an_index_is_named_for_what_it_finds() -> None:
    index = SearchIndex("musicdb_track", "search_key", folded=True)
    assert index.name == "musicdb_track_search_key_search"
    assert index.statement(concurrently=True) == (
        'CREATE INDEX CONCURRENTLY "musicdb_track_search_key_search" ON "musicdb_track" '
        'USING gin (("search_key"::text) gin_trgm_ops)'
    )
    assert SearchIndex("musicdb_track", "isrc", whole=True).statement() == (
        'CREATE INDEX "musicdb_track_isrc_search" ON "musicdb_track" USING btree (UPPER("isrc"::text))'
    )
