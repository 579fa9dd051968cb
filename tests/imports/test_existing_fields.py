"""What an editor did stays: import, correct, import again, and nothing is lost. Field by field, for every model."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.imports import Source
from musicdb.imports.options import Existing
from musicdb.imports.report import kept_values
from musicdb.models import Album, Track
from musicdb.models.aggregates import CATALOGUE, Aggregate
from musicdb.models.history import ChangeType
from tests.db.shared import once_for_the_module
from tests.imports.full_library import edit, full_library, target, value_of
from tests.imports.library import run, state

pytestmark = pytest.mark.django_db

FIELDS = [
    pytest.param(aggregate, column, id=f"{aggregate.name}.{column.name}")
    for aggregate in CATALOGUE
    for column in aggregate.columns
    if column.name != "slug" and not column.is_relation
]


library = once_for_the_module(full_library)


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="editor")


@pytest.mark.parametrize(("aggregate", "column"), FIELDS)
class TestEveryField:
    def test_what_an_editor_set_stays(self, library: Source, editor: User, aggregate: Aggregate, column: Any) -> None:
        row = target(aggregate, column.name)
        edit(row, editor, **{column.name: value_of(column, 1)})
        edited = state()
        run(library)
        # A file that has another Spotify id is about another row, as for every import. This one stays nevertheless.
        assert column.name == "spotify_id" or state() == edited
        row.refresh_from_db()
        assert getattr(row, column.name) == value_of(column, 1)

    @pytest.mark.slow
    def test_what_an_editor_emptied_stays_empty(
        self, library: Source, editor: User, aggregate: Aggregate, column: Any
    ) -> None:
        if not column.blank or column.name in ("release_precision", "rule"):
            pytest.skip("This column is never empty by itself.")
        empty = None if column.null else ""
        edit(target(aggregate, column.name), editor, **{column.name: empty, **precision_of(column, empty)})
        edited = state()
        run(library)
        assert state() == edited

    def test_what_an_import_set_is_updated(self, library: Source, aggregate: Aggregate, column: Any) -> None:
        imported = state()
        row = target(aggregate, column.name)
        edit(row, None, ChangeType.PROGRAM, **{column.name: value_of(column, 1)})
        run(library)
        # A Spotify id that differs is that of another track, artist or album.
        assert column.name == "spotify_id" or state() == imported

    @pytest.mark.slow
    def test_overwriting_takes_the_files_value(
        self, library: Source, editor: User, aggregate: Aggregate, column: Any
    ) -> None:
        if column.name == "spotify_id":
            pytest.skip("A Spotify id that differs is that of another row.")
        imported = state()
        edit(target(aggregate, column.name), editor, **{column.name: value_of(column, 1)})
        run(library, existing=Existing.OVERWRITE)
        assert state() == imported


def precision_of(column: Any, empty: Any) -> dict[str, Any]:
    return {"release_precision": ""} if column.name == "release_date" else {}


RELATIONS = [
    pytest.param(aggregate, relation.name, id=f"{aggregate.name}.{relation.name}")
    for aggregate in CATALOGUE
    for relation in aggregate.child_relations
]


@pytest.mark.parametrize(("aggregate", "name"), RELATIONS)
class TestEveryRelation:
    @pytest.mark.parametrize("keep", [0, 1, 2], ids=["none", "one", "another order"])
    def test_the_members_that_an_editor_chose_stay(
        self, library: Source, editor: User, aggregate: Aggregate, name: str, keep: int
    ) -> None:
        row = target(aggregate, name)
        relation = aggregate.child_relation(name)
        members: Any = relation.member_model._default_manager
        present = [members.get(pk=key) for key in relation.members([row.pk])[row.pk]]
        edit(row, editor, **{name: present[::-1][:keep]})
        edited = state()
        outcome = run(library)
        assert state() == edited
        # Where the members differ from the file's, the preview says how.
        assert all(one.change.new for one in kept_values(outcome.plan))

    @pytest.mark.parametrize("overwrites", [False, True], ids=["by field", "all"])
    def test_what_a_reader_takes_from_the_file_is_the_files(
        self, library: Source, editor: User, aggregate: Aggregate, name: str, overwrites: bool
    ) -> None:
        imported = state()
        edit(target(aggregate, name), editor, **{name: []})
        options = {"existing": Existing.OVERWRITE} if overwrites else {"take_fields": (f"{aggregate.name}.{name}",)}
        run(library, **options)
        assert state() == imported


@pytest.mark.parametrize("aggregate", CATALOGUE, ids=lambda one: one.name)
def test_only_new_rows_leaves_every_value_whoever_set_it(library: Source, aggregate: Aggregate) -> None:
    row = target(aggregate, "")
    columns = [one.values[1] for one in FIELDS if one.values[0] is aggregate]
    values = {one.name: value_of(one, 1) for one in columns if one.name not in ("rule", "spotify_id")}
    edit(row, None, ChangeType.PROGRAM, **values, **{one.name: [] for one in aggregate.child_relations})
    changed = state()
    run(library, existing=Existing.SKIP)
    assert state() == changed


def test_another_album_of_a_track_stays(library: Source, editor: User) -> None:
    edit(Track.objects.get(slug="text-0"), editor, album=Album.objects.get(title="B"))
    edited = state()
    run(library)
    assert state() == edited


@pytest.mark.parametrize("aggregate", CATALOGUE, ids=lambda one: one.name)
def test_an_alias_that_an_editor_deleted_stays_away(library: Source, editor: User, aggregate: Aggregate) -> None:
    row = next(row for row in aggregate.model._default_manager.all() if row.aliases.exists())  # type: ignore[attr-defined]
    history.baseline(aggregate.model, [row.pk])
    row.aliases.all().delete()  # type: ignore[attr-defined]
    history.record_updates(aggregate.model, [row.pk], history.Change(ChangeType.EDIT, editor))
    edited = state()
    run(library)
    assert state() == edited
    run(library, take_fields=(f"{aggregate.name}.aliases",))
    assert state() != edited
