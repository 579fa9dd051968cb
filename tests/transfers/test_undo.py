"""The undo of a large import in the admin: what it would do, and then the undo itself, are transfers."""

from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from django.urls import reverse

from musicdb.imports import undo as import_undo
from musicdb.models import Import, Track, Transfer
from musicdb.transfers import TransferFiles
from tests.admin.test_imports import logged_in, messages_of
from tests.imports.library import run
from tests.pages.html import parse
from tests.transfers.conftest import Worker
from tests.transfers.test_imports import newest, page, songs

pytestmark = pytest.mark.django_db
State = Transfer.State


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "view_import", "change_import", "view_track", "change_track")


@pytest.fixture
def record(worker: Worker) -> Import:
    run(songs())
    return Import.objects.get()


def undo_page(record: Import) -> str:
    return reverse("admin:musicdb_import_undo", args=[record.pk])


def import_page(record: Import) -> str:
    return reverse("admin:musicdb_import_change", args=[record.pk])


def previewed(editor: Client, worker: Worker, record: Import) -> Any:
    """Have found out what the undo would do, and return the page that says it."""
    editor.post(undo_page(record), {"preview": "1"})
    assert worker.work() == [True]
    return editor.get(page(newest()), follow=True)


def undone(editor: Client, worker: Worker, record: Import) -> Any:
    editor.post(undo_page(record))
    assert worker.work() == [True]
    return editor.get(page(newest()), follow=True)


def test_it_says_what_it_would_do_and_then_does_it(editor: Client, worker: Worker, record: Import) -> None:
    (form,) = (
        form
        for form in parse(editor.get(import_page(record))).all("form")
        if form.attrs.get("action") == undo_page(record)
    )
    assert form.one("button").attrs["name"] == "preview"

    asked = previewed(editor, worker, record)
    assert asked.redirect_chain == [(f"{undo_page(record)}?preview={newest().pk}", 302)]
    assert "Undo the import of songs.csv?" in parse(asked).text
    assert ("tracks", 3, 0, 0) in [
        (count.kind, count.deleted, count.restored, count.left) for count in asked.context["counts"]
    ]
    assert Track.objects.count() == 3

    editor.post(undo_page(record))
    transfer = newest()
    assert "Undo of songs.csv" in parse(editor.get(page(transfer))).text
    assert Track.objects.count() == 3
    worker.work()
    done = editor.get(page(transfer), follow=True)
    assert done.redirect_chain == [(import_page(record), 302)]
    assert messages_of(done) == ["The import of songs.csv was undone."]
    assert not Track.objects.exists()
    record.refresh_from_db()
    assert record.undone_by == transfer.user
    entry = LogEntry.objects.get()
    assert (entry.action_flag, entry.get_edited_object(), entry.get_change_message()) == (CHANGE, record, "Undone.")


def test_it_lists_what_would_be_left_and_what_was(editor: Client, worker: Worker, record: Import) -> None:
    changed = Track.objects.order_by("pk")[0]
    changed.score = 9
    changed.save()
    asked = previewed(editor, worker, record)
    assert "What is not undone" in parse(asked).text
    assert changed.title in parse(asked).text
    assert "Undo all but these" in asked.content.decode()
    left = undone(editor, worker, record)
    assert left.redirect_chain == [(reverse("admin:musicdb_import_not_undone", args=[record.pk]), 302)]
    assert messages_of(left) == [
        "The import of songs.csv was undone in part. Below is what was left, and why.",
    ]
    assert list(Track.objects.all()) == [changed]


def test_the_undo_of_few_rows_is_done_in_the_request(editor: Client, worker: Worker) -> None:
    run(songs(1))
    record = Import.objects.get()
    record.counts = {"Track": {"created": 1, "updated": 1, "unchanged": 9}}
    record.save()
    assert "Undo the import" in parse(editor.get(undo_page(record))).text
    editor.post(undo_page(record))
    assert not Track.objects.exists()
    assert not Transfer.objects.exists()


