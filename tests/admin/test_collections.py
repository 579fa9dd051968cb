"""The list of collections: what is clustered, what was found, and what editors have settled."""

import pytest
from django.test import Client

from clusters.models import Collection, Run
from musicdb.models import Artist, Playlist
from tests.admin.helpers import editor, listed, messages_of, page_of, run_action
from tests.factories import ArtistFactory, PlaylistFactory, TrackFactory, clustered_genre, collection_of
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def test_the_library_comes_first_and_each_row_says_what_was_found_and_settled(admin_client: Client) -> None:
    genre, run = clustered_genre(name="dub", clusters=2)
    playlist = collection_of(PlaylistFactory(name="Road trip"))
    Collection.objects.filter(pk=playlist.pk).update(clusters=4, requires_review=True, is_off=True)
    library = Collection.objects.library()
    response = admin_client.get(page_of(Collection))
    assert listed(response) == [library, genre.collection, playlist]
    rows = parse(response).one("table", id="result_list").one("tbody").all("tr")
    assert [[cell.text for cell in row.all("th") + row.all("td")][:1] for row in rows] == [
        ["The library"],
        ["dub"],
        ["Road trip"],
    ]
    assert "not clustered, 4 clusters, review" in rows[2].text
    assert f"{run.silhouette:.3f}" in rows[1].text


def test_it_is_searched_and_filtered(admin_client: Client) -> None:
    genre, _ = clustered_genre(name="dub", clusters=2)
    artist = collection_of(ArtistFactory(name="Zoë"))
    assert listed(admin_client.get(page_of(Collection, q="zoe"))) == [artist]
    assert listed(admin_client.get(page_of(Collection, kind__exact="genre"))) == [genre.collection]
    assert listed(admin_client.get(page_of(Collection, clustered="yes"))) == [genre.collection]
    assert listed(admin_client.get(page_of(Collection, clustered="no"))) == [artist]
    assert listed(admin_client.get(page_of(Collection, clustered="stale"))) == []
    TrackFactory(genres=[genre])
    assert listed(admin_client.get(page_of(Collection, clustered="stale"))) == [genre.collection]


def test_what_is_settled_holds_for_the_next_run(admin_client: Client) -> None:
    genre, _ = clustered_genre(tracks=21, name="dub", clusters=2, groups=3)
    page = page_of(Collection, "change", genre.collection.pk)
    assert admin_client.post(page, {"clusters": "3", "requires_review": "on"}).status_code == 302
    messages = messages_of(run_action(admin_client, "recluster_selected", [genre.collection]))
    assert [text for level, text in messages if level == "warning" and "a run waits for your review" in text]
    assert Run.objects.newest_first()[0].cluster_count == 3


def test_a_number_that_no_run_takes_is_refused(admin_client: Client) -> None:
    library = Collection.objects.library()
    answer = admin_client.post(page_of(Collection, "change", library.pk), {"clusters": "1"})
    assert "Ensure this value is greater than or equal to 2." in answer.text
    assert Collection.objects.get().clusters is None


def test_playlists_and_artists_are_reclustered_from_their_lists(admin_client: Client) -> None:
    tracks = TrackFactory.create_batch(8, artists=[ArtistFactory(name="Zoë")])
    PlaylistFactory(name="Road trip", tracks=tracks)
    for model in (Artist, Playlist):
        run_action(admin_client, "recluster_selected", [model.objects.get()])
    assert {run.collection.key for run in Run.objects.published()} == {"artist:zoe", "playlist:road-trip"}


def test_it_is_neither_added_nor_deleted_by_itself(admin_client: Client) -> None:
    library = Collection.objects.library()
    assert admin_client.get(page_of(Collection, "add")).status_code == 403
    assert admin_client.post(page_of(Collection, "delete", library.pk), {"post": "yes"}).status_code == 403
    run_action(admin_client, "delete_selected", [library], post="yes")
    assert Collection.objects.filter(pk=library.pk).exists()


def test_who_may_only_look_settles_nothing() -> None:
    library, client = Collection.objects.library(), editor("view_collection")
    page = page_of(Collection, "change", library.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, {"clusters": "3"}).status_code == 403
    assert Collection.objects.get().clusters is None


def test_what_has_no_page_does_not_lead_to_one(admin_client: Client) -> None:
    artist = ArtistFactory(name="Zoë")
    TrackFactory.create_batch(8, artists=[artist])
    run_action(admin_client, "recluster_selected", [artist])
    run = Run.objects.get()
    pages = [page_of(Collection, "change", run.collection_id), page_of(Run, "change", run.pk)]
    assert ["viewsitelink" in admin_client.get(page).text for page in pages] == [True, True]
    Artist.objects.update(visibility="hidden")
    assert ["viewsitelink" in admin_client.get(page).text for page in pages] == [False, False]
