"""What an import made and changed: the table on its page, and the lists that its links lead to."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.editing import merge
from musicdb.history import Change
from musicdb.imports import ImportOptions, run_import
from musicdb.imports.undo import undo
from musicdb.models import Album, Artist, Genre, Import, Label, Playlist, Track
from musicdb.models.history import ChangeType
from tests.admin.helpers import editor, listed, page_of
from tests.factories import TrackFactory
from tests.history.test_plans import plan_of
from tests.imports.files import net_file, net_row
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
KINDS = {Genre, Artist, Label, Album, Track, Playlist}


def imported(*rows: Any) -> Import:
    return run_import([net_file(*rows)], ImportOptions(), None).record


def written(client: Client, record: Import) -> Any:
    return parse(client.get(page_of(Import, "change", record.pk))).one("div", class_="import-written")


def table(client: Client, record: Import) -> dict[str, list[str]]:
    """Return the numbers of the page by kind: made, changed, as they were, deleted or merged since."""
    rows = written(client, record).all("tr")[1:]
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}


def test_the_page_counts_every_kind(admin_client: Client) -> None:
    TrackFactory()
    imported(net_row(1), net_row(2))
    record = imported(net_row(2, Tempo="90", Popularity="7"), net_row(3, **{"Record Label": "Another"}))
    assert table(admin_client, record) == {
        "Genres": ["0", "0", "–", "0"],
        "Artists": ["1", "0", "–", "0"],
        "Labels": ["1", "0", "–", "0"],
        "Albums": ["1", "0", "–", "0"],
        "Tracks": ["1", "1", "0", "0"],
        "Playlists": ["0", "1", "–", "0"],
    }


def test_each_number_leads_to_exactly_these_rows(admin_client: Client) -> None:
    TrackFactory()
    first, second = imported(net_row(1), net_row(2)), imported(net_row(2, Tempo="90"), net_row(3))
    for record, kinds in ((first, KINDS), (second, KINDS - {Genre, Label})):
        found: list[Any] = []
        for number, url in written(admin_client, record).links:
            rows = listed(admin_client.get(url))
            assert len(rows) == int(number)
            found += rows
        assert {type(row) for row in found} == kinds


@pytest.mark.parametrize(
    ("part", "titles"), [("-created", ["Song 3"]), ("-changed", ["Song 2"]), ("", ["Song 2", "Song 3"])]
)
def test_a_list_tells_what_was_made_from_what_was_changed(admin_client: Client, part: str, titles: list[str]) -> None:
    imported(net_row(1), net_row(2))
    record = imported(net_row(2, Tempo="90"), net_row(3))
    response = admin_client.get(page_of(Track, **{"import": f"{record.pk}{part}"}))
    assert [track.title for track in listed(response)] == titles
    assert "import of songs.csv" in response.text


def test_rows_that_are_gone_are_counted_and_no_longer_linked(admin_client: Client, admin_user: User) -> None:
    record = imported(net_row(1), net_row(2))
    with_two, *_ = Artist.objects.order_by("pk")
    merge(with_two, list(Artist.objects.exclude(pk=with_two.pk)), admin_user)
    history.delete(Track.objects.filter(title="Song 1"), Change(ChangeType.DELETION, admin_user))
    counts = table(admin_client, record)
    assert (counts["Artists"], counts["Tracks"]) == (["2", "0", "–", "1"], ["2", "0", "0", "1"])
    undone = imported(net_row(8))
    undo(undone, None)
    assert table(admin_client, undone)["Tracks"] == ["1", "0", "0", "1"]
    assert [url for _, url in written(admin_client, undone).links if "musicdb/track/" in url] == []


def test_an_undo_does_not_count_as_a_change_by_the_import(admin_client: Client) -> None:
    imported(net_row(1))
    record = imported(net_row(1, Tempo="90"))
    undo(record, None)
    assert table(admin_client, record)["Tracks"] == ["0", "1", "0", "0"]


def test_who_may_not_view_a_kind_gets_no_link_to_it(client: Client) -> None:
    record = imported(net_row(1))
    urls = [url for _, url in written(editor("view_import", "view_artist"), record).links]
    assert urls == [page_of(Artist, **{"import": f"{record.pk}-created"})]


def test_who_may_not_view_imports_does_not_learn_the_files_name() -> None:
    record = imported(net_row(1))
    page = editor("view_track").get(page_of(Track, **{"import": str(record.pk)}))
    assert len(listed(page)) == 1
    assert "songs.csv" not in page.text


@pytest.mark.parametrize("value", ["", "x", "1-gone", "-1", "9" * 30, "١"])
def test_what_is_no_import_is_not_a_filter(admin_client: Client, value: str) -> None:
    response = admin_client.get(page_of(Track, **{"import": value}))
    assert (response.status_code, response.get("Location", "").rpartition("?")[2]) == (302, "e=1")


def test_an_import_that_does_not_exist_has_no_rows(admin_client: Client) -> None:
    imported(net_row(1))
    assert listed(admin_client.get(page_of(Track, **{"import": "999"}))) == []


def test_a_list_does_not_offer_the_filter_by_itself(admin_client: Client) -> None:
    imported(net_row(1))
    page = admin_client.get(page_of(Genre)).text
    assert "Made by it" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_queries(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    record = imported(*map(net_row, range(rows)))
    # Session, user, the import twice, its content type, what its undo left, and one for each of six models.
    with django_assert_num_queries(12):
        admin_client.get(page_of(Import, "change", record.pk))


def test_an_index_serves_the_list() -> None:
    record = imported(net_row(1))
    with CaptureQueriesContext(connection) as queries:
        list(history.keys_of_import(Track, record.pk))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # So few rows are read faster without an index.
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = plan_of(queries.captured_queries[0]["sql"])
    assert re.search(r"(COVERING INDEX|Index Only Scan using|Bitmap Index Scan on) track_imported", plan)
