"""What an import would do, part by part: the links of the preview, the pages, the CSV."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from musicdb.admin.imports import changes
from musicdb.imports.changes import HEADINGS
from tests.imports.files import net_file, net_row
from tests.imports.library import run

pytestmark = pytest.mark.django_db
ADD = reverse("admin:musicdb_import_add")
PAGE, CSV = reverse("admin:musicdb_import_changes"), reverse("admin:musicdb_import_changes_csv")


@pytest.fixture
def looked(admin_client: Client) -> Any:
    """The preview of a file that overwrites, fills, creates, removes, and has a bad row."""
    run(net_file(net_row(1, Tempo="", **{"Artist Name(s)": "A;B"}), net_row(2)))
    source = net_file(
        net_row(1, Tempo="99", **{"Track Name": "=Other", "Artist Name(s)": "A;C"}),
        net_row(3),
        net_row(4, Tempo="fast"),
    )
    return admin_client.post(ADD, {"file": SimpleUploadedFile(source.name, source.data)})


def page(client: Client, looked: Any, **query: Any) -> Any:
    return client.get(PAGE, {"token": looked.context["token"], **query})


def lines_of(response: Any) -> list[tuple[str, ...]]:
    return [(one.kind, one.field, one.stored, one.stated) for one in response.context["page_obj"]]


def test_what_is_overwritten_comes_first(looked: Any, admin_client: Client) -> None:
    lines = lines_of(page(admin_client, looked))
    overwritten = [bool(stored) for _, _, stored, _ in lines]
    assert overwritten == sorted(overwritten, reverse=True)
    assert ("track", "title", "Song 1", "=Other") in lines
    assert ("track", "tempo", "", "99") in lines
    text = looked.content.decode()
    assert text.index("what is overwritten comes first") < text.index("Row by row")


def test_each_part_has_its_lines(looked: Any, admin_client: Client) -> None:
    numbers = {part.name: part.number for part in looked.context["parts"]}
    assert {name: len(lines_of(page(admin_client, looked, part=name))) for name in numbers} == numbers
    assert ("track", "artists", "B", "") in lines_of(page(admin_client, looked, part="removed"))
    assert numbers["bad"] == len(looked.context["outcome"].problems) == 1
    assert "artist" in {kind for kind, *_ in lines_of(page(admin_client, looked, part="new"))}


def test_a_part_is_paged(looked: Any, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    every = lines_of(page(admin_client, looked, part="new"))
    monkeypatch.setattr(changes, "LINES_A_PAGE", 2)
    first, second = (page(admin_client, looked, part="new", page=number) for number in (1, 2))
    assert lines_of(first) + lines_of(second) == every[:4]
    assert 'rel="next"' in first.text


def test_the_csv_has_every_line_and_no_formula(looked: Any, admin_client: Client) -> None:
    response: Any = admin_client.get(CSV, {"token": looked.context["token"]})
    heading, *rows = csv.reader(StringIO(b"".join(response).decode("utf-8-sig")))
    assert tuple(heading) == HEADINGS
    assert len(rows) == sum(part.number for part in looked.context["parts"])
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize("query", [{"part": "nonsense"}, {"token": "nonsense"}, {"token": ""}])
def test_what_is_not_there_is_not_found(looked: Any, admin_client: Client, query: dict[str, str]) -> None:
    assert page(admin_client, looked, **query).status_code == 404


def test_nobody_else_sees_it(looked: Any, client: Client) -> None:
    client.force_login(User.objects.create_superuser("other"))
    assert page(client, looked).status_code == 404
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert page(client, looked).status_code == 403
