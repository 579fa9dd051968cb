"""Finds the genres, labels and artists that have rows of their own, and gives them the values of these rows.

A row means the entity with its Spotify id, else the one with its slug. It means one with its name if the row has no
slug, or if no two can share a name. Where that entity has been merged into another, the row means the other one, and
its values are ignored.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parsed import ParsedEntity
from musicdb.imports.records import EntityRecord
from musicdb.imports.resolvers.aliases import AliasResolver
from musicdb.imports.resolvers.named import NamedResolver


@dataclass(slots=True)
class ResolvedRow:
    """A row about an entity. ``is_merged`` is whether the row's own entity has been merged into it."""

    ref: RowRef
    entity: Entity
    is_merged: bool = False


def resolve_rows(resolver: NamedResolver, rows: Sequence[ParsedEntity]) -> Iterator[ResolvedRow | Problem]:
    """Yield what each of ``rows`` means, which are all of one model."""
    if not rows:
        return
    matcher = _RowMatcher(resolver, [row.record for row in rows if isinstance(row.record, EntityRecord)])
    # Rows without a slug come last: what they find by name alone must not be what another row finds otherwise.
    for row in sorted(rows, key=lambda row: not row.record.slug):
        if isinstance(row.record, EntityRecord):
            try:
                yield matcher.resolve(row.ref, row.record)
            except RowRefusedError as error:
                yield Problem(row.ref, error.column, error.message)


class _RowMatcher:
    def __init__(self, resolver: NamedResolver, records: Sequence[EntityRecord]) -> None:
        self._resolver, self._lookup = resolver, resolver.lookup
        aggregate = self._lookup.aggregate
        self._name_is_unique = aggregate.unique_name is not None
        self._ids = {record.spotify_id for record in records if record.spotify_id}
        self._lookup.load(
            ids=self._ids,
            slugs=(record.slug for record in records),
            names=(record.name for record in records if self._name_is_unique or not record.slug),
        )
        self._aliases = AliasResolver(aggregate)
        self._aliases.load([alias for record in records for alias in record.aliases], self._lookup.rows)
        # The rows of the file that have claimed an entity.
        self._claims: dict[Entity, RowRef] = {}

    def resolve(self, ref: RowRef, record: EntityRecord) -> ResolvedRow:
        """Return the entity of a row, with the values of the row. Raises RowRefusedError."""
        entity, is_merged = self._find(record)
        if entity is None or not is_merged:
            if entity in self._claims:
                raise RowRefusedError("", f"is the same {record.model.lower()} as {self._claims[entity]}.")
            self._refuse_taken_name(record, entity)
            aliases = self._aliases.resolve(record.aliases, entity.pk if entity else None)
            entity = self._change(entity, record) if entity else self._create(record)
            entity.aliases = aliases
            self._claims[entity] = ref
        if record.slug:
            self._resolver.assign_slug(record.slug, entity)
        return ResolvedRow(ref, entity, is_merged)

    def _find(self, record: EntityRecord) -> tuple[Entity | None, bool]:
        """Return the existing entity that a row means, and whether the row's own has been merged into it."""
        lookup, slug, spotify_id = self._lookup, record.slug, record.spotify_id
        if spotify_id:
            if entity := lookup.by_id.get(spotify_id):
                return entity, False
            if entity := lookup.by_alias_id.get(spotify_id):
                return entity, True
        for by_slug, was_merged in ((lookup.by_slug, False), (lookup.by_alias_slug, True)):
            entity = by_slug.get(slug)
            if entity and ids_agree(entity, spotify_id, self._ids):
                return entity, was_merged
        if slug and not self._name_is_unique:
            return None, False
        exact = bool(slug) and not self._lookup.ignores_case
        for entity in lookup.names.find(record.name, exact=exact):
            is_free = entity not in self._claims and ids_agree(entity, spotify_id, self._ids)
            if not entity.is_new and (is_free or self._must_be(entity, record.name)):
                return entity, False
        found = (names.find(record.name, exact=exact) for names in (lookup.alias_names, lookup.joint_names))
        target = next(chain.from_iterable(found), None)
        return target, target is not None

    def _must_be(self, entity: Entity, name: str) -> bool:
        """Return whether no other entity can have this name."""
        is_spelled_so = name in (entity.name, entity.before.get("name"))
        return self._name_is_unique and (self._lookup.ignores_case or is_spelled_so)

    def _refuse_taken_name(self, record: EntityRecord, entity: Entity | None) -> None:
        if self._name_is_unique:
            holders = self._lookup.names.find(record.name, exact=not self._lookup.ignores_case)
            if any(holder is not entity for holder in holders):
                raise RowRefusedError("name", f"“{record.name}” is the name of another {record.model.lower()}.")

    def _create(self, record: EntityRecord) -> Entity:
        return self._resolver.create(record.name, record.slug, record.spotify_id, **dict(record.values))

    def _change(self, entity: Entity, record: EntityRecord) -> Entity:
        name = entity.name
        for column, value in (("name", record.name), ("spotify_id", record.spotify_id), *record.values):
            if value is not None:
                entity.set(column, value)
        if record.spotify_id:
            self._lookup.by_id[record.spotify_id] = entity
        if entity.name != name:
            # Rows that mention it by its new name mean it.
            self._lookup.names.add(entity.name, entity, by_key=True)
        return entity


def ids_agree(entity: Entity, spotify_id: str | None, all_ids: Container[str]) -> bool:
    """Return whether a row with ``spotify_id`` can mean ``entity``.

    It cannot if the entity has another id, or one that another row of the file has: ``all_ids`` are those of the file.
    """
    its_id = entity.spotify_id
    return its_id is None or its_id == spotify_id or (spotify_id is None and its_id not in all_ids)
