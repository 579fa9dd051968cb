"""Narrowing, sorting, and questions that are not understood."""

import pytest

from musicdb.music import AMOUNT_NAMES, FEATURE_NAMES
from tests.api.conftest import Get
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

OF_TRACKS = (
    *(
        "added_since",
        "album",
        "artist",
        "genre",
        "has_features",
        "isrc",
        "label",
        "liked",
        "ordering",
        "page",
        "page_size",
    ),
    *("playlist", "q"),
)
BOUNDS_OF_TRACKS = [
    f"{end}_{name}" for end in ("min", "max") for name in ("popularity", "score", "year", *FEATURE_NAMES)
]
ORDERS = ("title", "score", "release_date", "added_at", "duration_ms", "popularity", *AMOUNT_NAMES)
ORDERS_OF_TRACKS = f"Use one or more of {', '.join(f'{name}, -{name}' for name in ORDERS)}, separated by commas."
ADVICE = {
    "genres": "It takes ordering, page, page_size, q.",
    "artists": "It takes genre, label, ordering, page, page_size, q.",
    "labels": "It takes genre, ordering, page, page_size, q.",
    "albums": "It takes artist, genre, label, max_year, min_year, ordering, page, page_size, q.",
    "tracks": f"It takes {', '.join(sorted([*OF_TRACKS, *BOUNDS_OF_TRACKS]))}.",
    "playlists": "It takes ordering, page, page_size, q.",
    "clusters": "It takes artist, genre, kind, label, ordering, page, page_size, playlist.",
}


