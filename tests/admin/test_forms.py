"""The forms of the catalogue: what is stored of what editors type and paste, and what is refused."""

import html
from typing import Any

import pytest
from django.test import Client

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.music import FEATURE_NAMES
from tests.admin.helpers import album_data, alias_rows, artist_rows, errors_of, messages_of, page_of, track_data
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db

SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


def test_a_track_is_added_with_artists_in_the_order_of_the_rows(admin_client: Client) -> None:
    first, second, genre, album = ArtistFactory(), ArtistFactory(), GenreFactory(), AlbumFactory()
    data = track_data(
        title="  Crème   brûlée ",
        album=album.pk,
        genres=[genre.pk],
        energy="0.5",
        **artist_rows(("", "", second.pk), ("", "", first.pk)),
    )
    assert admin_client.post(page_of(Track, "add"), data).status_code == 302
    track = Track.objects.get()
    assert (track.title, track.slug, track.album) == ("Crème brûlée", "creme-brulee", album)
    assert track.artists_in_order == [second, first]
    assert [row.position for row in track.track_artists.all()] == [0, 1]
    known = {name: getattr(track, name) for name in FEATURE_NAMES if getattr(track, name) is not None}
    assert known == {"energy": 0.5}
    assert (track.score, track.explicit) == (None, None)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1983", ("1983-01-01", "year")),
        ("1983-05", ("1983-05-01", "month")),
        (" 1983-05-12 ", ("1983-05-12", "day")),
        ("", ("None", "")),
    ],
)
def test_a_release_date_is_one_box(admin_client: Client, typed: str, stored: tuple[str, str]) -> None:
    album = AlbumFactory(release_date="2001-02-03", release_precision="day")
    response = admin_client.post(page_of(Album, "change", album.pk), album_data(released=typed))
    assert response.status_code == 302
    album.refresh_from_db()
    assert (str(album.release_date), album.release_precision) == stored
    form = admin_client.get(page_of(Album, "change", album.pk)).context["adminform"].form
    assert form["released"].value() == typed.strip()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("May 1983", "“May 1983” is no release date: write 1983, 1983-05 or 1983-05-12."),
        ("1983-02-30", "“1983-02-30” is no day of the calendar."),
        ("0000", "“0000” is no day of the calendar."),
    ],
)
def test_an_invalid_release_date_is_refused_with_a_message(admin_client: Client, typed: str, error: str) -> None:
    album = AlbumFactory(title="Old", release_date="2001-02-03", release_precision="day")
    response = admin_client.post(page_of(Album, "change", album.pk), album_data(title="New", released=typed))
    assert errors_of(response) == {"released": [error]}
    album.refresh_from_db()
    assert (album.title, album.released) == ("Old", "2001-02-03")


@pytest.mark.parametrize(
    ("feature", "typed", "error"),
    [
        ("energy", "nan", "Enter a number."),
        ("energy", "inf", "Enter a number."),
        ("tempo", "1e400", "Enter a number."),
        ("energy", "1.01", "Ensure this value is less than or equal to 1.0."),
        ("loudness", "-101", "Ensure this value is greater than or equal to -100.0."),
        ("key", "12", "Ensure this value is less than or equal to 11."),
        ("key", "1.5", "Enter a whole number."),
        ("time_signature", "0", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_an_invalid_feature_is_refused_at_its_field(admin_client: Client, feature: str, typed: str, error: str) -> None:
    response = admin_client.post(page_of(Track, "add"), track_data(**{feature: typed}))
    assert errors_of(response) == {feature: [error]}
    assert not Track.objects.exists()


def test_clearing_a_feature_makes_it_unknown(admin_client: Client) -> None:
    track = TrackFactory(energy=0.25, tempo=99)
    admin_client.post(page_of(Track, "change", track.pk), track_data(tempo="", energy="0"))
    track.refresh_from_db()
    assert (track.tempo, track.energy, track.valence) == (None, 0.0, None)


def test_the_help_text_of_a_feature_names_its_range_and_unit(admin_client: Client) -> None:
    fields = admin_client.get(page_of(Track, "add")).context["adminform"].form.fields
    assert fields["tempo"].help_text == "Beats per minute. From 1 to 500 BPM."
    assert fields["time_signature"].help_text == "Beats in a bar. From 1 to 15."
    assert fields["energy"].help_text == "How intense and busy the track is, from 0 to 1."
    assert [fields[name].label for name in ("time_signature", "key")] == ["Time signature", "Key"]


@pytest.mark.parametrize(
    "typed",
    [
        SPOTIFY_ID,
        f" {SPOTIFY_ID} ",
        f"https://open.spotify.com/track/{SPOTIFY_ID}",
        f"https://open.spotify.com/intl-pt/track/{SPOTIFY_ID}?si=abc",
        f"spotify:track:{SPOTIFY_ID}",
    ],
)
def test_a_spotify_link_can_be_pasted_as_an_id(admin_client: Client, typed: str) -> None:
    assert admin_client.post(page_of(Track, "add"), track_data(spotify_id=typed)).status_code == 302
    assert Track.objects.get().spotify_id == SPOTIFY_ID


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            f"https://open.spotify.com/album/{SPOTIFY_ID}",
            "This link leads to an album. Enter a link to a track.",
        ),
        ("short", "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH."),
        (
            f"https://evil.example/track/{SPOTIFY_ID}",
            "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH.",
        ),
        ("3kiQOTlExsRTAQW0P0j\0TH", "Null characters are not allowed."),
    ],
)
def test_an_invalid_spotify_id_is_refused(admin_client: Client, typed: str, error: str) -> None:
    errors = errors_of(admin_client.post(page_of(Track, "add"), track_data(spotify_id=typed)))
    assert error in errors["spotify_id"]
    assert not Track.objects.exists()


