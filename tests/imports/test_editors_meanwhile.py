"""On PostgreSQL, editors save while an import plans. It writes nothing over what they set. With two connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from musicdb import history
from musicdb.imports import ImportRefusedError, confirm, ready, service
from musicdb.models import Artist, Genre, Playlist, Track, TrackArtist
from musicdb.models.history import ChangeType
from tests.admin.screens import Screen, login, saved
from tests.imports.files import net_file, net_row
from tests.imports.library import run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]

# What the file says of a track by now, and of another one.
NEWER = net_row(1, **{"Track Name": "Of the file", "Artist Name(s)": "Somebody else", "Genres": "k-indie, new"})


def in_another_connection(work: Callable[[], Any]) -> threading.Thread:
    def with_its_own() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=with_its_own)
    thread.start()
    return thread


class Plans:
    """Counts the plans of an import, and lets ``work`` happen in another connection after each of the first ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *work: Callable[[], Any]) -> None:
        self.number = 0
        self._work = work
        self._settle = service.settle
        monkeypatch.setattr(service, "settle", self._settle_then_work)

    def _settle_then_work(self, *args: Any) -> Any:
        plan = self._settle(*args)
        if self.number < len(self._work):
            in_another_connection(self._work[self.number]).join()
        self.number += 1
        return plan


@pytest.fixture
def track() -> Track:
    run(net_file(net_row(1), name="mine.csv"))
    return Track.objects.get()


def edit_artists(track: Track, *names: str) -> None:
    """Give a track other artists, as a bulk edit does: the row of the track itself stays as it is."""
    user = User.objects.create(username="ann")
    history.baseline(Track, [track.pk])
    track.track_artists.all().delete()
    for position, name in enumerate(names):
        TrackArtist.objects.create(track=track, artist=Artist.objects.create(name=name), position=position)
    history.record_updates(Track, [track.pk], history.Change(ChangeType.ACTION, user))


def names_of(track: Track) -> list[str]:
    return [artist.name for artist in Track.objects.get(pk=track.pk).artists_in_order]


def test_a_value_that_an_editor_sets_between_plan_and_write_stays(
    track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(login("mina"), track).type(title="Mended")
    plans = Plans(monkeypatch, lambda: saved(screen))
    run(net_file(NEWER, net_row(2)))
    assert list(Track.objects.order_by("pk").values_list("title", flat=True)) == ["Mended", "Song 2"]
    # What the editor left alone is the file's.
    assert names_of(track) == ["Somebody else"]
    assert plans.number == 2


def test_artists_that_an_editor_chose_meanwhile_stay(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = Plans(monkeypatch, lambda: edit_artists(track, "A", "B"))
    run(net_file(NEWER))
    assert names_of(track) == ["A", "B"]
    assert Track.objects.get().title == "Of the file"
    assert plans.number == 2


def test_a_genre_that_an_editor_added_meanwhile_is_there_once(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    genre = Genre.objects.create(name="new")
    plans = Plans(monkeypatch, lambda: track.genres.add(genre))
    run(net_file(NEWER))
    assert sorted(track.genres.values_list("name", flat=True)) == ["k-indie", "new"]
    assert plans.number == 2


def test_a_playlist_that_an_editor_emptied_meanwhile_stays_empty(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    playlist = Playlist.objects.get()
    user = User.objects.create(username="ann")

    def empty() -> None:
        history.baseline(Playlist, [playlist.pk])
        playlist.entries.all().delete()
        history.record_updates(Playlist, [playlist.pk], history.Change(ChangeType.EDIT, user))

    plans = Plans(monkeypatch, empty)
    run(net_file(net_row(1), net_row(2), name="mine.csv"))
    assert not playlist.entries.exists()
    assert plans.number == 2


def test_a_track_that_an_editor_deleted_meanwhile_stays_deleted(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    client = login("mina")
    address = f"/admin/musicdb/track/{track.pk}/delete/"
    plans = Plans(monkeypatch, lambda: client.post(address, {"post": "yes"}))
    outcome = run(net_file(NEWER))
    assert not Track.objects.exists()
    assert [str(one) for one in outcome.plan.left_deleted] == ["track “Of the file”"]
    assert plans.number == 2


def test_what_an_editor_changes_elsewhere_needs_no_second_plan(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(login("mina"), track).type(score="77")
    plans = Plans(monkeypatch, lambda: saved(screen))
    run(net_file(NEWER))
    row = Track.objects.get()
    assert (row.title, row.score, plans.number) == ("Of the file", 77, 1)


def test_an_editor_who_saves_while_the_import_writes_waits_and_is_asked(
    track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(login("mina"), track).type(title="Mended", score="77")
    waiting: list[threading.Thread] = []
    apply_plan = ready.apply_plan

    def save_meanwhile(*args: Any) -> Any:
        waiting.append(in_another_connection(screen.save))
        # Long enough for a save that does not wait.
        waiting[0].join(timeout=2)
        return apply_plan(*args)

    monkeypatch.setattr(ready, "apply_plan", save_meanwhile)
    run(net_file(NEWER))
    waiting[0].join()
    assert screen.questions == [["Title", "Song 1", "Keep Of the file", "Save Mended"]]
    saved(screen.choose("mine"))
    row = Track.objects.get()
    assert (row.title, row.score) == ("Mended", 77)


def test_where_others_never_stop_nothing_is_imported(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirm, "_lock", lambda plan: False)
    plans = Plans(monkeypatch)
    with pytest.raises(ImportRefusedError, match=r"Others kept changing the same rows .* Nothing was imported"):
        run(net_file(NEWER))
    assert Track.objects.get().title == "Song 1"
    assert plans.number == confirm.MAX_PLANS
