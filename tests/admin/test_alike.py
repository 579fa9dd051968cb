"""Tracks with copied audio features, and genres that hold the same tracks, on their pages and in their counts."""

import random
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from musicdb.editing import dismiss, genres_with_same_tracks, merge, tracks_sharing_features
from musicdb.models import Genre, Track
from tests.admin.helpers import editor
from tests.factories import ArtistFactory, GenreFactory, TrackFactory, random_features

pytestmark = pytest.mark.django_db
COPIES = f"{reverse('admin:duplicate_tracks')}?features=1"
SAME = reverse("admin:same_genres")
FEATURES = random_features(random.Random(1))


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def copies(number: int, **fields: Any) -> list[Track]:
    return [TrackFactory(**{"artists": [ArtistFactory()], **FEATURES, **fields}) for _ in range(number)]


def count(client: Client, title: str) -> tuple[int, str]:
    (result,) = (
        one for one in client.get(reverse("admin:data_quality")).context["results"] if one.check.title == title
    )
    return result.count, result.url


# --- Copied features ---


def test_copied_features_are_counted_and_listed_largest_group_first(admin_client: Client) -> None:
    TrackFactory()
    two, three = copies(2, energy=0.111), copies(3)
    assert count(admin_client, "Tracks with copied audio features") == (2, COPIES)
    response = admin_client.get(COPIES)
    assert response.context["groups"] == [three, two]
    assert reverse("admin:musicdb_track_merge") in response.text


@pytest.mark.parametrize(
    "fields",
    [
        {"isrc": "KRA381001057"},
        {"energy": None},
        {"features": False, **dict.fromkeys(FEATURES)},
    ],
    ids=["one recording", "one feature unknown", "no features"],
)
def test_what_is_no_copy(fields: dict[str, Any]) -> None:
    copies(2, **fields)
    assert tracks_sharing_features().pending == []


def test_one_recording_by_its_artists_and_title_is_no_copy() -> None:
    artist = ArtistFactory()
    copies(1, title="One", artists=[artist])
    copies(1, title="one!", artists=[artist])
    assert tracks_sharing_features().pending == []
    other = copies(1, title="Two", artists=[artist])
    assert [len(group) for group in tracks_sharing_features().pending] == [3]
    Track.objects.filter(pk=other[0].pk).update(tempo=99)
    assert tracks_sharing_features().pending == []


def test_key_and_mode_do_not_tell_copies_apart() -> None:
    copies(1, key=1)
    copies(1, key=2)
    assert len(tracks_sharing_features().pending) == 1


def test_a_recording_connects_what_shares_its_isrc_and_its_title() -> None:
    artist = ArtistFactory()
    copies(1, title="One", isrc="KRA381001057")
    copies(1, title="Uno", isrc="KRA381001058", artists=[artist])
    assert len(tracks_sharing_features().pending) == 1
    copies(1, title="Uno", isrc="KRA381001057", artists=[artist])
    assert tracks_sharing_features().pending == []


def test_dismissed_copies_stay_dismissed(admin_client: Client) -> None:
    group = copies(2)
    response = admin_client.post(COPIES, {"id": [track.pk for track in group]}, follow=True)
    assert "Dismissed 2 tracks. They are not suggested again." in response.text
    assert count(admin_client, "Tracks with copied audio features")[0] == 0
    assert admin_client.get(f"{COPIES}&dismissed=1").context["groups"] == [group]


@pytest.mark.parametrize("groups", [1, 3])
def test_queries_of_copies(groups: int, django_assert_num_queries: Any) -> None:
    for number in range(groups):
        copies(3, energy=number / 10)
    with django_assert_num_queries(3):
        assert len(tracks_sharing_features().pending) == groups


# --- Genres ---


def genre(name: str, tracks: list[Track]) -> Genre:
    created: Genre = GenreFactory(name=name)
    created.tracks.set(tracks)
    return created


@pytest.fixture
def tracks() -> list[Track]:
    return [TrackFactory() for _ in range(10)]


@pytest.mark.parametrize(
    ("first", "second", "percent"),
    [
        (slice(0, 10), slice(0, 10), 100),
        (slice(0, 10), slice(0, 8), 80),
        (slice(0, 9), slice(1, 10), 80),
        (slice(0, 10), slice(0, 7), None),
        (slice(0, 9), slice(2, 10), None),
        (slice(0, 4), slice(0, 4), None),
        (slice(0, 5), slice(5, 10), None),
    ],
    ids=["equal", "contained", "overlap", "contained, too small", "too little", "too few tracks", "nothing shared"],
)
def test_genres_that_share_enough_of_their_tracks(
    tracks: list[Track], first: slice, second: slice, percent: int | None
) -> None:
    one, other = genre("one", tracks[first]), genre("other", tracks[second])
    found = [(pair.first, pair.second, pair.percent) for pair in genres_with_same_tracks()]
    assert found == ([] if percent is None else [(one.pk, other.pk, percent)])


def test_the_larger_genre_comes_first_and_the_page_says_that_it_contains_the_other(
    admin_client: Client, tracks: list[Track]
) -> None:
    small, large = genre("ballads", tracks[:9]), genre("ballad", tracks)
    response = admin_client.get(SAME)
    ((group, pair),) = response.context["groups"]
    assert (group, pair.shared, pair.is_contained, pair.is_equal) == ([large, small], 9, True, False)
    assert "has all tracks of" in response.text
    assert f'name="id" value="{small.pk}"' in response.text
    assert count(admin_client, "Genres that hold the same tracks") == (1, SAME)


def test_equal_genres_can_be_dismissed_or_merged(admin_client: Client, admin_user: Any, tracks: list[Track]) -> None:
    one, other = genre("one", tracks), genre("other", tracks)
    assert "Both have the same 10 tracks." in admin_client.get(SAME).text
    dismiss(Genre, [one.pk, other.pk], admin_user)
    assert admin_client.get(SAME).context["groups"] == []
    assert len(admin_client.get(f"{SAME}?dismissed=1").context["groups"]) == 1
    merge(one, [other], admin_user)
    assert genres_with_same_tracks() == []


def test_the_page_needs_the_permission_to_view_genres() -> None:
    assert editor("view_track").get(SAME).status_code == 403


def test_a_viewer_sees_no_buttons_and_cannot_dismiss(tracks: list[Track]) -> None:
    one, other = genre("one", tracks), genre("other", tracks)
    viewer = editor("view_genre")
    assert "Merge …" not in viewer.get(SAME).text
    assert viewer.post(SAME, {"id": [one.pk, other.pk]}).status_code == 403


@pytest.mark.parametrize("pairs", [1, 3])
def test_queries_of_the_page(
    admin_client: Client, tracks: list[Track], pairs: int, django_assert_num_queries: Any
) -> None:
    for number in range(pairs):
        extra = [TrackFactory() for _ in range(6)]
        genre(f"one {number}", extra)
        genre(f"other {number}", extra)
    admin_client.get(SAME)
    with django_assert_num_queries(5):
        assert len(admin_client.get(SAME).context["groups"]) == pairs
