"""The admin's choice of an encoding, with what the text looks like in each."""

import pytest
from django.test import Client

from musicdb.models import Import, Track
from tests.admin.test_imports import confirm, logged_in, upload
from tests.imports.tables.test_encodings import TITLES, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "add_import", "view_import", "change_import")


def test_unsure_it_asks_and_offers_no_import(editor: Client) -> None:
    looked = upload(editor, source(["Łódź"], "mac-latin2"))
    page = looked.content.decode()
    assert "Nothing shows for sure in which encoding the text is." in page
    assert 'name="confirm"' not in page
    assert "Central European, Mac (mac-latin2): Łódź" in page
    again = confirm(editor, looked, "again", encoding="mac-latin2")
    assert 'name="confirm"' in again.content.decode()
    done = confirm(editor, again)
    assert done.redirect_chain
    assert Track.objects.get().title == "Łódź"
    assert Import.objects.get().options["parse_options"]["encoding"] == "mac-latin2"


def test_sure_it_says_so_and_can_be_put_right(editor: Client) -> None:
    looked = upload(editor, source(TITLES["cp949"], "cp949"))
    page = looked.content.decode()
    assert "The text is read as Korean, Windows (cp949)." in page
    assert 'name="confirm"' in page
    assert "Korean, Windows (cp949): 비 오는 날 · 사랑했나봐 · 바람이 분다" in page
    again = confirm(editor, looked, "again", encoding="gb18030")
    assert "The text is read as Chinese, simplified (gb18030)." in again.content.decode()
    assert not Track.objects.exists()


def test_unicode_is_not_asked_about(editor: Client) -> None:
    looked = upload(editor, source(TITLES["cp949"], "utf-8"))
    assert looked.context["form"].fields["encoding"].widget.is_hidden
