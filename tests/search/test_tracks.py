"""Rules of playlists, and the tracks of playlists: what is found, in which order, with how many queries."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict

from musicdb.models import Genre, GenreAlias, Playlist, Track, Visibility
from musicdb.search import RuleFilter, TrackFilter, count_tracks, playlists_with, rule_of, totals_of, tracks_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db


def titles(rows: Any) -> list[str]:
    return [track.title for track in rows]


def ruled(rule: str, **fields: Any) -> Playlist:
    return PlaylistFactory(rule=rule, **fields)


def test_a_playlist_has_its_tracks_in_order_and_one_of_them_twice() -> None:
    first, second = TrackFactory(title="First"), TrackFactory(title="Second", score=9)
    playlist = PlaylistFactory(tracks=[second, first, second])
    PlaylistFactory(tracks=[first])
    assert titles(tracks_of(playlist)) == ["Second", "First", "Second"]
    assert titles(tracks_of(playlist).with_table_columns()[1:]) == ["First", "Second"]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("genre=dub", ["Dub"]),
        ("artist=zoe", ["Dub"]),
        ("label=hidden-label", ["Dub"]),
        ("album=its-album", ["Dub"]),
        ("liked=true", ["Liked"]),
        ("min_score=5", ["Played"]),
        ("min_year=1980&max_year=1989", ["Dub"]),
        ("min_energy=0.8", ["Loud"]),
        ("max_energy=0.2", ["Quiet"]),
        ("min_loudness=-10&max_loudness=-9", ["Loud"]),
        ("min_tempo=170", ["Loud"]),
        ("min_popularity=60", ["Loud"]),
        ("max_popularity=59", ["Quiet"]),
        ("added_since=2024-03-02", ["Loud"]),
        ("added_since=2024-03-01", ["Loud", "Quiet"]),
        ("added_since=soon", []),
        ("q=UIE", ["Quiet"]),
        ("genre=gone", []),
        ("min_energy=much", []),
        ("min_energy=0.8&ordering=-title", ["Loud"]),
        ("max_energy=1&ordering=-title", ["Quiet", "Loud"]),
    ],
)
def test_a_rule_finds_what_matches_now(rule: str, found: list[str]) -> None:
    album = AlbumFactory(
        title="Its album",
        labels=[LabelFactory(name="Hidden label", visibility="hidden")],
        release_date="1983-01-01",
        release_precision="year",
    )
    bare: dict[str, Any] = {"features": False, "album": None}
    hidden = ArtistFactory(name="Zoë", visibility="hidden")
    TrackFactory(title="Dub", genres=[GenreFactory(name="dub")], artists=[hidden], album=album, features=False)
    TrackFactory(title="Liked", liked=True, **bare)
    TrackFactory(title="Played", score=5, **bare)
    late, early = datetime(2024, 3, 2, tzinfo=UTC), datetime(2024, 3, 1, 23, 59, tzinfo=UTC)
    TrackFactory(title="Loud", energy=0.8, loudness=-9.5, tempo=170, popularity=60, added_at=late, **bare)
    TrackFactory(title="Quiet", energy=0.2, popularity=59, added_at=early, **bare)
    playlist = ruled(rule)
    assert titles(tracks_of(playlist)) == found
    assert count_tracks([playlist]) == {playlist.pk: len(found)}


def test_a_rule_without_conditions_finds_no_track() -> None:
    TrackFactory()
    for rule in ("", "colour=red", "playlist=mine", "genre=", "genre=%00"):
        assert not tracks_of(Playlist(rule=rule)).exists(), rule
    assert not RuleFilter(QueryDict("playlist=x"), queryset=Track.objects.all()).filters.keys() & {"playlist"}


def test_a_rule_follows_a_merged_genre() -> None:
    target = Genre.objects.create(name="dub")
    GenreAlias.objects.create(name="Dubb", slug="dubb", target=target)
    TrackFactory(title="Ours", genres=[target])
    assert titles(tracks_of(ruled("genre=dubb"))) == ["Ours"]


def test_a_rule_is_made_of_the_parameters_that_it_can_have() -> None:
    given = [("genre", " dub "), ("q", ""), ("page", "3"), ("playlist", "x"), ("min_energy", "0.5")]
    assert rule_of(given) == "genre=dub&min_energy=0.5"


def test_the_filter_of_tracks_takes_a_playlist_by_hand_or_by_rule() -> None:
    dub = TrackFactory(title="Dub", genres=[GenreFactory(name="dub")])
    other = TrackFactory(title="Other")
    PlaylistFactory(name="by hand", tracks=[other, other])
    ruled("genre=dub", name="by rule")

    def found(query: str) -> list[str]:
        return titles(TrackFilter(QueryDict(query), queryset=Track.objects.all()).qs)

    assert found("playlist=by-hand") == ["Other"]
    assert found("playlist=by-rule") == ["Dub"]
    assert {playlist.name for playlist in playlists_with(dub)} == {"by rule"}
    assert {playlist.name for playlist in playlists_with(other)} == {"by hand"}


def test_a_hidden_playlist_is_no_filter_and_on_no_tracks_page() -> None:
    track = TrackFactory(liked=True)
    PlaylistFactory(name="secret", visibility=Visibility.HIDDEN, tracks=[track])
    ruled("liked=true", name="secret rule", visibility=Visibility.HIDDEN)
    filterset = TrackFilter(QueryDict("playlist=secret"), queryset=Track.objects.all())
    assert filterset.errors == {"playlist": ["There is no playlist with this slug or name."]}
    assert not playlists_with(track)


def test_totals_say_how_many_lengths_are_known() -> None:
    playlist = PlaylistFactory(tracks=[TrackFactory(duration_ms=1_000), TrackFactory(duration_ms=None)])
    assert totals_of(tracks_of(playlist)) == {"tracks": 2, "known": 1, "duration_ms": 1_000}
    assert totals_of(Track.objects.none()) == {"tracks": 0, "known": 0, "duration_ms": 0}


@pytest.mark.parametrize("rules", [1, 3])
def test_rules_are_counted_together(rules: int, django_assert_num_queries: Any) -> None:
    dub = GenreFactory(name="dub")
    track = TrackFactory(genres=[dub], energy=0.9)
    playlists = [ruled("genre=dub&min_energy=0.5") for _ in range(rules)] + [PlaylistFactory(tracks=[track])]
    with django_assert_num_queries(2):
        assert set(count_tracks(playlists).values()) == {1}
    with django_assert_num_queries(2):
        assert len(playlists_with(track)) == rules + 1
