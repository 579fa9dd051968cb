"""The home page: the map of all genres, and what it asks the database."""

from typing import Any

import pytest
from django.test import Client

from clusters.core.features import FEATURE_NAMES
from clusters.models import Run, RunProfile
from musicdb.models import Genre
from tests.factories import GenreFactory, TrackFactory, stored_run
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def genre_with_profile(name: str, sound: float, tracks: int = 6) -> Genre:
    genre = GenreFactory(name=name)
    members = [TrackFactory(genres=[genre]) for _ in range(tracks)]
    run = stored_run(genre, {1: members}, is_published=True)
    nothing: dict[str, Any] = {name: {} for name in ("quantiles", "extremes", "leading", "artist_means", "clusters")}
    RunProfile.objects.create(run=run, means=dict.fromkeys(FEATURE_NAMES, sound), years=[], **nothing)
    return genre


def test_a_map_shows_every_genre_as_large_as_its_tracks(client: Client) -> None:
    for name, sound, tracks in (("dub", 0.2, 12), ("ska", 0.4, 3), ("trip hop", 0.8, 6)):
        genre_with_profile(name, sound, tracks)
    page = parse(client.get("/")).one("svg", class_="genre-map")
    found = {link.attrs["aria-label"]: float(link.one("circle").attrs["r"] or 0) for link in page.all("a")}
    assert list(found) == ["dub, 12 tracks", "trip hop, 6 tracks", "ska, 3 tracks"]
    assert sorted(found.values(), reverse=True) == list(found.values())
    assert [(text, href) for text, href in page.links] == [
        ("dub", "/genres/dub/"),
        ("trip hop", "/genres/trip-hop/"),
        ("ska", "/genres/ska/"),
    ]


def test_two_genres_have_no_map(client: Client) -> None:
    for name in ("dub", "ska"):
        genre_with_profile(name, 0.5)
    assert not parse(client.get("/")).all("svg", class_="genre-map")


def test_the_map_stands_on_the_first_page_only_and_has_no_run_that_waits(client: Client) -> None:
    for name in ("dub", "ska", "trip hop", "waiting"):
        genre_with_profile(name, 0.5)
    Run.objects.filter(collection__genre__name="waiting").update(is_published=False)
    for number in range(24):
        GenreFactory(name=f"genre {number}")
    assert "waiting" not in parse(client.get("/")).one("svg", class_="genre-map").text
    assert not parse(client.get("/?page=2")).all("svg", class_="genre-map")


def test_a_long_name_is_cut_on_the_map_and_whole_for_a_screen_reader(client: Client) -> None:
    name = "a name that is longer than any map could show"
    for each in (name, "dub", "ska"):
        genre_with_profile(each, 0.5)
    page = parse(client.get("/")).one("svg", class_="genre-map")
    assert "a name that is longer t…" in page.text
    assert f"{name}, 6 tracks" in [link.attrs["aria-label"] for link in page.all("a")]


@pytest.mark.parametrize("count", [1, 3])
def test_it_needs_eight_queries_whatever_the_library(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        genre_with_profile(f"genre {number}", 0.5)
    # The version with the site settings; playlists; the library's run; totals; the map; genres and their runs.
    with django_assert_num_queries(7):
        client.get("/")


def test_what_the_library_has_none_of_is_not_counted(client: Client) -> None:
    TrackFactory(album=None)
    response = client.get("/")
    page = parse(response)
    assert {term.text: number.text for term, number in zip(page.all("dt"), page.all("dd"), strict=True)} == {
        "tracks": "1"
    }
    assert '<meta name="description" content="1 tracks, grouped by how they sound.">' in response.text


def test_an_empty_library_has_no_counts(client: Client) -> None:
    response = client.get("/")
    assert not parse(response).all("dt")
    assert 'content="Music, grouped by how it sounds."' in response.text
