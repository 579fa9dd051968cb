"""Data quality and the admin's first page: every count is right, and links to exactly the rows it counts."""

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
from musicdb.imports import ImportOptions, run_import
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
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:data_quality")
INDEX = reverse("admin:index")
IN_THREE_YEARS = localdate().replace(year=localdate().year + 3, day=1)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def complete_track(**fields: Any) -> Track:
    """A track without any data quality problem."""
    fields = {"artists": [ArtistFactory()], "genres": [GenreFactory()], "album": complete_album(), **fields}
    track = TrackFactory(**fields)
    assert isinstance(track, Track)
    return track


def complete_album(**fields: Any) -> Album:
    fields = {"labels": [LabelFactory()], "release_date": date(2020, 1, 1), "release_precision": "day", **fields}
    album = AlbumFactory(**fields)
    assert isinstance(album, Album)
    return album


def counts(client: Client) -> dict[str, tuple[int, str]]:
    response = client.get(PAGE)
    return {result.check.title: (result.count, result.url) for result in response.context["results"]}


def listed(client: Client, url: str) -> set[int]:
    return {row.pk for row in client.get(url).context["cl"].result_list}


def test_a_complete_library_has_no_problems(admin_client: Client) -> None:
    complete_track()
    assert {number for number, _ in counts(admin_client).values()} == {0}


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Tracks without audio features", {"features": False}),
        ("Tracks without artists", {"artists": []}),
        ("Tracks without a genre", {"genres": []}),
        ("Tracks without art", {"album": None}),
        ("Tracks without a label", {"album": None}),
    ],
)
def test_a_track_with_something_missing(admin_client: Client, title: str, fields: dict[str, Any]) -> None:
    complete_track()
    incomplete = complete_track(**fields)
    number, url = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, url) == {incomplete.pk}


def test_a_track_without_art_or_label_because_its_album_has_none(admin_client: Client) -> None:
    track = complete_track(album=complete_album(labels=[], image_url=""))
    found = counts(admin_client)
    for title in ("Tracks without art", "Tracks without a label"):
        assert found[title][0] == 1
        assert listed(admin_client, found[title][1]) == {track.pk}


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Albums without a release date", {"release_date": None, "release_precision": ""}),
        ("Albums with an unlikely release date", {"release_date": date(1756, 1, 27)}),
        (
            "Albums with an unlikely release date",
            {"release_date": localdate().replace(year=localdate().year + 3, day=1)},
        ),
        ("Albums whose art is not https", {"image_url": "http://images.example/1.jpg"}),
        ("Albums whose art has a broken address", {"image_url": "https://images/1.jpg"}),
        ("Albums whose art has a broken address", {"image_url": "https:///1.jpg"}),
        ("Albums whose art has a broken address", {"image_url": "https://images.example/a b.jpg"}),
    ],
)
def test_an_album_with_something_wrong(admin_client: Client, title: str, fields: dict[str, Any]) -> None:
    complete_album()
    wrong = complete_album(**fields)
    number, url = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, url) == {wrong.pk}


def test_a_shared_isrc(admin_client: Client) -> None:
    same = {complete_track(isrc="KRA381001057").pk, complete_track(isrc="KRA381001057").pk}
    complete_track(isrc="KRA381001058")
    complete_track()
    other = [complete_track(isrc="KRA381001056").pk for _ in range(3)]
    number, url = counts(admin_client)["Tracks that share an ISRC"]
    assert number == 2
    groups = [[track.pk for track in group] for group in admin_client.get(url).context["groups"]]
    assert groups == [other, sorted(same)]


def test_possible_duplicate_tracks(admin_client: Client) -> None:
    iu, suga = ArtistFactory(name="IU"), ArtistFactory(name="SUGA")
    first = complete_track(title="Eight", artists=[iu, suga])
    second = complete_track(title="EIGHT (feat. SUGA)", artists=[suga, iu])
    for title, artists in (("Eight", [iu]), ("Eight - Live", [iu, suga]), ("Eight", [])):
        complete_track(title=title, artists=artists)
    number, url = counts(admin_client)["Possible duplicate tracks"]
    assert number == 1
    (group,) = admin_client.get(url).context["groups"]
    assert group == [first, second]


def test_a_genre_whose_tracks_have_changed(admin_client: Client) -> None:
    title = "Genres changed since they were clustered"
    genre, _ = clustered_genre(tracks=8)
    assert counts(admin_client)[title][0] == 0
    Track.objects.filter(pk=genre.tracks.all()[0].pk).update(energy=0.123456)
    number, url = counts(admin_client)[title]
    assert number == 1
    assert listed(admin_client, url) == {genre.pk}


