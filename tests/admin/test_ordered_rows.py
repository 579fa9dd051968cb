"""The artists of a track and the labels of an album: rows that the user orders by numbers."""

from typing import Any

import pytest
from django.test import Client

from musicdb.models import Album, Track
from tests.admin.helpers import album_data, artist_rows, editor, page_of, rows, track_data
from tests.factories import AlbumFactory, ArtistFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


A, B, C, D = "ABCD"
# What the user types in place of 1, 2, 3 before A, B, C, and the resulting order.
REORDERINGS = [
    ((2, 1, 3), [B, A, C]),
    ((3, 2, 1), [C, B, A]),
    ((1, 2, 1), [C, A, B]),  # C is moved up to the first place
    ((3, 2, 3), [B, C, A]),  # A is moved down to the last
    (("", 2, 3), [B, C, A]),
    ((-7, 10**30, 5), [A, C, B]),
]


@pytest.fixture
def abc() -> Track:
    """A track by A, B and C, with a gap in the positions."""
    track = TrackFactory(artists=[ArtistFactory(name=name) for name in "ABC"])
    track.track_artists.filter(position=2).update(position=7)
    return track


def save_artists(client: Client, track: Track, data: dict[str, Any]) -> Any:
    return client.post(page_of(Track, "change", track.pk), track_data(title=track.title, **data))


def names(track: Track) -> list[str]:
    assert [row.position for row in track.track_artists.all()] == list(range(track.track_artists.count()))
    return [artist.name for artist in track.artists_in_order]


@pytest.mark.parametrize(("typed", "expected"), REORDERINGS)
def test_rows_take_the_typed_order(
    admin_client: Client, abc: Track, typed: tuple[Any, ...], expected: list[str]
) -> None:
    stored = list(abc.track_artists.all())
    data = artist_rows(*((row.pk, order, row.artist_id) for row, order in zip(stored, typed, strict=True)))
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == expected
    assert {row.pk for row in abc.track_artists.all()} == {row.pk for row in stored}


def test_a_row_can_be_added_in_front_and_another_removed_in_one_save(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    added = ArtistFactory(name=D)
    data = artist_rows(
        (a.pk, 1, a.artist_id), (b.pk, 2, b.artist_id), (c.pk, 3, c.artist_id), ("", 1, added.pk), deleted=(1,)
    )
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == [D, A, C]


def test_a_row_without_a_number_goes_to_the_end(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    added = ArtistFactory(name=D)
    data = artist_rows(*((row.pk, order, row.artist_id) for order, row in enumerate((a, b, c), 1)), ("", "", added.pk))
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == [A, B, C, D]


def test_two_rows_can_swap_their_artists(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 1, b.artist_id), (b.pk, 2, a.artist_id), (c.pk, 3, c.artist_id))
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == [B, A, C]


def test_a_row_can_take_the_artist_of_a_deleted_row(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 1, c.artist_id), (b.pk, 2, b.artist_id), (c.pk, 3, c.artist_id), deleted=(2,))
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == [C, B]


def test_an_artist_twice_is_refused_and_nothing_is_stored(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 1, a.artist_id), (b.pk, 2, a.artist_id), (c.pk, 3, c.artist_id))
    response = admin_client.post(page_of(Track, "change", abc.pk), track_data(title="New", **data))
    assert "Please correct the duplicate data for artist." in response.text
    abc.refresh_from_db()
    assert abc.title != "New"
    assert [artist.name for artist in abc.artists_in_order] == [A, B, C]


def test_a_row_that_somebody_else_added_is_kept(admin_client: Client, abc: Track) -> None:
    a, b, _c = abc.track_artists.all()
    response = save_artists(admin_client, abc, artist_rows((b.pk, 1, b.artist_id), (a.pk, 2, a.artist_id)))
    assert "Somebody else has added a row since you opened this page." in response.text
    assert [artist.name for artist in abc.artists_in_order] == [A, B, C]


def test_a_user_who_can_only_add_rows_appends_them(abc: Track) -> None:
    client = editor("view_track", "change_track", "view_trackartist", "add_trackartist", "view_artist")
    added = ArtistFactory(name=D)
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 3, b.artist_id), (b.pk, 2, a.artist_id), (c.pk, 1, c.artist_id), ("", 1, added.pk))
    assert save_artists(client, abc, data).status_code == 302
    assert [artist.name for artist in abc.artists_in_order] == [A, B, C, D]


def test_labels_of_an_album_are_ordered_too(admin_client: Client) -> None:
    album = AlbumFactory(labels=[LabelFactory(name=A), LabelFactory(name=B)])
    a, b = album.album_labels.all()
    data = rows("album_labels", "label", (a.pk, 2, a.label_id), (b.pk, 1, b.label_id))
    response = admin_client.post(page_of(Album, "change", album.pk), album_data(**data))
    assert response.status_code == 302
    assert [label.name for label in album.labels_in_order] == [B, A]
