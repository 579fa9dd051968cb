"""What the database and the forms accept as numbers, types, codes and addresses of albums and tracks."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from musicdb.models import Album, AlbumArtist, Track
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory
from tests.models.refusals import change_refused, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("disc_number", [None, 1, 12], [0, -1]),
        ("track_number", [None, 1, 32_767], [0, -1]),
        ("popularity", [None, 0, 100], [101, -1]),
        ("preview_url", ["", "https://a.example/1.mp3"], ["javascript:alert(1)", "ftp://a.example/1.mp3"]),
    ],
)
def test_values_of_tracks(column: str, good: list[Any], bad: list[Any]) -> None:
    _check(Track.objects.create(title="A track"), column, good, bad)


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("album_type", ["", "album", "single", "ep", "compilation"], ["mixtape", "Album"]),
        ("upc", ["", "00602435", "60243597188912"], ["1234567", "1" * 13 + "x", "6024-35971889", "12345678\n"]),
    ],
)
def test_values_of_albums(column: str, good: list[Any], bad: list[Any]) -> None:
    _check(Album.objects.create(title="An album"), column, good, bad)


def _check(row: Any, column: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        setattr(row, column, value)
        row.full_clean()
        row.save()
    for value in bad:
        setattr(row, column, value)
        with pytest.raises(ValidationError) as error:
            row.full_clean()
        assert error.value.message_dict.keys() <= {column, "__all__"}
        change_refused(type(row).objects.get(pk=row.pk), **{column: value})


def test_an_album_has_its_artists_once_and_in_order() -> None:
    one, two = ArtistFactory(), ArtistFactory()
    album = AlbumFactory(artists=[two, one])
    assert album.artists_in_order == [two, one]
    refused(AlbumArtist(album=album, artist=one, position=2))
    refused(AlbumArtist(album=album, artist=ArtistFactory(), position=0))


def test_tracks_are_in_the_order_of_the_album() -> None:
    album = AlbumFactory()
    known = [(2, 1, "E"), (1, None, "C"), (None, 3, "D"), (1, 2, "F"), (1, 1, "G")]
    for disc, number, title in [(None, None, "B"), *known, (None, None, "A")]:
        TrackFactory(title=title, album=album, disc_number=disc, track_number=number)
    assert [track.title for track in album.tracks.in_album_order()] == ["G", "F", "C", "E", "D", "A", "B"]


def test_albums_of_an_artist_are_those_with_its_tracks_and_its_own() -> None:
    artist = ArtistFactory()
    own, with_track = AlbumFactory(title="Own", artists=[artist]), AlbumFactory(title="With a track")
    AlbumFactory(title="Another", artists=[ArtistFactory()])
    TrackFactory(album=with_track, artists=[artist])
    TrackFactory(album=own, artists=[artist])
    assert {album.title for album in Album.objects.of_artist(artist)} == {"Own", "With a track"}
