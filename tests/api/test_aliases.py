"""Former addresses over REST: they lead to what they are part of now."""

import pytest
from django.test import Client

from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, clustered_genre

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("below", ["", "clusters/"])
def test_a_genre_and_all_below_it(client: Client, below: str) -> None:
    genre, _ = clustered_genre(clusters=2, name="New")
    genre.aliases.create(name="Old", slug="old")
    response = client.get(f"/api/v1/genres/old/{below}")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/genres/new/{below}")
    assert client.get(response["Location"]).status_code == 200


def test_a_cluster_leads_to_all_clusters_of_the_genre(client: Client) -> None:
    genre, _ = clustered_genre(clusters=2, name="New")
    genre.aliases.create(name="Old", slug="old")
    response = client.get("/api/v1/genres/old/clusters/1/?page_size=1")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/genres/new/clusters/")


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_artists_and_labels(client: Client, factory: type) -> None:
    thing = factory(name="New")
    thing.aliases.create(name="Old", slug="old")
    kind = thing._meta.model_name
    response = client.get(f"/api/v1/{kind}s/old/")
    assert (response.status_code, response["Location"]) == (301, f"/api/v1/{kind}s/new/")


@pytest.mark.parametrize("kind", ["genre", "artist", "label"])
def test_a_filter_by_a_former_address(client: Client, kind: str) -> None:
    label, artist, genre = LabelFactory(), ArtistFactory(), GenreFactory()
    track = TrackFactory(artists=[artist], genres=[genre], album=AlbumFactory(labels=[label]))
    TrackFactory()
    {"genre": genre, "artist": artist, "label": label}[kind].aliases.create(name="Old", slug="old")
    found = client.get(f"/api/v1/tracks/?{kind}=old").json()["results"]
    assert [row["slug"] for row in found] == [track.slug]
    assert client.get(f"/api/v1/tracks/?{kind}=older").status_code == 400


def test_a_query_that_is_wrong_is_wrong_there_too(client: Client) -> None:
    LabelFactory(name="New").aliases.create(name="Old", slug="old")
    assert client.get("/api/v1/labels/old/?colour=red").status_code == 400


def test_what_never_was_is_an_error_in_the_api_s_form(client: Client) -> None:
    LabelFactory(name="New").aliases.create(name="Old", slug="old")
    response = client.get("/api/v1/labels/older/")
    assert (response.status_code, list(response.json())) == (404, ["detail"])
