"""A rename keeps the old name as an alias, so that the next import finds the row by it."""

from typing import Any

import pytest
from django.test import Client

from musicdb.models import Artist, Genre, Label, Playlist, Track
from tests.admin.helpers import alias_rows, editor, messages_of, page_of
from tests.imports.files import net_file, net_row
from tests.imports.library import run

pytestmark = pytest.mark.django_db

SOURCE = net_file(net_row(1, **{"Artist Name(s)": "Old", "Genres": "Old", "Record Label": "Old"}), name="Old.csv")
MODELS: list[Any] = [Artist, Genre, Label, Playlist]
BOX = "keep_former_name"


def rename(client: Client, row: Any, name: str, **more: Any) -> Any:
    """Save the form with another name and its boxes as the page ticks them, or as ``more`` says."""
    address = page_of(type(row), "change", row.pk)
    opened = client.get(address).context
    form = opened["adminform"].form
    ticked = {"_opened": opened["opened_token"], **({BOX: "on"} if form[BOX].value() else {})}
    data = {"name": name, "visibility": "automatic", "kind": "hand", **alias_rows(), **ticked, **more}
    if isinstance(row, Genre):
        data |= {"collection-TOTAL_FORMS": 0, "collection-INITIAL_FORMS": 0}
    response = client.post(address, {key: value for key, value in data.items() if value is not None})
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


def aliases_of(row: Any) -> list[str]:
    return list(row.aliases.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize("model", MODELS)
def test_the_next_import_finds_what_was_renamed(admin_client: Client, model: Any) -> None:
    run(SOURCE)
    row = model.objects.get(name="Old")
    rename(admin_client, row, "New")
    assert aliases_of(row) == ["Old"]
    assert row.history.first().aliases[0]["name"] == "Old"
    run(SOURCE)
    assert model.objects.get().name == "New"
    run(net_file(net_row(2, **{"Artist Name(s)": "old", "Genres": "OLD", "Record Label": "old"}), name="old.csv"))
    assert model.objects.get().name == "New"
    assert Track.objects.count() == 2


@pytest.mark.parametrize("model", MODELS)
def test_whoever_says_no_keeps_no_alias(admin_client: Client, model: Any) -> None:
    row = model.objects.create(name="Old")
    rename(admin_client, row, "New", **{BOX: None})
    assert aliases_of(row) == []


@pytest.mark.parametrize("model", MODELS)
def test_a_name_that_returns_is_no_alias_any_more(admin_client: Client, model: Any) -> None:
    row = model.objects.create(name="Old")
    rename(admin_client, row, "New")
    alias = row.aliases.get()
    rows = alias_rows({"id": alias.pk, "name": "Old"})
    rename(admin_client, row, "Old", **rows)
    assert aliases_of(row) == ["New"]


def test_another_case_needs_no_alias(admin_client: Client) -> None:
    row = Artist.objects.create(name="IU")
    rename(admin_client, row, "iu")
    rename(admin_client, row, "iu")
    assert aliases_of(row) == []


@pytest.mark.parametrize("model", [Genre, Label, Playlist])
def test_a_name_that_leads_to_another_row_is_not_kept_and_the_editor_reads_why(
    admin_client: Client, model: Any
) -> None:
    row, other = model.objects.create(name="Old"), model.objects.create(name="Other")
    other.aliases.create(name="Old")
    response = rename(admin_client, row, "New")
    assert aliases_of(row) == []
    texts = [text for _, text in messages_of(response)]
    assert "“Old” was not kept as an alias, because it leads to “Other”." in texts
    row.refresh_from_db()
    assert row.name == "New"


@pytest.mark.parametrize("model", MODELS)
def test_a_revert_asks_too(admin_client: Client, model: Any) -> None:
    row = model.objects.create(name="Old")
    rename(admin_client, row, "New")
    first = row.history.last()
    address = page_of(model, "version", row.pk, first.history_id)
    assert 'name="keep_former_name" checked' in admin_client.get(address).text
    admin_client.post(address, {BOX: "on"})
    row.refresh_from_db()
    assert (row.name, aliases_of(row)) == ("Old", ["New"])
    second = row.history.all()[1]
    admin_client.post(page_of(model, "version", row.pk, second.history_id))
    assert aliases_of(row) == ["Old"]


def test_the_box_is_for_those_who_can_change_a_row_that_exists(admin_client: Client) -> None:
    artist = Artist.objects.create(name="Old")
    assert BOX not in admin_client.get(page_of(Artist, "add")).text
    looking = editor("view_artist")
    response = looking.get(page_of(Artist, "change", artist.pk))
    assert response.status_code == 200
    assert BOX not in response.text
