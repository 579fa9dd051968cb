"""Edits of many rows in the admin, find and replace, and their undos: large ones are transfers."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from musicdb.admin.merging import undo_edits
from musicdb.models import Genre, GroupedChange, Track, Transfer
from musicdb.transfers import TransferFiles, running, settle
from tests.admin.helpers import messages_of, page_of
from tests.admin.test_imports import logged_in
from tests.factories import GenreFactory, TrackFactory
from tests.transfers.conftest import Worker, dying_after
from tests.transfers.test_imports import newest, page

pytestmark = pytest.mark.django_db
State = Transfer.State


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "view_track", "change_track", "view_groupedchange")


@pytest.fixture
def tracks() -> list[Track]:
    return [TrackFactory(title=f"Old {number}", liked=False) for number in range(3)]


def edit(client: Client, tracks: list[Track], **typed: Any) -> Any:
    data = {"action": "bulk_edit_selected", "_selected_action": [track.pk for track in tracks], "select_across": "0"}
    return client.post(page_of(Track), {**data, "selected": len(tracks), "apply": "1", **typed})


def replace(client: Client, **typed: Any) -> Any:
    asked = {"find": "old", "replace": "New", "fields_searched": "title", "keep_former_names": "on", **typed}
    shown = client.post(page_of(Track, "replace"), asked).context["confirmation"].token
    return client.post(page_of(Track, "replace"), {**asked, "shown": shown, "apply": "1"})


def finished(client: Client, worker: Worker) -> Any:
    """Have the work done, and return where its page leads."""
    assert worker.work() == [True]
    return client.get(page(newest()))


def titles() -> list[str]:
    return list(Track.objects.order_by("pk").values_list("title", flat=True))


def test_a_large_edit_and_its_undo(editor: Client, worker: Worker, tracks: list[Track]) -> None:
    started = edit(editor, tracks, liked="yes")
    assert started.url == page(newest())
    assert str(newest()) == "Edit of 3 tracks"
    assert not Track.objects.filter(liked=True).exists()
    done = finished(editor, worker)
    change = GroupedChange.objects.get()
    undo = reverse("admin:musicdb_groupedchange_undo", args=[change.pk])
    assert done.url == page_of(Track)
    assert messages_of(done) == [("success", f'Changed 3 tracks. <a href="{undo}">Undo …</a>')]
    assert Track.objects.filter(liked=True).count() == 3

    assert editor.post(undo).url == page(newest())
    assert str(newest()) == "Undo of “Edited 3 tracks: liked.”"
    done = finished(editor, worker)
    assert done.url == page_of(GroupedChange, "change", change.pk)
    assert messages_of(done) == [("success", "Undone: 3 rows restored.")]
    assert not Track.objects.filter(liked=True).exists()


def test_a_large_replacement_leaves_out_what_was_changed_before_it_began(
    editor: Client, worker: Worker, tracks: list[Track]
) -> None:
    assert replace(editor).url == page(newest())
    assert titles() == ["Old 0", "Old 1", "Old 2"]
    Track.objects.filter(pk=tracks[1].pk).update(title="<b>Mine</b>")
    done = finished(editor, worker)
    assert done.url == page_of(Track)
    (_, changed), (level, left_out) = messages_of(done)
    assert changed.startswith("Changed 2 tracks.")
    assert (level, "“&lt;b&gt;Mine&lt;/b&gt;”" in left_out) == ("warning", True)
    assert titles() == ["New 0", "<b>Mine</b>", "New 2"]
    assert tracks[0].aliases.get().name == "Old 0"
    # It is said once.
    assert messages_of(editor.get(page(newest()))) == []


@pytest.mark.parametrize("what", ["edit", "replace", "undo"])
def test_what_is_cancelled_changes_nothing_and_can_be_started_again(
    editor: Client, worker: Worker, tracks: list[Track], settings: LazySettings, what: str
) -> None:
    def state() -> list[Any]:
        return list(Track.objects.order_by("pk").values_list("title", "liked"))

    if what == "undo":
        settings.TRANSFER_ROWS = 3
        edit(editor, tracks, liked="yes")
        settings.TRANSFER_ROWS = 2
        editor.post(reverse("admin:musicdb_groupedchange_undo", args=[GroupedChange.objects.get().pk]))
    else:
        edit(editor, tracks, liked="yes") if what == "edit" else replace(editor)
    before, transfer = state(), newest()
    TransferFiles(transfer.pk).cancelled.touch()
    shown = finished(editor, worker)
    assert "Cancelled. Nothing was changed." in shown.text
    assert state() == before
    editor.post(reverse("admin:transfer_again", args=[transfer.pk]))
    finished(editor, worker)
    assert state() != before


def test_what_was_deleted_before_it_began_is_explained(editor: Client, worker: Worker, tracks: list[Track]) -> None:
    genre = GenreFactory()
    edit(editor, tracks, add_genres=[genre.pk])
    Genre.objects.filter(pk=genre.pk).delete()
    assert "What you chose is no longer there" in finished(editor, worker).text
    assert newest().state == State.FAILED


@pytest.mark.parametrize("lost", ["permission", "staff", "active"])
def test_who_may_not_edit_any_more_when_it_begins_changes_nothing(
    editor: Client, worker: Worker, tracks: list[Track], lost: str
) -> None:
    edit(editor, tracks, liked="yes")
    user = newest().user
    if lost == "permission":
        user.user_permissions.clear()
    else:
        User.objects.filter(pk=user.pk).update(**{f"is_{lost}": False})
    assert worker.work() == [True]
    assert (newest().state, newest().message) == (
        State.FAILED,
        "editor has no permission for this any more. Nothing was changed.",
    )
    assert not Track.objects.filter(liked=True).exists()


def test_a_process_that_dies_after_its_last_write_has_done_its_work(
    editor: Client, worker: Worker, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(editor, tracks, liked="yes")
    monkeypatch.setattr(running, "_outcome", dying_after(running._outcome))
    with pytest.raises(SystemExit):
        worker.work()
    shown = editor.get(page(newest()))
    assert newest().state == State.DONE
    assert messages_of(shown)[0][1].startswith("Changed 3 tracks.")


def test_small_ones_stay_in_the_request(editor: Client, worker: Worker, tracks: list[Track]) -> None:
    edit(editor, tracks[:2], liked="yes")
    assert Track.objects.filter(liked=True).count() == 2
    assert not Transfer.objects.exists()


def test_of_very_many_rows_the_page_does_not_say_what_the_undo_would_do(
    editor: Client, worker: Worker, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_edits, "MAX_PREVIEWED", 2)
    edit(editor, tracks, liked="yes")
    finished(editor, worker)
    shown = editor.get(reverse("admin:musicdb_groupedchange_undo", args=[GroupedChange.objects.get().pk]))
    assert "The change wrote <strong>3 rows</strong>" in shown.text
    assert 'value="Undo the change"' in shown.text


def test_an_edit_that_died_is_not_taken_for_a_small_one_made_since(
    editor: Client, worker: Worker, tracks: list[Track]
) -> None:
    edit(editor, tracks, liked="yes")
    dead = newest()
    Transfer.objects.update(state=State.RUNNING, started_at=dead.created_at)
    edit(editor, tracks[:1], explicit="yes")
    assert GroupedChange.objects.count() == 1
    assert settle(newest()).state == State.FAILED