@pytest.fixture
def library(db: None) -> None:
    """Two tracks by one artist on one album of two genres, one more of each apart, and names without a page."""
    pop, jazz = GenreFactory(name="pop"), GenreFactory(name="jazz")
    zoe, ray = ArtistFactory(name="Zoë"), ArtistFactory(name="Ray")
    loud, hidden = LabelFactory(name="Loud"), LabelFactory(name="Hidden", visibility="hidden")
    ArtistFactory(name="Shy", visibility="hidden")
    ArtistFactory(name="Twin", visibility="shown")
    ArtistFactory(name="Twin", visibility="shown")
    first = AlbumFactory(title="First", labels=[loud, hidden], release_date="1983-01-01", release_precision="year")
    AlbumFactory(title="Empty")
    second = AlbumFactory(title="100% Second", labels=[LabelFactory(name="Quiet")])
    TrackFactory(title="Noël", album=first, artists=[zoe], genres=[pop], score=10, liked=True, energy=0.25)
    TrackFactory(title="Under_score", album=first, artists=[zoe], genres=[pop, jazz], score=0, energy=0.75)
    TrackFactory(title="Alone", album=second, artists=[ray], genres=[jazz], features=False)


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("tracks/", {}, ["Noël", "Under_score", "Alone"]),
        ("tracks/", {"q": "no"}, ["Noël"]),
        ("tracks/", {"q": "noe\u0308l"}, ["Noël"]),
        ("tracks/", {"q": "NOË"}, ["Noël"]),
        ("tracks/", {"q": "_"}, ["Under_score"]),
        ("tracks/", {"q": "%"}, []),
        ("tracks/", {"genre": "jazz"}, ["Under_score", "Alone"]),
        ("tracks/", {"artist": "zoe", "genre": "jazz"}, ["Under_score"]),
        ("tracks/", {"album": "first"}, ["Noël", "Under_score"]),
        ("tracks/", {"label": "loud"}, ["Noël", "Under_score"]),
        ("tracks/", {"liked": "true"}, ["Noël"]),
        ("tracks/", {"liked": "false"}, ["Under_score", "Alone"]),
        ("tracks/", {"min_score": 0}, ["Noël", "Under_score"]),
        ("tracks/", {"min_score": 1}, ["Noël"]),
        ("tracks/", {"max_score": 9}, ["Under_score"]),
        ("tracks/", {"min_score": 2**31 - 1}, []),
        ("tracks/", {"has_features": "true"}, ["Noël", "Under_score"]),
        ("tracks/", {"has_features": "false"}, ["Alone"]),
        ("tracks/", {"ordering": "score"}, ["Under_score", "Noël", "Alone"]),
        ("tracks/", {"ordering": "-score"}, ["Noël", "Under_score", "Alone"]),
        ("tracks/", {"ordering": "-title"}, ["Under_score", "Noël", "Alone"]),
        ("tracks/", {"ordering": "-score,title"}, ["Noël", "Under_score", "Alone"]),
        ("tracks/", {"genre": "JAZZ"}, ["Under_score", "Alone"]),
        ("tracks/", {"artist": " Zoë "}, ["Noël", "Under_score"]),
        ("tracks/", {"ordering": "release_date"}, ["Noël", "Under_score", "Alone"]),
        ("tracks/", {"ordering": "-energy"}, ["Under_score", "Noël", "Alone"]),
        ("tracks/", {"ordering": "energy"}, ["Noël", "Under_score", "Alone"]),
        ("albums/", {"q": "0%"}, ["100% Second"]),
        ("albums/", {"min_year": 1983, "max_year": 1983}, ["First"]),
        ("albums/", {"min_year": 1984}, []),
        ("albums/", {"artist": "zoe"}, ["First"]),
        ("albums/", {"label": "quiet"}, ["100% Second"]),
        ("albums/", {"genre": "jazz", "ordering": "-title"}, ["First", "100% Second"]),
        ("albums/", {"ordering": "-release_date"}, ["First", "Empty", "100% Second"]),
        ("albums/", {"ordering": "-track_count,title"}, ["First", "100% Second", "Empty"]),
        ("artists/", {"genre": "pop"}, ["Zoë"]),
        ("artists/", {"genre": "jazz"}, ["Ray", "Zoë"]),
        ("artists/", {"label": "Loud"}, ["Zoë"]),
        ("artists/", {"ordering": "-track_count", "label": "loud"}, ["Zoë"]),
        ("artists/", {"q": "shy"}, []),
        ("labels/", {"genre": "pop"}, ["Loud"]),
        ("labels/", {"ordering": "-name"}, ["Quiet", "Loud"]),
        ("labels/", {"ordering": "album_count"}, ["Loud", "Quiet"]),
        ("genres/", {"q": "JA"}, ["jazz"]),
        ("genres/", {"ordering": "name"}, ["jazz", "pop"]),
        ("genres/", {"ordering": "-track_count"}, ["pop", "jazz"]),
    ],
)
@pytest.mark.usefixtures("library")
def test_what_is_found(get: Get, path: str, query: dict[str, object], found: list[str]) -> None:
    status, body = get(path, **query)
    assert status == 200
    assert [row.get("title") or row["name"] for row in body["results"]] == found


@pytest.mark.usefixtures("library")
def test_a_filter_does_not_change_what_is_counted(get: Get) -> None:
    assert [row["track_count"] for row in get("albums/", artist="zoe")[1]["results"]] == [2]
    assert [row["track_count"] for row in get("albums/", genre="pop")[1]["results"]] == [2]
    assert [row["track_count"] for row in get("artists/", genre="jazz")[1]["results"]] == [1, 2]
    assert [row["album_count"] for row in get("labels/", genre="pop")[1]["results"]] == [1]


