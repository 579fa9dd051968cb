"""The catalogue's admin: what editors find, enter, reorder and delete, and what is refused."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from musicdb.features import FEATURE_NAMES
from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _content_types_are_unread() -> None:
    """Whoever came before, the counts of queries are the same."""
    ContentType.objects.clear_cache()


SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


def page_of(model: Any, view: str = "changelist", *args: Any, **query: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args, query=query)


def listed(response: Any) -> list[Any]:
    return list(response.context["cl"].result_list)


def said(response: Any) -> list[tuple[str, str]]:
    """Return the messages that the next page will show."""
    page = response.client.get(reverse("admin:index"))
    return [(message.level_tag, str(message)) for message in page.context["messages"]]


def rows(prefix: str, member: str, *typed: tuple[Any, Any, Any], deleted: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return an ordered inline as a browser posts it. ``typed``: the row's key or "", its order, its member."""
    data = {
        f"{prefix}-TOTAL_FORMS": len(typed),
        f"{prefix}-INITIAL_FORMS": sum(bool(key) for key, _, _ in typed),
    }
    for number, (key, order, pointed_at) in enumerate(typed):
        data |= {
            f"{prefix}-{number}-id": key,
            f"{prefix}-{number}-ORDER": order,
            f"{prefix}-{number}-{member}": pointed_at,
        }
    return data | {f"{prefix}-{number}-DELETE": "on" for number in deleted}


def artist_rows(*typed: tuple[Any, Any, Any], **options: Any) -> dict[str, Any]:
    return rows("track_artists", "artist", *typed, **options)


def track_data(**fields: Any) -> dict[str, Any]:
    return {"title": "A track", "explicit": "unknown", **artist_rows(), **fields}


def album_data(**fields: Any) -> dict[str, Any]:
    return {"title": "An album", **rows("album_labels", "label"), **fields}


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def editor(*permissions: str) -> Client:
    user = User.objects.create_user("editor", password="editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


# --- Lists -------------------------------------------------------------------------------------------------------


def rich_track(genre: Genre) -> Track:
    """A track with two artists, on an album with two labels: enough for a query a row to show."""
    album = AlbumFactory(labels=[LabelFactory(), LabelFactory()])
    return TrackFactory(album=album, artists=[ArtistFactory(), ArtistFactory()], genres=[genre])


# Besides the session and the user: count, rows; what more is said here.
LIST_QUERIES = [
    (Genre, 4),
    (Artist, 4),
    (Label, 4),
    (Album, 4 + 2),  # the labels of all, in order
    (Track, 4 + 2 + 1),  # the artists of all, in order; the genres of the filter
]


@pytest.mark.parametrize("tracks", [1, 3])
@pytest.mark.parametrize(("model", "queries"), LIST_QUERIES)
def test_a_list_asks_as_much_for_three_rows_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, model: Any, queries: int, tracks: int
) -> None:
    for _ in range(tracks):
        rich_track(GenreFactory())
    with django_assert_num_queries(queries):
        response = admin_client.get(page_of(model))
    assert len(listed(response)) >= tracks


@pytest.mark.parametrize("members", [1, 3])
def test_a_tracks_page_asks_as_much_for_three_artists_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, members: int
) -> None:
    track = TrackFactory(
        artists=[ArtistFactory() for _ in range(members)], genres=[GenreFactory() for _ in range(members)]
    )
    # Session, user, track, artists, its genres' keys and their names, its album's name, its content type.
    with django_assert_num_queries(8):
        response = admin_client.get(page_of(Track, "change", track.pk))
    assert len(response.context["inline_admin_formsets"][0].formset.initial_forms) == members


@pytest.mark.parametrize("members", [1, 3])
def test_an_albums_page_asks_as_much_for_three_labels_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, members: int
) -> None:
    album = AlbumFactory(labels=[LabelFactory() for _ in range(members)])
    with django_assert_num_queries(5):  # session, user, album, labels, its content type
        response = admin_client.get(page_of(Album, "change", album.pk))
    assert len(response.context["inline_admin_formsets"][0].formset.initial_forms) == members


