"""Playlists: what the database keeps of them, and their history."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from musicdb import history
from musicdb.editing import MergeError, merge
from musicdb.history.diff import Names, entries, versions_of
from musicdb.history.restore import restore_deleted, revert
from musicdb.models import Playlist, PlaylistEntry, Track, Visibility
from musicdb.models.aggregates import Child, aggregate_of
from musicdb.models.history import ChangeType
from tests.factories import PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db

ADDED = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
TRACKS = aggregate_of(Playlist).child_relation("tracks")
EDIT = history.Change(ChangeType.EDIT)


def order(playlist: Playlist) -> list[tuple[int, str]]:
    rows = PlaylistEntry.objects.filter(playlist=playlist).order_by("position")
    return [(entry.position, entry.track.title) for entry in rows]


def entry_facts(playlist: Playlist) -> list[tuple[Any, ...]]:
    rows = PlaylistEntry.objects.filter(playlist=playlist).order_by("position")
    return list(rows.values_list("position", "track__title", "added_at", "added_by"))


def whole_playlist() -> tuple[Playlist, list[Track]]:
    tracks = [TrackFactory(title=title) for title in "ABC"]
    playlist = Playlist.objects.create(name="Mine")
    one, two, three = (track.pk for track in tracks)
    TRACKS.add({playlist.pk: [Child(one, (ADDED, "ann")), Child(two, (None, "")), Child(one, (None, "bo")), three]})
    return playlist, tracks


def test_a_playlist_without_a_decision_has_a_page() -> None:
    assert [Playlist(visibility=one).has_page for one in Visibility.values] == [True, True, False]
    for visibility in Visibility.values:
        PlaylistFactory(name=visibility, visibility=visibility)
    assert set(Playlist.objects.visible().values_list("name", flat=True)) == {"automatic", "shown"}


@pytest.mark.parametrize("wrong", [{"name": ""}, {"rule": ""}, {"visibility": "maybe"}, {"name": "MINE"}])
def test_the_database_refuses(wrong: dict[str, Any]) -> None:
    PlaylistFactory(name="Mine")
    with pytest.raises(IntegrityError), transaction.atomic():
        Playlist.objects.create(**{"name": "Other", **wrong})


def test_no_two_entries_share_a_place() -> None:
    playlist = PlaylistFactory(tracks=[TrackFactory()])
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaylistEntry.objects.create(playlist=playlist, track=TrackFactory(), position=0)


def test_a_deleted_track_leaves_its_playlists_in_order_and_returns_to_its_places() -> None:
    playlist, tracks = whole_playlist()
    before = entry_facts(playlist)
    with transaction.atomic():
        history.delete(Track.objects.filter(pk=tracks[0].pk), EDIT)
    assert order(playlist) == [(0, "B"), (1, "C")]
    last = versions_of(Playlist, playlist.pk)[0]
    assert last.history_change_reason == "Lost “A”, deleted."
    assert [child.member for child in TRACKS.stated(last)] == [tracks[1].pk, tracks[2].pk]
    restore_deleted(Track.history.filter(id=tracks[0].pk, history_type="-").get(), None)  # type: ignore[attr-defined]
    assert entry_facts(playlist) == before


def test_a_track_that_a_script_deletes_leaves_its_playlists_in_order() -> None:
    playlist, tracks = whole_playlist()
    tracks[1].delete()
    assert order(playlist) == [(0, "A"), (1, "A"), (2, "C")]


def test_a_playlist_returns_to_a_version_with_all_that_its_entries_state() -> None:
    playlist, (one, two, _three) = whole_playlist()
    history.baseline(Playlist, [playlist.pk])
    before, version = entry_facts(playlist), versions_of(Playlist, playlist.pk)[0]
    TRACKS.replace({playlist.pk: [two.pk, one.pk]})
    history.record_updates(Playlist, [playlist.pk], EDIT)
    revert(version, None)
    assert entry_facts(playlist) == before
    playlist.delete()
    assert not PlaylistEntry.objects.exists()
    restored = restore_deleted(Playlist.history.filter(history_type="-").get(), None)  # type: ignore[attr-defined]
    assert entry_facts(restored) == before


def test_nothing_is_recorded_twice() -> None:
    playlist, _ = whole_playlist()
    for _ in range(2):
        history.baseline(Playlist, [playlist.pk])
        history.record_updates(Playlist, [playlist.pk], EDIT)
    assert len(versions_of(Playlist, playlist.pk)) == 2
    PlaylistEntry.objects.filter(playlist=playlist, position=0).update(added_by="someone else")
    history.record_updates(Playlist, [playlist.pk], EDIT)
    assert len(versions_of(Playlist, playlist.pk)) == 3


def changes(playlist: Playlist) -> list[tuple[str, str, str]]:
    versions = list(versions_of(Playlist, playlist.pk))
    line = next(entries(versions, None, Names(versions)))
    return [(change.what, change.old, change.new) for change in line.changes]


def test_the_history_names_only_the_tracks_that_differ() -> None:
    playlist = PlaylistFactory(tracks=[TrackFactory(title=f"T{number}") for number in range(6)])
    history.baseline(Playlist, [playlist.pk])
    keys = TRACKS.members([playlist.pk])[playlist.pk]
    TRACKS.replace({playlist.pk: [keys[5], *keys[1:5], TrackFactory(title="New").pk]})
    history.record_updates(Playlist, [playlist.pk], EDIT)
    assert changes(playlist) == [
        ("tracks removed", "T0", ""),
        ("tracks added", "", "New"),
        ("tracks moved", "", "1"),
    ]
    PlaylistEntry.objects.filter(playlist=playlist, position__lt=2).update(added_by="ann")
    history.record_updates(Playlist, [playlist.pk], EDIT)
    assert changes(playlist) == [("added by of tracks", "", "2 changed")]


def test_the_history_names_at_most_twenty_tracks() -> None:
    playlist = PlaylistFactory()
    history.baseline(Playlist, [playlist.pk])
    TRACKS.replace({playlist.pk: [TrackFactory(title="T").pk for _ in range(23)]})
    history.record_updates(Playlist, [playlist.pk], EDIT)
    ((_what, _old, new),) = changes(playlist)
    assert new.endswith(" and 3 more")
    assert new.count(", ") == 19


def test_merged_playlists_have_each_track_once_more(admin_user: Any) -> None:
    one, two, three = (TrackFactory(title=title) for title in "ABC")
    survivor = PlaylistFactory(name="Mine", tracks=[two, two])
    other = PlaylistFactory(name="Mine again", description="Old", tracks=[one, two, three], source="mine.csv")
    result = merge(survivor, [other], admin_user)
    assert order(survivor) == [(0, "B"), (1, "B"), (2, "A"), (3, "C")]
    assert (result.survivor.description, result.survivor.source) == ("Old", "mine.csv")
    alias = survivor.aliases.get()  # type: ignore[attr-defined]
    assert (alias.name, alias.slug) == ("Mine again", other.slug)
    with pytest.raises(MergeError, match="has a rule"):
        merge(survivor, [PlaylistFactory(rule="liked=true")], admin_user)
