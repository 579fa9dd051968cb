"""Lists all that an import would do, line by line, for the preview: what it overwrites comes first. As a CSV, too."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from musicdb.db import in_batches
from musicdb.exports.csv_injection import escape_formula, unescape_formula
from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem, RowRef
from musicdb.imports.plan import Plan
from musicdb.imports.playlists import PlannedPlaylist
from musicdb.imports.report import changed_values, first_values, kept_values
from musicdb.models import SluggedModel, Track
from musicdb.models.aggregates import aggregate_of


class Part(StrEnum):
    """What becomes of the values of a line."""

    CHANGED = "changed"
    NEW = "new"
    REMOVED = "removed"
    BAD = "bad"
    KEPT = "kept"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Line:
    """One value that an import changes, one row that it creates, one member that it removes, or one bad row.

    ``kind`` and ``name`` say of what. ``stored`` is the library's value and ``stated`` that of the file.
    """

    part: str
    file: str
    row: str
    kind: str
    name: str
    field: str
    stored: str
    stated: str
    note: str = ""


HEADINGS = ("What", "File", "Row", "Kind", "Name", "Field", "In the library", "In the file", "Note")
OVERWRITTEN = "overwritten"
FILLED = "filled"


def lines(plan: Plan, problems: Iterable[Problem]) -> Iterator[Line]:
    """Yield what ``plan`` does: overwritten values first, then filled ones, new rows, what is removed and what is bad.

    The values that are kept, and the rows that stay deleted, come last.
    """
    lister = _Lister(plan)
    yield from lister.changed(overwritten=True)
    yield from lister.changed(overwritten=False)
    yield from lister.new()
    yield from lister.removed()
    for problem in problems:
        yield Line(Part.BAD, problem.ref.file, problem.ref.number, "", "", problem.column, "", "", problem.message)
    yield from lister.kept()


def overwritten(plan: Plan) -> Iterator[Line]:
    """Yield the values of the library that ``plan`` replaces by others."""
    return _Lister(plan).changed(overwritten=True)


class _Lister:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._refs: dict[Entity, RowRef] = {}
        for row in plan.rows:
            self._refs.setdefault(row.entity, row.ref)

    def changed(self, *, overwritten: bool) -> Iterator[Line]:
        for entities in self._plan.changed.values():
            for entity in entities:
                for change in changed_values(entity):
                    if bool(change.old) is overwritten:
                        note = OVERWRITTEN if overwritten else FILLED
                        yield self._line(Part.CHANGED, entity, change.what, change.old, change.new, note)

    def new(self) -> Iterator[Line]:
        for entities in self._plan.created.values():
            for entity in entities:
                said = "; ".join(f"{change.what}: {change.new}" for change in first_values(entity))
                yield self._line(Part.NEW, entity, "", "", said)

    def removed(self) -> Iterator[Line]:
        for model, entities in self._plan.changed.items():
            for relation in aggregate_of(model).child_relations:
                for entity in entities:
                    if relation.is_ordered and not relation.may_repeat and relation.name in entity.before:
                        gone = [one for one in entity.before[relation.name] if one not in entity.values[relation.name]]
                        if gone:
                            yield self._line(
                                Part.REMOVED, entity, relation.name, ", ".join(one.name for one in gone), ""
                            )
        removals = [one for one in self._plan.playlists if one.changes.removed]
        titles = _titles(removals)
        for playlist in removals:
            for track in playlist.changes.removed:
                title = track.name if isinstance(track, Entity) else titles.get(track, "")  # type: ignore[call-overload]
                yield self._line(Part.REMOVED, playlist.entity, "tracks", title, "", "removed from the playlist")

    def kept(self) -> Iterator[Line]:
        for kept, value in zip(self._plan.kept, kept_values(self._plan), strict=True):
            if not kept.is_taken:
                change = value.change
                yield self._line(Part.KEPT, kept.entity, change.what, change.old, change.new, value.reason)
        for one in self._plan.left_deleted:
            note = "an editor deleted it; comes back, because tracks need it" if one.returns else "an editor deleted it"
            yield self._line(Part.KEPT, one.entity, "", "", "", note, one.ref)

    def _line(
        self,
        part: Part,
        entity: Entity,
        field: str,
        stored: str,
        stated: str,
        note: str = "",
        ref: RowRef | None = None,
    ) -> Line:
        ref = ref or self._refs.get(entity)
        file, row = (ref.file, ref.number) if ref else ("", "")
        return Line(part, file, row, _kind(entity.model), entity.name, field, stored, stated, note)


def _kind(model: type[SluggedModel]) -> str:
    return str(model._meta.verbose_name)


def _titles(playlists: Iterable[PlannedPlaylist]) -> Mapping[int, str]:
    keys = {key for playlist in playlists for key in playlist.changes.removed if isinstance(key, int)}
    found: dict[int, str] = {}
    for batch in in_batches(sorted(keys)):
        found.update(Track.objects.filter(pk__in=batch).values_list("pk", "title"))
    return found


# --- The lines as a file ---------------------------------------------------------------------------------------------


def write_lines(file: TextIO, written: Iterable[Line]) -> None:
    """Write lines as a CSV that a spreadsheet can open safely. Open ``file`` with newline=""."""
    writer = csv.writer(file)
    writer.writerow(HEADINGS)
    writer.writerows([escape_formula(cell) for cell in astuple(line)] for line in written)


def read_lines(file: TextIO, part: str, start: int, number: int) -> tuple[list[Line], Counter[str]]:
    """Return ``number`` lines of a part, from the one at ``start``, and how many lines each part has."""
    rows = csv.reader(file)
    next(rows, None)
    counts: Counter[str] = Counter()
    found: list[Line] = []
    for row in rows:
        counts[row[0]] += 1
        if row[0] == part and start < counts[part] <= start + number:
            found.append(Line(*map(unescape_formula, row)))
    return found, counts


def save_lines(path: Path, written: Iterable[Line]) -> None:
    """Write the file of a preview, which only the site can read."""
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_lines(file, written)
