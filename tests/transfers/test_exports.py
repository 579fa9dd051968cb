"""A large export in the admin: a transfer that writes the file, with a page that leads to it."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from musicdb import transfers
from musicdb.exports import TABLES
from musicdb.exports.columns import Table
from musicdb.models import Playlist, Track, Transfer
from musicdb.transfers import TransferFiles
from tests.admin.test_imports import logged_in, messages_of
from tests.factories import GenreFactory, PlaylistFactory, TrackFactory
from tests.pages.html import parse
from tests.transfers.conftest import Worker
from tests.transfers.test_imports import newest, page

pytestmark = pytest.mark.django_db
State = Transfer.State
CSV, XLSX, _ = "0", "1", "2"
EXPORT = reverse("admin:musicdb_track_export")
LIBRARY = reverse("admin:musicdb_import_library", args=["zip"])


@pytest.fixture
def viewer(client: Client) -> Client:
    return logged_in(client, "viewer", "view_track", "view_playlist")


@pytest.fixture
def tracks() -> list[Track]:
    return [TrackFactory(title=title, liked=True) for title in ("Call", "Aim", "Bye")]


def export(client: Client, query: str = "", kind: str = CSV) -> Any:
    return client.post(EXPORT + query, {"format": kind})


def sent(client: Client, transfer: Transfer) -> bytes:
    response: Any = client.get(reverse("admin:transfer_file", args=[transfer.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def titles(content: bytes) -> list[str]:
    return [row["title"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def files(settings: LazySettings) -> set[str]:
    return {path.suffix for path in Path(settings.UPLOAD_ROOT).glob("transfer-*")}


def test_a_large_list_is_written_while_a_page_shows_how_far_it_is(
    viewer: Client, worker: Worker, tracks: list[Track], settings: LazySettings
) -> None:
    started = export(viewer, "?o=-2")
    transfer = newest()
    assert started.url == page(transfer)
    assert "Waiting to begin." in parse(viewer.get(page(transfer))).text
    assert viewer.get(reverse("admin:transfer_file", args=[transfer.pk])).status_code == 404
    assert worker.work() == [True]
    done = viewer.get(page(transfer))
    assert f"{transfer.name} is ready: " in parse(done).text
    assert reverse("admin:transfer_file", args=[transfer.pk]) in done.content.decode()
    response: Any = viewer.get(reverse("admin:transfer_file", args=[transfer.pk]))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="tracks-20')
    assert response.headers["Content-Type"] == "text/csv"
    assert titles(b"".join(response.streaming_content)) == ["Call", "Bye", "Aim"]
    assert files(settings) == {".result"}


def test_it_has_the_rows_that_the_list_had_and_their_values_of_now(
    viewer: Client, worker: Worker, tracks: list[Track]
) -> None:
    export(viewer, "?o=2")
    TrackFactory(title="Later")
    tracks[0].delete()
    Track.objects.filter(title="Aim").update(title="Aims")
    worker.work()
    assert titles(sent(viewer, newest())) == ["Aims", "Bye"]


def test_the_keys_are_stored_before_a_worker_hears_of_it(
    viewer: Client, worker: Worker, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("musicdb.transfers.service._senders", [transfers.run])
    export(viewer)
    assert (newest().state, len(titles(sent(viewer, newest())))) == (State.DONE, 3)


def test_a_small_list_is_sent_at_once(viewer: Client, worker: Worker, tracks: list[Track]) -> None:
    response: Any = export(viewer, "?q=Aim")
    assert titles(b"".join(response.streaming_content)) == ["Aim"]
    assert not Transfer.objects.exists()


def test_a_selection_of_many_rows_is_a_transfer_too(viewer: Client, worker: Worker, tracks: list[Track]) -> None:
    chosen = {"action": "export_admin_action", "_selected_action": [track.pk for track in tracks]}
    viewer.post(reverse("admin:musicdb_track_changelist"), chosen)
    worker.work()
    assert sorted(titles(sent(viewer, newest()))) == ["Aim", "Bye", "Call"]


def test_two_clicks_export_once_and_two_lists_twice(viewer: Client, worker: Worker, tracks: list[Track]) -> None:
    TrackFactory(title="Done", liked=False)
    first, second = (export(viewer, "?liked__exact=1") for _ in range(2))
    assert first.url == second.url
    export(viewer)
    assert Transfer.objects.count() == 2
    listed = parse(viewer.get(reverse("admin:index"))).text
    assert listed.count(f"Export of {newest().name} Waiting to begin") == 2


class TestWhatFails:
    def test_a_workbook_that_cannot_hold_a_text_says_so_and_leaves_no_file(
        self, client: Client, worker: Worker, settings: LazySettings
    ) -> None:
        editor = logged_in(client, "editor", "view_genre")
        GenreFactory.create_batch(2)
        GenreFactory(name="Long", description="x" * 40_000)
        editor.post(reverse("admin:musicdb_genre_export"), {"format": XLSX})
        worker.work()
        transfer = newest()
        assert transfer.state == State.FAILED
        assert transfer.message == (
            "The description of “Long” is longer than a workbook's cell can be. Export a CSV. No file was written."
        )
        assert transfer.message in parse(editor.get(page(transfer))).text
        assert editor.get(reverse("admin:transfer_file", args=[transfer.pk])).status_code == 404
        assert files(settings) == {".given"}

    def test_a_cancelled_one_leaves_no_file_and_can_be_started_again(
        self, viewer: Client, worker: Worker, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = Table._read

        def cancelled_meanwhile(*args: Any) -> Any:
            viewer.post(reverse("admin:transfer_cancel", args=[transfer.pk]))
            return read(*args)

        export(viewer)
        transfer = newest()
        with monkeypatch.context() as patched:
            patched.setattr("musicdb.transfers.progress.SECONDS_BETWEEN_REPORTS", 0)
            patched.setattr("musicdb.exports.columns.BATCH", 1)
            patched.setattr(Table, "_read", cancelled_meanwhile)
            worker.work()
        assert "Cancelled. No file was written." in parse(viewer.get(page(transfer))).text
        assert TransferFiles(transfer.pk).size == 0
        viewer.post(reverse("admin:transfer_again", args=[transfer.pk]))
        worker.work()
        assert newest().pk != transfer.pk
        assert sorted(titles(sent(viewer, newest()))) == ["Aim", "Bye", "Call"]

    def test_one_whose_process_died_says_that_there_is_no_file(
        self, viewer: Client, worker: Worker, tracks: list[Track]
    ) -> None:
        export(viewer)
        Transfer.objects.update(state=State.RUNNING)
        shown = parse(viewer.get(page(newest()))).text
        assert "was stopped before the end" in shown
        assert "No file was written." in shown

    def test_one_whose_process_died_after_the_file_was_written_is_done(
        self, viewer: Client, worker: Worker, tracks: list[Track]
    ) -> None:
        export(viewer)
        worker.work()
        Transfer.objects.update(state=State.RUNNING)
        assert "is ready" in parse(viewer.get(page(newest()))).text

    def test_one_whose_rows_are_not_known_any_more_cannot_be_started_again(
        self, viewer: Client, worker: Worker, tracks: list[Track]
    ) -> None:
        export(viewer)
        transfer = newest()
        viewer.post(reverse("admin:transfer_cancel", args=[transfer.pk]))
        assert "Start again" in parse(viewer.get(page(transfer))).text
        TransferFiles(transfer.pk).given.unlink()
        assert "Start again" not in parse(viewer.get(page(transfer))).text
        refused = viewer.post(reverse("admin:transfer_again", args=[transfer.pk]), follow=True)
        assert messages_of(refused) == ["This cannot be started again from here. Ask for it anew."]
        assert newest() == transfer

    def test_a_full_disk_leaves_no_transfer_that_nobody_can_do(
        self, viewer: Client, worker: Worker, tracks: list[Track], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(TransferFiles, "create", full)
        response = export(viewer)
        assert response.url == reverse("admin:musicdb_track_changelist")
        assert messages_of(viewer.get(response.url)) == [
            "The server cannot write to its folder of uploads (No space left on device)."
        ]
        assert not Transfer.objects.exists()


class TestWhoGetsIt:
    def test_its_user_alone(self, viewer: Client, worker: Worker, tracks: list[Track], admin_client: Client) -> None:
        export(viewer)
        worker.work()
        other = logged_in(Client(), "other", "view_track", "view_import", "add_import", "change_import")
        for client in (other, admin_client):
            assert client.get(page(newest())).status_code == 404
            assert client.get(reverse("admin:transfer_file", args=[newest().pk])).status_code == 404
        assert newest().name not in parse(admin_client.get(reverse("admin:index"))).text

    def test_while_the_list_may_be_seen(self, viewer: Client, worker: Worker, tracks: list[Track]) -> None:
        export(viewer)
        worker.work()
        newest().user.user_permissions.clear()
        assert viewer.get(reverse("admin:transfer_file", args=[newest().pk])).status_code == 403

    def test_who_may_change_the_rows_but_has_no_permission_to_view_them(
        self, client: Client, worker: Worker, tracks: list[Track]
    ) -> None:
        editor = logged_in(client, "editor", "change_track")
        export(editor)
        worker.work()
        assert len(titles(sent(editor, newest()))) == 3

    def test_the_first_page_leads_to_it(self, viewer: Client, worker: Worker, tracks: list[Track]) -> None:
        export(viewer)
        worker.work()
        index = viewer.get(reverse("admin:index"))
        assert f"Export of {newest().name} ready" in parse(index).text
        assert page(newest()) in index.content.decode()


class TestOtherFiles:
    """The library and playlists: a link to the file itself starts nothing where the file is large."""

    @pytest.fixture(params=["library", "playlist"])
    def asked(self, request: pytest.FixtureRequest, tracks: list[Track]) -> tuple[str, str]:
        playlist = PlaylistFactory(name="Mine", tracks=tracks)
        return {
            "library": (LIBRARY, "library-20"),
            "playlist": (reverse("admin:musicdb_playlist_csv", args=[playlist.pk]), "mine-20"),
        }[request.param]

    def test_a_large_one_is_asked_for_and_then_written(
        self, admin_client: Client, worker: Worker, asked: tuple[str, str]
    ) -> None:
        address, name = asked
        question = admin_client.get(address)
        assert "so it takes a while" in parse(question).text
        assert not Transfer.objects.exists()
        started = admin_client.post(address)
        assert started.url == page(newest())
        assert newest().name.startswith(name)
        worker.work()
        content = sent(admin_client, newest())
        if address == LIBRARY:
            found = zipfile.ZipFile(io.BytesIO(content))
            assert found.namelist() == [f"{table.name}.csv" for table in TABLES]
            assert sorted(titles(found.read("tracks.csv"))) == ["Aim", "Bye", "Call"]
        else:
            assert titles(content) == ["Call", "Aim", "Bye"]

    def test_a_small_one_is_sent_at_once(
        self, admin_client: Client, worker: Worker, asked: tuple[str, str], settings: LazySettings
    ) -> None:
        settings.TRANSFER_ROWS = 100
        response: Any = admin_client.get(asked[0])
        assert asked[1] in response.headers["Content-Disposition"]
        assert b"".join(response.streaming_content)

    def test_a_playlist_that_was_deleted_meanwhile(
        self, admin_client: Client, worker: Worker, tracks: list[Track]
    ) -> None:
        playlist = PlaylistFactory(tracks=tracks)
        admin_client.post(reverse("admin:musicdb_playlist_csv", args=[playlist.pk]))
        Playlist.objects.all().delete()
        worker.work()
        assert newest().message == "This playlist was deleted. No file was written."