def test_the_track_list_shows_artists_and_labels_in_order_and_how_much_is_known(admin_client: Client) -> None:
    TrackFactory(title="Known", artists=[ArtistFactory(name="Zoë"), ArtistFactory(name="Abe")], energy=None)
    TrackFactory(title="Unknown", features=False, album=None)
    text = admin_client.get(page_of(Track)).text
    assert re.findall(r'field-artist_names">(.*?)</td>', text) == ["Zoë, Abe", "–"]
    assert re.findall(r'field-features_known">(.*?)</td>', text) == ["11 of 12", "–"]


def test_art_is_a_small_lazy_picture_and_never_a_script(admin_client: Client) -> None:
    shown = AlbumFactory(title="A", image_url='https://images.example/a".jpg')
    # Past every door: as a database might hold it that was filled by hand, on a constraint's day off.
    cell = re.compile(r'field-art"><a href="[^"]*">(.*?)</a>')
    assert cell.findall(admin_client.get(page_of(Album)).text) == [
        '<img class="thumbnail" src="https://images.example/a&quot;.jpg" alt="" width="40" height="40" '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">'
    ]
    shown.image_url = "javascript:alert(1)"
    assert shown.art == ""


def test_counts_lead_to_what_they_count(admin_client: Client) -> None:
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


def test_a_search_through_artists_does_not_swell_counts_or_repeat_rows(admin_client: Client) -> None:
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
def test_no_search_breaks_a_list_or_an_autocomplete(admin_client: Client, model: Any, typed: str) -> None:
    assert admin_client.get(page_of(model), {"q": typed}).status_code == 200
    source = {Genre: (Track, "genres"), Artist: (TrackArtist, "artist"), Label: (AlbumLabel, "label")}
    owner, field = source.get(model, (Track, "album"))
    query = {"app_label": "musicdb", "model_name": owner._meta.model_name, "field_name": field, "term": typed}
    assert admin_client.get(reverse("admin:autocomplete"), query).status_code == 200


def test_the_first_words_of_a_long_search_still_find(admin_client: Client) -> None:
    track = TrackFactory(title=" ".join(f"w{number}" for number in range(12)))
    TrackFactory()
    assert listed(admin_client.get(page_of(Track, q=track.title + " x" * 3_000))) == [track]


@pytest.mark.parametrize("query", ["genre=%00", "title__icontains=%00", "genre=nonesuch", "released=x", "features=x"])
def test_a_broken_filter_leads_back_to_the_list(admin_client: Client, query: str) -> None:
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


def test_the_genre_filter_stays_short_and_keeps_the_chosen_one(admin_client: Client) -> None:
    for _ in range(30):
        TrackFactory(genres=[GenreFactory()])
    small = GenreFactory(name="small")
    for query, expected in (({}, 30), ({"genre": small.slug}, 31)):
        spec = admin_client.get(page_of(Track, **query)).context["cl"].filter_specs[0]
        assert len(spec.lookup_choices) == expected


# --- Saving ------------------------------------------------------------------------------------------------------


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


A, B, C, D = "ABCD"
# What is typed over 1, 2, 3 before A, B, C, and the order that comes of it.
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
    """A track by A, B and C, at positions with a gap."""
    track = TrackFactory(artists=[ArtistFactory(name=name) for name in "ABC"])
    track.track_artists.filter(position=2).update(position=7)
    return track


def save_artists(client: Client, track: Track, data: dict[str, Any]) -> Any:
    return client.post(page_of(Track, "change", track.pk), track_data(title=track.title, **data))


def names(track: Track) -> list[str]:
    assert [row.position for row in track.track_artists.all()] == list(range(track.track_artists.count()))
    return [artist.name for artist in track.artists_in_order]


