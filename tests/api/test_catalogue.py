"""The catalogue over REST: whole answers, and what is not public."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

import musicdb
from musicdb.models import SiteSettings, Track
from tests.api.conftest import Get
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

SITE = "http://testserver"
API = f"{SITE}/api/v1"

GENRE = {
    "name": "korean pop",
    "slug": "korean-pop",
    "url": f"{API}/genres/korean-pop/",
    "page_url": f"{SITE}/genres/korean-pop/",
    "track_count": 1,
}
ARTIST = {
    "name": "Davichi",
    "slug": "davichi",
    "url": f"{API}/artists/davichi/",
    "page_url": f"{SITE}/artists/davichi/",
    "track_count": 1,
}
LABEL = {
    "name": "코어콘텐츠미디어",
    "slug": "koeokontencheumidieo",
    "url": f"{API}/labels/koeokontencheumidieo/",
    "page_url": f"{SITE}/labels/koeokontencheumidieo/",
    "album_count": 1,
}
NAMED_LABELS = [
    {"name": LABEL["name"], "slug": LABEL["slug"], "url": LABEL["url"]},
    {"name": "Nobody's", "slug": None, "url": None},
]
ALBUM = {
    "title": "Love Delight",
    "slug": "love-delight",
    "url": f"{API}/albums/love-delight/",
    "page_url": f"{SITE}/albums/love-delight/",
    "released": "2011-08",
    "album_type": "ep",
    "art": "https://images.example/love.jpg",
    "artists": [{"name": "A friend", "slug": None, "url": None}],
    "labels": NAMED_LABELS,
    "track_count": 1,
}
TRACK = {
    "title": "Don't Say Goodbye",
    "slug": "dont-say-goodbye",
    "url": f"{API}/tracks/dont-say-goodbye/",
    "page_url": f"{SITE}/tracks/dont-say-goodbye/",
    "album": {key: ALBUM[key] for key in ("title", "slug", "url", "art")},
    "artists": [
        {"name": "Davichi", "slug": "davichi", "url": ARTIST["url"]},
        {"name": "A friend", "slug": None, "url": None},
    ],
    "labels": NAMED_LABELS,
    "score": 0,
    "liked": True,
    "spotify_url": "https://open.spotify.com/track/3kiQOTlExsRTAQW0P0jcTH",
}


@pytest.fixture
def track(db: None) -> Track:
    """A track of which everything is known but its energy, with an artist and a label that have no page."""
    label = LabelFactory(name=LABEL["name"], slug=LABEL["slug"])
    friend = ArtistFactory(name="A friend", visibility="hidden")
    album = AlbumFactory(
        title="Love Delight",
        spotify_id="a" * 22,
        image_url="https://images.example/love.jpg",
        release_date=date(2011, 8, 1),
        release_precision="month",
        labels=[label, LabelFactory(name="Nobody's", visibility="hidden")],
        artists=[friend],
        album_type="ep",
        upc="602435971889",
        copyrights="℗ 2011 Core Contents Media",
    )
    return TrackFactory(
        title="Don't Say Goodbye",
        slug="dont-say-goodbye",
        spotify_id="3kiQOTlExsRTAQW0P0jcTH",
        isrc="KRA381001057",
        album=album,
        artists=[ArtistFactory(name="Davichi", spotify_id="b" * 22), friend],
        genres=[GenreFactory(name="korean pop", description="From Seoul.")],
        score=0,
        liked=True,
        duration_ms=215_000,
        explicit=False,
        disc_number=2,
        track_number=11,
        popularity=0,
        added_at=datetime(2021, 7, 4, 12, 30, tzinfo=UTC),
        preview_url="https://audio.example/preview.mp3",
        danceability=0.5,
        energy=None,
        speechiness=0.0,
        acousticness=0.25,
        instrumentalness=0.0,
        liveness=0.125,
        valence=1.0,
        tempo=120.5,
        loudness=-6.5,
        key=0,
        mode=0,
        time_signature=4,
        features_source="sample",
    )


def page_of(*results: object) -> dict[str, object]:
    return {"count": len(results), "next": None, "previous": None, "results": list(results)}


def test_the_root_has_the_sites_name_and_the_version_and_lists_the_endpoints(get: Get) -> None:
    names = ("genres", "artists", "labels", "albums", "tracks", "playlists", "clusters")
    lists = {name: f"{API}/{name}/" for name in names}
    assert get("") == (200, {"name": "musicdb", "version": musicdb.__version__, **lists})
    SiteSettings.objects.create(name="Zoë’s records")
    assert get("")[1]["name"] == "Zoë’s records"


@pytest.mark.usefixtures("track")
def test_genres(get: Get) -> None:
    assert get("genres/") == (200, page_of(GENRE))
    assert get("genres/korean-pop/") == (200, {**GENRE, "description": "From Seoul."})


@pytest.mark.usefixtures("track")
def test_artists_that_have_a_page(get: Get) -> None:
    spotify = {"spotify_id": "b" * 22, "spotify_url": f"https://open.spotify.com/artist/{'b' * 22}"}
    assert get("artists/") == (200, page_of(ARTIST))
    assert get("artists/davichi/") == (200, {**ARTIST, **spotify})


@pytest.mark.usefixtures("track")
def test_labels_that_have_a_page(get: Get) -> None:
    assert get("labels/") == (200, page_of(LABEL))
    assert get(f"labels/{LABEL['slug']}/") == (200, LABEL)


@pytest.mark.usefixtures("track")
def test_albums(get: Get) -> None:
    spotify = {"spotify_id": "a" * 22, "spotify_url": f"https://open.spotify.com/album/{'a' * 22}"}
    assert get("albums/") == (200, page_of(ALBUM))
    more = {"upc": "602435971889", "copyrights": "℗ 2011 Core Contents Media"}
    assert get("albums/love-delight/") == (200, {**ALBUM, **spotify, **more})


@pytest.mark.usefixtures("track")
def test_tracks(get: Get) -> None:
    detail = {
        "genres": [{key: GENRE[key] for key in ("name", "slug", "url")}],
        "spotify_id": "3kiQOTlExsRTAQW0P0jcTH",
        "isrc": "KRA381001057",
        "duration_ms": 215_000,
        "explicit": False,
        "disc_number": 2,
        "track_number": 11,
        "popularity": 0,
        "added_at": "2021-07-04T12:30:00Z",
        "preview_url": "https://audio.example/preview.mp3",
        "features": {
            "danceability": 0.5,
            "energy": None,
            "speechiness": 0.0,
            "acousticness": 0.25,
            "instrumentalness": 0.0,
            "liveness": 0.125,
            "valence": 1.0,
            "tempo": 120.5,
            "loudness": -6.5,
            "key": 0,
            "mode": 0,
            "time_signature": 4,
        },
        "features_source": "sample",
    }
    assert get("tracks/") == (200, page_of(TRACK))
    assert get("tracks/dont-say-goodbye/") == (200, {**TRACK, **detail})


def test_what_is_unknown_of_a_track_is_null(get: Get) -> None:
    track = Track.objects.create(title="Untitled")
    status, body = get(f"tracks/{track.slug}/")
    assert status == 200
    known = {"title": "Untitled", "slug": "untitled", "liked": False, "artists": [], "labels": [], "genres": []}
    addresses = {"url": f"{API}/tracks/untitled/", "page_url": f"{SITE}/tracks/untitled/"}
    assert {key: value for key, value in body.items() if value is not None and key != "features"} == known | addresses
    assert set(body["features"].values()) == {None}


def test_what_is_unknown_of_an_album_is_null(get: Get) -> None:
    AlbumFactory(title="Untitled", spotify_id=None, image_url="")
    status, body = get("albums/untitled/")
    assert status == 200
    assert {key for key, value in body.items() if value is None} == {
        *("released", "album_type", "art", "upc", "copyrights", "spotify_id", "spotify_url")
    }


def test_a_genre_without_a_description_has_null(get: Get) -> None:
    GenreFactory(name="jazz")
    assert get("genres/jazz/")[1]["description"] is None


@pytest.mark.parametrize("path", ["artists/a-friend/", "labels/nobodys/", "tracks/no-such/", "clusters/1/"])
@pytest.mark.usefixtures("track")
def test_what_is_not_public_or_not_there_is_404(get: Get, path: str) -> None:
    status, body = get(path)
    assert (status, set(body)) == (404, {"detail"})


@pytest.mark.parametrize("path", ["nonsense/", "tracks/a%00b/", "tracks/한국/", "clusters/first/", "genres/x%0Ay/"])
def test_an_address_that_cannot_be_is_404_in_json(get: Get, path: str) -> None:
    assert get(path) == (404, {"detail": "There is nothing at this address. /api/docs/ lists every endpoint."})


@pytest.mark.django_db
def test_an_address_without_its_slash_leads_to_the_one_with(client: Client) -> None:
    response = client.get("/api/v1/tracks")
    assert (response.status_code, response.headers["Location"]) == (301, "/api/v1/tracks/")


@pytest.mark.usefixtures("track")
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["", "tracks/", "tracks/dont-say-goodbye/", "genres/korean-pop/clusters/"])
def test_nothing_can_be_written(client: Client, path: str, method: str) -> None:
    response = client.generic(method.upper(), f"/api/v1/{path}?any=thing", "{}", "application/json")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.json() == {"detail": f'Method "{method.upper()}" not allowed.'}


@pytest.mark.usefixtures("track")
def test_an_unchanged_answer_is_not_sent_twice(client: Client) -> None:
    first = client.get("/api/v1/tracks/")
    again = client.get("/api/v1/tracks/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages(get: Get) -> None:
    titles = ["Aye", "Bee", "Cee"]
    for title in titles:
        AlbumFactory(title=title)
    _, first = get("albums/", page_size=2, ordering="title")
    _, last = get("albums/", page_size=2, ordering="title", page=2)
    assert [album["title"] for page in (first, last) for album in page["results"]] == titles
    assert (first["count"], first["previous"]) == (3, None)
    assert first["next"] == f"{API}/albums/?ordering=title&page=2&page_size=2"
    assert (last["next"], last["previous"]) == (None, f"{API}/albums/?ordering=title&page_size=2")


def test_a_page_has_50_rows_unless_asked_and_200_at_most(get: Get) -> None:
    for _ in range(51):
        GenreFactory()
    assert len(get("genres/")[1]["results"]) == 50
    assert len(get("genres/", page_size=200)[1]["results"]) == 51


@pytest.mark.django_db
def test_who_takes_no_json_is_told_so(client: Client) -> None:
    response = client.get("/api/v1/", headers={"Accept": "application/xml"})
    assert (response.status_code, set(response.json())) == (406, {"detail"})
