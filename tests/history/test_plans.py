"""Recording finds the last version of a row by its index, also in a database that has no statistics."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.db import insert
from musicdb.history import Change
from musicdb.models import Track, TrackArtist
from musicdb.models.history import ChangeType
from tests.factories import ArtistFactory, GenreFactory

pytestmark = pytest.mark.django_db
ROWS = 5_000


@pytest.fixture
def keys() -> list[int]:
    """The tracks of a restored library: rows and versions, and no statistics."""
    artist, genre = ArtistFactory(), GenreFactory()
    keys = list(range(1, ROWS + 1))
    insert(
        Track,
        ["id", "title", "slug", "liked", "isrc", "features_source", "preview_url"],
        ((key, f"Track {key}", f"track-{key}", False, "", "", "") for key in keys),
    )
    insert(TrackArtist, ["track", "artist", "position"], ((key, artist.pk, 0) for key in keys))
    insert(Track.genres.through, ["track", "genre"], ((key, genre.pk) for key in keys))
    history.record_creates(Track, keys, Change(ChangeType.IMPORT))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM pg_statistic WHERE starelid::regclass::text LIKE 'musicdb_%'")
    return keys


def plan_of(statement: str) -> str:
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("changed", [10, ROWS])
def test_the_last_version_is_read_by_its_index(keys: list[int], changed: int) -> None:
    Track.objects.update(title="Changed")
    with CaptureQueriesContext(connection) as queries:
        history.record_updates(Track, keys[:changed], Change(ChangeType.EDIT))
    (query,) = queries.captured_queries
    plan = plan_of(query["sql"])
    if connection.vendor == "postgresql":
        assert re.findall(r"-> +([\w ]+ on musicdb_historicaltrack)\b", plan) == [
            "Index Scan Backward using track_version on musicdb_historicaltrack"
        ]
    else:
        assert "SEARCH U0 USING INDEX track_version (id=?)" in plan
        assert set(re.findall(r"SCAN (\w+)", plan)) == {"elements"}
    assert Track.history.filter(change_type=ChangeType.EDIT).count() == changed