@pytest.mark.parametrize(("typed", "expected"), REORDERINGS)
def test_rows_take_the_order_that_is_typed_over_them(
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


def test_two_rows_can_trade_artists(admin_client: Client, abc: Track) -> None:
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 1, b.artist_id), (b.pk, 2, a.artist_id), (c.pk, 3, c.artist_id))
    assert save_artists(admin_client, abc, data).status_code == 302
    assert names(abc) == [B, A, C]


def test_a_row_can_take_the_artist_of_one_that_is_deleted(admin_client: Client, abc: Track) -> None:
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


def test_a_row_that_somebody_else_added_is_not_pushed_aside(admin_client: Client, abc: Track) -> None:
    a, b, _c = abc.track_artists.all()
    response = save_artists(admin_client, abc, artist_rows((b.pk, 1, b.artist_id), (a.pk, 2, a.artist_id)))
    assert "Somebody else has added a row since this page was opened." in response.text
    assert [artist.name for artist in abc.artists_in_order] == [A, B, C]


def test_who_may_only_add_rows_appends_and_moves_none(abc: Track) -> None:
    client = editor("view_track", "change_track", "view_trackartist", "add_trackartist", "view_artist")
    added = ArtistFactory(name=D)
    a, b, c = abc.track_artists.all()
    data = artist_rows((a.pk, 3, b.artist_id), (b.pk, 2, a.artist_id), (c.pk, 1, c.artist_id), ("", 1, added.pk))
    assert save_artists(client, abc, data).status_code == 302
    assert [artist.name for artist in abc.artists_in_order] == [A, B, C, D]


def test_labels_of_an_album_are_ordered_alike(admin_client: Client) -> None:
    album = AlbumFactory(labels=[LabelFactory(name=A), LabelFactory(name=B)])
    a, b = album.album_labels.all()
    data = rows("album_labels", "label", (a.pk, 2, a.label_id), (b.pk, 1, b.label_id))
    response = admin_client.post(page_of(Album, "change", album.pk), album_data(**data))
    assert response.status_code == 302
    assert [label.name for label in album.labels_in_order] == [B, A]


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
def test_a_bad_release_date_is_refused_in_words(admin_client: Client, typed: str, error: str) -> None:
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
def test_a_feature_that_cannot_be_is_refused_beside_its_box(
    admin_client: Client, feature: str, typed: str, error: str
) -> None:
    response = admin_client.post(page_of(Track, "add"), track_data(**{feature: typed}))
    assert errors_of(response) == {feature: [error]}
    assert not Track.objects.exists()


def test_clearing_a_feature_makes_it_unknown(admin_client: Client) -> None:
    track = TrackFactory(energy=0.25, tempo=99)
    admin_client.post(page_of(Track, "change", track.pk), track_data(tempo="", energy="0"))
    track.refresh_from_db()
    assert (track.tempo, track.energy, track.valence) == (None, 0.0, None)


def test_each_feature_says_its_range_and_unit(admin_client: Client) -> None:
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
def test_a_spotify_id_may_be_pasted_as_a_link(admin_client: Client, typed: str) -> None:
    assert admin_client.post(page_of(Track, "add"), track_data(spotify_id=typed)).status_code == 302
    assert Track.objects.get().spotify_id == SPOTIFY_ID


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (
            f"https://open.spotify.com/album/{SPOTIFY_ID}",
            "This is a link to Spotify’s album, and the track is wanted.",
        ),
        ("short", "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH."),
        (
            f"https://evil.example/track/{SPOTIFY_ID}",
            "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH.",
        ),
        ("3kiQOTlExsRTAQW0P0j\0TH", "Null characters are not allowed."),
    ],
)
def test_what_is_no_spotify_id_of_a_track_is_refused(admin_client: Client, typed: str, error: str) -> None:
    errors = errors_of(admin_client.post(page_of(Track, "add"), track_data(spotify_id=typed)))
    assert error in errors["spotify_id"]
    assert not Track.objects.exists()


