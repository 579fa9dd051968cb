"""Playlists over REST."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from musicdb.models import PlaylistEntry, Visibility
from tests.factories import PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db
API = "/api/v1/playlists/"


def test_the_list_has_public_playlists_by_name_with_their_counts(client: Client) -> None:
    track = TrackFactory(liked=True)
    PlaylistFactory(name="mine", tracks=[track, track])
    PlaylistFactory(name="loved", rule="liked=true")
    PlaylistFactory(name="secret", visibility=Visibility.HIDDEN, tracks=[track])
    found = client.get(API).json()["results"]
    assert [(row["name"], row["track_count"], row["has_rule"]) for row in found] == [
        ("loved", 1, True),
        ("mine", 2, False),
    ]
    assert found[1]["url"] == "http://testserver/api/v1/playlists/mine/"
    assert found[1]["page_url"] == "http://testserver/playlists/mine/"


def test_one_playlist_has_its_description_and_length(client: Client) -> None:
    PlaylistFactory(name="mine", source="/home/ann/mine.csv", tracks=[TrackFactory(duration_ms=5), TrackFactory()])
    assert client.get(f"{API}mine/").json() == {
        "name": "mine",
        "slug": "mine",
        "url": "http://testserver/api/v1/playlists/mine/",
        "page_url": "http://testserver/playlists/mine/",
        "track_count": 2,
        "has_rule": False,
        "description": None,
        "duration_ms": 5,
        "entries_url": "http://testserver/api/v1/playlists/mine/entries/",
    }


def test_entries_are_numbered_across_pages(client: Client) -> None:
    tracks = [TrackFactory(title=title) for title in "ABC"]
    PlaylistFactory(name="mine", tracks=[*tracks, tracks[0]])
    PlaylistEntry.objects.filter(position=3).update(added_at=datetime(2024, 5, 6, tzinfo=UTC))
    answer = client.get(f"{API}mine/entries/?page=2&page_size=2").json()
    assert answer["count"] == 4
    assert [(row["number"], row["track"]["title"], row["added_at"]) for row in answer["results"]] == [
        (3, "C", None),
        (4, "A", "2024-05-06T00:00:00Z"),
    ]
    assert answer["results"][0].keys() == {"number", "added_at", "track"}


def test_entries_of_a_rule_are_those_that_it_finds(client: Client) -> None:
    TrackFactory(title="A", liked=True)
    PlaylistFactory(name="loved", rule="liked=true")
    (row,) = client.get(f"{API}loved/entries/").json()["results"]
    assert (row["number"], row["track"]["title"], row["added_at"]) == (1, "A", None)


def test_hidden_playlists_are_nowhere(client: Client) -> None:
    PlaylistFactory(name="secret", visibility=Visibility.HIDDEN, tracks=[TrackFactory()])
    assert client.get(f"{API}secret/").status_code == 404
    assert client.get(f"{API}secret/entries/").status_code == 404
    assert client.get("/api/v1/tracks/?playlist=secret").json()["parameters"] == {
        "playlist": ["There is no playlist with this slug or name."]
    }


def test_tracks_are_filtered_by_bounds(client: Client) -> None:
    TrackFactory(title="Loud", energy=0.9)
    TrackFactory(title="Quiet", energy=0.1)
    found = client.get("/api/v1/tracks/?min_energy=0.5").json()["results"]
    assert [track["title"] for track in found] == ["Loud"]
    for wrong in ("min_energy=2", "min_energy=nan", "min_year=0", "min_year=x", "max_tempo=1e999"):
        assert client.get(f"/api/v1/tracks/?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (API, 5),  # the version, how many, the playlists, their entries, what their rules find
        (f"{API}mine/", 3),  # the version, the playlist, its totals
        (
            f"{API}mine/entries/",
            6,
        ),  # the version, the playlist, how many, the tracks with their albums, artists, labels
    ],
)
def test_answers_ask_as_much_for_three_rows_as_for_one(
    client: Client, rows: int, address: str, queries: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        PlaylistFactory(name="mine" if not number else f"m{number}", tracks=[TrackFactory() for _ in range(rows)])
        PlaylistFactory(rule="has_features=true")
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
