"""No writer forgets the keys by which names are compared, searched for and sorted."""

from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from clusters.models import Cluster
from musicdb.editing import Edit, bulk_edit, merge
from musicdb.history.restore import restore_deleted, revert
from musicdb.imports.undo import undo
from musicdb.models import Album, AlbumLabel, Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias, Track
from musicdb.search import keyed_models, outdated_keys, refresh_keys
from tests.admin.helpers import alias_rows, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, stored_run
from tests.imports.files import net_file, net_row
from tests.imports.library import assert_keys_are_right, exported, run, wipe

NAMES = ("Beyoncé’s 007", "The “Ärzte”", "DON’T", "사랑 ガール", "Straße № 10", "L'Été")


def fill() -> None:
    """Import tracks, albums, artists, labels and genres whose names have other keys than themselves."""
    rows = [
        net_row(
            n, **{"Track Name": name, "Album Name": name, "Artist Name(s)": name, "Record Label": name, "Genres": name}
        )
        for n, name in enumerate(NAMES)
    ]
    run(net_file(*rows))


def edit(row: Any, name: str) -> None:
    setattr(row, row.slug_source, name)
    row.save()


@pytest.mark.django_db(transaction=True)
def test_after_each_way_of_writing(admin_user: User, admin_client: Client) -> None:
    fill()
    assert_keys_are_right()
    assert Track.objects.get(search_key="dont").sort_key == "dont"
    for model in (Genre, Artist, Label, Album, Track):
        row = model.objects.get(search_key="dont")
        edit(row, "Née ’Do’")
        assert_keys_are_right()
        revert(row.history.last(), admin_user)
        assert model.objects.get(pk=row.pk).search_key == "dont"
        assert_keys_are_right()
    undo_second = run(
        net_file(net_row(0, **{"Track Name": "ÉTÉ", "Album Name": "The Ünder", "Artist Name(s)": "An Ö"}))
    )
    assert_keys_are_right()
    undo(undo_second.record, admin_user)
    assert_keys_are_right()
    assert Track.objects.filter(search_key="beyonces 007").exists()
    for model in (Genre, Artist, Label):
        survivor, other, *_ = model.objects.all()
        merge(survivor, [other], admin_user)
        assert survivor.aliases.get().search_key == other.search_key
        assert_keys_are_right()
    # Whatever an editor may change in bulk, names as well.
    bulk_edit(Track.objects.all(), Edit({"title": "Ünison"}), admin_user)
    assert Track.objects.filter(search_key="unison").count() == len(NAMES)
    assert_keys_are_right()
    label = Label.objects.get(name="Straße № 10")
    data = {"name": "Früh", "visibility": "automatic", **alias_rows({"name": "Spät’s"})}
    assert admin_client.post(page_of(Label, "change", label.pk), data).status_code == 302
    assert LabelAlias.objects.get(search_key="spats").target == label
    AlbumLabel.objects.filter(label=label).delete()
    label.refresh_from_db()
    label.delete()
    restored = restore_deleted(Label.history.first(), admin_user)
    assert Label.objects.get(search_key="fruh") == restored
    assert LabelAlias.objects.get(search_key="spats").target == restored
    assert_keys_are_right()
    file = exported(".zip")
    wipe()
    run(file)
    assert Artist.objects.count() == len(NAMES) - 1
    assert_keys_are_right()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "column"),
    [
        (GenreFactory, "name"),
        (ArtistFactory, "name"),
        (LabelFactory, "name"),
        (AlbumFactory, "title"),
        (TrackFactory, "title"),
    ],
)
def test_after_the_calls_of_the_orm(factory: Any, column: str) -> None:
    row = factory(**{column: "Élan"})
    model = type(row)
    assert (row.search_key, row.sort_key) == ("elan", "elan")
    setattr(row, column, "The Ülk 9")
    row.save(update_fields=[column])
    assert model.objects.get(search_key="the ulk 9").sort_key == "ulk!19 the"
    model.objects.filter(pk=row.pk).update(**{column: "Ægir"})
    assert list(outdated_keys(model)) == []
    row = model.objects.only("pk", column).get(search_key="ægir")
    setattr(row, column, "Øre")
    model.objects.bulk_update([row], [column])
    assert list(outdated_keys(model)) == []
    model.objects.bulk_create([model(**{column: "Ünder"}, slug="under")])
    assert_keys_are_right()
    with pytest.raises(TypeError, match="expression"):
        model.objects.update(**{column: model.objects.values(column)[:1]})


@pytest.mark.django_db
@pytest.mark.parametrize("alias", [GenreAlias, ArtistAlias, LabelAlias])
def test_an_alias_has_them(alias: Any) -> None:
    target = {GenreAlias: GenreFactory, ArtistAlias: ArtistFactory, LabelAlias: LabelFactory}[alias]()
    alias.objects.create(target=target, name="The Bjørk")
    assert alias.objects.get(search_key="the bjork").sort_key == "bjork the"


@pytest.mark.django_db
def test_the_longest_names_fit() -> None:
    for letter in ("한", "𠮷", "🎤", "ﷺ", "a", "!"):
        for row in (TrackFactory(title=letter * 500, album=None), LabelFactory(name=letter * 300)):
            found = type(row).objects.get(pk=row.pk)
            assert len(found.sort_key.encode()) <= 500
            assert found in type(row).objects.search(letter * 100)
    assert_keys_are_right()


def namekeys() -> list[str]:
    out = StringIO()
    call_command("namekeys", stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
def test_another_set_of_articles_is_applied_by_a_command(settings: LazySettings) -> None:
    for name in ("Die Ärzte", "Blur", "The Cure"):
        ArtistFactory(name=name)
    LabelFactory(name="Die Eins")
    assert [artist.name for artist in Artist.objects.all()] == ["Blur", "The Cure", "Die Ärzte"]
    assert namekeys() == ["All keys are up to date."]
    settings.SORT_ARTICLES = ["Die"]
    assert namekeys() == ["artists: 2 brought up to date.", "labels: 1 brought up to date.", "All keys are up to date."]
    assert [artist.name for artist in Artist.objects.all()] == ["Die Ärzte", "Blur", "The Cure"]
    assert namekeys() == ["All keys are up to date."]


def test_every_table_with_names_has_them() -> None:
    names = {model.__name__ for model in keyed_models()}
    assert names >= {"Genre", "GenreAlias", "Artist", "ArtistAlias", "Label", "LabelAlias", "Album", "Track"}


def test_each_key_is_compared_with_its_own_name(db: None) -> None:
    found = stored_run(GenreFactory(), {1: [TrackFactory()], 2: [TrackFactory()]})
    found.clusters.update(name="Été", suggested_name="Live")
    assert list(outdated_keys(Cluster)) == []
    first = found.clusters.get(number=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clusters_cluster SET suggested_key = '' WHERE id = %s", [first.pk])
    assert list(outdated_keys(Cluster)) == [(first.pk, "suggested_name", "Live")]
    assert refresh_keys(Cluster) == 1
    first.refresh_from_db()
    assert (first.search_key, first.suggested_key) == ("ete", "live")