def test_a_spotify_id_is_unique_unless_it_is_blank(admin_client: Client) -> None:
    for _ in range(2):
        assert admin_client.post(page_of(Track, "add"), track_data(spotify_id="")).status_code == 302
    assert list(Track.objects.values_list("spotify_id", flat=True)) == [None, None]
    TrackFactory(spotify_id=SPOTIFY_ID)
    response = admin_client.post(page_of(Track, "add"), track_data(spotify_id=SPOTIFY_ID))
    assert errors_of(response) == {"spotify_id": ["Track with this Spotify id already exists."]}


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "data:text/html,x", "ftp://images.example/a.jpg"])
def test_an_art_address_that_is_not_http_is_refused(admin_client: Client, typed: str) -> None:
    response = admin_client.post(page_of(Album, "add"), album_data(image_url=typed))
    assert "image_url" in errors_of(response)
    assert not Album.objects.exists()


def test_a_name_is_stored_normalised_and_nul_is_refused(admin_client: Client) -> None:
    admin_client.post(page_of(Artist, "add"), {"name": "Zoe\u0308 ", "visibility": "automatic", **alias_rows()})
    assert Artist.objects.get().name == "Zoë"
    response = admin_client.post(page_of(Label, "add"), {"name": "a\0b", "visibility": "automatic", **alias_rows()})
    assert errors_of(response) == {"name": ["Null characters are not allowed."]}


def test_two_genres_with_the_same_name_are_refused(admin_client: Client) -> None:
    GenreFactory(name="Trip Hop")
    for typed in ("trip hop", "Ｔｒｉｐ Hop"):
        response = admin_client.post(page_of(Genre, "add"), {"name": typed, **alias_rows()})
        assert "There is a genre of that name. It is “Trip Hop” (trip-hop)." in response.text
    assert Genre.objects.count() == 1


def test_two_playlists_of_names_that_look_alike_are_refused(admin_client: Client) -> None:
    PlaylistFactory(name="80’s")
    data = {"name": "80's", "visibility": "automatic", "kind": "hand", **alias_rows()}
    response = admin_client.post(page_of(Playlist, "add"), data)
    assert "There is a playlist of that name. It is “80’s” (80s)." in html.unescape(response.text)
    assert Playlist.objects.count() == 1


@pytest.mark.parametrize("model", [Artist, Label])
def test_an_artist_or_label_that_shares_a_name_is_saved_with_a_warning(admin_client: Client, model: Any) -> None:
    other = model.objects.create(name="Guns N’ Roses")
    data = {"name": "Guns N' Roses", "visibility": "automatic", **alias_rows()}
    response = admin_client.post(page_of(model, "add"), data)
    kind = model._meta.verbose_name
    warning = f"There is another {kind} of that name: “Guns N’ Roses” ({other.slug}). If the two are one, merge them."
    assert ("warning", warning) in messages_of(response)
    row = model.objects.exclude(pk=other.pk).get()
    saved = admin_client.post(page_of(model, "change", row.pk), {**data, "visibility": "hidden"})
    assert warning not in [text for _, text in messages_of(saved)]


def test_the_address_can_be_chosen_once_and_never_changed(admin_client: Client) -> None:
    admin_client.post(
        page_of(Label, "add"), {"name": "Hwa&Dam", "slug": "hwadam", "visibility": "automatic", **alias_rows()}
    )
    label = Label.objects.get()
    assert label.slug == "hwadam"
    admin_client.post(
        page_of(Label, "change", label.pk),
        {"name": "Renamed", "slug": "other", "visibility": "automatic", **alias_rows()},
    )
    label.refresh_from_db()
    assert (label.name, label.slug) == ("Renamed", "hwadam")
