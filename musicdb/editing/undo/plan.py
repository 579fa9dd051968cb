"""Find out what the undo of a merge would put back, and what stands in its way. Writes nothing."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from musicdb.editing.merge_values import values_of
from musicdb.editing.undo.owners import Owners, members_of_owners, pointing_rows
from musicdb.editing.undo.returning import (
    Returning,
    holder_of,
    merged_versions,
    named,
    problem_of_alias,
    returning_rows,
)
from musicdb.editing.undo.targets import Targets, resolved
from musicdb.editing.undo.three_way import undo_in_list, undo_in_set, without
from musicdb.history.diff import Names, ValueChange, changes_between
from musicdb.history.states import current_state
from musicdb.history.versions import last_versions, versions_before
from musicdb.models import GroupedChange
from musicdb.models.aggregates import Aggregate, Child, ChildRelation, aggregate_of
from musicdb.models.history import ChangeType


class UndoRefusedError(Exception):
    """A merge cannot be undone, and nothing was changed. ``first`` is the merge that is to be undone before it."""

    def __init__(self, message: str, first: GroupedChange | None = None) -> None:
        super().__init__(message)
        self.first = first


@dataclass
class UndoPlan:
    """What the undo of ``change`` puts back.

    ``survivor`` is the row that stayed, or None where it has been deleted since. ``now`` and ``then`` are its state
    now and after the undo, as versions that are not saved. ``members`` are the child rows that owners get, such as
    the artists of tracks, and ``pointing`` the keys of the rows that point at a merged row again, by column and row.
    ``left`` says, a sentence each, what cannot be put back and why.
    """

    change: GroupedChange
    aggregate: Aggregate
    returning: list[Returning]
    survivor: Any = None
    now: Any = None
    then: Any = None
    members: dict[ChildRelation, dict[int, list[Child]]] = field(default_factory=dict)
    pointing: dict[tuple[Aggregate, str], dict[int, list[int]]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @cached_property
    def changes(self) -> list[ValueChange]:
        """What changes in the row that stayed, as text."""
        if self.survivor is None:
            return []
        return changes_between(self.now, self.then, Names([self.now, self.then]))

    @property
    def owners(self) -> list[tuple[str, int]]:
        """How many rows of each kind get a merged row back, such as 12 tracks."""
        counts: dict[Any, int] = {}
        for use, members in self.members.items():
            counts[use.owner_model] = counts.get(use.owner_model, 0) + len(members)
        for (owner, _), by_row in self.pointing.items():
            counts[owner.model] = counts.get(owner.model, 0) + sum(map(len, by_row.values()))
        return [
            (str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural), count)
            for model, count in counts.items()
            if count
        ]


def plan_undo(change: GroupedChange, *, for_update: bool = False) -> UndoPlan:
    """Return what the undo of a merge would do. Raises UndoRefusedError.

    ``for_update`` locks the rows that it changes, which needs a transaction.
    """
    model: Any = change.model
    aggregate = aggregate_of(model)
    refuse(change)
    rows = model.objects.select_for_update() if for_update else model.objects
    survivor = rows.filter(pk=change.row).first()
    merged = merged_versions(change, aggregate)
    returning, left = returning_rows(aggregate, merged, survivor)
    if not returning:
        raise UndoRefusedError(" ".join(left) or "The history no longer has what this merge deleted.")
    plan = UndoPlan(change, aggregate, returning, survivor, left=left)
    if survivor is None:
        left.append(f"{_last_name(change)}, into which they were merged, has been deleted since, and stays deleted.")
    else:
        _plan_survivor(plan, [version for version in merged if version.id not in {row.key for row in returning}])
    owners = Owners(change, {row.key for row in returning}, left, for_update)
    plan.members = {use: members_of_owners(owners, use) for use in aggregate.uses}
    plan.pointing = {
        (owner, column): pointing_rows(owners, owner, column) for owner, column in aggregate.pointing_columns
    }
    return plan


def refuse(change: GroupedChange) -> None:
    """Raise UndoRefusedError if a merge is undone already, or a later one must be undone before it."""
    if change.kind != ChangeType.MERGE:
        raise UndoRefusedError("Only a merge can be undone as a whole.")
    if change.is_undone:
        raise UndoRefusedError(
            f"This merge was undone already{f', by {change.undone_by}' if change.undone_by else ''}."
        )
    standing = GroupedChange.objects.filter(kind=ChangeType.MERGE, model_name=change.model_name, undone_at=None)
    later = standing.filter(row=change.row, pk__gt=change.pk).order_by("-pk").first()
    if later is not None:
        raise UndoRefusedError("Others have been merged into the same row since. Undo that merge first.", later)
    model: Any = change.model
    if model.objects.filter(pk=change.row).exists():
        return
    last = last_versions(model, [change.row or 0]).get(change.row or 0)
    into = last.grouped_change if last is not None and last.change_type == ChangeType.MERGE else None
    if into is not None and not into.is_undone:
        raise UndoRefusedError("What stayed then has itself been merged since. Undo that merge first.", into)


def _last_name(change: GroupedChange) -> str:
    version = last_versions(change.model, [change.row or 0]).get(change.row or 0)
    return named(version) if version is not None else "The row"


# --- The row that stayed -----------------------------------------------------------------------------------------


def _plan_survivor(plan: UndoPlan, staying: Sequence[Any]) -> None:
    """Plan the state of the survivor. ``staying`` are the versions of the merged rows that do not return."""
    plan.now = current_state(plan.survivor)
    plan.then = copy(plan.now)
    made = plan.aggregate.versions.filter(grouped_change=plan.change, change_type=ChangeType.MERGE)
    after = made.filter(id=plan.survivor.pk).first()
    before = versions_before(plan.aggregate, [after.history_id]).get(plan.survivor.pk) if after is not None else None
    if after is None or before is None:
        plan.left.append(f"The history no longer has what {named(plan.now)} was before the merge. It stays as it is.")
        return
    _plan_columns(plan, before, after)
    for relation in plan.aggregate.child_relations:
        _plan_members(plan, relation, before, after)
    if plan.aggregate.alias:
        _plan_aliases(plan, before, after, staying)


def _plan_columns(plan: UndoPlan, before: Any, after: Any) -> None:
    attributes = {column.name: column.attname for column in plan.aggregate.columns}
    for value in values_of(plan.aggregate):
        names = [attributes[column] for column in value.columns]
        was, became, now = ([getattr(state, name) for name in names] for state in (before, after, plan.now))
        if was in (became, now):
            continue
        what = f"{value.label} of {named(plan.now)}"
        if became != now:
            plan.left.append(f"{what} has been changed since, and stays as it is.")
        elif problem := _problem(plan, value.columns[0], was[0]):
            plan.left.append(f"{what} stays as it is: {problem}")
        else:
            for name, stated in zip(names, was, strict=True):
                setattr(plan.then, name, stated)
    for column in plan.aggregate.unique_columns:
        for row in plan.returning:
            if row.columns[column.attname] and row.columns[column.attname] == getattr(plan.then, column.attname):
                plan.left.append(f"The {column.verbose_name} of “{row.name}” stays that of {named(plan.now)}.")
                row.columns[column.attname] = None


def _problem(plan: UndoPlan, name: str, value: Any) -> str:
    """Return why the survivor cannot have a value again that it had, or an empty string if it can."""
    column = next(column for column in plan.aggregate.columns if column.name == name)
    if value is None:
        return ""
    if column.is_relation:
        related: Any = column.related_model
        there = related._default_manager.filter(pk=value).exists()
        return "" if there else f"the {related._meta.verbose_name} that it had has been deleted since."
    if column.unique and (holder := holder_of(plan.aggregate, name, value, plan.survivor)):
        return f"“{value}” is that of “{holder}” now."
    return ""


def _plan_members(plan: UndoPlan, relation: ChildRelation, before: Any, after: Any) -> None:
    was, became, now = (relation.stated(state) for state in (before, after, plan.now))
    if was == became:
        return
    put_back, complete = (undo_in_list if relation.is_ordered else undo_in_set)(was, became, now)
    if not complete:
        plan.left.append(f"The {relation.name} of {named(plan.now)} have been changed since, and stay as they are.")
    targets = Targets(relation.member_model, {child.member for child in put_back})
    if gone := [targets.names.get(child.member, "") for child in put_back if targets.of(child.member) is None]:
        names = ", ".join(f"“{name}”" for name in dict.fromkeys(gone))
        plan.left.append(f"{named(plan.now)} had {names} among its {relation.name}: deleted since.")
    setattr(plan.then, relation.name, relation.state(resolved(put_back, targets, relation.may_repeat)))


# --- Aliases -----------------------------------------------------------------------------------------------------


def _plan_aliases(plan: UndoPlan, before: Any, after: Any, staying: Sequence[Any]) -> None:
    """Take from the survivor the aliases that the merge gave it for rows that return, and give back what it took."""
    slugs = {version.slug for version in staying}
    theirs = [alias for version in staying for alias in version.aliases]
    given = without(without(after.aliases, before.aliases), theirs)
    surplus = [alias for alias in given if alias["slug"] not in slugs]
    kept = [_without_links(plan, alias) for alias in without(plan.now.aliases, surplus)]
    for alias in without(before.aliases, after.aliases):
        if alias not in kept:
            if problem := problem_of_alias(plan.aggregate, alias, plan.survivor):
                plan.left.append(f"The alias “{alias['name']}” of {named(plan.now)} does not come back: {problem}")
            else:
                kept.append(alias)
    plan.then.aliases = sorted(kept, key=lambda alias: str(alias["name"]))
    for row in plan.returning:
        for alias in [alias for alias in row.aliases if alias in after.aliases and alias not in plan.now.aliases]:
            row.aliases.remove(alias)
            plan.left.append(f"The alias “{alias['name']}” of “{row.name}” has been changed or deleted since.")


def _without_links(plan: UndoPlan, alias: dict[str, Any]) -> dict[str, Any]:
    """Return an alias that somebody has changed since the merge, without what leads to a row that returns."""
    for row in plan.returning:
        led = {name for name in ("slug", "spotify_id") if alias.get(name) and alias[name] == row.columns.get(name)}
        if led:
            plan.left.append(
                f"The alias “{alias['name']}” of {named(plan.now)} has been changed since. It stays, and only its "
                f"address and id go back to “{row.name}”."
            )
            return {**alias, **dict.fromkeys(led)}
    return alias
