"""The lists of the admin: their columns, search and filters, and how many queries they need."""

import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.urls import reverse

from musicdb.admin.html import thumbnail
from musicdb.models import Album, AlbumAlias, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from tests.admin.helpers import (
    listed,
    page_of,
    rich_track,
)
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, many_tracks
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


# Session, user, count, rows, saved filters; more for some lists.
LIST_QUERIES = [
    (Genre, 5),
    (Artist, 5),
    (Label, 5),
    (Album, 5 + 1),  # labels
    (Track, 5 + 1 + 1),  # artists; genres of the filter
]


@pytest.mark.parametrize("tracks", [1, 3])
@pytest.mark.parametrize(("model", "queries"), LIST_QUERIES)
def test_a_list_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, model: Any, queries: int, tracks: int
) -> None:
    for _ in range(tracks):
        rich_track(GenreFactory())
    with django_assert_num_queries(queries):
        response = admin_client.get(page_of(model))
    assert len(listed(response)) >= tracks


@pytest.mark.parametrize("members", [1, 3])
def test_the_page_of_a_track_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, members: int
) -> None:
    track = TrackFactory(
        artists=[ArtistFactory() for _ in range(members)], genres=[GenreFactory() for _ in range(members)]
    )
    # Session, user, track, artists, aliases, keys and names of the genres, name of the album, content type; how many
    # playlists and runs it is in.
    with django_assert_num_queries(9 + 2):
        response = admin_client.get(page_of(Track, "change", track.pk))
    assert len(response.context["inline_admin_formsets"][0].formset.initial_forms) == members


@pytest.mark.parametrize("members", [1, 3])
def test_the_page_of_an_album_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, members: int
) -> None:
    album = AlbumFactory(
        labels=[LabelFactory() for _ in range(members)], artists=[ArtistFactory() for _ in range(members)]
    )
    for number in range(members):
        AlbumAlias.objects.create(name=f"Former title {number}", target=album)
    # Session, user, album, artists, labels, aliases, content type; how many tracks, playlists and runs it leads to.
    with django_assert_num_queries(7 + 3):
        response = admin_client.get(page_of(Album, "change", album.pk))
    for inline in response.context["inline_admin_formsets"]:
        assert len(inline.formset.initial_forms) == members


def test_the_list_of_tracks_shows_artists_in_order_and_the_number_of_known_features(admin_client: Client) -> None:
    TrackFactory(title="Known", artists=[ArtistFactory(name="Zoë"), ArtistFactory(name="Abe")], energy=None)
    TrackFactory(title="Many", features=False, artists=[ArtistFactory(name=name) for name in "ABCDEF"])
    TrackFactory(title="Unknown", features=False, album=None)
    text = admin_client.get(page_of(Track)).text
    assert re.findall(r'field-artist_names">(.*?)</td>', text) == [
        '<span class="short"><bdi>Zoë</bdi>, <bdi>Abe</bdi></span>',
        '<span class="short"><bdi>A</bdi>, <bdi>B</bdi>, <bdi>C</bdi>, <bdi>D</bdi> and 2 more</span>',
        "–",
    ]
    assert re.findall(r'field-features_known">(.*?)</td>', text) == ["11 of 12", "–", "–"]


def test_art_is_a_small_lazy_image_and_never_a_script(admin_client: Client) -> None:
    shown = AlbumFactory(title="A", image_url='https://images.example/a".jpg')
    cell = re.compile(r'field-art"><a href="[^"]*">(.*?)</a>')
    assert cell.findall(admin_client.get(page_of(Album)).text) == [
        '<img class="thumbnail" src="https://images.example/a&quot;.jpg" alt="" width="32" height="32" '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">'
    ]
    # Every form and import refuses this address. If it gets into the database all the same, no page shows it.
    shown.image_url = "javascript:alert(1)"
    assert thumbnail(shown, 40) == ""


def test_counts_link_to_the_rows_they_count(admin_client: Client) -> None:
    track = rich_track(GenreFactory(name="trip hop"))
    rich_track(GenreFactory())
    artist, label = track.artists_in_order[0], track.album.labels_in_order[0]
    for thing, column, target in (
        (track.genres.get(), "tracks", track),
        (artist, "tracks", track),
        (track.album, "tracks", track),
        (label, "albums", track.album),
    ):
        text = admin_client.get(page_of(type(thing), q=getattr(thing, "name", None) or thing.title)).text
        cells = re.findall(rf'field-number_of_{column}"><a href="(.*?)">(\d+)</a>', text)
        addresses = {address.replace("&amp;", "&") for address, number in cells if number == "1"}
        assert [target] in [listed(admin_client.get(address)) for address in addresses], thing


def test_a_search_by_artists_repeats_no_row(admin_client: Client) -> None:
    track = TrackFactory(artists=[ArtistFactory(name="Kim A"), ArtistFactory(name="Kim B")])
    assert listed(admin_client.get(page_of(Track, q="kim"))) == [track]


@pytest.mark.parametrize("typed", [SPOTIFY_ID, f"https://open.spotify.com/track/{SPOTIFY_ID}?si=1", "usab10000001"])
def test_a_track_is_found_by_its_id_link_or_isrc(admin_client: Client, typed: str) -> None:
    track = TrackFactory(spotify_id=SPOTIFY_ID, isrc="USAB10000001")
    TrackFactory()
    assert listed(admin_client.get(page_of(Track, q=typed))) == [track]


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track])
@pytest.mark.parametrize(
    "typed",
    ["\0", "word " * 2_000, "x" * 100_000, '"', "'unbalanced", "\ud7ff", '"a b" \\'],
    ids=["nul", "2000 words", "100 kB", "quote", "unbalanced", "odd", "backslash"],
)
def test_no_search_text_causes_an_error(admin_client: Client, model: Any, typed: str) -> None:
    assert admin_client.get(page_of(model), {"q": typed}).status_code == 200
    source = {Genre: (Track, "genres"), Artist: (TrackArtist, "artist"), Label: (AlbumLabel, "label")}
    owner, field = source.get(model, (Track, "album"))
    query = {"app_label": "musicdb", "model_name": owner._meta.model_name, "field_name": field, "term": typed}
    assert admin_client.get(reverse("admin:autocomplete"), query).status_code == 200


