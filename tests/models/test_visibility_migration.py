"""The upgrade from "public or not" to a visibility shows nothing that was not shown, and goes back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from musicdb.models import Artist, Label, SavedFilter, SiteSettings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE, AFTER = ("musicdb", "0004_names_as_readers_see_them"), ("musicdb", "0005_visibility")


def migrate(target: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.fixture(autouse=True)
def _back_to_the_newest() -> Iterator[None]:
    yield
    to_the_newest()


def to_the_newest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def visibilities(model: Any) -> dict[str, str]:
    return dict(model.objects.values_list("name", "visibility"))


def test_a_library_that_is_there_shows_what_it_showed() -> None:
    user = User.objects.create_user("editor")
    old = migrate(BEFORE)
    for name, is_public in (("Public", True), ("Not", False)):
        for model in ("Artist", "Label"):
            old.get_model("musicdb", model).objects.create(name=name, slug=name.lower(), is_public=is_public)
            old.get_model("musicdb", f"Historical{model}").objects.create(
                id=1,
                name=name,
                slug=name.lower(),
                is_public=is_public,
                history_date="2026-01-01T00:00Z",
                history_type="+",
                change_type="edit",
            )
    for value in (0, 1):
        old.get_model("musicdb", "SavedFilter").objects.create(
            owner_id=user.pk, model_label="musicdb.label", name=f"f{value}", query=f"q=a&is_public__exact={value}&o=2"
        )
    migrate(AFTER)
    for model in (Artist, Label):
        assert visibilities(model) == {"Public": "shown", "Not": "automatic"}
        assert visibilities(model.history.model) == {"Public": "shown", "Not": "automatic"}  # type: ignore[attr-defined]
        assert [row.name for row in model.objects.visible()] == ["Public"]
    assert SiteSettings.objects.get().page_rule == "none"
    assert list(SavedFilter.objects.order_by("name").values_list("query", flat=True)) == [
        "q=a&visibility__exact=automatic&o=2",
        "q=a&visibility__exact=shown&o=2",
    ]


def test_a_new_database_shows_all() -> None:
    migrate(BEFORE)
    migrate(AFTER)
    to_the_newest()
    Artist.objects.create(name="One")
    assert not SiteSettings.objects.exists()
    assert Artist.objects.visible().exists()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("all", {"shown", "automatic"}), ("tracks", {"shown"}), ("liked", {"shown"}), ("none", {"shown"})],
)
def test_back_again(rule: str, expected: set[str]) -> None:
    SiteSettings.objects.create(page_rule=rule)
    for model in (Artist, Label):
        for visibility in ("shown", "automatic", "hidden"):
            model.objects.create(name=visibility, visibility=visibility)
    old = migrate(BEFORE)
    for name in ("Artist", "Label"):
        rows = old.get_model("musicdb", name).objects.filter(is_public=True)
        assert set(rows.values_list("name", flat=True)) == expected
