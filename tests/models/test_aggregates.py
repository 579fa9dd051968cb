"""What belongs to each model: declared once, and in agreement with the tables."""

from typing import Any

import pytest
from django.db.models.deletion import CASCADE, get_candidate_relations_to_delete

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import CATALOGUE, DELETION_ORDER, Aggregate, ChildRelation, aggregate_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, PlaylistFactory, TrackFactory

each_aggregate = pytest.mark.parametrize("aggregate", CATALOGUE, ids=lambda aggregate: aggregate.name)
RELATIONS = [relation for aggregate in CATALOGUE for relation in aggregate.child_relations]
each_relation = pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)


@each_aggregate
def test_every_row_that_goes_with_a_row_is_declared(aggregate: Aggregate) -> None:
    """A model that belongs to a row and is not declared would be neither recorded nor restored nor merged."""
    relations: Any = get_candidate_relations_to_delete(aggregate.model._meta)
    found = {
        relation.related_model
        for relation in relations
        if relation.on_delete is CASCADE and relation.related_model._meta.app_label == "musicdb"
    }
    assert found == aggregate.own_tables


@each_aggregate
def test_a_version_has_a_column_for_everything_that_belongs_to_a_row(aggregate: Aggregate) -> None:
    columns = {field.name for field in aggregate.versions.model._meta.concrete_fields}
    belongings = {relation.name for relation in aggregate.child_relations}
    belongings |= {use.reverse_name for use in aggregate.unprotected_uses}
    belongings |= {"aliases"} if aggregate.alias else set()
    assert columns >= {field.name for field in aggregate.columns} | belongings


@each_aggregate
def test_an_alias_leads_to_its_model(aggregate: Aggregate) -> None:
    if aggregate.alias:
        assert aggregate.alias._meta.get_field("target").related_model is aggregate.model


@each_relation
def test_a_relation_is_that_of_the_many_to_many_field(relation: ChildRelation) -> None:
    field: Any = relation.owner_model._meta.get_field(relation.name)
    assert field.remote_field.through is relation.through
    assert (field.m2m_field_name(), field.m2m_reverse_field_name()) == (relation.owner, relation.member)
    assert relation.is_ordered is any(column.name == "position" for column in relation.through._meta.fields)


def test_rows_are_deleted_before_what_they_point_at() -> None:
    order = [aggregate.model for aggregate in DELETION_ORDER]
    for aggregate in CATALOGUE:
        pointed_at = [field.related_model for field in aggregate.foreign_keys]
        pointed_at += [relation.member_model for relation in aggregate.child_relations]
        assert all(order.index(aggregate.model) < order.index(model) for model in pointed_at)


def test_who_uses_what() -> None:
    uses = {aggregate.model: [use.name for use in aggregate.uses] for aggregate in CATALOGUE}
    assert uses == {
        Genre: ["genres"],
        Artist: ["artists", "artists"],
        Label: ["labels"],
        Album: [],
        Track: ["tracks"],
        Playlist: [],
    }
    assert [use.name for use in aggregate_of(Genre).unprotected_uses] == ["genres"]
    assert not aggregate_of(Artist).unprotected_uses


@pytest.mark.django_db
@each_relation
def test_members_are_read_and_replaced_in_order(relation: ChildRelation) -> None:
    factories: dict[Any, Any] = {
        Artist: ArtistFactory,
        Genre: GenreFactory,
        Label: LabelFactory,
        Track: TrackFactory,
    }
    one, two, three = (factories[relation.member_model]() for _ in range(3))
    make = {Track: TrackFactory, Album: AlbumFactory, Playlist: PlaylistFactory}[relation.owner_model]
    owner, other, bare = (make(**{relation.name: members}) for members in ([two, one], [one], []))

    def in_order(*rows: Any) -> list[int]:
        keys = [row.pk for row in rows]
        return keys if relation.is_ordered else sorted(keys)

    keys = [owner.pk, other.pk, bare.pk]
    assert relation.members(keys) == {owner.pk: in_order(two, one), other.pk: [one.pk], bare.pk: []}
    assert relation.owners_of([one.pk]) == [owner.pk, other.pk]
    relation.replace({owner.pk: [three.pk, two.pk], bare.pk: [three.pk]})
    assert relation.members(keys) == {
        owner.pk: in_order(three, two),
        other.pk: [one.pk],
        bare.pk: [three.pk],
    }
