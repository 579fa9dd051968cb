"""Housekeeping and the admin's first page: every count is true, and leads to just what it counts."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from clusters.models import Run
from musicdb.imports.parse import ImportOptions
from musicdb.imports.service import run_import
from musicdb.models import Album, Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
    clustered_genre,
)
from tests.imports.files import net_file, net_row

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:housekeeping")
INDEX = reverse("admin:index")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


def whole(**fields: Any) -> Track:
    """A track that lacks nothing."""
    fields = {"artists": [ArtistFactory()], "genres": [GenreFactory()], "album": whole_album(), **fields}
    track = TrackFactory(**fields)
    assert isinstance(track, Track)
    return track


def whole_album(**fields: Any) -> Album:
    fields = {"labels": [LabelFactory()], "release_date": date(2020, 1, 1), "release_precision": "day", **fields}
    album = AlbumFactory(**fields)
    assert isinstance(album, Album)
    return album


def counts(client: Client) -> dict[str, tuple[int, str]]:
    response = client.get(PAGE)
    return {count.chore.title: (count.number, count.address) for count in response.context["counts"]}


def listed(client: Client, address: str) -> set[int]:
    return {row.pk for row in client.get(address).context["cl"].result_list}


def test_a_whole_library_has_nothing_to_look_after(admin_client: Client) -> None:
    whole()
    assert {number for number, _ in counts(admin_client).values()} == {0}


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Tracks without features", {"features": False}),
        ("Tracks without artists", {"artists": []}),
        ("Tracks without a genre", {"genres": []}),
        ("Tracks without art", {"album": None}),
        ("Tracks without a label", {"album": None}),
    ],
)
def test_a_track_that_lacks_something(admin_client: Client, title: str, fields: dict[str, Any]) -> None:
    whole()
    lacking = whole(**fields)
    number, address = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, address) == {lacking.pk}


def test_what_an_album_lacks_its_tracks_lack(admin_client: Client) -> None:
    track = whole(album=whole_album(labels=[], image_url=""))
    found = counts(admin_client)
    for title in ("Tracks without art", "Tracks without a label"):
        assert found[title][0] == 1
        assert listed(admin_client, found[title][1]) == {track.pk}


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Albums without a release date", {"release_date": None, "release_precision": ""}),
        ("Albums with an odd release date", {"release_date": date(1756, 1, 27)}),
        ("Albums with an odd release date", {"release_date": localdate().replace(year=localdate().year + 3, day=1)}),
        ("Albums whose art is not https", {"image_url": "http://images.example/1.jpg"}),
        ("Albums whose art's address looks broken", {"image_url": "https://images/1.jpg"}),
        ("Albums whose art's address looks broken", {"image_url": "https:///1.jpg"}),
        ("Albums whose art's address looks broken", {"image_url": "https://images.example/a b.jpg"}),
    ],
)
def test_a_doubtful_album(admin_client: Client, title: str, fields: dict[str, Any]) -> None:
    whole_album()
    doubtful = whole_album(**fields)
    number, address = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, address) == {doubtful.pk}


def test_a_shared_isrc(admin_client: Client) -> None:
    same = {whole(isrc="KRA381001057").pk, whole(isrc="KRA381001057").pk}
    whole(isrc="KRA381001058")
    whole()
    number, address = counts(admin_client)["Tracks that share an ISRC"]
    assert number == 2
    assert listed(admin_client, address) == same


def test_likely_one_recording(admin_client: Client) -> None:
    iu, suga = ArtistFactory(name="IU"), ArtistFactory(name="SUGA")
    first = whole(title="Eight", artists=[iu, suga])
    second = whole(title="EIGHT (feat. SUGA)", artists=[suga, iu])
    for title, artists in (("Eight", [iu]), ("Eight - Live", [iu, suga]), ("Eight", [])):
        whole(title=title, artists=artists)
    number, address = counts(admin_client)["Tracks that are likely one recording"]
    assert number == 1
    (group,) = admin_client.get(address).context["groups"]
    assert group == [first, second]


def test_a_genre_whose_tracks_have_changed(admin_client: Client) -> None:
    title = "Genres that are not as their clusters show them"
    genre, _ = clustered_genre(tracks=8)
    assert counts(admin_client)[title][0] == 0
    Track.objects.filter(pk=genre.tracks.all()[0].pk).update(energy=0.123456)
    number, address = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, address) == {genre.pk}


def test_a_run_with_a_number_of_its_own_is_not_stale(admin_client: Client) -> None:
    clustered_genre(tracks=8, clusters=3)
    assert counts(admin_client)["Genres that are not as their clusters show them"][0] == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_housekeeping(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        clustered_genre(tracks=6)
    with django_assert_num_queries(17):  # X
        admin_client.get(PAGE)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_duplicates(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        artist = ArtistFactory()
        whole(title="One", artists=[artist])
        whole(title="one", artists=[artist])
    with django_assert_num_queries(
        8
    ):  # Session, user; artists, titles, who is apart; tracks with albums, labels and artists.
        response = admin_client.get(reverse("admin:likely_duplicates"))
    assert len(response.context["groups"]) == rows


class TestFirstPage:
    def test_what_happened_last_and_what_is_to_do(self, admin_client: Client, admin_user: User) -> None:
        run_import([net_file(net_row(1, **{"Record Label": ""}))], ImportOptions(), admin_user)
        clustered_genre(name="k-pop")
        page = admin_client.get(INDEX).content.decode()
        assert f'{reverse("admin:clusters_run_change", args=[Run.objects.get().pk])}">k-pop</a>' in page
        assert re.search("liked.csv</a> <span>1 track new, 0 changed, 0 as they were; [^<]+, by admin</span>", page)
        assert 'gap=label">Tracks without a label</a> <span>1</span>' in page
        assert "Tracks without artists" not in page

    def test_an_empty_library(self, admin_client: Client) -> None:
        page = admin_client.get(INDEX).content.decode()
        assert page.count("None yet.") == 2
        assert "All is well." in page

    def test_counts_are_kept_and_looking_again_counts_anew(self, admin_client: Client) -> None:
        admin_client.get(INDEX)
        whole(features=False)
        assert "Tracks without features" not in admin_client.get(INDEX).content.decode()
        admin_client.get(PAGE)
        assert "Tracks without features" in admin_client.get(INDEX).content.decode()

    def test_a_large_library_does_not_wait_for_what_is_slow_to_count(
        self, admin_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        artist = ArtistFactory()
        for title in ("One", "one"):
            whole(title=title, artists=[artist])
        monkeypatch.setattr("musicdb.editing.data_quality.LARGE", 1)
        address = reverse("admin:likely_duplicates")
        assert (
            f'{address}">Tracks that are likely one recording</a> <span>not counted yet<'
            in admin_client.get(INDEX).text
        )
        assert counts(admin_client)["Tracks that are likely one recording"] == (1, address)
        assert f'{address}">Tracks that are likely one recording</a> <span>1<' in admin_client.get(INDEX).text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
        for number in range(rows):
            clustered_genre()
            run_import([net_file(net_row(number))], ImportOptions(), None)
        admin_client.get(INDEX)
        with django_assert_num_queries(5):  # Session, user, imports, runs, and Django's own recent actions.
            admin_client.get(INDEX)

    def test_everybody_sees_what_they_may(self, client: Client) -> None:
        whole(features=False)
        clustered_genre()
        user = User.objects.create(username="reader", is_staff=True)
        client.force_login(user)
        page = client.get(INDEX).content.decode()
        assert "Last runs" not in page
        assert "Tracks without features" not in page
        assert "nothing here that you may see" in client.get(PAGE).content.decode()
        assert client.get(reverse("admin:likely_duplicates")).status_code == 403
        user.user_permissions.set(Permission.objects.filter(codename="view_album"))
        assert set(counts(client)) == {
            "Albums without a release date",
            "Albums with an odd release date",
            "Albums whose art is not https",
            "Albums whose art's address looks broken",
        }

    def test_not_for_visitors(self, client: Client) -> None:
        for address in (INDEX, PAGE, reverse("admin:likely_duplicates")):
            assert client.get(address).status_code == 302
