"""Describes what an import would change, row by row, for the preview."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from musicdb.history.diff import ValueChange
from musicdb.history.values import field_label, format_both
from musicdb.imports.entities import AliasEntity, Entity
from musicdb.imports.existing import ALIASES, Kept
from musicdb.imports.messages import RowRef
from musicdb.imports.plan import Plan, PlannedRow
from musicdb.models import Album, SluggedModel, Track
from musicdb.music import FEATURE_NAMES, format_release_date

_FEATURES = frozenset(FEATURE_NAMES)
_RELEASED = ("release_date", "release_precision")
# What the report of a new row leaves out: its name heads the row, and it has no page yet.
_NOT_SHOWN = frozenset({"name", "title", "slug", "release_precision"})
# The entities that a row can create besides its own, by the column that points at them.
_CREATES = (("album", "album"), ("labels", "label"), ("artists", "artist"), ("genres", "genre"))


@dataclass(frozen=True)
class RowReport:
    """A row of a file and what it changes. ``creates`` names what it creates besides, such as "label “Kompakt”"."""

    ref: RowRef
    action: Literal["new", "changed"]
    title: str
    changes: tuple[ValueChange, ...]
    creates: tuple[str, ...]
    # The model that the row is about.
    kind: str = "track"


def row_reports(plan: Plan) -> Iterator[RowReport]:
    """Yield what each row changes, in the order of the files.

    What several rows create or change together is reported with the first of them.
    """
    reporter = _Reporter(plan)
    return map(reporter.report, plan.rows)


@dataclass(frozen=True)
class KeptField:
    """A field that keeps values of the library. ``taken`` of the ``number`` rows take the file's nevertheless."""

    name: str
    label: str
    reasons: tuple[str, ...]
    number: int
    taken: int


@dataclass(frozen=True)
class KeptValue:
    """A value of the library that the file would change. ``row`` and ``title`` say of which row."""

    row: str
    kind: str
    title: str
    change: ValueChange
    reason: str
    is_taken: bool


def kept_fields(plan: Plan) -> list[KeptField]:
    """Return what the import keeps, field by field."""
    by_field: dict[str, list[Kept]] = {}
    for one in plan.kept:
        by_field.setdefault(one.field, []).append(one)
    return [
        KeptField(
            field,
            f"{same[0].entity.model.__name__}: {_field_label(same[0])}",
            tuple(dict.fromkeys(one.reason.value for one in same)),
            len(same),
            sum(one.is_taken for one in same),
        )
        for field, same in by_field.items()
    ]


def kept_values(plan: Plan) -> Iterator[KeptValue]:
    """Yield what the import keeps, value by value."""
    for one in plan.kept:
        change = ValueChange(_field_label(one), *_texts(one.entity, one.column, one.stored, one.stated))
        yield KeptValue(one.row, one.entity.model.__name__, one.entity.name, change, one.reason.value, one.is_taken)


def _field_label(kept: Kept) -> str:
    return "aliases" if kept.column == ALIASES else _label(kept.entity.model, kept.column)


def album_reports(plan: Plan) -> list[tuple[str, tuple[ValueChange, ...]]]:
    """Return the existing albums that change, by title, with their changes."""
    return [(album.name, tuple(changed_values(album))) for album in plan.changed[Album]]


class _Reporter:
    def __init__(self, plan: Plan) -> None:
        # An entity that has a row of its own is reported there.
        self._reported = {id(row.entity) for row in plan.rows}

    def report(self, row: PlannedRow) -> RowReport:
        entity = row.entity
        changes = list(first_values(entity) if entity.is_new else changed_values(entity))
        album = entity.values.get("album") if entity.is_new or "album" in entity.before else None
        if album is not None and album.is_changed and self._is_first(album):
            changes += [
                ValueChange(f"album’s {change.what}", change.old, change.new) for change in changed_values(album)
            ]
        action: Literal["new", "changed"] = "new" if entity.is_new else "changed"
        kind = entity.model.__name__.lower()
        return RowReport(row.ref, action, entity.name, tuple(changes), tuple(self._creates(entity)), kind)

    def _creates(self, entity: Entity) -> Iterator[str]:
        for column, kind in _CREATES:
            for other in self._pointed_at(entity, column):
                if other.is_new and self._is_first(other):
                    yield f"{kind} “{other.name}”"

    def _pointed_at(self, entity: Entity, column: str) -> Sequence[Entity]:
        """Return the entities that a row newly points at by a column. Those of a track's album count as its own."""
        if entity.model is Track and column in ("labels", "artists"):
            of_album = [one for album in self._pointed_at(entity, "album") for one in album.values.get(column, ())]
            return of_album if column == "labels" else [*self._members(entity, column), *of_album]
        return self._members(entity, column)

    def _members(self, entity: Entity, column: str) -> Sequence[Entity]:
        if not entity.is_new and column not in entity.before:
            return []
        value = entity.values.get(column) or []
        return [value] if isinstance(value, Entity) else value

    def _is_first(self, entity: Entity) -> bool:
        """Return whether an entity has not been reported yet, and from now on it has."""
        if id(entity) in self._reported:
            return False
        self._reported.add(id(entity))
        return True


def first_values(entity: Entity) -> Iterator[ValueChange]:
    """Yield the values of a new row besides its name."""
    known = len(entity.values.keys() & _FEATURES)
    for column, value in entity.values.items():
        if column not in _NOT_SHOWN and column not in _FEATURES and value not in _defaults(entity.model, column):
            text = _released(entity.values) if column == "release_date" else _texts(entity, column, value, value)[1]
            yield ValueChange(_label(entity.model, column), "", text)
    if known:
        yield ValueChange("audio features", "", f"{known} of {len(_FEATURES)}")
    if entity.aliases:
        yield ValueChange("aliases", "", _names(entity.aliases))


def changed_values(entity: Entity) -> Iterator[ValueChange]:
    """Yield the values of an existing row that the import changes."""
    for column, old in entity.before.items():
        if column not in _RELEASED:
            label = "more genres" if column == "genres" else _label(entity.model, column)
            yield ValueChange(label, *_texts(entity, column, old, entity.values[column]))
    if not entity.before.keys().isdisjoint(_RELEASED):
        old_date = _released({**entity.values, **entity.before})
        yield ValueChange(_label(entity.model, "release_date"), old_date, _released(entity.values))
    if entity.aliases:
        yield ValueChange("more aliases", "", _names(entity.aliases))


def _released(values: Mapping[str, Any]) -> str:
    release_date = values.get("release_date")
    return format_release_date(release_date, values["release_precision"]) if release_date else ""


@cache
def _label(model: type[SluggedModel], column: str) -> str:
    return field_label(model._meta.get_field(column))


@cache
def _defaults(model: type[SluggedModel], column: str) -> tuple[Any, ...]:
    """Return the values of a column that are not worth mentioning in a new row."""
    field: Any = model._meta.get_field(column)
    return ([],) if field.many_to_many else (None, "", field.get_default())


def _names(entities: Iterable[Entity | AliasEntity]) -> str:
    return ", ".join(entity.name for entity in entities)


def _texts(entity: Entity, column: str, old: Any, new: Any) -> tuple[str, str]:
    """Return two values of a column as text: of the tracks of a playlist, which may be thousands, their number."""
    if column == "tracks":
        return f"{len(old):,}", f"{len(new):,}"
    shown = [_names(value) if isinstance(value, list) else value for value in (old, new)]
    shown = [value.name if isinstance(value, Entity) else value for value in shown]
    return format_both(entity.model._meta.get_field(column), *shown)
