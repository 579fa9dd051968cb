"""What belongs to each model of the catalogue: its child rows, its aliases, how its names are compared.

History, merge, bulk edit, import, undo and redirects treat a row together with the rows that belong to it, and read
here which those are. Child rows that are declared here are recorded, compared, restored and merged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from musicdb.db import in_batches, insert
from musicdb.models.aliases import Alias, ArtistAlias, GenreAlias, LabelAlias
from musicdb.models.catalogue import Album, AlbumLabel, Artist, Genre, Label, SluggedModel, Track, TrackArtist
from musicdb.models.name_keys import KeyField


@dataclass(frozen=True)
class ChildRelation:
    """A table whose rows join owners to their members, as ``TrackArtist`` joins tracks to their artists.

    ``name`` is the owner's many-to-many field, and the column of a version that has the members' keys. ``owner`` and
    ``member`` are the foreign keys. Where the rows are ordered, they have a ``position``.
    """

    name: str
    through: type[models.Model]
    owner: str
    member: str
    is_ordered: bool = True

    @cached_property
    def owner_model(self) -> type[SluggedModel]:
        return self._related(self.owner)

    @cached_property
    def member_model(self) -> type[SluggedModel]:
        return self._related(self.member)

    @cached_property
    def is_protected(self) -> bool:
        """Whether a member cannot be deleted while an owner has it. If not, the owner loses it."""
        field: Any = self.through._meta.get_field(self.member)
        return field.remote_field.on_delete is models.PROTECT

    @cached_property
    def reverse_name(self) -> str:
        """The name of the member's relation to its owners, such as ``tracks``."""
        field: Any = self.owner_model._meta.get_field(self.name)
        return str(field.remote_field.related_name)

    @cached_property
    def order(self) -> str:
        """The column that orders the members of an owner: that of their keys where there is no position."""
        return "position" if self.is_ordered else f"{self.member}_id"

    def members(self, owners: Iterable[int]) -> dict[int, list[int]]:
        """Return the members' keys by owner, in order, for each of ``owners``. One query a batch."""
        found: dict[int, list[int]] = {}
        for batch in in_batches(owners):
            found.update((owner, []) for owner in batch)
            rows = self.through._default_manager.filter(**{f"{self.owner}__in": batch})
            for owner, member in rows.order_by(f"{self.owner}_id", self.order).values_list(self.owner, self.member):
                found[owner].append(member)
        return found

    def replace(self, members: Mapping[int, Sequence[int]]) -> None:
        """Give each owner these members in place of those that it has."""
        # No two rows of an owner may share a position even for a moment, so all of its rows are written anew.
        for batch in in_batches(members):
            self.through._default_manager.filter(**{f"{self.owner}__in": batch}).delete()
        self.add(members)

    def add(self, members: Mapping[int, Sequence[int]]) -> None:
        """Give owners that have no members these ones."""
        insert(
            self.through,
            [self.owner, self.member, *(["position"] if self.is_ordered else [])],
            (
                (owner, member, position) if self.is_ordered else (owner, member)
                for owner, keys in members.items()
                for position, member in enumerate(keys)
            ),
        )

    def owners_of(self, members: Iterable[int]) -> list[int]:
        """Return the keys of the owners that have any of ``members``."""
        rows = self.through._default_manager.filter(**{f"{self.member}__in": list(members)})
        return list(rows.order_by(f"{self.owner}_id").values_list(self.owner, flat=True).distinct())

    def _related(self, name: str) -> type[SluggedModel]:
        field: Any = self.through._meta.get_field(name)
        model: type[SluggedModel] = field.related_model
        return model


@dataclass(frozen=True)
class Aggregate:
    """A model of the catalogue with what belongs to its rows.

    ``alias`` is the model of its aliases. ``unique_name`` is the column by which the database compares names where no
    two rows may share one, and None where they may. Aliases are unique by the same column.
    """

    model: type[SluggedModel]
    child_relations: tuple[ChildRelation, ...] = ()
    alias: type[Alias] | None = None
    unique_name: str | None = None

    @property
    def name(self) -> str:
        """The name of the model, such as ``Track``."""
        return self.model.__name__

    @property
    def name_field(self) -> str:
        return self.model.slug_source

    @property
    def versions(self) -> Any:
        """All versions of all rows."""
        return self.model.history  # type: ignore[attr-defined]

    @cached_property
    def columns(self) -> "list[models.Field[Any, Any]]":
        """The columns of a row, without its primary key and what is derived from another column."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if not field.primary_key and not isinstance(field, KeyField)
        ]

    @cached_property
    def unique_columns(self) -> "list[models.Field[Any, Any]]":
        return [field for field in self.columns if field.unique]

    @cached_property
    def foreign_keys(self) -> "list[models.Field[Any, Any]]":
        return [field for field in self.columns if field.is_relation]

    @cached_property
    def alias_columns(self) -> list[str]:
        """The columns that say what an alias is and what leads to it."""
        if self.alias is None:
            return []
        return [
            field.name
            for field in self.alias._meta.concrete_fields
            if field.name not in {"id", "target"} and not isinstance(field, KeyField)
        ]

    def child_relation(self, name: str) -> ChildRelation:
        """Return the child relation that is called ``name``, such as ``artists``."""
        return next(relation for relation in self.child_relations if relation.name == name)

    @cached_property
    def uses(self) -> tuple[ChildRelation, ...]:
        """The child relations in which a row of this model is the member."""
        relations = (relation for owner in CATALOGUE for relation in owner.child_relations)
        return tuple(relation for relation in relations if relation.member_model is self.model)

    @cached_property
    def unprotected_uses(self) -> tuple[ChildRelation, ...]:
        """The uses that a deletion ends without an error: the owners lose the row that is deleted."""
        return tuple(relation for relation in self.uses if not relation.is_protected)

    @cached_property
    def own_tables(self) -> frozenset[type[models.Model]]:
        """The models of the rows that belong to a row and are deleted with it."""
        aliases = {self.alias} if self.alias else set()
        relations = (*self.child_relations, *self.unprotected_uses)
        return frozenset({relation.through for relation in relations} | aliases)


# In the order in which rows are created: what others point at comes first.
CATALOGUE = (
    Aggregate(Genre, alias=GenreAlias, unique_name="name_key"),
    Aggregate(Artist, alias=ArtistAlias),
    Aggregate(Label, alias=LabelAlias, unique_name="name"),
    Aggregate(Album, child_relations=(ChildRelation("labels", AlbumLabel, "album", "label"),)),
    Aggregate(
        Track,
        child_relations=(
            ChildRelation("artists", TrackArtist, "track", "artist"),
            ChildRelation("genres", Track.genres.through, "track", "genre", is_ordered=False),
        ),
    ),
)
# What points at others is deleted before them.
DELETION_ORDER = CATALOGUE[::-1]

_BY_MODEL: dict[type[models.Model], Aggregate] = {aggregate.model: aggregate for aggregate in CATALOGUE}


def aggregate_of(model: type[models.Model]) -> Aggregate:
    """Return what belongs to ``model``, which must be one of the catalogue."""
    return _BY_MODEL[model]
