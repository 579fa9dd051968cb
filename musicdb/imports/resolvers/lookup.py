"""Finds rows of the catalogue by what files say of them: Spotify id, slug, name, or one of these of an alias.

A lookup is asked for many rows at once (``load``) and then answers for each, so that the number of queries grows with
batches and not with rows.
"""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Value

from musicdb.db import in_batches, one_of
from musicdb.imports.entities import Entity
from musicdb.models import Album, SluggedModel
from musicdb.models.aggregates import aggregate_of
from musicdb.models.name_keys import SortKeyField
from musicdb.music import name_key, plain_spelling

_SORT_KEY: "SortKeyField[str, str]" = Album._meta.get_field("sort_key")


def insert(entities: list[Entity], entity: Entity, earlier: Container[int | None]) -> None:
    """Add an entity to those among which the first is meant.

    A row that an earlier part of the import has created, one of the keys ``earlier``, has the place that it would have
    as a new one: behind all rows that the import found, and in front of those that it creates after it.
    """
    place = len(entities)
    if entity.pk in earlier:
        behind = (
            position
            for position, other in enumerate(entities)
            if other.is_new or (other.pk in earlier and (other.pk or 0) > (entity.pk or 0))
        )
        place = next(behind, place)
    entities.insert(place, entity)


class NameIndex:
    """Entities by name: those that are spelled exactly so, those that look alike, and those that differ in case."""

    def __init__(self, earlier: Container[int | None]) -> None:
        self._earlier = earlier
        self._exact: dict[str, list[Entity]] = {}
        # By the plain spelling, where that is not the name itself. Few names have such signs.
        self._by_plain: dict[str, list[Entity]] = {}
        self._by_key: dict[str, list[Entity]] = {}

    def add(self, name: str, entity: Entity, *, by_key: bool) -> None:
        insert(self._exact.setdefault(name, []), entity, self._earlier)
        if (plain := plain_spelling(name)) != name:
            insert(self._by_plain.setdefault(plain, []), entity, self._earlier)
        if by_key:
            insert(self._by_key.setdefault(name_key(name), []), entity, self._earlier)

    def spelled(self, name: str) -> Sequence[Entity]:
        """Return the entities that are spelled exactly so."""
        return self._exact.get(name, ())

    def alike(self, name: str) -> Sequence[Entity]:
        """Return the entities whose names look like ``name``."""
        plain = plain_spelling(name)
        return (*self._exact.get(plain, ()), *self._by_plain.get(plain, ()))

    def with_key(self, name: str) -> Sequence[Entity]:
        """Return the entities whose names have the same key, and may differ in case."""
        return self._by_key.get(name_key(name), ()) if self._by_key else ()

    def find(self, name: str, *, exact: bool = False) -> Sequence[Entity]:
        if (found := self.spelled(name)) or exact:
            return found
        return self.alike(name) or self.with_key(name)


