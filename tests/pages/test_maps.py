"""The files of the interactive map, and the selections on it."""

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from clusters.models import Run
from clusters.runs import point_maps
from musicdb.models import Track
from tests.factories import ArtistFactory, GenreFactory, TrackFactory, collection_of, stored_run
from tests.pages.html import parse, table_rows

pytestmark = pytest.mark.django_db

MAX_SCRIPT = 15_000


@pytest.fixture
def run() -> Run:
    """Tracks A and B in cluster 1, C and D in cluster 2, at the places (1, 0), (2, 0), (1, 3), (2, 3)."""
    genre = GenreFactory(name="dub")
    tracks = [
        TrackFactory(title=title, genres=[genre], artists=[ArtistFactory(name=f"Artist {title}")], energy=energy)
        for title, energy in (("A", 0.25), ("B", 0.5), ("C", 0.75), ("D", 1.0))
    ]
    Track.objects.filter(title="A").update(liked=True)
    made = stored_run(genre, {1: tracks[:2], 2: tracks[2:]}, is_published=True)
    made.memberships.filter(cluster__number=2).update(y=3)
    return made


def base(run: Run) -> str:
    return f"/genres/dub/clusters/map/{run.pk}/"


def grid_of(client: Client, run: Run) -> tuple[str, float]:
    left, bottom, step = struct.unpack_from("<3d", client.get(f"{base(run)}points.bin").content, 8)
    return f"{left!r},{bottom!r},{step!r}", step


def selection(client: Client, run: Run, *corners: tuple[float, float]) -> dict[str, str]:
    """The query of an outline with these corners, in the units of the plot from its lower left point."""
    grid, step = grid_of(client, run)
    return {"grid": grid, "within": ",".join(str(round(at / step)) for corner in corners for at in corner)}


def titles(client: Client, run: Run, query: dict[str, str]) -> list[str]:
    answer = client.get(f"{base(run)}selection.jspf", query)
    assert answer.status_code == 200
    return [
        track["title"]
        for track in json.loads(b"".join(answer.streaming_content))["playlist"]["track"]  # type: ignore[attr-defined]
    ]


def test_the_script_is_small() -> None:
    path = finders.find("clusters/map.js")
    assert path is not None
    assert len(gzip.compress(Path(str(path)).read_bytes())) <= MAX_SCRIPT


def test_the_page_has_the_map_and_its_data(client: Client, run: Run) -> None:
    page = parse(client.get("/genres/dub/clusters/"))
    data = json.loads(page.one("script", id="map-data").text)
    assert data["points"] == f"{base(run)}points.bin"
    assert [cluster["number"] for cluster in data["clusters"]] == [1, 2]
    assert data["axes"] == [["Slow", "Fast", 100]]
    assert [option.attrs["value"] for option in page.one("select").all("option")] == ["", "liked", "energy", "tempo"]
    rows = [row.attrs["data-track"] for row in page.all("tr") if "data-track" in row.attrs]
    assert rows == [str(key) for key in run.memberships.by_cluster().values_list("track", flat=True)]


def test_too_many_points_have_their_plot_only(client: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_maps, "MAX_POINTS", 3)
    page = parse(client.get("/genres/dub/clusters/"))
    assert not page.all("script", id="map-data")
    assert page.all("a", class_="plot")
    assert client.get(f"{base(run)}points.bin").status_code == 404


def test_points_are_kept_for_ever_and_values_are_not(client: Client, run: Run) -> None:
    points = client.get(f"{base(run)}points.bin")
    assert struct.unpack_from("<I", points.content, 4) == (4,)
    assert "immutable" in points["Cache-Control"]
    again = client.get(f"{base(run)}points.bin", headers={"If-None-Match": points["ETag"]})
    assert again.status_code == 304
    liked = client.get(f"{base(run)}by-liked.bin")
    assert list(liked.content[24:28]) == [254, 0, 0, 0]
    assert liked["Cache-Control"] == "public, no-cache"
    Track.objects.update(liked=True)
    assert client.get(f"{base(run)}by-liked.bin", headers={"If-None-Match": liked["ETag"]}).status_code == 200
    assert list(client.get(f"{base(run)}by-energy.bin").content[24:28]) == [0, 85, 169, 254]
    assert client.get(f"{base(run)}by-score.bin").status_code == 404


def test_details_of_the_tracks_of_the_run(client: Client, run: Run) -> None:
    a, stranger = Track.objects.get(title="A"), TrackFactory()
    found = client.get(f"{base(run)}tracks.json", {"ids": f"{a.pk},{stranger.pk},{2**63}"}).json()
    assert found == {"tracks": {str(a.pk): {"title": "A", "artists": "Artist A", "address": "/tracks/a/"}}}