def test_tracks_without_a_spotify_id_do_not_collide_and_two_with_one_do(admin_client: Client) -> None:
    for _ in range(2):
        assert admin_client.post(page_of(Track, "add"), track_data(spotify_id="")).status_code == 302
    assert list(Track.objects.values_list("spotify_id", flat=True)) == [None, None]
    TrackFactory(spotify_id=SPOTIFY_ID)
    response = admin_client.post(page_of(Track, "add"), track_data(spotify_id=SPOTIFY_ID))
    assert errors_of(response) == {"spotify_id": ["Track with this Spotify id already exists."]}


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "data:text/html,x", "ftp://images.example/a.jpg"])
def test_art_that_is_not_on_the_web_is_refused(admin_client: Client, typed: str) -> None:
    response = admin_client.post(page_of(Album, "add"), album_data(image_url=typed))
    assert "image_url" in errors_of(response)
    assert not Album.objects.exists()


def test_a_name_is_stored_normalised_and_nul_is_refused(admin_client: Client) -> None:
    admin_client.post(page_of(Artist, "add"), {"name": "Zoe\u0308 ", "is_public": "on"})
    assert Artist.objects.get().name == "Zoë"
    response = admin_client.post(page_of(Label, "add"), {"name": "a\0b"})
    assert errors_of(response) == {"name": ["Null characters are not allowed."]}


def test_two_genres_of_one_name_are_refused(admin_client: Client) -> None:
    GenreFactory(name="Trip Hop")
    response = admin_client.post(page_of(Genre, "add"), {"name": "trip hop"})
    assert "There is a genre of that name." in response.text
    assert Genre.objects.count() == 1


def test_an_address_can_be_chosen_once_and_never_changed(admin_client: Client) -> None:
    admin_client.post(page_of(Label, "add"), {"name": "Hwa&Dam", "slug": "hwadam"})
    label = Label.objects.get()
    assert label.slug == "hwadam"
    admin_client.post(page_of(Label, "change", label.pk), {"name": "Renamed", "slug": "other"})
    label.refresh_from_db()
    assert (label.name, label.slug) == ("Renamed", "hwadam")


# --- Pages that are there, and pages that are not ----------------------------------------------------------------


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_only_the_public_have_a_page_to_view(admin_client: Client, factory: Any) -> None:
    for is_public in (True, False):
        thing = factory(is_public=is_public)
        text = admin_client.get(page_of(type(thing), "change", thing.pk)).text
        assert (f'<a href="{thing.get_absolute_url()}" class="viewsitelink">' in text) is is_public


@pytest.mark.parametrize("factory", [GenreFactory, AlbumFactory, TrackFactory])
def test_the_others_always_have_one(admin_client: Client, factory: Any) -> None:
    thing = factory()
    text = admin_client.get(page_of(type(thing), "change", thing.pk)).text
    assert f'<a href="{thing.get_absolute_url()}" class="viewsitelink">' in text


def test_who_may_only_look_sees_the_track_and_cannot_save_it(abc: Track) -> None:
    client = editor("view_track", "view_trackartist", "view_album")
    response = client.get(page_of(Track, "change", abc.pk))
    assert response.status_code == 200
    assert '<input type="submit"' not in response.text
    assert save_artists(client, abc, {}).status_code == 403
    album = AlbumFactory(release_date="1983-05-01", release_precision="month")
    assert "1983-05<" in client.get(page_of(Album, "change", album.pk)).text


def test_the_library_comes_first_on_the_index(admin_client: Client) -> None:
    response = admin_client.get(reverse("admin:index"))
    assert [app["app_label"] for app in response.context["app_list"]] == ["musicdb", "clusters", "auth"]
    assert "<title>The library | musicdb</title>" in response.text


# --- Actions and deleting ----------------------------------------------------------------------------------------


