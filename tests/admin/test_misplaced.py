"""Tracks that sound like another genre: found by the command, then moved, added to, or dismissed by an editor."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clusters.models import MisplacedTrack
from clusters.runs import find_misplaced_tracks
from musicdb.editing import undo_edit
from musicdb.models import Genre, GroupedChange, Track
from tests.admin.helpers import editor, listed, messages_of, page_of, rich_track, run_action
from tests.factories import GenreFactory, TrackFactory, clustered_genre, stored_run

pytestmark = pytest.mark.django_db
PAGE = page_of(MisplacedTrack)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def genre_near(group: int, **names: Any) -> Genre:
    """A genre of 24 tracks that all sound alike, with a published run of one cluster."""
    genre = GenreFactory(**names)
    tracks = [TrackFactory(group=(group, 4), genres=[genre]) for _ in range(24)]
    stored_run(genre, {1: tracks}, is_published=True)
    return genre


@pytest.fixture
def planted() -> tuple[Track, Genre, Genre]:
    """A track that is in the first genre, and sounds like the second."""
    mellow, loud = genre_near(0, name="mellow"), genre_near(3, name="loud")
    track = TrackFactory(title="Planted", group=(3, 4), genres=[mellow])
    return track, mellow, loud


def find(*, rate: float = 0.02) -> MisplacedTrack:
    """A stored find, which nothing has computed."""
    mine, other = GenreFactory(), GenreFactory()
    for genre in (mine, other):
        stored_run(genre, {1: [TrackFactory()]}, is_published=True)
    return MisplacedTrack.objects.create(
        track=rich_track(mine),
        genre=mine,
        sounds_like=other,
        own_distance=4.0,
        other_distance=0.5,
        rate=rate,
        found_at="2026-01-01T00:00Z",
    )


def test_a_planted_track_is_found_and_listed_with_its_genres(
    admin_client: Client, planted: tuple[Track, Genre, Genre], capsys: pytest.CaptureFixture[str]
) -> None:
    track, mellow, loud = planted
    call_command("findmisplaced")
    printed = capsys.readouterr().out
    assert "49 tracks in 2 genres compared: 1 track sounds like another genre; chance alone would give" in printed
    response = admin_client.get(PAGE)
    assert [(row.track, row.genre, row.sounds_like) for row in listed(response)] == [(track, mellow, loud)]
    assert reverse("genre-clusters", args=[loud.slug]) in response.text
    assert track.genres.get() == mellow


def test_data_quality_counts_those_to_review(admin_client: Client, planted: Any) -> None:
    find_misplaced_tracks()
    results = admin_client.get(reverse("admin:data_quality")).context["results"]
    (result,) = (one for one in results if one.check.title == "Tracks that sound like another genre")
    assert (result.count, result.url) == (1, PAGE)


def test_tracks_without_features_and_genres_without_a_run_are_left_out(planted: Any) -> None:
    _, mellow, _ = planted
    TrackFactory(features=False, genres=[mellow])
    unclustered = GenreFactory()
    for _ in range(24):
        TrackFactory(group=(1, 4), genres=[unclustered])
    done = find_misplaced_tracks()
    assert (done.tracks, done.genres, done.found, done.stored) == (49, 2, 1, 1)


def test_one_genre_cannot_be_compared() -> None:
    kept = find()
    clustered_genre(tracks=24)
    with pytest.raises(CommandError, match="Two genres or more are needed"):
        call_command("findmisplaced")
    assert MisplacedTrack.objects.get() == kept


def test_a_computation_replaces_the_finds_and_changes_no_track(planted: Any) -> None:
    track, mellow, _ = planted
    old = find()
    for _ in range(2):
        find_misplaced_tracks()
    assert [(row.track, row.genre) for row in MisplacedTrack.objects.all()] == [(track, mellow)]
    assert not MisplacedTrack.objects.filter(pk=old.pk).exists()
    assert not GroupedChange.objects.exists()


def test_a_dismissed_find_does_not_come_back_until_it_is_restored(admin_client: Client, planted: Any) -> None:
    find_misplaced_tracks()
    row = MisplacedTrack.objects.get()
    run_action(admin_client, "dismiss_selected", [row])
    assert find_misplaced_tracks().stored == 0
    assert listed(admin_client.get(PAGE)) == []
    dismissed = f"{PAGE}?dismissed=yes"
    assert listed(admin_client.get(dismissed)) == [row]
    admin_client.post(dismissed, {"action": "restore_selected", "_selected_action": [row.pk], "index": 0})
    assert listed(admin_client.get(PAGE)) == [row]


@pytest.mark.parametrize(("action", "leaves"), [("move_selected", True), ("add_selected", False)])
def test_a_track_is_moved_or_gets_the_genre_and_that_can_be_undone(
    admin_client: Client, admin_user: Any, action: str, leaves: bool
) -> None:
    row = find()
    assert any("Undo …" in text for _, text in messages_of(run_action(admin_client, action, [row])))
    expected = {row.sounds_like} if leaves else {row.genre, row.sounds_like}
    assert set(row.track.genres.all()) == expected
    assert listed(admin_client.get(PAGE)) == []
    change = GroupedChange.objects.get()
    assert Track.history.filter(id=row.track_id, grouped_change=change).count() == 1
    undo_edit(change, admin_user)
    assert set(row.track.genres.all()) == {row.genre}
    assert listed(admin_client.get(PAGE)) == [row]


def test_a_find_that_no_longer_holds_is_not_listed(admin_client: Client) -> None:
    moved, merged, gone, kept = (find() for _ in range(4))
    moved.track.genres.set([GenreFactory()])
    merged.sounds_like.delete()
    gone.track.delete()
    assert listed(admin_client.get(PAGE)) == [kept]


def test_filters_by_either_genre(admin_client: Client) -> None:
    one, _ = find(), find()
    for query in ({"in": one.genre.slug}, {"like": one.sounds_like.slug}, {"q": one.track.title}):
        assert listed(admin_client.get(PAGE, query)) == [one]


def test_who_may_view_tracks_sees_the_list_and_who_may_change_them_decides() -> None:
    row = find()
    viewer = editor("view_track")
    assert listed(viewer.get(PAGE)) == [row]
    assert run_action(viewer, "move_selected", [row]).status_code == 403
    assert row.track.genres.get() == row.genre
    assert Client().get(PAGE).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_list(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for _ in range(rows):
        find()
    admin_client.get(PAGE)
    with django_assert_num_queries(7):
        assert len(listed(admin_client.get(PAGE))) == rows
