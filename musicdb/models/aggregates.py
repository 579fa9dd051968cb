"""What belongs to each model of the catalogue: its child rows, its aliases, how its names are compared.

History, merge, bulk edit, import, undo and redirects treat a row together with the rows that belong to it, and read
here which those are. Child rows that are declared here are recorded, compared, restored and merged.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import connection, models
from django.db.models import F

from musicdb.db import DIRECT, Writer, in_batches
from musicdb.models.aliases import (
    AlbumAlias,
    Alias,
    ArtistAlias,
    GenreAlias,
    LabelAlias,
    PlaylistAlias,
    TrackAlias,
)
from musicdb.models.catalogue import Album, Artist, Genre, Label, Track
from musicdb.models.members import AlbumArtist, AlbumLabel, TrackArtist
from musicdb.models.name_keys import KeyField
from musicdb.models.playlists import Playlist, PlaylistEntry
from musicdb.models.slugged import SluggedModel


@dataclass(frozen=True, slots=True)
class Child:
    """A child row: the key of its member, and its values of the relation's ``columns``."""

    member: int
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class LostChild:
    """A child row as it was before its member was deleted. ``position`` is None where the rows have no order."""

    owner: int
    position: int | None
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ChildRelation:
    """A table whose rows join owners to their members, as ``TrackArtist`` joins tracks to their artists.

    ``name`` is the owner's many-to-many field, and the column of a version that states the rows. ``owner`` and
    ``member`` are the foreign keys. Where the rows are ordered, they have a ``position``. ``columns`` are what a row
    states besides. ``may_repeat`` is whether an owner may have a member twice.

    A version states a row without ``columns`` as the key of its member, and a row with them as an object.
    """

    name: str
    through: type[models.Model]
    owner: str
    member: str
    is_ordered: bool = True
    columns: tuple[str, ...] = ()
    may_repeat: bool = False

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
        return {owner: [child.member for child in children] for owner, children in self.children(owners).items()}

    def children(self, owners: Iterable[int]) -> dict[int, list[Child]]:
        """Return the child rows by owner, in order, for each of ``owners``. One query a batch."""
        found: dict[int, list[Child]] = {}
        for batch in in_batches(owners):
            found.update((owner, []) for owner in batch)
            rows = self._rows_of(batch).order_by(f"{self.owner}_id", self.order)
            for owner, member, *values in rows.values_list(self.owner, self.member, *self.columns):
                found[owner].append(Child(member, tuple(values)))
        return found

    def stated(self, version: Any) -> list[Child]:
        """Return the child rows that ``version`` states, in order."""
        stated = getattr(version, self.name)
        if not self.columns:
            return [Child(key) for key in stated]
        return [Child(row[self.member], self._values_in(row)) for row in stated]

    def state(self, children: Iterable[Child]) -> list[Any]:
        """Return what a version states of child rows: the inverse of ``stated``."""
        if not self.columns:
            return [child.member for child in children]
        return [{self.member: child.member, **dict(zip(self.columns, child.values, strict=True))} for child in children]

    def lost(self, version: Any) -> list[LostChild]:
        """Return the child rows that were lost by the deletion of the member that ``version`` records."""
        lost = getattr(version, self.reverse_name, None) or []
        if not self.is_ordered:
            return [LostChild(key, None) for key in lost]
        return [LostChild(row[self.owner], row["position"], self._values_in(row)) for row in lost]

    def replace(self, children: Mapping[int, Sequence[Child | int]], writer: Writer = DIRECT) -> None:
        """Give each owner these child rows in place of those that it has. A key stands for a row of that member."""
        # No two rows of an owner may share a position even for a moment, so all of its rows are written anew. Where a
        # member may repeat they keep their keys: the page of a playlist that somebody has open knows them by nothing
        # else.
        keys = self._keys(children) if self.may_repeat else {}
        writer.delete_of(self.through, self.owner, children.keys())
        self._insert(children, writer, keys)

    def add(self, children: Mapping[int, Sequence[Child | int]], writer: Writer = DIRECT) -> None:
        """Give owners that have none these child rows."""
        self._insert(children, writer, {})

    def _keys(self, owners: Iterable[int]) -> dict[tuple[int, int], list[int]]:
        """Return the keys of the child rows by owner and member, the last first. One query a batch."""
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for batch in in_batches(owners):
            rows = self._rows_of(batch).order_by(f"-{self.order}")
            for owner, member, key in rows.values_list(self.owner, self.member, "pk"):
                found[owner, member].append(key)
        return found

    def _insert(
        self, children: Mapping[int, Sequence[Child | int]], writer: Writer, keys: Mapping[tuple[int, int], list[int]]
    ) -> None:
        """Insert child rows, each with the first of the ``keys`` of its owner and member that is left, if any is."""
        fields: list[Any] = [self.through._meta.get_field(name) for name in self.columns]
        with_keys: list[Sequence[Any]] = []

        def rows() -> Iterator[Sequence[Any]]:
            for owner, of_owner in children.items():
                for position, child in enumerate(of_owner):
                    member, values = (child, ()) if isinstance(child, int) else (child.member, child.values)
                    place = (position,) if self.is_ordered else ()
                    row = (owner, member, *place, *stored(values)) if fields else (owner, member, *place)
                    if left := keys.get((owner, member)):
                        with_keys.append((left.pop(), *row))
                    else:
                        yield row

        def stored(values: Sequence[Any]) -> Iterator[Any]:
            given = values or [field.get_default() for field in fields]
            return (field.get_db_prep_save(value, connection) for field, value in zip(fields, given, strict=True))

        order = ["position"] if self.is_ordered else []
        columns = [self.owner, self.member, *order, *self.columns]
        writer.insert(self.through, columns, rows())
        if with_keys:
            writer.insert(self.through, ["id", *columns], with_keys)

    def give_back(self, member: int, lost: Iterable[LostChild]) -> None:
        """Return a member to the owners that lost it, to its places in their order. The owners must exist."""
        rows = sorted(lost, key=lambda row: (row.owner, row.position or 0))
        if not self.is_ordered:
            self.add({row.owner: [Child(member, row.values)] for row in rows})
            return
        children = self.children(dict.fromkeys(row.owner for row in rows))
        for row in rows:
            children[row.owner].insert(row.position or 0, Child(member, row.values))
        self.replace(children)

    def owners_of(self, members: Iterable[int]) -> list[int]:
        """Return the keys of the owners that have any of ``members``."""
        rows = self.through._default_manager.filter(**{f"{self.member}__in": list(members)})
        return list(rows.order_by(f"{self.owner}_id").values_list(self.owner, flat=True).distinct())

    def close_gaps(self, owners: Iterable[int]) -> None:
        """Number the rows of ``owners`` 0, 1, 2, … in their order."""
        for batch in in_batches(owners):
            locked = self._rows_of(batch).select_for_update().order_by("pk")
            by_owner = sorted(locked.values_list(self.owner, "position", "pk"))
            by_shift: defaultdict[int, list[int]] = defaultdict(list)
            for _, of_owner in groupby(by_owner, key=lambda row: row[0]):
                for place, (_, position, key) in enumerate(of_owner):
                    by_shift[position - place].append(key)
            by_shift.pop(0, None)
            # No two rows of an owner may share a position, not even for a moment.
            offset = max((position for _, position, _ in by_owner), default=0) + 1
            for keys in in_batches(key for moving in by_shift.values() for key in moving):
                self._rows(keys).update(position=F("position") + offset)
            for shift, moving in by_shift.items():
                for keys in in_batches(moving):
                    self._rows(keys).update(position=F("position") - offset - shift)

    def _rows(self, keys: Iterable[int]) -> models.QuerySet[Any]:
        return self.through._default_manager.filter(pk__in=list(keys))

    def _rows_of(self, owners: Iterable[int]) -> models.QuerySet[Any]:
        return self.through._default_manager.filter(**{f"{self.owner}__in": list(owners)})

    def _values_in(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values of ``columns`` in the JSON of a version."""
        return tuple(_from_json(self.through._meta.get_field(name), row[name]) for name in self.columns)

    def _related(self, name: str) -> type[SluggedModel]:
        field: Any = self.through._meta.get_field(name)
        model: type[SluggedModel] = field.related_model
        return model


def _from_json(field: Any, value: Any) -> Any:
    """Return a value of ``field`` as the database wrote it into JSON. SQLite writes times without their zone, UTC."""
    if not isinstance(field, models.DateTimeField) or not isinstance(value, str):
        return value
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Aggregate:
    """A model of the catalogue with what belongs to its rows.

    ``alias`` is the model of its aliases. ``unique_name`` is the column by which the database compares names where no
    two rows may share one, and None where they may. Aliases are unique by the same column. ``together`` are columns
    that say one thing together, so an undo restores all of them or none.
    """

    model: type[SluggedModel]
    child_relations: tuple[ChildRelation, ...] = ()
    alias: type[Alias] | None = None
    unique_name: str | None = None
    together: tuple[tuple[str, ...], ...] = ()

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

    @cached_property
    def key_columns(self) -> list[str]:
        """Those of ``alias_columns`` by which a row itself is found besides its name: its address and its ids."""
        own = {column.name for column in self.columns} - {"name"}
        return [column for column in self.alias_columns if column in own]

    def child_relation(self, name: str) -> ChildRelation:
        """Return the child relation that is called ``name``, such as ``artists``."""
        return next(relation for relation in self.child_relations if relation.name == name)

    @cached_property
    def uses(self) -> tuple[ChildRelation, ...]:
        """The child relations in which a row of this model is the member."""
        relations = (relation for owner in CATALOGUE for relation in owner.child_relations)
        return tuple(relation for relation in relations if relation.member_model is self.model)

    @cached_property
    def pointing_columns(self) -> "tuple[tuple[Aggregate, str], ...]":
        """The foreign keys of the catalogue that point at this model, each with the aggregate that has it."""
        return tuple(
            (owner, field.name)
            for owner in CATALOGUE
            for field in owner.foreign_keys
            if field.related_model is self.model
        )

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
    Aggregate(
        Album,
        child_relations=(
            ChildRelation("labels", AlbumLabel, "album", "label"),
            ChildRelation("artists", AlbumArtist, "album", "artist"),
        ),
        alias=AlbumAlias,
        together=(("release_date", "release_precision"),),
    ),
    Aggregate(
        Track,
        child_relations=(
            ChildRelation("artists", TrackArtist, "track", "artist"),
            ChildRelation("genres", Track.genres.through, "track", "genre", is_ordered=False),
        ),
        alias=TrackAlias,
        together=(("album", "disc_number", "track_number"),),
    ),
    Aggregate(
        Playlist,
        child_relations=(
            ChildRelation(
                "tracks", PlaylistEntry, "playlist", "track", columns=("added_at", "added_by"), may_repeat=True
            ),
        ),
        alias=PlaylistAlias,
        unique_name="name_key",
    ),
)
# What points at others is deleted before them.
DELETION_ORDER = CATALOGUE[::-1]

_BY_MODEL: dict[type[models.Model], Aggregate] = {aggregate.model: aggregate for aggregate in CATALOGUE}


def aggregate_of(model: type[models.Model]) -> Aggregate:
    """Return what belongs to ``model``, which must be one of the catalogue."""
    return _BY_MODEL[model]
