"""A large file in the admin: its preview and its import are transfers, with a page that says how far they are."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from musicdb.admin.imports.previews import CSRF_OF_READER
from musicdb.imports import ImportOptions, Source, run_import
from musicdb.models import Import, Track, Transfer
from musicdb.transfers import TransferFiles, running
from tests.admin.test_import_columns import send as send_columns
from tests.admin.test_imports import CONFIRM, logged_in, messages_of, upload, uploads
from tests.imports.files import net_file, net_row
from tests.pages.html import parse
from tests.transfers.conftest import Worker, dying_after

pytestmark = pytest.mark.django_db
State = Transfer.State


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "add_import", "view_import", "change_import")


def songs(number: int = 3, **changes: Any) -> Source:
    return net_file(*(net_row(row, **changes) for row in range(number)))


def page(transfer: Transfer) -> str:
    return reverse("admin:transfer", args=[transfer.pk])


def newest() -> Transfer:
    transfer = Transfer.objects.first()
    assert transfer is not None
    return transfer


def form_of(preview: Any) -> dict[str, Any]:
    """Return what a browser sends from the page of a preview."""
    (form,) = (form for form in parse(preview).all("form") if form.attrs["action"] == CONFIRM)
    sent: dict[str, Any] = {
        field.attrs["name"] or "": field.attrs.get("value") or ""
        for field in form.all("input")
        if field.attrs["type"] in ("hidden", "text") or "checked" in field.attrs
    }
    for choice in form.all("select"):
        chosen = [option for option in choice.all("option") if "selected" in option.attrs]
        sent[choice.attrs["name"] or ""] = chosen[0].attrs["value"] if chosen else ""
    return {name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"}


def previewed(editor: Client, worker: Worker, source: Source, **data: Any) -> Any:
    """Upload a file, and return the page of its preview."""
    upload(editor, source, **data)
    assert worker.work() == [True]
    return editor.get(page(newest()), follow=True)


def test_a_large_file_is_previewed_and_imported_while_a_page_shows_how_far_it_is(
    editor: Client, worker: Worker, settings: LazySettings
) -> None:
    started = upload(editor, songs(), genre="Mine", liked="yes")
    preview = newest()
    assert started.url == page(preview)
    waiting = editor.get(page(preview))
    assert "Waiting to begin." in parse(waiting).text
    assert '<meta http-equiv="refresh" content="2">' in waiting.content.decode()
    assert not Track.objects.exists()

    worker.work()
    shown = editor.get(page(preview), follow=True)
    assert shown.redirect_chain == [(reverse("admin:musicdb_import_preview", args=[preview.pk]), 302)]
    assert "3 rows. Nothing has been changed yet." in parse(shown).text
    assert not Track.objects.exists()

    confirmed = editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    assert confirmed.url == page(newest())
    assert newest().kind == "import"
    assert not Track.objects.exists()
    worker.work()
    done = editor.get(page(newest()), follow=True)
    record = Import.objects.get()
    assert done.redirect_chain == [(reverse("admin:musicdb_import_change", args=[record.pk]), 302)]
    assert messages_of(done) == ["Imported songs.csv: 3 tracks new, 0 changed, 0 as they were."]
    assert record.user is not None
    assert record.user.username == "editor"
    assert LogEntry.objects.get().get_edited_object() == record
    assert Track.objects.filter(liked=True, genres__name="Mine").count() == 3
    assert uploads(settings) == []
    left = {path.suffix for path in Path(settings.UPLOAD_ROOT).glob("transfer-*")}
    assert left == {".result"}


def test_the_form_of_a_preview_is_safe_from_other_sites(editor: Client, worker: Worker) -> None:
    shown = previewed(editor, worker, songs())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor.cookies
    sent = form_of(shown)
    assert strict.post(CONFIRM, {**sent, "confirm": "1"}).status_code == 403
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown.content.decode())[-1]
    assert strict.post(CONFIRM, {**sent, "confirm": "1", "csrfmiddlewaretoken": token}).status_code == 302


def test_no_cell_of_a_file_is_replaced_by_the_token_of_the_reader(editor: Client, worker: Worker) -> None:
    shown = previewed(editor, worker, songs(**{"Track Name": CSRF_OF_READER}))
    assert CSRF_OF_READER in parse(shown).text


def test_two_rows_are_imported_in_the_request(editor: Client, worker: Worker) -> None:
    looked = upload(editor, songs(2))
    assert looked.status_code == 200
    editor.post(CONFIRM, {**form_of(looked), "confirm": "1"})
    assert Track.objects.count() == 2
    assert not Transfer.objects.exists()


def test_another_preview_has_other_choices(editor: Client, worker: Worker) -> None:
    shown = previewed(editor, worker, songs(Energy="2"))
    assert "cannot be imported" in parse(shown).text
    editor.post(CONFIRM, {**form_of(shown), "skip_bad": "on", "genre": "Mine", "again": "1"})
    worker.work()
    again = editor.get(page(newest()), follow=True)
    assert 'name="skip_bad" id="id_skip_bad" checked' in again.content.decode()
    assert form_of(again)["genre"] == "Mine"


def test_bad_rows_lead_back_to_the_preview_and_nothing_is_lost(
    editor: Client, worker: Worker, settings: LazySettings
) -> None:
    shown = previewed(editor, worker, net_file(*(net_row(row) for row in range(3)), net_row(4, Energy="2")))
    editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    worker.work()
    back = editor.get(page(newest()), follow=True)
    assert messages_of(back) == [
        "1 of 4 rows cannot be imported. Correct it, or choose to skip bad rows. Nothing was imported."
    ]
    assert "“2” is not between 0 and 1." in parse(back).text
    assert not Track.objects.exists()
    editor.post(CONFIRM, {**form_of(back), "skip_bad": "on", "confirm": "1"})
    worker.work()
    assert Track.objects.count() == 3
    assert Import.objects.get().bad_rows == 1


def test_a_file_that_is_refused_says_why(editor: Client, worker: Worker) -> None:
    upload(editor, Source("colours.csv", b"red\n" + b"1\n" * 5))
    worker.work()
    shown = editor.get(page(newest()))
    assert newest().state == State.FAILED
    assert newest().message in parse(shown).text
    assert newest().message.endswith("Nothing was imported.")
    assert "refresh" not in shown.content.decode()
    assert reverse("admin:musicdb_import_add") in shown.content.decode()


def test_an_error_of_the_site_is_shown_and_the_upload_can_be_tried_again(
    editor: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("of the test")

    with monkeypatch.context() as broken:
        broken.setattr("musicdb.admin.imports.work.preview_content", fail)
        upload(editor, songs())
        worker.work()
    failed = newest()
    assert "An error stopped it. The site’s log has more about it. RuntimeError: of the test" in failed.message
    assert "Preview of songs.csv failed" in caplog.text
    again = editor.post(reverse("admin:transfer_again", args=[failed.pk]))
    worker.work()
    shown = editor.get(again.headers["Location"], follow=True)
    assert "Nothing has been changed yet." in parse(shown).text


class TestCancelling:
    def test_before_it_begins(self, editor: Client, worker: Worker, settings: LazySettings) -> None:
        upload(editor, songs())
        editor.post(reverse("admin:transfer_cancel", args=[newest().pk]))
        shown = editor.get(page(newest()))
        assert "Cancelled. It had not begun." in parse(shown).text
        assert worker.work() == [False]
        assert newest().state == State.CANCELLED
        assert len(uploads(settings)) == 1

    def test_while_it_works_nothing_is_changed_and_it_can_be_started_again(
        self, editor: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown = previewed(editor, worker, songs())
        editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
        transfer = newest()
        seen = []

        def cancel_it(*args: Any) -> Any:
            seen.append(editor.get(page(transfer)))
            editor.post(reverse("admin:transfer_cancel", args=[transfer.pk]))
            seen.append(editor.get(page(transfer)))
            return load_upload(*args)

        from musicdb.admin.imports import work

        load_upload = work.load_upload
        with monkeypatch.context() as patched:
            patched.setattr(work, "load_upload", lambda token, owner: cancel_it(token, owner))
            worker.work()
        assert "Beginning." in parse(seen[0]).text
        assert "Being cancelled." in parse(seen[1]).text
        after = editor.get(page(transfer))
        assert "Cancelled. Nothing was changed." in parse(after).text
        assert not Track.objects.exists()
        editor.post(reverse("admin:transfer_again", args=[transfer.pk]))
        worker.work()
        assert Track.objects.count() == 3


def test_a_process_that_died_is_noticed_and_its_upload_still_there(editor: Client, worker: Worker) -> None:
    upload(editor, songs())
    transfer = newest()
    # As it is after a kill: the row says that it runs, and nobody holds the lock.
    Transfer.objects.update(state=State.RUNNING, started_at=transfer.created_at)
    shown = editor.get(page(transfer))
    assert "was stopped before the end" in parse(shown).text
    assert worker.work() == [False]
    editor.post(reverse("admin:transfer_again", args=[transfer.pk]))
    worker.work()
    assert newest().state == State.DONE


def test_an_import_that_was_stored_before_its_process_died_is_not_reported_as_lost(
    editor: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = previewed(editor, worker, songs())
    editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    monkeypatch.setattr(running, "_outcome", dying_after(running._outcome))
    with pytest.raises(SystemExit):
        worker.work()
    record = Import.objects.get()
    done = editor.get(page(newest()), follow=True)
    assert done.redirect_chain == [(reverse("admin:musicdb_import_change", args=[record.pk]), 302)]
    assert messages_of(done) == ["Imported songs.csv: 3 tracks new, 0 changed, 0 as they were."]


def test_an_import_that_died_is_not_taken_for_a_later_one_of_a_file_of_its_name(editor: Client, worker: Worker) -> None:
    shown = previewed(editor, worker, songs())
    editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    dead = newest()
    Transfer.objects.filter(pk=dead.pk).update(state=State.RUNNING, started_at=dead.created_at)
    run_import([songs()], ImportOptions(), dead.user)
    assert "was stopped before the end" in parse(editor.get(page(dead))).text


def test_two_clicks_import_once(editor: Client, worker: Worker) -> None:
    sent = {**form_of(previewed(editor, worker, songs())), "confirm": "1"}
    first, second = (editor.post(CONFIRM, sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    worker.work()
    assert Import.objects.count() == 1
    third = editor.post(CONFIRM, sent, follow=True)
    assert messages_of(third) == ["This file has been imported or deleted. Upload it again. Nothing was imported."]


def test_one_user_has_three_at_once(editor: Client, worker: Worker) -> None:
    for _ in range(4):
        last = upload(editor, songs())
    assert Transfer.objects.count() == 3
    (message,) = messages_of(editor.get(last.headers["Location"]))
    assert message.startswith("3 of your imports and exports are under way. ")


def test_where_nothing_takes_it_up_its_user_may_start_it(
    editor: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(editor, songs())
    address = reverse("admin:transfer_start", args=[newest().pk])
    assert address not in editor.get(page(newest())).content.decode()
    monkeypatch.setattr("musicdb.admin.transfers.SECONDS_TO_BEGIN", -1)
    late = editor.get(page(newest()))
    assert "Nothing has taken it up yet." in parse(late).text
    assert address in late.content.decode()


class TestWhoSeesIt:
    def test_a_preview_is_its_users_own(self, editor: Client, worker: Worker) -> None:
        previewed(editor, worker, songs())
        other = logged_in(Client(), "other", "add_import", "view_import")
        assert other.get(page(newest())).status_code == 404
        assert other.get(reverse("admin:musicdb_import_preview", args=[newest().pk])).status_code == 404
        for action in ("cancel", "start", "again"):
            assert other.post(reverse(f"admin:transfer_{action}", args=[newest().pk])).status_code == 404

    def test_others_see_that_an_import_is_under_way_and_cannot_cancel_it(self, editor: Client, worker: Worker) -> None:
        shown = previewed(editor, worker, songs())
        editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
        other = logged_in(Client(), "other", "add_import", "view_import")
        looked = other.get(page(newest()))
        cancel = reverse("admin:transfer_cancel", args=[newest().pk])
        assert looked.status_code == 200
        assert cancel not in looked.content.decode()
        assert cancel in editor.get(page(newest())).content.decode()
        assert other.post(cancel).status_code == 404
        listed = other.get(reverse("admin:musicdb_import_changelist"))
        assert "Import of songs.csv Waiting to begin, by editor" in parse(listed).text

    def test_who_lost_the_permission_sees_nothing_any_more(self, editor: Client, worker: Worker) -> None:
        previewed(editor, worker, songs())
        transfer = newest()
        transfer.user.user_permissions.clear()
        assert editor.get(page(transfer)).status_code == 403
        assert editor.get(reverse("admin:musicdb_import_preview", args=[transfer.pk])).status_code == 403

    @pytest.mark.parametrize("moment", ["before it begins", "while it works"])
    def test_who_loses_the_permission_before_it_writes_imports_nothing(
        self, editor: Client, worker: Worker, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        from musicdb.admin.imports import work

        editor.post(CONFIRM, {**form_of(previewed(editor, worker, songs())), "confirm": "1"})
        transfer, load_upload = newest(), work.load_upload

        def lose_it(token: str, owner: int) -> Source:
            transfer.user.user_permissions.clear()
            return load_upload(token, owner)

        if moment == "while it works":
            monkeypatch.setattr(work, "load_upload", lose_it)
        else:
            transfer.user.user_permissions.clear()
        worker.work()
        assert (newest().state, newest().message) == (
            State.FAILED,
            "editor has no permission for this any more. Nothing was changed.",
        )
        assert not Track.objects.exists()
        assert editor.get(page(newest())).status_code == 403

    def test_an_action_needs_a_post(self, editor: Client, worker: Worker) -> None:
        upload(editor, songs())
        for action in ("cancel", "start", "again"):
            assert editor.get(reverse(f"admin:transfer_{action}", args=[newest().pk])).status_code == 405


@pytest.mark.parametrize("place", ["admin:index", "admin:musicdb_import_changelist"])
def test_the_first_page_and_the_list_of_imports_lead_back_to_it(editor: Client, worker: Worker, place: str) -> None:
    upload(editor, songs())
    address = reverse(place)
    waiting = editor.get(address)
    assert f'href="{page(newest())}"' in waiting.content.decode()
    assert "Preview of songs.csv Waiting to begin" in parse(waiting).text
    worker.work()
    preview = newest()
    assert "Preview of songs.csv ready" in parse(editor.get(address)).text
    shown = editor.get(page(preview), follow=True)
    editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    worker.work()
    # Nothing is left to look after.
    assert "Under way" not in parse(editor.get(address)).text


def test_old_ones_are_deleted_with_their_files(editor: Client, worker: Worker, settings: LazySettings) -> None:
    previewed(editor, worker, songs())
    old = newest()
    result = TransferFiles(old.pk).result
    assert result.exists()
    settings.TRANSFER_HOURS = -1
    upload(editor, songs())
    assert not Transfer.objects.filter(pk=old.pk).exists()
    assert not result.exists()


def test_a_large_file_of_an_unknown_format_keeps_how_its_columns_are_mapped(editor: Client, worker: Worker) -> None:
    source = Source("x.csv", b"Lied;Wer\n" + b"".join(b"Song %d;A & B\n" % number for number in range(3)))
    columns = upload(editor, source, genre="Mine")
    assert not Transfer.objects.exists()
    send_columns(editor, columns, Wer="artists:ampersand")
    worker.work()
    shown = editor.get(page(newest()), follow=True)
    assert "Change the columns" in parse(shown).text
    editor.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    worker.work()
    assert set(Track.objects.values_list("title", flat=True)) == {"Song 0", "Song 1", "Song 2"}
    assert Track.objects.filter(artists__name="B", genres__name="Mine").count() == 3
