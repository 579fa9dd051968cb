"""Imports in the admin: upload, look, confirm; what was imported; undo."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.timezone import localtime

from musicdb.imports import Source
from musicdb.models import Artist, Import, Track
from tests.imports.files import net_file, net_row, sample
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
ADD = reverse("admin:musicdb_import_add")
CONFIRM = reverse("admin:musicdb_import_confirm")


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "add_import", "view_import", "change_import")


def logged_in(client: Client, name: str, *permissions: str) -> Client:
    user = User.objects.create(username=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def upload(client: Client, source: Source, **data: Any) -> Any:
    file = SimpleUploadedFile(source.name, source.data)
    return client.post(ADD, {"file": file, **data})


def confirm(client: Client, looked: Any, button: str = "confirm", **data: Any) -> Any:
    form = looked.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    return client.post(CONFIRM, {**sent, button: "1", **data}, follow=True)


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def rows_of(table: Any) -> list[list[str]]:
    return [[row.one("th").text, *(cell.text for cell in row.all("td"))] for row in table.one("tbody").all("tr")]


def uploads(settings: LazySettings) -> list[Path]:
    return list(Path(settings.UPLOAD_ROOT).glob("upload-*"))


SUFFIXES = (".csv", ".xlsx", ".zip", ".json", ".jsonl", ".xml", ".sql", ".m3u8", ".xspf", ".jspf")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_browser_offers_every_kind_of_file_that_is_read(editor: Client, suffix: str) -> None:
    form = editor.get(ADD).context["form"]
    assert suffix in form.fields["file"].widget.attrs["accept"].split(",")


def test_a_preview_shows_what_would_change_and_changes_nothing(editor: Client) -> None:
    looked = upload(editor, sample("exportify_net.csv"))
    page = looked.content.decode()
    assert "Nothing has been changed yet." in page
    assert ("Track", 7, 0, 0) in looked.context["counts"]
    assert "album “Night Market”, label “Harbour Light Records”, artist “Mina Seo”" in page
    assert not Track.objects.exists()
    assert not Import.objects.exists()


def test_confirmed_it_is_done_and_the_upload_thrown_away(editor: Client, settings: LazySettings) -> None:
    looked = upload(editor, sample("exportify_net.csv"), genre="Mine", liked="yes")
    assert len(uploads(settings)) == 1
    done = confirm(editor, looked)
    record = Import.objects.get()
    assert done.redirect_chain == [(reverse("admin:musicdb_import_change", args=[record.pk]), 302)]
    assert messages_of(done) == ["Imported exportify_net.csv: 7 tracks new, 0 changed, 0 as they were."]
    assert record.user is not None
    assert record.user.username == "editor"
    assert Track.objects.filter(liked=True, genres__name="Mine").count() == 7
    assert uploads(settings) == []
    again = confirm(editor, looked)
    assert messages_of(again) == [
        "This file has been imported or deleted. Upload it again. Nothing was imported.",
    ]


def test_what_is_there_is_shown_old_and_new(editor: Client) -> None:
    confirm(editor, upload(editor, net_file(net_row(1))))
    page = upload(editor, net_file(net_row(1, Tempo="90"))).content.decode()
    assert "tempo: <del><bdi>155.948</bdi></del> → <ins><bdi>90</bdi></ins>" in page
    page = upload(editor, net_file(net_row(1))).content.decode()
    assert "The library already has everything in this file." in page
    assert 'name="confirm"' not in page


def test_bad_rows_are_listed_and_refuse_all(editor: Client) -> None:
    looked = upload(editor, net_file(net_row(1), net_row(2, Energy="2")))
    page = looked.content.decode()
    assert "<td>3</td><td>Energy</td><td>“2” is not between 0 and 1.</td>" in page
    refused = confirm(editor, looked)
    assert "“2” is not between 0 and 1." in refused.content.decode()
    assert not Track.objects.exists()


def test_beside_bad_rows_good_ones_that_change_nothing_are_told(editor: Client) -> None:
    confirm(editor, upload(editor, net_file(net_row(1))))
    told = "The good rows change nothing, because the library already has all of them."
    looked = upload(editor, net_file(net_row(1), net_row(2, Energy="2")))
    page = looked.content.decode()
    assert (told in page, 'name="confirm"' in page) == (True, False)
    assert told in confirm(editor, looked, "again", skip_bad="on").content.decode()
    assert told not in upload(editor, net_file(net_row(2, Energy="2"))).content.decode()
    assert told not in upload(editor, net_file(net_row(1, Tempo="90"), net_row(2, Energy="2"))).content.decode()


def test_skipped_bad_rows_can_be_downloaded(editor: Client) -> None:
    looked = upload(editor, net_file(net_row(1), net_row(2, Energy="2")))
    done = confirm(editor, looked, skip_bad="on")
    assert Track.objects.count() == 1
    address = reverse("admin:musicdb_import_bad_rows", args=[Import.objects.get().pk])
    assert address in done.content.decode()
    text = b"".join(editor.get(address).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "songs.csv,3,Energy “2” is not between 0 and 1." in text


def test_bad_rows_that_cannot_be_kept_refuse_all(
    editor: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = upload(editor, net_file(net_row(1), net_row(2, Energy="2")))
    missing = Path(settings.UPLOAD_ROOT) / "missing" / "bad.csv"
    monkeypatch.setattr("musicdb.admin.imports.work.bad_rows_path", lambda record: missing)
    (message,) = messages_of(confirm(editor, looked, skip_bad="on"))
    assert "could not be written" in message
    assert message.endswith("Nothing was imported.")
    assert not Track.objects.exists()
    assert not Import.objects.exists()


def test_an_upload_folder_that_cannot_be_written(editor: Client, settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.UPLOAD_ROOT = str(tmp_path / "file")
    page = upload(editor, sample("kaggle.csv")).content.decode()
    assert "The file could not be stored on the server" in page


def test_a_question_is_asked_and_answered_without_another_upload(editor: Client) -> None:
    looked = upload(editor, net_file(net_row(1, **{"Release Date": "7/2/2021"})))
    page = looked.content.decode()
    assert "Which comes first?" in page
    assert 'name="confirm"' not in page
    answered = confirm(editor, looked, "again", day_first="day-first")
    assert 'name="confirm"' in answered.content.decode()
    confirm(editor, answered)
    album = Track.objects.get().album
    assert album is not None
    assert album.released == "2021-02-07"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Source("a.csv", b"a\n1\n"), "has no format that musicdb knows"),
        (Source("a.csv", b""), "a.csv is empty."),
        (Source("a.csv", b"<html>Gone</html>"), "a.csv is a web page, not a table."),
        (Source("a.csv", b'[{"a": 1}]'), "a.csv is a JSON file of a kind that musicdb does not read."),
        (Source("a.csv", b"SQLite format 3\0"), "a.csv is an SQLite database, not a table."),
        (Source("a.zip", b"PK\x03\x04"), "is a damaged zip file"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    editor: Client, settings: LazySettings, source: Source, message: str
) -> None:
    response = upload(editor, source)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert uploads(settings) == []


def test_nothing_chosen(editor: Client) -> None:
    assert "This field is required." in editor.post(ADD, {}).content.decode()


def test_html_in_a_file_is_text(editor: Client) -> None:
    looked = upload(editor, net_file(net_row(1, **{"Track Name": "<script>x</script>", "Artist Name(s)": "<b>"})))
    page = looked.content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page
    assert "<b>" not in page


def test_somebody_elses_upload_is_not_mine_to_confirm(editor: Client) -> None:
    looked = upload(editor, sample("kaggle.csv"))
    other = logged_in(Client(), "other", "add_import")
    assert messages_of(confirm(other, looked)) == [
        "Somebody else uploaded this file. Upload it yourself. Nothing was imported.",
    ]
    forged = confirm(editor, looked, token="../../etc/passwd")
    assert messages_of(forged) == ["This upload is too old. Upload the file again. Nothing was imported."]
    assert not Import.objects.exists()


def test_old_uploads_are_purged(editor: Client, settings: LazySettings) -> None:
    upload(editor, sample("kaggle.csv"))
    (old,) = uploads(settings)
    os.utime(old, (0, 0))
    upload(editor, sample("kaggle.csv"))
    assert old not in uploads(settings)
    assert len(uploads(settings)) == 1
    assert oct(uploads(settings)[0].stat().st_mode & 0o077) == "0o0"


class TestUndo:
    def test_undone(self, editor: Client) -> None:
        confirm(editor, upload(editor, sample("kaggle.csv")))
        record = Import.objects.get()
        page = editor.get(reverse("admin:musicdb_import_change", args=[record.pk])).content.decode()
        assert "Undo this import" in page
        asked = parse(editor.get(reverse("admin:musicdb_import_undo", args=[record.pk])))
        (table,) = asked.one("div", id="content-main").all("table")
        rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")}
        assert rows["Tracks"] == [str(Track.objects.count()), "0", "0"]
        assert not Import.objects.get().is_undone
        undone = editor.post(reverse("admin:musicdb_import_undo", args=[record.pk]), follow=True)
        assert messages_of(undone) == ["The import of kaggle.csv was undone."]
        assert "Undo this import" not in undone.content.decode()
        assert not Track.objects.exists()
        record.refresh_from_db()
        when = date_format(localtime(record.undone_at), "DATETIME_FORMAT")
        assert f"undone by editor, {when}" in parse(undone).text
        assert "undone by editor" in parse(editor.get(reverse("admin:musicdb_import_changelist"))).text

    def test_undone_by_somebody_who_is_gone(self, editor: Client) -> None:
        confirm(editor, upload(editor, sample("kaggle.csv")))
        page = reverse("admin:musicdb_import_change", args=[Import.objects.get().pk])
        assert "Options: none" in parse(editor.get(page)).text
        Import.objects.update(undone_at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC))
        when = date_format(localtime(Import.objects.get().undone_at), "DATETIME_FORMAT")
        assert f"State: undone, {when}" in parse(editor.get(page)).text

    def test_what_was_touched_since_is_listed_before_and_after(self, editor: Client) -> None:
        confirm(editor, upload(editor, net_file(net_row(1), net_row(2), name="x.csv")))
        Track.objects.filter(title="Song 2").delete()
        Artist.objects.filter(name="Singer 1").update(visibility="shown")
        record = Import.objects.get()
        address = reverse("admin:musicdb_import_undo", args=[record.pk])
        asked = parse(editor.get(address)).one("div", id="content-main")
        left = [["artist Singer 1", "Changed since."], ["track Song 2", "Deleted since."]]
        assert rows_of(asked.all("table")[1]) == left
        assert Track.objects.exists()
        done = editor.post(address, follow=True)
        assert messages_of(done) == ["The import of x.csv was undone in part. Below is what was left, and why."]
        listed = parse(done).one("div", id="content-main")
        assert rows_of(listed.one("table")) == left
        assert not Track.objects.exists()
        page = editor.get(reverse("admin:musicdb_import_change", args=[record.pk]))
        assert "State: undone in part by editor" in parse(page).text
        assert "What was not undone (2)" in parse(page).text
        assert "undone in part by editor" in parse(editor.get(reverse("admin:musicdb_import_changelist"))).text
        # What is in the way now is said again, and the rest can be undone later.
        assert "Nothing of this import can be undone now." in parse(editor.get(address)).text
        assert messages_of(editor.post(address, follow=True)) == ["Nothing of this import can be undone now."]

    def test_a_long_list_is_paged(self, editor: Client) -> None:
        confirm(editor, upload(editor, net_file(*(net_row(number) for number in range(105)))))
        Artist.objects.update(visibility="shown")
        address = reverse("admin:musicdb_import_undo", args=[Import.objects.get().pk])
        sizes = []
        for page in (1, 2):
            with CaptureQueriesContext(connection) as queries:
                shown = parse(editor.get(address, {"page": page})).one("div", id="content-main")
            assert "Page" in shown.one("nav", **{"aria-label": "Pages"}).text
            sizes.append((len(rows_of(shown.all("table")[1])), len(queries)))
        assert [rows for rows, _ in sizes] == [100, 5]
        assert sizes[0][1] == sizes[1][1]

    def test_nothing_to_undo_leads_back(self, editor: Client) -> None:
        confirm(editor, upload(editor, net_file(net_row(1), name="x.csv")))
        address = reverse("admin:musicdb_import_undo", args=[Import.objects.get().pk])
        editor.post(address, follow=True)
        assert messages_of(editor.get(address, follow=True)) == ["This import was undone already."]
        assert messages_of(editor.post(address, follow=True)) == ["This import was undone already."]


class TestPermissions:
    @pytest.mark.parametrize("permissions", [(), ("view_import",)])
    def test_importing_needs_its_own(self, client: Client, permissions: tuple[str, ...]) -> None:
        logged_in(client, "reader", *permissions)
        assert client.get(ADD).status_code == 403
        assert upload(client, sample("kaggle.csv")).status_code == 403
        assert client.post(CONFIRM, {"token": "x"}).status_code == 403

    def test_a_refusal_is_a_page_that_leads_on(self, client: Client) -> None:
        refused = logged_in(client, "reader").get(ADD)
        assert refused.status_code == 403
        assert "<h1>Not allowed</h1>" in refused.content.decode()
        assert f'<a href="{reverse("admin:index")}">' in refused.content.decode()

    def test_undoing_needs_its_own(self, client: Client, editor: Client) -> None:
        confirm(editor, upload(editor, sample("kaggle.csv")))
        record = Import.objects.get()
        reader = logged_in(Client(), "reader", "view_import", "add_import")
        assert (
            "Undo this import"
            not in reader.get(reverse("admin:musicdb_import_change", args=[record.pk])).content.decode()
        )
        for ask in (reader.get, reader.post):
            assert ask(reverse("admin:musicdb_import_undo", args=[record.pk])).status_code == 403
        left = reverse("admin:musicdb_import_not_undone", args=[record.pk])
        assert reader.get(left).status_code == 200
        assert logged_in(Client(), "stranger").get(left).status_code == 403

    def test_who_imported_is_named_without_a_link_that_editors_may_not_follow(self, editor: Client) -> None:
        looked = confirm(editor, upload(editor, sample("kaggle.csv")))
        record = looked.context["original"]
        shown = " ".join(strip_tags(looked.content.decode()).split())
        assert f"By: {record.user}" in shown
        assert reverse("admin:auth_user_change", args=[record.user_id]) not in looked.content.decode()

    def test_a_record_is_neither_edited_nor_deleted(self, admin_client: Client) -> None:
        confirm(admin_client, upload(admin_client, sample("kaggle.csv")))
        pk = Import.objects.get().pk
        assert admin_client.post(reverse("admin:musicdb_import_change", args=[pk]), {}).status_code == 403
        assert admin_client.post(reverse("admin:musicdb_import_delete", args=[pk]), {}).status_code == 403

    def test_only_by_post(self, admin_client: Client) -> None:
        assert admin_client.get(CONFIRM).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_queries(admin_client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for number in range(rows):
        confirm(admin_client, upload(admin_client, net_file(net_row(number))))
    with django_assert_num_queries(6):  # Session, user, transfers, count, page, saved filters.
        response = admin_client.get(reverse("admin:musicdb_import_changelist"))
    assert response.content.decode().count("1 track new, 0 changed, 0 as they were") == rows
