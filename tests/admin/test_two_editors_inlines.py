"""Two editors on the rows below a form, for every inline of the admin: values of several rows, and of the same one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from musicdb.models.aggregates import aggregate_of
from tests.admin.screens import Screen, saved
from tests.admin.test_two_editors import ROWS, alternatives, as_shown, make_choices
from tests.factories import ArtistFactory, LabelFactory

pytestmark = pytest.mark.django_db

INLINES = [
    pytest.param(model, inline.model, id=f"{model.__name__}-{inline.model.__name__}")
    for model, site in admin.site._registry.items()
    if model in ROWS
    for inline in site.inlines
]


@dataclass(frozen=True)
class Cell:
    """A box of a row below a form: what a browser calls it, its name and its field."""

    sent: str
    name: str
    box: Any


def owner_of(model: Any, child: Any) -> Any:
    """A row of ``model`` with two rows of ``child``, or with the one that it can have."""
    row = ROWS[model]()
    if hasattr(row, "aliases") and row.aliases.model is child:
        row.aliases.create(name="First")
        row.aliases.create(name="Second")
    for relation in aggregate_of(model).child_relations:
        if relation.through is child:
            make = {"artist": ArtistFactory, "label": LabelFactory}[relation.member]
            relation.replace({row.pk: [make().pk, make().pk]})
    return row


def cells(screen: Screen, child: Any) -> Iterator[list[Cell]]:
    """Yield the boxes of each row of ``child`` on the screen, without blank rows that are for another one."""
    (formset,) = (
        inline.formset
        for inline in screen.client.get(screen.address).context["inline_admin_formsets"]
        if inline.opts.model is child
    )
    not_values = {"id", "ORDER", "DELETE", formset.fk.name}
    for form in formset.initial_forms or formset.forms[:1]:
        yield [Cell(form.add_prefix(name), name, box) for name, box in form.fields.items() if name not in not_values]


def test_every_inline_is_tried() -> None:
    with_inlines = {model for model, site in admin.site._registry.items() if site.inlines}
    assert with_inlines <= ROWS.keys()
    assert len(INLINES) >= 9


@pytest.mark.slow
@pytest.mark.parametrize(("model", "child"), INLINES)
def test_values_of_different_rows_are_all_stored(mina: Client, otto: Client, model: Any, child: Any) -> None:
    row = owner_of(model, child)
    make_choices()
    hers, his = Screen(mina, row), Screen(otto, row)
    typed = {}
    for number, boxes in enumerate(cells(hers, child)):
        for cell in boxes:
            value = alternatives(cell.name, cell.box, hers.shown(cell.sent))[number]
            (hers, his)[number].type(**{cell.sent: value})
            typed[cell.sent] = as_shown(value)
    assert typed
    saved(hers)
    saved(his)
    after = Screen(mina, row)
    assert sorted(after.shown(sent) for sent in typed) == sorted(typed.values())


@pytest.mark.parametrize("choice", ["mine", pytest.param("theirs", marks=pytest.mark.slow)])
@pytest.mark.slow
@pytest.mark.parametrize(("model", "child"), INLINES)
def test_the_second_is_asked_about_a_row_that_both_changed(
    mina: Client, otto: Client, model: Any, child: Any, choice: str
) -> None:
    row = owner_of(model, child)
    make_choices()
    hers, his = Screen(mina, row), Screen(otto, row)
    boxes = next(cells(hers, child))
    both = {cell.sent: alternatives(cell.name, cell.box, hers.shown(cell.sent)) for cell in boxes}
    both = {sent: typed for sent, typed in both.items() if len(typed) == 2}
    if not both:
        pytest.skip("The only value is a yes or a no, so two editors cannot change it differently.")
    for sent, (one, two) in both.items():
        hers.type(**{sent: one})
        his.type(**{sent: two})
    saved(hers)
    assert his.save().status_code == 200
    assert his.questions
    stored = Screen(mina, row)
    assert {sent: stored.shown(sent) for sent in both} == {sent: as_shown(one) for sent, (one, _) in both.items()}
    saved(his.choose(choice))
    after = Screen(mina, row)
    wanted = 1 if choice == "mine" else 0
    assert {sent: after.shown(sent) for sent in both} == {sent: as_shown(typed[wanted]) for sent, typed in both.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("model", "child"), INLINES)
def test_a_row_that_one_deleted_stays_away_and_what_the_other_typed_beside_it_is_stored(
    mina: Client, otto: Client, model: Any, child: Any
) -> None:
    row = owner_of(model, child)
    make_choices()
    hers, his = Screen(mina, row), Screen(otto, row)
    rows = list(cells(hers, child))
    if len(rows) < 2:
        pytest.skip("There is one row at most.")
    delete = rows[0][0].sent.removesuffix(rows[0][0].name) + "DELETE"
    typed = {cell.sent: alternatives(cell.name, cell.box, hers.shown(cell.sent))[0] for cell in rows[1]}
    saved(hers.type(**{delete: "on"}))
    saved(his.type(**typed))
    after = Screen(mina, row)
    (left,) = cells(after, child)
    assert [after.shown(cell.sent) for cell in left] == [as_shown(value) for value in typed.values()]
