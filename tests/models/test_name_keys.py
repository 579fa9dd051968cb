"""A name in capitals and in small letters, or with signs that look alike, is one name on every database."""

from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from musicdb.db import insert, reserve_keys, update
from musicdb.models import Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias
from musicdb.music import name_key
from tests.factories import ArtistFactory, GenreFactory, LabelFactory

pytestmark = pytest.mark.django_db
MODELS = [Genre, Artist, Label]
SPELLINGS = [("Électro", "électro"), ("Straße", "STRASSE"), ("İstanbul", "istanbul"), ("ISPARTA", "ısparta")]
SPELLINGS += [("k-pop", "k‐pop"), ("rock ’n’ roll", "Rock 'n' Roll"), ("Ｊ－ＰＯＰ", "j-pop"), ("wait…", "wait...")]


def stored_key(row: Any) -> str:
    """Return what the database has, not what the instance derives."""
    key: str = type(row)._default_manager.values_list("name_key", flat=True).get(pk=row.pk)
    return key


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
class TestGenres:
    def test_two_that_differ_in_case_or_signs_cannot_be_stored(self, one: str, other: str) -> None:
        GenreFactory(name=one)
        with pytest.raises(IntegrityError), transaction.atomic():
            Genre.objects.create(name=other, slug="other")
        with pytest.raises(ValidationError) as refused:
            Genre(name=other, slug="other").full_clean()
        genre = Genre.objects.get()
        assert refused.value.messages == [f"There is a genre of that name. It is “{one}” ({genre.slug})."]

    def test_neither_can_two_aliases(self, one: str, other: str) -> None:
        genre = GenreFactory(name="pop")
        GenreAlias.objects.create(target=genre, name=one)
        with pytest.raises(IntegrityError), transaction.atomic():
            GenreAlias.objects.create(target=genre, name=other)
        with pytest.raises(ValidationError) as refused:
            GenreAlias(target=genre, name=other).full_clean()
        assert refused.value.messages == ["This is already an alias of a genre. It leads to “pop” (pop)."]

    def test_a_genre_may_change_its_own_spelling(self, one: str, other: str) -> None:
        genre = GenreFactory(name=one)
        genre.name = other
        genre.full_clean()
        genre.save()
        assert Genre.objects.get(name_key=one) == genre


@pytest.mark.parametrize("model", MODELS)
class TestTheKeyFollowsTheName:
    def test_when_a_row_is_saved_whole_or_in_part(self, model: Any) -> None:
        row = model.objects.create(name="Électro")
        assert stored_key(row) == row.name_key == "électro"
        row.name = "ISPARTA"
        row.save(update_fields=["name"])
        assert stored_key(row) == row.name_key == "isparta"
        partial = model.objects.only("name").get(pk=row.pk)
        partial.name = "Straße"
        partial.save()
        assert stored_key(row) == "strasse"

    def test_when_rows_are_written_by_queries(self, model: Any) -> None:
        (row,) = model.objects.bulk_create([model(name="ÉTÉ", slug="a")])
        assert stored_key(row) == "été"
        row.name = "Hiver"
        model.objects.bulk_update([row], ["name"])
        assert stored_key(row) == "hiver"
        model.objects.filter(pk=row.pk).update(name="Straße")
        assert stored_key(row) == "strasse"

    def test_when_rows_are_written_in_bulk(self, model: Any) -> None:
        (key,) = reserve_keys(model, 1)
        blank = {"description": ""} if model is Genre else {"visibility": "hidden"}
        insert(model, ["id", "name", "slug", *blank], [(key, "ÉTÉ", "a", *blank.values())])
        row = model.objects.get(pk=key)
        assert stored_key(row) == "été"
        update(model, ["slug", "name"], [("b", "Straße", key)])
        assert stored_key(row) == "strasse"

    def test_when_a_fixture_is_loaded(self, model: Any) -> None:
        row = model.objects.create(name="Électro")
        text = serializers.serialize("json", [row])
        assert "name_key" not in text
        row.delete()
        for loaded in serializers.deserialize("json", text):
            loaded.save()
        assert model.objects.get(name_key="Électro").name == "Électro"

    def test_a_look_up_takes_any_spelling(self, model: Any) -> None:
        row = model.objects.create(name="Électro Straße")
        assert model.objects.get(name_key="ÉLECTRO STRASSE") == row
        assert model.objects.get(name_key__in=["E\u0301lectro strasse"]) == row


def test_no_version_keeps_the_key() -> None:
    for model in MODELS:
        assert "name_key" not in {field.name for field in model.history.model._meta.get_fields()}


def test_an_update_by_an_expression_is_refused() -> None:
    with pytest.raises(TypeError):
        Genre.objects.update(name=name_key)


def test_artists_labels_and_their_aliases_may_differ_in_case_only() -> None:
    artist, label = ArtistFactory(name="LISA"), LabelFactory(name="Polydor")
    ArtistFactory(name="LiSA")
    LabelFactory(name="POLYDOR")
    for model, target in ((ArtistAlias, artist), (LabelAlias, label)):
        for name in ("x", "X"):
            model.objects.create(target=target, name=name)