class Lookup:
    """The rows of one model that have been loaded or created, by what leads to each.

    What leads to a row by way of an alias is kept apart: a row's own name, slug and id take precedence.
    ``earlier`` are the keys of the rows that earlier parts of the import have created.
    """

    def __init__(self, model: type[SluggedModel], earlier: Container[int | None] = frozenset()) -> None:
        self.model = model
        self.earlier = earlier
        self.aggregate = aggregate_of(model)
        self._columns = [column.name for column in self.aggregate.columns]
        self._has_id = "spotify_id" in self._columns
        self._alias: Any = self.aggregate.alias
        # Case counts in titles. Albums have no keys of names, but titles that look alike are sorted alike.
        self._is_keyed = self.aggregate.name_field == "name"
        # Two new names that differ in case are two artists or labels, but one genre.
        self.ignores_case = self.aggregate.unique_name == "name_key"
        self.rows: dict[int, Entity] = {}
        self.by_id: dict[str, Entity] = {}
        self.by_slug: dict[str, Entity] = {}
        self.names = NameIndex(earlier)
        self.by_alias_id: dict[str, Entity] = {}
        self.by_alias_slug: dict[str, Entity] = {}
        self.by_alias_upc: dict[str, Entity] = {}
        self._by_alias = {"spotify_id": self.by_alias_id, "slug": self.by_alias_slug, "upc": self.by_alias_upc}
        self.alias_names = NameIndex(earlier)
        # Joint names, which mean several artists. See ``JointNames``.
        self.joint_names = NameIndex(earlier)
        self._has_joint_names = "joint_position" in self.aggregate.alias_columns

    def load(
        self,
        *,
        keys: Iterable[int] = (),
        ids: Iterable[str | None] = (),
        slugs: Iterable[str | None] = (),
        names: Iterable[str] = (),
        upcs: Iterable[str] = (),
    ) -> list[Entity]:
        """Load the rows that have any of these, or an alias that has. Return those that were not there yet.

        Two queries a batch of each kind. Only albums have UPCs.
        """
        loaded: list[Entity] = []
        for batch in in_batches(key for key in keys if key not in self.rows):
            loaded += self._load(self._rows(pk__in=one_of(batch)))
        for batch in in_batches(dict.fromkeys(slug for slug in slugs if slug)):
            loaded += self._load(self._rows(slug__in=one_of(batch)))
            loaded += self._load_aliases("slug", batch)
        for batch in in_batches(dict.fromkeys(one for one in ids if one)):
            loaded += self._load(self._rows(spotify_id__in=one_of(batch)))
            if self._has_id:
                loaded += self._load_aliases("spotify_id", batch)
        for batch in in_batches(dict.fromkeys(upcs)):
            loaded += self._load(self._rows(upc__in=one_of(batch)))
            loaded += self._load_aliases("upc", batch)
        for named in in_batches(dict.fromkeys(map(plain_spelling, names))):
            loaded += self._load_named(named)
            loaded += self._load_aliases("name", list(dict.fromkeys(map(name_key, named))))
        return loaded

    def known(self, pk: int, name: str, spotify_id: str | None = None) -> Entity:
        """Return the entity of a row that a join has found."""
        if (entity := self.rows.get(pk)) is None:
            values: dict[str, Any] = {self.aggregate.name_field: name}
            if self._has_id:
                values["spotify_id"] = spotify_id
            entity = self._add(pk, values)
        return entity

    def add(self, entity: Entity, *, by_key: bool = False) -> None:
        """Add an entity that is new, or has a new name. ``by_key`` lets names that differ in case find it, too."""
        self.names.add(entity.name, entity, by_key=by_key)
        if entity.spotify_id:
            self.by_id[entity.spotify_id] = entity

    def named(self, name: str, *, exact: bool = False) -> Sequence[Entity]:
        """Return the entities of this name, in the order in which they are meant.

        The exact spelling takes precedence, then one that looks alike, be it of a name or of an alias.
        """
        own, by_alias = self.names.spelled(name), self.alias_names.spelled(name)
        if own or by_alias:
            return (*own, *by_alias) if by_alias else own
        if exact:
            return ()
        alike = (*self.names.alike(name), *self.alias_names.alike(name))
        return alike or (*self.names.with_key(name), *self.alias_names.with_key(name))

    def _rows(self, **condition: Any) -> QuerySet[Any]:
        return self.model._default_manager.filter(**condition).order_by("pk")

    def _load_named(self, plain: Sequence[str]) -> list[Entity]:
        """Load the rows whose names look like one of ``plain``, in any case where rows have keys of names."""
        if self._is_keyed:
            return self._load(self._rows(name_key__in=one_of(dict.fromkeys(map(name_key, plain)))))
        derive = _SORT_KEY.derive
        return self._load(self._rows(sort_key__in=one_of(dict.fromkeys(map(derive, plain)))), frozenset(plain))

    def _load(self, rows: QuerySet[Any], plain: Container[str] | None = None) -> list[Entity]:
        """Load ``rows``, of which those are left out whose names do not look like one of ``plain`` if that is given."""
        loaded = []
        for pk, *columns in rows.values_list("pk", *self._columns):
            values = dict(zip(self._columns, columns, strict=True))
            if plain is not None and plain_spelling(values[self.aggregate.name_field]) not in plain:
                continue
            if (entity := self.rows.get(pk)) is None:
                entity = self._add(pk, values)
                loaded.append(entity)
            elif "slug" not in entity.values:
                # Until now it was known by its name alone.
                entity.values = {**values, **entity.values}
            self.by_slug[values["slug"]] = entity
        return loaded

    def _add(self, pk: int, values: dict[str, Any]) -> Entity:
        entity = self.rows[pk] = Entity(self.model, values, pk)
        self.add(entity, by_key=self._is_keyed and (self.ignores_case or pk not in self.earlier))
        return entity

    def _load_aliases(self, column: str, batch: list[str]) -> list[Entity]:
        """Load the aliases that have any of these. Return the rows that they led to and that were not there yet.

        A row that has a name key is known by its name and id alone. Of others all columns are read.
        """
        if self._alias is None:
            return []
        condition = {"name_key__in" if column == "name" else f"{column}__in": one_of(batch)}
        name = f"target__{self.aggregate.name_field}"
        target = ["target", name, *(["target__spotify_id"] if self._has_id else [])]
        joint = F("joint_position") if self._has_joint_names else Value(None, IntegerField())
        aliases = self._alias._default_manager.filter(**condition).order_by("pk")
        rows = list(aliases.values_list(column, joint, *target))
        loaded: list[Entity] = []
        if rows and not self._is_keyed:
            loaded = self._load(self._rows(pk__in=one_of({key for _, _, key, *_ in rows})))
        for value, joint_position, *row in rows:
            entity = self.known(*row)
            if column == "name":
                index = self.alias_names if joint_position is None else self.joint_names
                if entity not in index.spelled(value):
                    index.add(value, entity, by_key=self._is_keyed)
            else:
                self._by_alias[column][value] = entity
        return loaded