@pytest.mark.parametrize("ids", ["", "a", "1,", "-1", "²", "1" * 20, ",".join(["1"] * 51), "1\x00", "<script>"])
def test_wrong_ids_are_refused(client: Client, run: Run, ids: str) -> None:
    assert client.get(f"{base(run)}tracks.json", {"ids": ids}).status_code == 400


def test_only_the_map_of_the_published_run_is_public(client: Client, run: Run) -> None:
    waiting = stored_run(collection_of(run.collection.owner), {1: list(Track.objects.all())})  # type: ignore[arg-type]
    for path in ("points.bin", "by-liked.bin", "tracks.json?ids=1", "selection/?grid=0,0,1&within=0,0,1,1"):
        assert client.get(base(run) + path).status_code == 200, path
        assert client.get(base(waiting) + path).status_code == 404, path


def test_a_selection_is_a_list_and_files_of_the_same_tracks(client: Client, run: Run) -> None:
    box = selection(client, run, (0, 0), (0, 3))
    assert titles(client, run, box) == ["A", "C"]
    answer = client.get(f"{base(run)}selection/", box)
    page = parse(answer)
    assert page.one("h1").text == "2 tracks in dub"
    assert [row[1].text for row in table_rows(page.one("table"))] == ["A", "C"]
    files = [address for _, address in page.one("section", class_="take-with-you").links]
    assert len(files) == 5
    for address in files:
        answer = client.get(address)
        assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert page.one("meta", name="robots").attrs["content"] == "noindex, follow"


def test_a_lasso_and_an_empty_box(client: Client, run: Run) -> None:
    triangle = selection(client, run, (-0.5, -0.5), (-0.5, 3.5), (1.5, 3.5))
    assert titles(client, run, triangle) == ["C", "D"]
    nowhere = selection(client, run, (0.4, 0.4), (0.6, 0.6))
    assert titles(client, run, nowhere) == []
    page = parse(client.get(f"{base(run)}selection/", nowhere))
    assert page.one("h1").text == "0 tracks in dub"


@pytest.mark.parametrize(
    ("grid", "within"),
    [
        ("", ""),
        ("0,0,1", ""),
        ("0,0,1", "1,2,3"),
        ("0,0,1", "1,2"),
        ("0,0,1", "a,b,c,d"),
        ("0,0,1", "\x00"),
        ("0,0,1", "1" * 10_000),
        ("0,0,1", ",".join(["1"] * 202)),
        ("0,0,1", "0,0,99999999,1"),
        ("0,0,0", "0,0,1,1"),
        ("0,0,nan", "0,0,1,1"),
        ("inf,0,1", "0,0,1,1"),
        ("0,0", "0,0,1,1"),
        ("0,0,1e300", "0,0,1,1"),
    ],
)
def test_wrong_outlines_are_refused(client: Client, run: Run, grid: str, within: str) -> None:
    for path in ("selection/", "selection.csv"):
        assert client.get(base(run) + path, {"grid": grid, "within": within}).status_code == 400


@pytest.mark.parametrize("grid", ["1e308,0,1", "-1e308,1e308,1e11"])
def test_a_grid_far_away_has_no_tracks(client: Client, run: Run, grid: str) -> None:
    assert titles(client, run, {"grid": grid, "within": "0,0,1000000,5"}) == []


@pytest.mark.parametrize("more", [0, 2])
def test_queries_do_not_depend_on_the_tracks(
    client: Client, run: Run, django_assert_num_queries: Any, more: int
) -> None:
    genre = run.collection.owner
    if more:
        run.delete()
        tracks = [TrackFactory(genres=[genre], artists=[ArtistFactory()]) for _ in range(4 + more)]
        run = stored_run(genre, {1: tracks}, is_published=True)
    ids = ",".join(str(key) for key in run.memberships.values_list("track", flat=True))
    everything = selection(client, run, (-9, -9), (9, 9))
    # The version and the run come first. A selection looks up the outline's tracks, counts them, and reads the page of
    # them with artists and labels; its file has the name of the site, their number, their order, and them with artists.
    for path, query, queries in (
        ("points.bin", {}, 3),
        ("by-energy.bin", {}, 3),
        ("tracks.json", {"ids": ids}, 4),
    ):
        with django_assert_num_queries(queries):
            assert client.get(base(run) + path, query).status_code == 200
    with django_assert_num_queries(7):
        client.get(f"{base(run)}selection/", everything)
    with django_assert_num_queries(7):
        assert len(titles(client, run, everything)) == 4 + more


def test_a_track_leads_to_its_point(client: Client, run: Run) -> None:
    a = Track.objects.get(title="A")
    addresses = [address for _, address in parse(client.get("/tracks/a/")).links]
    assert f"/genres/dub/clusters/#track-{a.pk}" in addresses
