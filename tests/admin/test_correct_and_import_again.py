"""Import, correct all that a form can correct, import the same file again: nothing is lost. For every model's form.

``tests/imports/test_existing_fields.py`` has each column and relation by itself. Here a person types into the page,
and what the page offers decides what is tried.
"""

from typing import Any

import pytest
from django.test import Client

from musicdb.imports import Source
from musicdb.models import Playlist, Track
from musicdb.models.aggregates import CATALOGUE, Aggregate
from tests.admin.helpers import page_of
from tests.admin.screens import Screen, saved
from tests.admin.test_two_editors import alternatives, enter, fields_of, make_choices
from tests.db.shared import once_for_the_module
from tests.imports.full_library import full_library, target
from tests.imports.library import run, state

pytestmark = pytest.mark.django_db


library = once_for_the_module(full_library)


# The address of a row never changes.
FIXED = {"slug"}


def correct(screen: Screen, *, without: set[str]) -> None:
    """Type another value into every box of a form, and of the first of the rows below it."""
    has_rule = screen.shown("kind") != ["hand"]
    for name, box in fields_of(screen).items():
        if name not in without and (has_rule or not name.startswith("rule_")):
            enter(screen, name, box, alternatives(name, box, screen.shown(name))[0])
    for inline in screen.client.get(screen.address).context["inline_admin_formsets"]:
        form = inline.formset.forms[0]
        for name in form.fields.keys() - {"id", "ORDER", "DELETE", inline.formset.fk.name}:
            field = form.add_prefix(name)
            screen.type(**{field: alternatives(name, form.fields[name], screen.shown(field))[-1]})


def columns_of(aggregate: Aggregate, row: Any) -> dict[str, Any]:
    (values,) = aggregate.model._default_manager.filter(pk=row.pk).values(*(one.name for one in aggregate.columns))
    return values


@pytest.mark.parametrize("keeps_id", [False, True], ids=["with another id", "with its id"])
@pytest.mark.parametrize(
    ("aggregate", "column"),
    [*(pytest.param(one, "", id=one.name) for one in CATALOGUE), pytest.param(CATALOGUE[-1], "rule", id="rule")],
)
def test_all_that_a_form_corrects_stays(
    mina: Client, library: Source, aggregate: Aggregate, column: str, keeps_id: bool
) -> None:
    make_choices()
    row = target(aggregate, column)
    kept = {"spotify_id"} if keeps_id else set()
    if keeps_id and not hasattr(row, "spotify_id"):
        pytest.skip("Rows of this kind have no id.")
    imported, before = state(), columns_of(aggregate, row)
    screen = Screen(mina, row)
    correct(screen, without=kept)
    saved(screen)
    corrected, after = state(), columns_of(aggregate, row)
    # Every column was corrected. A playlist has a rule or entries.
    fixed = FIXED | kept | ({"rule"} if column != "rule" else set())
    assert {name for name in after if after[name] == before[name]} <= fixed
    assert corrected != imported
    run(library)
    assert state() == corrected


def test_tracks_that_an_editor_moves_and_removes_stay_so(mina: Client, library: Source) -> None:
    playlist = Playlist.objects.get(slug="text-0")
    run(library)
    first, second = playlist.entries.order_by("position")
    posted = {f"place-{first.pk}": 2, f"was-{first.pk}": 1, f"place-{second.pk}": 1, f"was-{second.pk}": 2}
    address = page_of(Playlist, "tracks", playlist.pk)
    assert mina.post(address, {**posted, "save": "Save"}).status_code == 302
    moved = state()
    run(library)
    assert state() == moved
    posted = {f"place-{second.pk}": 1, f"was-{second.pk}": 1, f"place-{first.pk}": 2, f"was-{first.pk}": 2}
    mina.post(address, {**posted, "remove": [first.pk], "save": "Save"})
    assert list(playlist.tracks.all()) == [Track.objects.get(title="Second")]
    removed = state()
    run(library)
    assert state() == removed


@pytest.mark.parametrize("name", ["score", "liked"])
def test_what_is_typed_into_the_list_of_tracks_stays(mina: Client, library: Source, name: str) -> None:
    row = Track.objects.get(slug="text-0")
    cells = {"score": row.score, "liked": row.liked, name: {"score": 77, "liked": not row.liked}[name]}
    posted = {f"form-0-{cell}": value for cell, value in cells.items() if value is not False}
    shown = {f"initial-form-0-{cell}": getattr(row, cell) for cell in cells}
    address = page_of(Track, q="Text")
    response = mina.post(
        address, {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, **shown, **posted, "_save": "1"}
    )
    assert response.status_code == 302
    corrected = state()
    assert corrected["Track text-0"][name] == cells[name]
    run(library)
    assert state() == corrected