def test_a_long_search_uses_its_first_words(admin_client: Client) -> None:
    track = TrackFactory(title=" ".join(f"w{number}" for number in range(12)))
    TrackFactory()
    assert listed(admin_client.get(page_of(Track, q=track.title + " x" * 3_000))) == [track]


@pytest.mark.parametrize("query", ["genre=%00", "title__icontains=%00", "genre=nonesuch", "released=x", "features=x"])
def test_an_invalid_filter_redirects_to_the_list(admin_client: Client, query: str) -> None:
    TrackFactory()
    response = admin_client.get(f"{page_of(Track)}?{query}", follow=True)
    assert response.status_code == 200


def test_filters_of_tracks(admin_client: Client) -> None:
    genre = GenreFactory(name="trip hop")
    whole = TrackFactory(genres=[genre], liked=True)
    partial = TrackFactory(tempo=None)
    bare = TrackFactory(features=False, album=None)
    for query, expected in (
        ({"genre": "trip-hop"}, [whole]),
        ({"liked__exact": 1}, [whole]),
        ({"features": "all"}, [whole]),
        ({"features": "some"}, [partial]),
        ({"features": "none"}, [bare]),
        ({"album__isempty": 1}, [bare]),
    ):
        assert listed(admin_client.get(page_of(Track, **query))) == expected, query


def test_filters_of_albums(admin_client: Client) -> None:
    dated = AlbumFactory(release_date="1983-01-01", release_precision="year")
    bare = AlbumFactory(image_url="")
    for query, expected in (
        ({"released": "year"}, [dated]),
        ({"released": "unknown"}, [bare]),
        ({"image_url__isempty": 1}, [bare]),
    ):
        assert listed(admin_client.get(page_of(Album, **query))) == expected, query


class TestNameFilters:
    @pytest.fixture
    def tracks(self) -> dict[str, Track]:
        rows = {"hip": ("hip hop", "Beyoncé"), "soul": ("hip hop soul", "Björk"), "dub": ("dub", "Beirut")}
        return {
            title: TrackFactory(title=title, genres=[GenreFactory(name=genre)], artists=[ArtistFactory(name=artist)])
            for title, (genre, artist) in rows.items()
        }

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"genre": "hip-hop"}, {"hip"}),
            ({"genre": "Hip Hop"}, {"hip"}),
            ({"genre": "hop"}, {"hip", "soul"}),
            ({"genre": "polka"}, set()),
            ({"genre": " "}, {"hip", "soul", "dub"}),
            ({"artist": "beyonce"}, {"hip"}),
            ({"artist": "Be"}, {"hip", "dub"}),
            ({"artist": "be", "genre": "dub"}, {"dub"}),
        ],
    )
    def test_a_slug_a_name_or_a_part_of_one(
        self, admin_client: Client, tracks: dict[str, Track], query: dict[str, str], expected: set[str]
    ) -> None:
        found = listed(admin_client.get(page_of(Track, **query)))
        assert {track.title for track in found} == expected

    def test_a_track_of_two_such_genres_is_listed_once(self, admin_client: Client) -> None:
        track = TrackFactory(genres=[GenreFactory(name="art rock"), GenreFactory(name="art pop")])
        assert listed(admin_client.get(page_of(Track, genre="art"))) == [track]

    def test_the_other_filters_stay_and_one_link_takes_this_one_away(
        self, admin_client: Client, tracks: dict[str, Track]
    ) -> None:
        response = admin_client.get(page_of(Track, genre="hip hop", liked__exact="0", q="hip", p="1"))
        form = parse(response).all("form", class_="name-filter")[1]
        sent = {field.attrs["name"]: field.attrs.get("value") for field in form.all("input")}
        assert sent == {"genre": "hip hop", "liked__exact": "0", "q": "hip", "artist": ""}
        links = dict(parse(response).one("nav", id="changelist-filter").links)
        assert parse_qs(links["Any genre"].removeprefix("?")) == {"liked__exact": ["0"], "q": ["hip"]}

    def test_the_largest_genres_are_suggested_and_no_others(self, admin_client: Client) -> None:
        for _ in range(30):
            TrackFactory(genres=[GenreFactory()])
        GenreFactory(name="small")
        page = parse(admin_client.get(page_of(Track)))
        suggested = {option.attrs["value"] for option in page.one("datalist").all("option")}
        assert len(suggested) == 30
        assert "small" not in suggested


def test_a_page_of_tracks_with_a_thousand_artists(admin_client: Client) -> None:
    """SQLite refuses a query with more than a thousand conditions."""
    tracks = many_tracks(50)
    cast = Artist.objects.bulk_create(Artist(name=f"Cast {n}", slug=f"cast-{n}") for n in range(1_100))
    TrackArtist.objects.bulk_create(
        TrackArtist(track=tracks[n % 50], artist=one, position=1 + n // 50) for n, one in enumerate(cast)
    )
    assert len(listed(admin_client.get(page_of(Track)))) == 50
