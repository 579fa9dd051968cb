"""Any list of the catalogue as a file: what it shows, whole, typed, and safe to open."""

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from musicdb.models import Album, ArtistAlias, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, many_tracks

pytestmark = pytest.mark.django_db
CSV, XLSX, JSON = "0", "1", "2"


def export(client: Client, model: str = "track", kind: str = CSV, query: str = "") -> Any:
    response = client.post(reverse(f"admin:musicdb_{model}_export") + query, {"format": kind})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    response.body = response.getvalue()
    return response


def as_rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.body.decode("utf-8-sig"), newline="")))


@pytest.fixture
def track() -> Track:
    artists = [ArtistFactory(name="A;B \\ C"), ArtistFactory(name="IU")]
    album = AlbumFactory(title="One", labels=[LabelFactory(name="Second"), LabelFactory(name="First")])
    genres = [GenreFactory(name="pop"), GenreFactory(name="jazz")]
    made = TrackFactory(title="=LOVE", artists=artists, album=album, genres=genres, liked=True, explicit=None)
    assert isinstance(made, Track)
    return made


def test_csv_has_every_column_and_no_formula(admin_client: Client, track: Track) -> None:
    response = export(admin_client)
    assert response.body.startswith(b"\xef\xbb\xbf")
    (row,) = as_rows(response)
    assert row["title"] == "'=LOVE"
    assert (row["artists"], row["artist_slugs"]) == ("A\\;B \\\\ C; IU", "a-b-c; iu")
    assert (row["album"], row["album_slug"], row["genres"]) == ("One", "one", "jazz; pop")
    assert (row["liked"], row["explicit"], row["score"]) == ("true", "", "")
    assert float(row["tempo"]) == track.tempo
    concrete = {field.name for field in Track._meta.concrete_fields} - {"id", "search_key", "sort_key"}
    assert concrete <= set(row)


@pytest.mark.parametrize("title", ["==1+1", "+1", "-1", "@x", "'x", "'=x"])
def test_whatever_a_spreadsheet_would_run_is_text(admin_client: Client, title: str) -> None:
    TrackFactory(title=title)
    assert as_rows(export(admin_client))[0]["title"] == f"'{title}"
    sheet = load_workbook(io.BytesIO(export(admin_client, kind=XLSX).body)).worksheets[0]
    assert (sheet["B2"].value, sheet["B2"].data_type) == (f"'{title}", "s")


def test_a_workbook_keeps_numbers(admin_client: Client, track: Track) -> None:
    sheet = load_workbook(io.BytesIO(export(admin_client, kind=XLSX).body)).worksheets[0]
    row = dict(zip(*sheet.iter_rows(values_only=True), strict=True))
    assert (row["tempo"], row["key"], row["score"], row["liked"]) == (track.tempo, track.key, None, "true")


def test_json_is_typed_and_unescaped(admin_client: Client, track: Track) -> None:
    (row,) = json.loads(export(admin_client, kind=JSON).body)
    assert (row["title"], row["liked"], row["explicit"], row["tempo"]) == ("=LOVE", True, None, track.tempo)


def test_the_list_as_it_is_filtered_and_sorted(admin_client: Client) -> None:
    for title in ("Bye", "Aim", "Call"):
        TrackFactory(title=title, liked=title != "Call")
    TrackFactory(title="Aim high", liked=False)
    rows = as_rows(export(admin_client, query="?liked__exact=1&o=-2"))
    assert [row["title"] for row in rows] == ["Bye", "Aim"]
    assert [row["title"] for row in as_rows(export(admin_client, query="?q=aim"))] == ["Aim", "Aim high"]


@pytest.mark.parametrize(("model", "column"), [("track", "artists"), ("album", "labels")])
def test_more_rows_than_sqlite_takes_conditions(admin_client: Client, model: str, column: str) -> None:
    names = {track.title for track in many_tracks(1_100)}
    rows = as_rows(export(admin_client, model))
    assert {row["title"] for row in rows} == names
    assert all(row[column] == row["title"] for row in rows)


def test_a_selection(admin_client: Client) -> None:
    first, second, _ = TrackFactory.create_batch(3)
    address = reverse("admin:musicdb_track_changelist")
    chosen = {"action": "export_admin_action", "_selected_action": [first.pk, second.pk]}
    response: Any = admin_client.post(address, chosen)
    response.body = response.getvalue()
    assert {row["title"] for row in as_rows(response)} == {first.title, second.title}


def test_json_of_no_rows_is_json(admin_client: Client) -> None:
    assert json.loads(export(admin_client, kind=JSON).body) == []


def test_what_does_not_fit_into_a_workbook_is_said_on_the_list(admin_client: Client) -> None:
    GenreFactory(name="Long", description="x" * 40_000)
    chosen = {"format": XLSX}
    page = admin_client.post(reverse("admin:musicdb_genre_export"), chosen, follow=True).content.decode()
    assert "The description of “Long” is longer than a workbook&#x27;s cell can be. Export a CSV." in page
    assert len(as_rows(export(admin_client, "genre"))[0]["description"]) == 40_000


def test_the_other_lists(admin_client: Client, track: Track) -> None:
    ArtistAlias.objects.create(name="I.U.", target=track.artists_in_order[1])
    artists = {row["name"]: row for row in as_rows(export(admin_client, "artist"))}
    assert artists["IU"]["other_spellings"] == "I.U."
    Album.objects.update(release_date="1983-05-01", release_precision="month")
    (album,) = as_rows(export(admin_client, "album"))
    assert (album["released"], album["labels"]) == ("1983-05", "Second; First")
    assert [row["name"] for row in as_rows(export(admin_client, "label"))] == ["First", "Second"]
    assert [row["slug"] for row in as_rows(export(admin_client, "genre"))] == ["jazz", "pop"]


def test_its_name_says_what_and_when(admin_client: Client, track: Track) -> None:
    assert "tracks-20" in export(admin_client)["Content-Disposition"]


def test_the_page_asks_for_the_format_and_names_the_columns(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:musicdb_track_export")).content.decode()
    assert "slug, title, artists, artist_slugs" in page
    assert (
        "This field is required"
        in admin_client.post(reverse("admin:musicdb_track_export"), {"format": ""}).content.decode()
    )
    address = reverse("admin:musicdb_track_export") + "?liked__exact=1"
    assert (
        address in admin_client.get(reverse("admin:musicdb_track_changelist"), {"liked__exact": "1"}).content.decode()
    )


def test_who_may_see_the_list_may_export_it(client: Client) -> None:
    user = User.objects.create(username="reader", is_staff=True)
    client.force_login(user)
    address = reverse("admin:musicdb_track_export")
    assert client.get(address).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_track"))
    assert export(client).status_code == 200


@pytest.mark.parametrize("model", ["genre", "artist", "label", "album", "track"])
def test_queries_do_not_grow_with_rows(admin_client: Client, model: str) -> None:
    counts = []
    for rows in (1, 3):
        for _ in range(rows):
            album = AlbumFactory(labels=[LabelFactory()])
            TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()], album=album)
        with CaptureQueriesContext(connection) as queries:
            export(admin_client, model)
        counts.append(len(queries))
    assert counts[0] == counts[1]
