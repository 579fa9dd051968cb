"""Merge what two editors did to one form, who both began with the same values.

A value that only one of them changed is taken from that one. A value that both changed differently is a conflict.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from musicdb.admin.change_form.snapshot import Row, Rows, Snapshot, Values

Choice = Literal["mine", "theirs"]
ONLY_ROW = "one"


@dataclass(frozen=True)
class Place:
    """What can differ: a field of the form; a field of a row; a row, which is there or not; the order of rows."""

    prefix: str = ""
    row: str = ""
    field: str = ""

    def __str__(self) -> str:
        return "/".join((self.prefix, self.row, self.field))


@dataclass(frozen=True)
class Conflict:
    """A value that both editors changed. None stands for a row that is not there."""

    place: Place
    was: Values | dict[str, Values] | list[Row] | None
    theirs: Values | dict[str, Values] | list[Row] | None
    mine: Values | dict[str, Values] | list[Row] | None


@dataclass
class Merged:
    """What is to be saved. ``kept`` are the places where only the other editor changed something."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    kept: list[Place] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def merge(was: Snapshot, now: Snapshot, mine: Snapshot, formsets: Iterable[Rows]) -> Merged:
    """Merge ``now``, which others saved, with ``mine``, where both began with ``was``. In a conflict, mine stands."""
    merged = Merged()
    for name, value in mine.fields.items():
        stored = now.fields[name]
        merged.snapshot.fields[name] = _merge_value(
            merged, Place(field=name), was.fields.get(name, stored), stored, value
        )
    for rows in formsets:
        prefix = rows.prefix
        merged.snapshot.rows[prefix] = _merge_rows(
            merged, rows, was.rows.get(prefix, []), now.rows[prefix], mine.rows[prefix]
        )
    return merged


def give_way(was: Snapshot, mine: Snapshot, places: Iterable[str], formsets: Iterable[Rows]) -> None:
    """Undo in ``mine`` what it changed of ``was`` at ``places``."""
    wanted = set(places)
    for name in mine.fields:
        if str(Place(field=name)) in wanted and name in was.fields:
            mine.fields[name] = was.fields[name]
    for rows in formsets:
        prefix = rows.prefix
        before, _, typed = _identify(rows, was.rows.get(prefix, []), [], mine.rows[prefix])
        if str(Place(prefix)) in wanted:
            order = _weave(list(before), list(typed), typed)
            typed = {key: typed[key] for key in order}
        for key, row in before.items():
            if str(Place(prefix, key)) in wanted:
                typed.setdefault(key, row)
        for key in [key for key in typed if str(Place(prefix, key)) in wanted and key not in before]:
            del typed[key]
        for key, row in typed.items():
            for name in row.values:
                if str(Place(prefix, key, name)) in wanted and key in before:
                    row.values[name] = before[key].values[name]
        mine.rows[prefix] = list(typed.values())


def _merge_value(merged: Merged, place: Place, was: Values, now: Values, mine: Values) -> Values:
    if mine == was and now != was:
        merged.kept.append(place)
        return now
    if now not in (was, mine):
        merged.conflicts.append(Conflict(place, was, now, mine))
    return mine


def _merge_rows(merged: Merged, rows: Rows, was: list[Row], now: list[Row], mine: list[Row]) -> list[Row]:
    prefix = rows.prefix
    before, stored, typed = _identify(rows, was, now, mine)
    found: dict[str, Row] = {}
    for key in dict.fromkeys([*typed, *stored]):
        old, theirs, own = before.get(key), stored.get(key), typed.get(key)
        if theirs is not None and own is not None:
            base = old.values if old else rows.blank if rows.is_single else theirs.values
            values = {
                name: _merge_value(merged, Place(prefix, key, name), base[name], theirs.values[name], value)
                for name, value in own.values.items()
            }
            found[key] = Row(theirs.key, values)
        elif theirs is not None and old is None:
            merged.kept.append(Place(prefix, key))
            found[key] = theirs
        elif theirs is not None and old is not None and theirs.values != old.values:
            merged.conflicts.append(Conflict(Place(prefix, key), old.values, theirs.values, None))
        elif own is not None and theirs is None:
            if old is not None and own.values == old.values:
                merged.kept.append(Place(prefix, key))
                continue
            # The stored row is gone. What was typed makes a new one.
            key = _new_key(own, found) if old is not None else key
            found[key] = Row("", own.values)
            if old is not None:
                merged.conflicts.append(Conflict(Place(prefix, key), old.values, None, own.values))
    if not rows.is_ordered:
        return list(found.values())
    return [found[key] for key in _merge_order(merged, prefix, before, stored, typed, found)]


def _merge_order(
    merged: Merged,
    prefix: str,
    was: dict[str, Row],
    now: dict[str, Row],
    mine: dict[str, Row],
    found: dict[str, Row],
) -> list[str]:
    common = found.keys() & was.keys() & now.keys() & mine.keys()
    before, stored, typed = ([key for key in rows if key in common] for rows in (was, now, mine))
    if typed == before:
        if stored != before:
            merged.kept.append(Place(prefix))
        return _weave(list(now), list(mine), found)
    if stored not in (before, typed):
        conflict = Conflict(Place(prefix), *([rows[key] for key in rows] for rows in (was, now, mine)))
        merged.conflicts.append(conflict)
    return _weave(list(mine), list(now), found)


def _weave(leading: Sequence[str], other: Sequence[str], keys: Iterable[str]) -> list[str]:
    """Return ``keys`` in the order of ``leading``. What only ``other`` has comes after what stands before it there, and
    at the end if nothing follows it there."""
    wanted = list(keys)
    order = [key for key in leading if key in wanted]
    known = {key for key in other if key in order}
    previous = ""
    for place, key in enumerate(other):
        if key in wanted and key not in order:
            at_the_end = known.isdisjoint(other[place:])
            order.insert(len(order) if at_the_end else order.index(previous) + 1 if previous else 0, key)
        previous = key if key in order else previous
    return order + [key for key in wanted if key not in order]


def _identify(
    rows: Rows, was: Sequence[Row], now: Sequence[Row], mine: Sequence[Row]
) -> tuple[dict[str, Row], dict[str, Row], dict[str, Row]]:
    """Return the rows by what tells them apart, so that the same row has the same key in each of the three.

    Rows are the same if they have the same primary key, or if one is as the other, which is gone.
    """
    if rows.is_single:
        return _only(was), _only(now), _only(mine)
    before = {row.key: row for row in was}
    gone = [row for row in was if row.key not in {one.key for one in now}]
    stored: dict[str, Row] = {}
    for row in now:
        # An import writes all rows anew.
        twin = next((one for one in gone if one.values == row.values), None) if row.key not in before else None
        if twin is not None:
            gone.remove(twin)
        stored[twin.key if twin else row.key] = row
    typed: dict[str, Row] = {}
    added = {key: row for key, row in stored.items() if key not in before}
    for row in mine:
        twin_key = next((key for key, one in added.items() if not row.key and one.values == row.values), None)
        if twin_key is not None:
            del added[twin_key]
        typed[row.key or twin_key or _new_key(row, typed)] = row
    return before, stored, typed


def _only(rows: Sequence[Row]) -> dict[str, Row]:
    return {ONLY_ROW: rows[0]} if rows else {}


def _new_key(row: Row, taken: Iterable[str]) -> str:
    digest = sha256(json.dumps(row.values, sort_keys=True).encode()).hexdigest()[:12]
    number = sum(key.startswith(f"+{digest}") for key in taken)
    return f"+{digest}.{number}"
