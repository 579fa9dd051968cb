"""What the search of the site finds, and in which order."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clusters.models import Cluster
from clusters.runs import SEARCHED
from musicdb.db import insert, trigrams, update
from musicdb.editing import merge
from musicdb.models import Artist, PageRule, SiteSettings
from musicdb.search import found_directly, search_everywhere
from musicdb.search.indexes import NAMED_TABLES
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)

pytestmark = pytest.mark.django_db


def found(typed: str, most: int = 20) -> dict[str, list[str]]:
    return {one.group.kind: [hit.name for hit in one.hits] for one in search_everywhere(typed, SEARCHED, most)}


def test_every_kind_is_found_in_its_group() -> None:
    genre = GenreFactory(name="Moon genre")
    artist, label = ArtistFactory(name="Moon artist"), LabelFactory(name="Moon label")
    album = AlbumFactory(title="Moon album", labels=[label])
    track = TrackFactory(title="Moon track", album=album, artists=[artist], genres=[genre])
    PlaylistFactory(name="Moon playlist", tracks=[track])
    run = stored_run(genre, {1: [track]}, is_published=True)
    Cluster.objects.filter(run=run).update(name="Moon cluster")
    assert found("moon") == {
        "artist": ["Moon artist"],
        "album": ["Moon album"],
        "track": ["Moon track"],
        "label": ["Moon label"],
        "genre": ["Moon genre"],
        "playlist": ["Moon playlist"],
        "cluster": ["Cluster #1: Moon cluster"],
    }


def test_exact_names_come_before_beginnings_and_these_before_parts_then_the_largest() -> None:
    names = {"Luna": 0, "Luna Park": 1, "Lunatic": 3, "La luna": 9, "Apoluna": 2}
    for name, count in names.items():
        artist = ArtistFactory(name=name)
        for _ in range(count):
            TrackFactory(title="x", artists=[artist], album=None)
    assert found("luna") == {"artist": ["Luna", "Lunatic", "Luna Park", "La luna", "Apoluna"]}
    (group,) = search_everywhere("luna", SEARCHED, 2)
    assert ([hit.name for hit in group.hits], group.has_more) == (["Luna", "Lunatic"], True)


def test_tracks_are_sorted_by_score_then_liked_then_title() -> None:
    for title, score, liked in (("Sun b", None, False), ("Sun a", None, True), ("Sun c", 5, False), ("Sun", 1, False)):
        TrackFactory(title=title, score=score, liked=liked, album=None)
    assert found("sun") == {"track": ["Sun", "Sun c", "Sun a", "Sun b"]}


def test_all_words_must_be_there_in_any_order() -> None:
    for title in ("Gangnam Style", "Style", "Styles of Gangnam"):
        TrackFactory(title=title, album=None)
    assert found("style gangnam") == {"track": ["Gangnam Style", "Styles of Gangnam"]}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("beyonce", "Beyoncé"),
        ("BJORK", "Björk"),
        ("ａｂｂａ", "ABBA"),
        ("don´t", "Don’t"),
        ("사", "밤사이"),
        ("하늘", "밤하늘"),
        ("밤하늘", "그 밤하늘에"),
        ("空", "青い空"),
        ("ガ", "スガシカオ"),
        ("100%", "100% love"),
        ("axa_b", "Zaxa_by"),
        ('say "', 'Say "hello"'),
    ],
)
def test_it_is_found_however_it_is_typed(typed: str, name: str) -> None:
    ArtistFactory(name=name)
    ArtistFactory(name="100 percent zaxaxby")
    assert found(typed) == {"artist": [name]}


def test_one_or_two_letters_find_beginnings_alone() -> None:
    for name in ("U2", "U2 tribute", "Pure U2"):
        ArtistFactory(name=name)
    assert found("u2") == {"artist": ["U2", "U2 tribute"]}


def test_an_alias_finds_its_row_once() -> None:
    artist = ArtistFactory(name="Prince")
    artist.aliases.create(name="The Artist")
    artist.aliases.create(name="The Artist formerly known")
    assert found("the artist") == {"artist": ["Prince"]}


def test_a_former_title_finds_the_track() -> None:
    kept, dropped = TrackFactory(title="Kept", album=None), TrackFactory(title="Dropped", album=None)
    merge(kept, [dropped], User.objects.create_user("editor"))
    assert found("dropped") == {"track": ["Kept"]}


def test_what_is_hidden_is_not_found() -> None:
    for factory in (ArtistFactory, LabelFactory):
        hidden = factory(name="Secret", visibility="hidden")
        hidden.aliases.create(name="Veiled")
    track = TrackFactory(title="x", album=None)
    playlist = PlaylistFactory(name="Secret", visibility="hidden", tracks=[track])
    playlist.aliases.create(name="Veiled")
    run = stored_run(playlist, {1: [track]}, is_published=True)
    Cluster.objects.filter(run=run).update(name="Secret")
    assert (found("secret"), found("veiled")) == ({}, {})


@pytest.mark.parametrize("rule", PageRule)
def test_the_rule_of_the_site_hides_too(rule: PageRule) -> None:
    SiteSettings.objects.create(page_rule=rule, min_tracks=2)
    few, many = ArtistFactory(name="Rule few"), ArtistFactory(name="Rule many")
    ArtistFactory(name="Rule shown", visibility="shown")
    TrackFactory(title="x", artists=[few, many], album=None)
    TrackFactory(title="x", artists=[many], album=None, liked=True)
    expected = {
        PageRule.ALL: ["Rule many", "Rule few", "Rule shown"],
        PageRule.TRACKS: ["Rule many", "Rule shown"],
        PageRule.LIKED: ["Rule many", "Rule shown"],
        PageRule.NONE: ["Rule shown"],
    }
    assert found("rule")["artist"] == expected[rule]


def test_clusters_of_earlier_runs_and_suggested_names_that_an_editor_replaced_are_not_found() -> None:
    genre, track = GenreFactory(name="dub"), TrackFactory(title="x", album=None)
    published = stored_run(genre, {1: [track]}, is_published=True)
    earlier = stored_run(genre, {1: [track]})
    earlier.clusters.update(suggested_name="calm")
    assert found("calm") == {}
    published.clusters.update(suggested_name="calm")
    assert found("calm") == {"cluster": ["Cluster #1: calm"]}
    published.clusters.update(name="quiet")
    assert (found("calm"), found("quiet")) == ({}, {"cluster": ["Cluster #1: quiet"]})


class TestEveryWriterKeepsTheIndex:
    def test_bulk_writes(self) -> None:
        insert(Artist, ["id", "slug", "name", "visibility"], [(1, "a", "Written at once", "automatic")])
        assert found("at once") == {"artist": ["Written at once"]}
        update(Artist, ["name"], [("Renamed at last", 1)])
        assert (found("at once"), found("at last")) == ({}, {"artist": ["Renamed at last"]})

    def test_updates_of_querysets_and_deletions(self) -> None:
        ArtistFactory(name="First of all")
        Artist.objects.update(name="Second of all")
        assert (found("first"), found("second of")) == ({}, {"artist": ["Second of all"]})
        Artist.objects.all().delete()
        assert found("second") == {}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite makes tables anew")
def test_an_index_that_a_migration_lost_comes_back() -> None:
    ArtistFactory(name="Made before")
    with connection.cursor() as cursor:
        # What remains where SQLite makes the table anew.
        for event in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER musicdb_artist_parts_{event}")
        cursor.execute("DROP INDEX musicdb_artist_syllables")
    ArtistFactory(name="Made meanwhile")
    assert found("meanwhile") == {}
    assert trigrams.repair(connection, NAMED_TABLES) == ["musicdb_artist"]
    assert trigrams.repair(connection, NAMED_TABLES) == []
    ArtistFactory(name="Made afterwards")
    assert [found(word)["artist"] for word in ("before", "meanwhile", "afterwards")] == [
        ["Made before"],
        ["Made meanwhile"],
        ["Made afterwards"],
    ]


@given(st.text(max_size=150))
@example("\0")
@example("\ud800")
@example('"')
@example("'")
@example("\\")
@example("%" * 200)
@example("_")
@example("a" * 10_000)
@example("\u202eabc")
@example("NEAR(a b) OR *")
@example("<script>alert(1)</script>")
@example("가" * 300)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_an_error_whatever_is_typed(typed: str) -> None:
    assert found_directly(typed) is None
    assert search_everywhere(typed, SEARCHED, 5) == []


SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


@pytest.mark.parametrize(
    "typed",
    [
        f"https://open.spotify.com/{{}}/{SPOTIFY_ID}",
        f"https://open.spotify.com/intl-de/{{}}/{SPOTIFY_ID}?si=0123&utm=a",
        f" open.spotify.com/{{}}/{SPOTIFY_ID}/ ",
        f"spotify:{{}}:{SPOTIFY_ID}",
        SPOTIFY_ID,
    ],
)
@pytest.mark.parametrize("kind", ["track", "album", "artist"])
def test_a_link_or_an_id_leads_straight_there(kind: str, typed: str) -> None:
    factory: Any = {"track": TrackFactory, "album": AlbumFactory, "artist": ArtistFactory}[kind]
    row = factory(spotify_id=SPOTIFY_ID)
    assert found_directly(typed.format(kind)) == row
    type(row).objects.filter(pk=row.pk).update(spotify_id=None)
    assert found_directly(typed.format(kind)) is None
    row.aliases.create(name="Former", spotify_id=SPOTIFY_ID)
    assert found_directly(typed.format(kind)) == row


def test_a_hidden_artist_has_no_direct_way() -> None:
    ArtistFactory(spotify_id=SPOTIFY_ID, visibility="hidden")
    assert found_directly(SPOTIFY_ID) is None


def test_an_isrc_leads_to_the_most_loved_of_its_tracks() -> None:
    TrackFactory(isrc="USS1Z9900001", score=1, album=None)
    loved = TrackFactory(isrc="USS1Z9900001", score=2, album=None)
    other = TrackFactory(isrc="", album=None)
    other.aliases.create(name="Former", isrc="USS1Z9900002")
    assert [found_directly(typed) for typed in ("us-s1z-99-00001", "USS1Z9900002", "USS1Z9900003")] == [
        loved,
        other,
        None,
    ]