def act(client: Client, name: str, things: list[Any], **extra: Any) -> Any:
    data = {"action": name, "_selected_action": [thing.pk for thing in things], "index": 0, **extra}
    return client.post(page_of(type(things[0])), data)


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_many_become_public_at_once_and_their_history_says_who_did_it(admin_client: Client, factory: Any) -> None:
    things = [factory(is_public=False), factory(is_public=False), factory(is_public=True)]
    model, left_alone = type(things[0]), factory(is_public=False)
    response = act(admin_client, "make_public", things)
    assert said(response) == [("success", f"2 {model._meta.model_name}s now public.")]
    assert set(model.objects.public()) == set(things)
    assert left_alone.pk not in model.objects.public().values_list("pk", flat=True)
    entries = LogEntry.objects.order_by("object_id")
    assert {entry.object_id for entry in entries} == {str(thing.pk) for thing in things[:2]}
    assert {entry.get_change_message() for entry in entries} == {"Changed Public."}
    act(admin_client, "make_not_public", things[:1])
    assert set(model.objects.public()) == set(things[1:])


def test_like_and_unlike_what_a_search_found(admin_client: Client) -> None:
    found = TrackFactory(artists=[ArtistFactory(name="Kim A"), ArtistFactory(name="Kim B")])
    other = TrackFactory()
    data = {"action": "like", "_selected_action": [found.pk, other.pk], "index": 0}
    response = admin_client.post(page_of(Track, q="kim"), data)
    assert said(response) == [("success", "1 track now liked.")]
    assert list(Track.objects.filter(liked=True)) == [found]
    assert said(act(admin_client, "like", [found])) == [("info", "All that you selected were liked already.")]
    act(admin_client, "unlike", [found])
    assert not Track.objects.filter(liked=True).exists()


def test_who_may_only_look_is_offered_no_action_and_can_take_none() -> None:
    client, artist = editor("view_artist"), ArtistFactory(is_public=False)
    assert client.get(page_of(Artist)).context["action_form"] is None
    act(client, "make_public", [artist])
    artist.refresh_from_db()
    assert artist.is_public is False


def in_use() -> list[tuple[Any, list[Any]]]:
    """An artist, a label and an album, each with what it is in use by."""
    artist, label = ArtistFactory(), LabelFactory()
    album = AlbumFactory(labels=[label])
    tracks = [TrackFactory(title="One", artists=[artist], album=album), TrackFactory(title="Two", artists=[artist])]
    return [(artist, tracks), (label, [album]), (album, tracks[:1])]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["artist", "label", "album"])
def test_what_is_in_use_is_kept_and_the_page_says_what_uses_it(admin_client: Client, which: int) -> None:
    thing, users = in_use()[which]
    address = page_of(type(thing), "delete", thing.pk)
    response = admin_client.get(address)
    assert f"<title>Cannot delete {thing._meta.verbose_name}" in response.text
    assert response.context["protected"] == [
        f'{user._meta.verbose_name.capitalize()}: <a href="{page_of(type(user), "change", user.pk)}">{user.title}</a>'
        for user in users
    ]
    admin_client.post(address, {"post": "yes"})
    act(admin_client, "delete_selected", [thing], post="yes")
    assert type(thing).objects.filter(pk=thing.pk).exists()


def test_a_long_list_of_users_is_cut(admin_client: Client) -> None:
    artist = ArtistFactory()
    for _ in range(22):
        TrackFactory(artists=[artist])
    protected = admin_client.get(page_of(Artist, "delete", artist.pk)).context["protected"]
    assert (len(protected), protected[-1]) == (21, "and 2 more tracks")


def test_what_is_in_no_use_is_deleted(admin_client: Client) -> None:
    track = rich_track(GenreFactory())
    admin_client.post(page_of(Track, "delete", track.pk), {"post": "yes"})
    assert not Track.objects.exists()
    for model in (Album, Artist, Label, Genre):
        act(admin_client, "delete_selected", list(model.objects.all()), post="yes")
        assert not model.objects.exists(), model
