"""The pages of albums and tracks: discs, numbers, the album's own artists, previews."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.factories import AlbumFactory, ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_discs_are_headings_where_there_are_several(client: Client) -> None:
    album = AlbumFactory()
    for disc, number, title in [(2, 1, "Third"), (1, 2, "Second"), (1, 1, "First"), (None, None, "Last")]:
        TrackFactory(title=title, album=album, disc_number=disc, track_number=number)
    html = client.get(album.get_absolute_url()).content.decode().partition("<body>")[2]
    places = [html.index(text) for text in ("Disc 1", "First", "Second", "Disc 2", "Third", "Disc unknown", "Last")]
    assert places == sorted(places)
    assert '<span class="muted">2.</span> <a href="/tracks/second/">' in html


def test_one_disc_needs_no_heading_and_neither_does_a_sorted_list(client: Client) -> None:
    album = AlbumFactory()
    TrackFactory(title="B", album=album, disc_number=1)
    assert "Disc 1" not in client.get(album.get_absolute_url()).content.decode()
    TrackFactory(title="A", album=album, disc_number=2)
    assert "Disc 1" in client.get(album.get_absolute_url()).content.decode()
    sorted_page = client.get(album.get_absolute_url(), {"ordering": "title"}).content.decode()
    assert "Disc" not in sorted_page
    assert sorted_page.index("/tracks/a/") < sorted_page.index("/tracks/b/")


def test_an_album_shows_its_own_artists_and_what_else_is_known(client: Client) -> None:
    shown, hidden = ArtistFactory(name="Shown"), ArtistFactory(name="Secret", visibility="hidden")
    album = AlbumFactory(
        artists=[hidden, shown], album_type="ep", upc="602435971889", copyrights="℗ 2021 <A>\n© 2021 B"
    )
    html = client.get(album.get_absolute_url()).content.decode()
    assert '<bdi>Secret</bdi>, <a href="/artists/shown/"><bdi>Shown</bdi></a>' in html
    assert "<dt>Type</dt><dd>EP</dd>" in html
    assert "<dt>UPC</dt><dd>602435971889</dd>" in html
    assert "℗ 2021 &lt;A&gt;<br>© 2021 B" in html


def test_a_track_shows_its_place_and_links_its_preview(client: Client) -> None:
    track = TrackFactory(
        disc_number=2,
        track_number=11,
        popularity=0,
        added_at=datetime(2021, 7, 4, 12, 30, tzinfo=UTC),
        preview_url="https://audio.example/1.mp3",
    )
    response = client.get(track.get_absolute_url())
    html = response.content.decode()
    assert "<dt>Place</dt><dd>disc 2, track 11</dd>" in html
    assert "<dt>Popularity</dt><dd>0 of 100</dd>" in html
    assert ">2021-07-04</time>" in html
    # A plain link: the page itself asks the other site for nothing.
    assert html.count("audio.example") == 1
    assert '<a href="https://audio.example/1.mp3" rel="external noopener nofollow">' in html


def test_a_track_of_which_nothing_is_known_shows_none_of_it(client: Client) -> None:
    html = client.get(TrackFactory().get_absolute_url()).content.decode()
    assert not {"Place", "Popularity", "Added", "preview"} & set(html.replace("<", " ").replace(">", " ").split())