def test_a_run_with_a_chosen_number_of_clusters_is_not_stale(admin_client: Client) -> None:
    clustered_genre(tracks=9, clusters=3)
    assert counts(admin_client)["Genres changed since they were clustered"][0] == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_data_quality_queries(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        clustered_genre(tracks=6)
    with django_assert_num_queries(36):
        admin_client.get(PAGE)


@pytest.mark.parametrize("rows", [1, 3])
def test_duplicate_tracks_queries(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        artist = ArtistFactory()
        complete_track(title="One", artists=[artist])
        complete_track(title="one", artists=[artist])
    with django_assert_num_queries(
        8
    ):  # Session, user; artists, titles, dismissed pairs; tracks with albums, labels, artists.
        response = admin_client.get(reverse("admin:duplicate_tracks"))
    assert len(response.context["groups"]) == rows


class TestFirstPage:
    def test_it_shows_recent_activity_and_problems(self, admin_client: Client, admin_user: User) -> None:
        run_import([net_file(net_row(1, **{"Record Label": ""}))], ImportOptions(), admin_user)
        clustered_genre(name="k-pop")
        page = admin_client.get(INDEX).content.decode()
        assert f'{reverse("admin:clusters_run_change", args=[Run.objects.get().pk])}">k-pop</a>' in page
        assert re.search("songs.csv</a> <span>1 track new, 0 changed, 0 as they were; [^<]+, by admin</span>", page)
        assert 'gap=label">Tracks without a label</a> <span>1</span>' in page
        assert "Tracks without artists" not in page

    def test_an_empty_library(self, admin_client: Client) -> None:
        page = admin_client.get(INDEX).content.decode()
        assert page.count("None yet.") == 2
        assert "No problems found." in page

    def test_an_empty_library_leads_to_the_import(self, admin_client: Client) -> None:
        page = parse(admin_client.get(INDEX))
        section = page.one("section", class_="first-import")
        assert section.one("h2").text == "Import your library"
        assert ("Choose a file", reverse("admin:musicdb_import_add")) in section.links
        complete_track()
        assert "Import your library" not in admin_client.get(INDEX).text

    def test_who_may_not_import_is_not_asked_to(self, client: Client) -> None:
        user = User.objects.create(username="reader", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_import"))
        client.force_login(user)
        assert "Import your library" not in client.get(INDEX).text

    def test_counts_come_from_the_cache_until_the_page_counts_again(self, admin_client: Client) -> None:
        admin_client.get(INDEX)
        complete_track(features=False)
        assert "Tracks without audio features" not in admin_client.get(INDEX).content.decode()
        admin_client.get(PAGE)
        assert "Tracks without audio features" in admin_client.get(INDEX).content.decode()

    def test_a_large_library_does_not_wait_for_slow_checks(
        self, admin_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        artist = ArtistFactory()
        for title in ("One", "one"):
            complete_track(title=title, artists=[artist])
        monkeypatch.setattr("musicdb.editing.data_quality.LARGE_LIBRARY", 1)
        url = reverse("admin:duplicate_tracks")
        assert f'{url}">Possible duplicate tracks</a> <span>not counted yet<' in admin_client.get(INDEX).text
        assert counts(admin_client)["Possible duplicate tracks"] == (1, url)
        assert f'{url}">Possible duplicate tracks</a> <span>1<' in admin_client.get(INDEX).text

    @pytest.mark.parametrize("rows", [1, 3])
    def test_queries(self, admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
        for number in range(rows):
            clustered_genre()
            run_import([net_file(net_row(number))], ImportOptions(), None)
        admin_client.get(INDEX)
        # Session, user, transfers, runs that wait, imports, runs, whether there are tracks, and Django's own recent
        # actions.
        with django_assert_num_queries(8):
            admin_client.get(INDEX)

    def test_users_see_only_what_they_have_permission_for(self, client: Client) -> None:
        complete_track(features=False)
        clustered_genre()
        user = User.objects.create(username="reader", is_staff=True)
        client.force_login(user)
        page = client.get(INDEX).content.decode()
        assert "Last runs" not in page
        assert "Tracks without audio features" not in page
        assert "You have no permission to view any of these checks." in client.get(PAGE).content.decode()
        assert client.get(reverse("admin:duplicate_tracks")).status_code == 403
        user.user_permissions.set(Permission.objects.filter(codename="view_album"))
        assert set(counts(client)) == {
            "Albums without a release date",
            "Albums with an unlikely release date",
            "Albums whose art is not https",
            "Albums whose art has a broken address",
            "Albums without tracks",
        }

    def test_visitors_are_sent_to_the_login_page(self, client: Client) -> None:
        for url in (INDEX, PAGE, reverse("admin:duplicate_tracks")):
            assert client.get(url).status_code == 302
