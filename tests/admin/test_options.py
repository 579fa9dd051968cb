"""The options of autocomplete boxes tell rows of one name apart."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db
ID = "5WUlDfRSoLAfcVSX1WnrxN"


def options(client: Client, model: str, field: str, term: str) -> list[str]:
    query = {"app_label": "musicdb", "model_name": model, "field_name": field, "term": term}
    return [one["text"] for one in client.get(reverse("admin:autocomplete", query=query)).json()["results"]]


def test_artists_by_tracks_and_spotify_id_or_address(admin_client: Client) -> None:
    known, other = ArtistFactory(name="Sia", spotify_id=ID), ArtistFactory(name="Sia", spotify_id=None)
    TrackFactory(artists=[known, other])
    TrackFactory(artists=[known])
    assert options(admin_client, "trackartist", "artist", "sia") == [
        f"Sia (2 tracks, Spotify {ID})",
        "Sia (1 track, sia-2)",
    ]


def test_albums_by_artist_date_and_tracks(admin_client: Client) -> None:
    for name, year in (("Queen", "1981-01-01"), ("Dr. Hook", None)):
        album = AlbumFactory(title="Greatest Hits", release_date=year, release_precision="year" if year else "")
        for _ in range(2 if year else 1):
            TrackFactory(album=album, artists=[ArtistFactory(name=name), ArtistFactory(name="Guest")])
    AlbumFactory(title="Greatest Hits 2")
    assert options(admin_client, "track", "album", "greatest") == [
        "Greatest Hits (Queen, 1981, 2 tracks)",
        "Greatest Hits (Dr. Hook, 1 track)",
        "Greatest Hits 2 (0 tracks)",
    ]


def test_labels_and_genres_by_size(admin_client: Client) -> None:
    label, genre = LabelFactory(name="EMI"), GenreFactory(name="pop")
    TrackFactory(album=AlbumFactory(labels=[label]), genres=[genre])
    assert options(admin_client, "albumlabel", "label", "emi") == ["EMI (1 album)"]
    assert options(admin_client, "track", "genres", "pop") == ["pop (1 track)"]


def test_tracks_by_artist_and_album(admin_client: Client) -> None:
    TrackFactory(title="Hello", artists=[ArtistFactory(name="Adele")], album=AlbumFactory(title="25"))
    TrackFactory(title="Hello", artists=[], album=None)
    assert options(admin_client, "trackartist", "track", "hello") == ["Hello (Adele, 25)", "Hello"]


def test_a_name_from_right_to_left_leaves_the_rest_as_it_is(admin_client: Client) -> None:
    ArtistFactory(name="فيروز", spotify_id=ID)
    assert options(admin_client, "trackartist", "artist", "فيروز") == [f"\u2068فيروز\u2069 (0 tracks, Spotify {ID})"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("model", "field"), [("track", "album"), ("trackartist", "track"), ("trackartist", "artist")])
def test_the_facts_take_no_query_a_row(
    admin_client: Client, django_assert_num_queries: Any, rows: int, model: str, field: str
) -> None:
    for number in range(rows):
        artist = ArtistFactory(name=f"Love {number}")
        TrackFactory(title=f"Love {number}", artists=[artist], album=AlbumFactory(title=f"Love {number}"))
    with django_assert_num_queries(4):  # session, user, keys, rows
        assert len(options(admin_client, model, field, "love")) == rows
