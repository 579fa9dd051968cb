"""The path from one track to another: its page, its files, and what has no path."""

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.runs import Options, recluster
from musicdb.models import Track
from tests.db.shared import once_for_the_module
from tests.factories import ArtistFactory, TrackFactory, with_neighbours
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
PATH = "/tracks/t0/path/t12/"


def make_library() -> None:
    """Make tracks in a row by energy and valence: t0 to t12, each with an artist; those of t6 and t7 are hidden.

    One more has no features.
    """
    others = {"danceability": 0.5, "speechiness": 0.1, "acousticness": 0.3, "instrumentalness": 0.0, "liveness": 0.2}
    for number in range(13):
        artist = ArtistFactory(name=f"a{number}", visibility="hidden" if number in (6, 7) else "shown")
        TrackFactory(
            title=f"t{number}",
            artists=[artist],
            **others,
            energy=number / 12,
            valence=number / 12,
            tempo=120,
            loudness=-8,
        )
    TrackFactory(title="silent", features=False)
    (outcome,) = recluster([Collection.objects.library()], Params(clusters=2), Options())
    assert outcome.status == "published"


_library = once_for_the_module(make_library)


@pytest.fixture(autouse=True)
def library(_library: None, db: None) -> None:
    # The file that the module's run stored is gone.
    with_neighbours(Run.objects.get(), list(Track.objects.filter(energy__isnull=False)))


def titles(client: Client, address: str) -> list[str]:
    return [head.one("bdi").text for head in parse(client.get(address)).all("th", class_="title")]


def test_the_path_goes_from_the_first_to_the_last_in_small_steps_and_back(client: Client) -> None:
    found = titles(client, PATH)
    places = [int(title.removeprefix("t")) for title in found]
    assert (places[0], places[-1]) == (0, 12)
    assert 5 < len(places) <= 10
    assert places == sorted(set(places))
    assert max(after - before for before, after in pairwise(places)) <= 3
    page = parse(client.get(PATH))
    assert page.one("h1").text == "From t0 to t12"
    assert ("The way back", "/tracks/t12/path/t0/") in page.links
    # The first has no track before it to be compared with.
    reasons = [[each.text for each in head.all("span", class_="reason")] for head in page.all("th", class_="title")]
    assert reasons[0] in ([], [""])
    assert all(each and each[0] for each in reasons[1:])
    assert titles(client, "/tracks/t12/path/t0/")[0] == "t12"


def test_its_files_have_the_tracks_of_the_page_in_its_order(client: Client) -> None:
    links = b"".join(client.get("/tracks/t0/path/t12.txt").streaming_content).decode().split()
    by_title = {track.title: track.spotify_url for track in Track.objects.all()}
    assert links == [by_title[title] for title in titles(client, PATH)]


def test_hidden_artists_are_named_without_a_link(client: Client) -> None:
    # Neither is an end, and any path goes by one of them.
    page = parse(client.get("/tracks/t6/path/t7/"))
    assert titles(client, "/tracks/t6/path/t7/") == ["t6", "t7"]
    assert [link for link in page.links if link[1].startswith("/artists/a")] == []
    assert {"a6", "a7"} <= {node.text for node in page.all("bdi")}


@pytest.mark.parametrize("suffix", ["/", ".txt"])
def test_where_there_is_no_path_nothing_is_found(client: Client, suffix: str) -> None:
    for start, end in (("t0", "t0"), ("t0", "silent"), ("silent", "t0"), ("t0", "nothing"), ("nothing", "t0")):
        assert client.get(f"/tracks/{start}/path/{end}{suffix}").status_code == 404, (start, end)
    # An end whose feature was removed since the run is no longer known.
    Track.objects.filter(slug="t12").update(energy=None)
    assert client.get(f"/tracks/t0/path/t12{suffix}").status_code == 404
    Collection.objects.update(is_off=True)
    assert client.get(f"/tracks/t0/path/t11{suffix}").status_code == 404


def test_a_track_that_is_gone_since_the_run_is_left_out(client: Client) -> None:
    gone = titles(client, PATH)[3]
    Track.objects.filter(title=gone).delete()
    assert gone not in titles(client, PATH)


@pytest.mark.parametrize("end", ["t1", "t12"])
def test_queries_do_not_grow_with_the_path(client: Client, django_assert_num_queries: Any, end: str) -> None:
    # Both ends; the run; the tracks, their artists, their labels; the site settings.
    with django_assert_num_queries(7):
        client.get(f"/tracks/t0/path/{end}/")


def test_the_end_is_found_by_its_title_or_its_link(client: Client) -> None:
    page = parse(client.get("/tracks/t0/path/?to=t12"))
    assert PATH in [address for _, address in page.links]
    link = Track.objects.get(slug="t12").spotify_url
    assert client.get("/tracks/t0/path/", {"to": link}).headers["Location"] == PATH
    assert "No track is called “nobody”." in parse(client.get("/tracks/t0/path/?to=nobody")).one("main").text
    assert client.get("/tracks/nothing/path/").status_code == 404


def test_a_track_is_not_offered_as_the_end_of_a_path_from_itself(client: Client) -> None:
    by_title = parse(client.get("/tracks/t0/path/?to=t0"))
    by_link = client.get("/tracks/t0/path/", {"to": Track.objects.get(slug="t0").spotify_url})
    assert "/tracks/t0/path/t0/" not in [address for _, address in by_title.links]
    assert "is the track that the path begins with" in by_title.one("main").text
    assert (by_link.status_code, parse(by_link).one("main").text.count("No track")) == (200, 0)
