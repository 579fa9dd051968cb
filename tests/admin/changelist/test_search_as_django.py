"""A search in the admin finds what Django's own search finds."""

import random
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client

from musicdb.admin.base import search_terms
from musicdb.models import Album, Artist, Track
from tests.admin.helpers import listed, page_of
from tests.db.shared import once_for_the_module
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_library")]

SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"
WORDS = ["love", "Lovely", "BLUE", "in", "night", "50%", "a_b", "back\\slash", "사랑", "밤하늘", "o'clock", "x"]
SEARCHES = [
    "love",
    "LOVE night",
    "blue",
    "in",
    "x",
    "%",
    "50%",
    "_",
    "a_b",
    "\\",
    "back\\slash",
    "사랑",
    "하늘",
    "o'clock",
    '"love blue"',
    "'love blue'",
    '"',
    '"unbalanced',
    '"a b" \\',
    "artist",
    "artist album",
    "Album Love",
    "night night",
    SPOTIFY_ID,
    SPOTIFY_ID.lower(),
    SPOTIFY_ID[:-1],
    f"spotify:track:{SPOTIFY_ID}",
    f"love {SPOTIFY_ID}",
    "USAB10000001",
    "usab10000001",
    "USAB1000000",
    "nothing of that",
    "love " * 12,
    "",
    "   ",
]


def make_library() -> None:
    """Make thirty tracks with names drawn from few words, so that a search finds some of them and not all."""
    draw = random.Random(7)

    def name(prefix: str = "") -> str:
        return " ".join([prefix, *draw.sample(WORDS, 3)]).strip()

    artists = [ArtistFactory(name=name("Artist")) for _ in range(8)]
    albums = [AlbumFactory(title=name("Album")) for _ in range(8)]
    for number in range(30):
        TrackFactory(
            title=name(),
            album=draw.choice([*albums, None]),
            artists=draw.sample(artists, draw.randrange(3)),
            **({"spotify_id": SPOTIFY_ID, "isrc": "USAB10000001"} if number == 3 else {}),
        )


_library = once_for_the_module(make_library)


def found_by_django(model: Any, typed: str) -> list[Any]:
    """Return what ``ModelAdmin`` finds over the same ``search_fields``, sorted by name."""
    model_admin = admin.site.get_model_admin(model)
    everything = model._default_manager.order_by(*model._meta.ordering)
    terms = search_terms(typed)
    found, _ = admin.ModelAdmin.get_search_results(model_admin, None, everything, terms)  # type: ignore[arg-type]
    return list(found.distinct())


@pytest.mark.parametrize("model", [Track, Album, Artist])
def test_a_search_finds_the_same_rows_as_djangos_search(admin_client: Client, model: Any) -> None:
    order = "2" if model is not Artist else "1"
    found = {typed: listed(admin_client.get(page_of(model, q=typed, o=order))) for typed in SEARCHES}
    assert found == {typed: found_by_django(model, typed) for typed in SEARCHES}


def test_the_searches_of_this_file_find_some_rows() -> None:
    sizes = {typed: len(found_by_django(Track, typed)) for typed in SEARCHES}
    assert {typed for typed, size in sizes.items() if size == 0} <= {
        '"love blue"',
        "'love blue'",
        '"unbalanced',
        '"a b" \\',
        SPOTIFY_ID[:-1],
        f"love {SPOTIFY_ID}",
        "USAB1000000",
        "nothing of that",
    }
    assert 0 < sizes["love"] < sizes[""] == 30


def test_sqlite_reads_one_index_of_the_tracks_and_never_their_rows() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has indexes for this: see test_search_indexes.py")
    for typed in ("love", "in", "ночь", "사랑", "love night", SPOTIFY_ID):
        plan = Track.objects.search(typed).order_by("sort_key", "pk").values("pk").explain()
        scans = [line for line in plan.splitlines() if "SCAN" in line]
        assert scans, typed
        assert [line for line in scans if "COVERING INDEX" not in line] == [], typed
