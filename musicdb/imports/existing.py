"""Decides what an import may change in rows that exist: the only place that asks who set a value.

A plan is made as if the file were right everywhere. ``keep_existing`` then takes back what the import may not change,
and lists it. It asks the history only about rows that the plan changes, so a first import asks nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from musicdb import history
from musicdb.imports.entities import Entity
from musicdb.imports.options import Existing, ImportOptions
from musicdb.models import SluggedModel
from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.music import FEATURE_NAMES, format_release_date, name_key

ALIASES = "aliases"
SOURCE = "features_source"
# The columns that are one field for a reader, by the name of the field.
_FIELDS = {"release_date": ("release_date", "release_precision")}
_FIELD_OF = {column: name for name, columns in _FIELDS.items() for column in columns}
# Names, each as NUL, and what joins names.
_JOINED = re.compile(r"(?:\0|[\s,;&/|+]|\b(?:and|feat\.?|ft\.?|with|x|vs\.?)(?!\w))+")
_NOTHING_DECIDED = history.SetByPeople()


class Reason(StrEnum):
    """Why a value is kept."""

    EDITOR = "an editor set it"
    REMOVED = "an editor removed it"
    FEWER = "the file names only some of them"
    AS_ONE = "the file names several of them as one"


@dataclass(frozen=True)
class Kept:
    """A value of the library that the file would change.

    ``column`` names the field. ``stored`` and ``stated`` are the values of the library and of the file. ``is_taken`` is
    whether the reader of the preview takes the file's nevertheless.
    """

    entity: Entity
    column: str
    stored: Any
    stated: Any
    reason: Reason
    is_taken: bool

    @property
    def field(self) -> str:
        """The name of the field in ``ImportOptions.take_fields``."""
        return f"{self.entity.model.__name__}.{self.column}"

    @property
    def row(self) -> str:
        """The name of the row in ``ImportOptions.take_rows``."""
        return f"{self.entity.model.__name__}.{self.entity.pk}"


def keep_existing(changed: Mapping[type[SluggedModel], Sequence[Entity]], options: ImportOptions) -> list[Kept]:
    """Take back what the import may not change in the ``changed`` rows, and return what that is.

    Where all that exists is to be left as it is, nothing is listed. Two queries a batch of each model that changes.
    """
    kept: list[Kept] = []
    if options.existing is Existing.OVERWRITE:
        return kept
    for model, entities in changed.items():
        if options.existing is Existing.SKIP:
            for entity in entities:
                entity.keep_all()
        elif entities:
            decided = history.set_by_people(model, [entity.pk for entity in entities if entity.pk is not None])
            aggregate = aggregate_of(model)
            for entity in entities:
                row = _Row(aggregate, entity, decided.get(entity.pk or 0, _NOTHING_DECIDED), options)
                kept += row.keep()
    return kept


class _Row:
    """An existing row that an import would change, and what people decided about it."""

    def __init__(
        self, aggregate: Aggregate, entity: Entity, decided: history.SetByPeople, options: ImportOptions
    ) -> None:
        self._entity, self._decided, self._options = entity, decided, options
        relations = aggregate.child_relations
        # Relations to which an import adds, and those that it replaces. A playlist may well lose tracks.
        self._additive = {one.name for one in relations if not one.is_ordered}
        self._replaced = {one.name for one in relations if one.is_ordered and not one.may_repeat}

    def keep(self) -> Iterator[Kept]:
        before = self._entity.before
        had_features = not before.keys().isdisjoint(FEATURE_NAMES)
        for field in dict.fromkeys(_FIELD_OF.get(column, column) for column in before):
            if field in self._additive:
                yield from self._keep_removed(field)
            elif reason := self._reason(field):
                yield self._keep_field(field, reason)
        yield from self._keep_removed_aliases()
        # Where the features come from says nothing about those that stay.
        if had_features and SOURCE in before and before.keys().isdisjoint(FEATURE_NAMES):
            self._entity.keep(SOURCE)

    def _reason(self, field: str) -> Reason | None:
        """Return why the import may not change a field, and None if it may."""
        if not self._decided.values.isdisjoint(_FIELDS.get(field, (field,))):
            return Reason.EDITOR
        if field in self._replaced and set(self._entity.values[field]) < set(self._entity.before[field]):
            return Reason.FEWER
        if field in self._replaced and _names_as_one(self._entity.values[field], self._entity.before[field]):
            return Reason.AS_ONE
        return None

    def _keep_field(self, field: str, reason: Reason) -> Kept:
        entity, is_taken = self._entity, self._is_taken(field)
        stored, stated = _value({**entity.values, **entity.before}, field), _value(entity.values, field)
        if not is_taken:
            for column in entity.before.keys() & set(_FIELDS.get(field, (field,))):
                entity.keep(column)
        return Kept(entity, field, stored, stated, reason, is_taken)

    def _keep_removed(self, field: str) -> Iterator[Kept]:
        entity, removed = self._entity, self._decided.removed.get(field, set())
        refused = [member for member in entity.values[field] if member.pk in removed]
        if refused:
            is_taken = self._is_taken(field)
            if not is_taken:
                entity.drop(field, refused)
            yield Kept(entity, field, [], refused, Reason.REMOVED, is_taken)

    def _keep_removed_aliases(self) -> Iterator[Kept]:
        entity, removed = self._entity, self._decided.removed.get(ALIASES, set())
        refused = [alias for alias in entity.aliases if alias.pk is None and alias.name in removed]
        if refused:
            is_taken = self._is_taken(ALIASES)
            if not is_taken:
                entity.aliases = [alias for alias in entity.aliases if alias not in refused]
            yield Kept(entity, ALIASES, [], refused, Reason.REMOVED, is_taken)

    def _is_taken(self, field: str) -> bool:
        model = self._entity.model.__name__
        return (
            f"{model}.{field}" in self._options.take_fields or f"{model}.{self._entity.pk}" in self._options.take_rows
        )


def _names_as_one(stated: Sequence[Entity], stored: Sequence[Entity]) -> bool:
    """Return whether a file has one name, such as "A, B", where the library has several."""
    others = [one for one in stated if one not in stored]
    names = sorted((name_key(one.name) for one in stored), key=len, reverse=True)
    return bool(others) and len(stated) < len(stored) and all(_consists_of(one.name, names) for one in others)


def _consists_of(name: str, names: Sequence[str]) -> bool:
    """Return whether ``name`` has two of ``names``, the longest first, and nothing else but what joins names."""
    text = name_key(name)
    for part in names:
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "\0", text)
    return text.count("\0") > 1 and _JOINED.fullmatch(text) is not None


def _value(values: Mapping[str, Any], field: str) -> Any:
    if field != "release_date":
        return values.get(field)
    return format_release_date(values[field], values["release_precision"]) if values.get(field) else ""