NUMBER = "Must be a whole number"


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("liked", "maybe", "Must be true or false."),
        ("has_features", "1", "Must be true or false."),
        ("min_score", "nan", "Enter a whole number."),
        ("min_score", "inf", "Enter a whole number."),
        ("min_score", "1e400", "Enter a whole number."),
        ("min_score", "1.5", "Enter a whole number."),
        ("min_score", "9" * 5000, "Enter a whole number."),
        ("min_score", str(10**30), "Ensure this value is less than or equal to 2147483647."),
        ("max_score", "-1", "Ensure this value is greater than or equal to 0."),
        ("max_score", "", "Give a value, or leave the parameter out."),
        ("max_popularity", "101", "Ensure this value is less than or equal to 100."),
        ("added_since", "01.03.2024", "Enter a day as YYYY-MM-DD."),
        ("added_since", "0001-01-01", "Ensure this value is greater than or equal to 1900-01-01."),
        ("added_since", "9999-12-31", "Ensure this value is less than or equal to 2999-12-31."),
        ("q", "a" * 101, "Ensure this value has at most 100 characters (it has 101)."),
        ("q", "a\0b", "Null characters are not allowed."),
        ("q", " ", "Give a value, or leave the parameter out."),
        ("genre", "no-such", "There is no genre with this slug or name."),
        ("album", "no-such", "There is no album with this slug."),
        ("artist", "shy", "There is no artist with this slug or name."),
        ("label", "hidden", "There is no label with this slug or name."),
        ("genre", "a\0b", "There is no genre with this slug or name."),
        ("genre", "코어콘텐츠미디어", "There is no genre with this slug or name."),
        ("genre", "a" * 10_000, "There is no genre with this slug or name."),
        ("genre", "\u202e", "There is no genre with this slug or name."),
        ("artist", "Twin", "Several have this name. Use the slug of the one that you mean, such as twin or twin-2."),
        ("album", "a\0b", "An address part has small Latin letters, digits and single hyphens between them."),
        ("ordering", "key", ORDERS_OF_TRACKS),
        ("ordering", ",,", ORDERS_OF_TRACKS),
        ("ordering", "score,", ORDERS_OF_TRACKS),
        ("ordering", "score,pk", ORDERS_OF_TRACKS),
        ("page", "abc", f"{NUMBER}, 1 or more."),
        ("page", "0", f"{NUMBER}, 1 or more."),
        ("page", "-1", f"{NUMBER}, 1 or more."),
        ("page", "nan", f"{NUMBER}, 1 or more."),
        ("page", "last", f"{NUMBER}, 1 or more."),
        ("page", "²", f"{NUMBER}, 1 or more."),
        ("page", "9" * 5000, f"{NUMBER}, 1 or more."),
        ("page_size", "0", f"{NUMBER} from 1 to 200."),
        ("page_size", "201", f"{NUMBER} from 1 to 200."),
        ("page_size", str(10**30), f"{NUMBER} from 1 to 200."),
        ("page_size", "all", f"{NUMBER} from 1 to 200."),
    ],
)
@pytest.mark.usefixtures("library")
def test_a_wrong_value_is_an_error_that_says_what_is_right(get: Get, name: str, value: str, advice: str) -> None:
    wrong = {"detail": "The query was not understood.", "parameters": {name: [advice]}}
    assert get("tracks/", **{name: value}) == (400, wrong)


@pytest.mark.parametrize("page", ["2", "99999999999999999999", "9" * 100])
@pytest.mark.usefixtures("library")
def test_a_page_past_the_last_is_404(get: Get, page: str) -> None:
    assert get("tracks/", page=page) == (404, {"detail": f"There is no page {page}. The list is shorter."})


@pytest.mark.parametrize(("name", "takes"), ADVICE.items())
def test_an_unknown_parameter_of_a_list_is_an_error_that_lists_the_known(get: Get, name: str, takes: str) -> None:
    errors = {unknown: [f"This address has no such parameter. {takes}"] for unknown in ("detail", "format")}
    assert get(f"{name}/", detail="x", format="json") == (
        400,
        {"detail": "The query was not understood.", "parameters": errors},
    )


@pytest.mark.parametrize(
    "path",
    ["", "tracks/noel/", "genres/pop/", "genres/pop/clusters/", "tracks/noel/clusters/", "clusters/1/"],
)
@pytest.mark.usefixtures("library")
def test_one_thing_by_itself_takes_no_parameters(get: Get, path: str) -> None:
    errors = {"page": ["This address has no such parameter. It takes none."]}
    assert get(path, page=1) == (400, {"detail": "The query was not understood.", "parameters": errors})


def test_a_parameter_given_twice_is_an_error(get: Get) -> None:
    wrong = {"detail": "The query was not understood.", "parameters": {"liked": ["Give only one value."]}}
    assert get("tracks/", liked=["true", "false"]) == (400, wrong)
