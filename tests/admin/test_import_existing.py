"""The preview of an import in the admin: what it keeps of the library, and what the reader takes from the file."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from musicdb import history
from musicdb.models import Import, Track
from musicdb.models.history import ChangeType
from tests.imports.files import net_file, net_row
from tests.imports.library import run
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
CONFIRM = reverse("admin:musicdb_import_confirm")
SOURCE = net_file(net_row(1), net_row(2))


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create(username="editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_import", "view_import"]))
    client.force_login(user)
    return client


@pytest.fixture
def tracks() -> list[Track]:
    """Two imported tracks, whose titles an editor has set."""
    run(SOURCE)
    found = list(Track.objects.order_by("pk"))
    user = User.objects.create(username="other")
    for track in found:
        Track.objects.filter(pk=track.pk).update(title=f"Mine {track.pk}")
    history.record_updates(Track, [track.pk for track in found], history.Change(ChangeType.EDIT, user))
    return found


def upload(client: Client, **data: Any) -> Any:
    file = SimpleUploadedFile(SOURCE.name, SOURCE.data)
    return client.post(reverse("admin:musicdb_import_add"), {"file": file, **data})


def send(client: Client, looked: Any, button: str = "confirm", **data: Any) -> Any:
    form = looked.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    return client.post(CONFIRM, {**sent, button: "1", **data}, follow=True)


def boxes(response: Any, name: str) -> list[tuple[str, bool]]:
    """Return the boxes of the page with this name: the value of each, and whether it is ticked."""
    found = [one for one in parse(response).all("input") if one.attrs.get("name") == name]
    return [(one.attrs.get("value") or "", "checked" in one.attrs) for one in found]


def titles() -> list[str]:
    return list(Track.objects.order_by("pk").values_list("title", flat=True))


def test_what_an_editor_set_is_listed_and_kept(editor: Client, tracks: list[Track]) -> None:
    looked = upload(editor)
    assert "Kept as the library has it" in looked.content.decode()
    assert boxes(looked, "take_fields") == [("Track.title", False)]
    assert boxes(looked, "take_rows") == [(f"Track.{track.pk}", False) for track in tracks]
    send(editor, looked)
    assert titles() == [f"Mine {track.pk}" for track in tracks]


def test_the_reader_takes_a_field(editor: Client, tracks: list[Track]) -> None:
    again = send(editor, upload(editor), "again", take_fields=["Track.title"])
    assert boxes(again, "take_fields") == [("Track.title", True)]
    send(editor, again)
    assert titles() == ["Song 1", "Song 2"]


def test_the_reader_takes_a_row(editor: Client, tracks: list[Track]) -> None:
    row = f"Track.{tracks[1].pk}"
    again = send(editor, upload(editor), "again", take_rows=[row])
    assert (row, True) in boxes(again, "take_rows")
    send(editor, again)
    assert titles() == [f"Mine {tracks[0].pk}", "Song 2"]


def test_the_reader_takes_everything(editor: Client, tracks: list[Track]) -> None:
    send(editor, upload(editor, existing="overwrite"))
    assert titles() == ["Song 1", "Song 2"]
    record = Import.objects.order_by("-pk")[0]
    page = editor.get(reverse("admin:musicdb_import_change", args=[record.pk])).content.decode()
    assert "every value taken" in page


def test_what_is_not_a_field_changes_nothing(editor: Client, tracks: list[Track]) -> None:
    send(editor, upload(editor), take_fields=["nonsense", "Track"], take_rows=["Track.", "'"])
    assert titles() == [f"Mine {track.pk}" for track in tracks]


def test_a_deleted_track_is_listed_and_comes_back_when_asked(editor: Client) -> None:
    run(SOURCE)
    user = User.objects.create(username="other")
    history.delete(Track.objects.filter(title="Song 1"), history.Change(ChangeType.DELETION, user))
    looked = upload(editor)
    page = looked.content.decode()
    assert "Deleted by editors" in page
    assert "<bdi>track “Song 1”</bdi>" in page
    assert not looked.context["outcome"].changes_anything
    send(editor, send(editor, looked, "again", restore_deleted="on"))
    assert sorted(titles()) == ["Song 1", "Song 2"]