def test_what_it_would_do_is_found_out_again_after_an_undo(editor: Client, worker: Worker, record: Import) -> None:
    changed = Track.objects.order_by("pk")[0]
    changed.score = 9
    changed.save()
    previewed(editor, worker, record)
    preview = newest()
    undone(editor, worker, record)
    again = editor.get(f"{undo_page(record)}?preview={preview.pk}", follow=True)
    assert again.redirect_chain == [(import_page(record), 302)]
    assert messages_of(again) == ["What the undo would do must be found out again. Choose “Undo” once more."]
    assert str(preview) not in parse(editor.get(reverse("admin:index"))).text


def test_a_cancelled_undo_changes_nothing(
    editor: Client, worker: Worker, record: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.post(undo_page(record))
    transfer = newest()
    carry_out = import_undo.carry_out

    def cancelled_meanwhile(*args: Any) -> None:
        # By a file: while the undo writes to SQLite, nobody else can write there.
        TransferFiles(transfer.pk).cancelled.touch()
        carry_out(*args)

    monkeypatch.setattr(import_undo, "carry_out", cancelled_meanwhile)
    worker.work()
    shown = parse(editor.get(page(transfer))).text
    assert "Cancelled. Nothing was changed." in shown
    assert "Back to the import" in shown
    assert Track.objects.count() == 3
    record.refresh_from_db()
    assert not record.is_undone


def test_a_second_undo_says_that_it_was_undone_already(editor: Client, worker: Worker, record: Import) -> None:
    editor.post(undo_page(record))
    other = logged_in(Client(), "other", "view_import", "change_import")
    other.post(undo_page(record))
    assert worker.work() == [True, True]
    assert (newest().state, newest().message) == (State.FAILED, "This import was undone already.")


def test_an_undo_that_was_stored_before_its_process_died_is_not_reported_as_lost(
    editor: Client, worker: Worker, record: Import
) -> None:
    undone(editor, worker, record)
    Transfer.objects.update(state=State.RUNNING, record=None)
    done = editor.get(page(newest()), follow=True)
    assert done.redirect_chain == [(import_page(record), 302)]


class TestWhoSeesIt:
    def test_others_see_an_undo_for_which_theirs_would_wait(
        self, editor: Client, worker: Worker, record: Import
    ) -> None:
        editor.post(undo_page(record))
        other = logged_in(Client(), "other", "view_import")
        assert other.get(page(newest())).status_code == 200
        assert "Undo of songs.csv Waiting to begin, by editor" in parse(other.get(reverse("admin:index"))).text
        assert other.post(reverse("admin:transfer_cancel", args=[newest().pk])).status_code == 404

    def test_what_it_would_do_is_shown_to_its_user_alone(self, editor: Client, worker: Worker, record: Import) -> None:
        previewed(editor, worker, record)
        address = f"{undo_page(record)}?preview={newest().pk}"
        other = logged_in(Client(), "other", "view_import", "change_import")
        assert editor.get(address).status_code == 200
        assert other.get(address).status_code == 404
        assert other.get(page(newest())).status_code == 404

    def test_a_preview_of_another_import_is_refused(self, editor: Client, worker: Worker, record: Import) -> None:
        previewed(editor, worker, record)
        other = Import.objects.create(file_name="other.csv", rows=3, counts=record.counts)
        assert editor.get(f"{undo_page(other)}?preview={newest().pk}").status_code == 404
        assert editor.get(f"{undo_page(other)}?preview=x", follow=True).redirect_chain == [(import_page(other), 302)]

    def test_it_needs_the_permission(self, worker: Worker, record: Import) -> None:
        other = logged_in(Client(), "other", "view_import")
        for sent in ({}, {"preview": "1"}):
            assert other.post(undo_page(record), sent).status_code == 403
        assert not Transfer.objects.exists()
