"""Undo a merge: the merged rows come back, and what pointed at them points at them again."""

from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import Error
from django.utils import timezone

from musicdb import history
from musicdb.db import explain, retry_on_deadlock
from musicdb.editing.references import restore_references
from musicdb.editing.undo.plan import UndoPlan, UndoRefusedError, plan_undo
from musicdb.history.write_back import insert_aliases, write_back
from musicdb.models import GroupedChange
from musicdb.models.history import ChangeType


def undo_merge(change: GroupedChange, user: AbstractBaseUser) -> UndoPlan:
    """Undo a merge in one transaction, as far as that is possible, and return what was put back and what was left.

    What somebody has changed since stays as it is. Raises UndoRefusedError, with nothing changed, where the merge was
    undone already, another one must be undone first, or none of the merged rows can come back.
    """
    try:
        return retry_on_deadlock(lambda: _undo(change.pk, user))
    except Error as error:
        raise UndoRefusedError(f"{explain(error)} Nothing was undone.") from error


def _undo(key: int, user: AbstractBaseUser) -> UndoPlan:
    # Of two who undo it at once, the second waits here and then reads that it is undone.
    change = GroupedChange.objects.select_for_update().get(pk=key)
    plan = plan_undo(change, for_update=True)
    survivor = plan.survivor
    what = f"{change.model._meta.verbose_name} {', '.join(f'“{row.name}”' for row in plan.returning)}"
    into = f"“{survivor}” ({survivor.slug})" if survivor is not None else "a row that has been deleted since"
    owned = [
        *((use.owner_model, list(members)) for use, members in plan.members.items()),
        *(
            (owner.model, [key for keys in by_row.values() for key in keys])
            for (owner, _), by_row in plan.pointing.items()
        ),
    ]
    for model, keys in owned:
        history.baseline(model, keys)
    with history.signals_disabled():
        if survivor is not None:
            history.baseline(change.model, [survivor.pk])
            # Before the others come back: it may have their ids.
            write_back(plan.aggregate, [plan.then])
        rows = _bring_back(plan)
        for use, members in plan.members.items():
            use.replace(members)
        for (owner, column), by_row in plan.pointing.items():
            for row, keys in by_row.items():
                owner.model._default_manager.filter(pk__in=keys).update(**{column: row})
    restore_references(change.references, change.row or 0, [row.pk for row in rows])
    change.undone_at, change.undone_by_id, change.left_behind = timezone.now(), user.pk, plan.left
    change.save(update_fields=["undone_at", "undone_by", "left_behind"])

    def undone(reason: str) -> history.Change:
        return history.Change(ChangeType.UNMERGE, user, reason, group=change)

    came_back = f"Came back: the merge into {into} was undone."
    history.record_creates(change.model, [row.pk for row in rows], undone(came_back))
    for model, keys in owned:
        history.record_updates(model, keys, undone(f"The merge of {what} into {into} was undone."))
    LogEntry.objects.log_actions(user.pk, rows, ADDITION, came_back)
    if survivor is not None:
        reason = f"The merge of {what} into this was undone."
        history.record_updates(change.model, [survivor.pk], undone(reason))
        LogEntry.objects.log_actions(user.pk, [survivor], CHANGE, reason)
    return plan


def _bring_back(plan: UndoPlan) -> list[Any]:
    """Create the merged rows with their keys, addresses, ids, child rows and aliases, and return them."""
    model: Any = plan.aggregate.model
    rows = []
    for returning in plan.returning:
        row = model(pk=returning.key, **returning.columns)
        row.save(force_insert=True)
        rows.append(row)
    for relation in plan.aggregate.child_relations:
        relation.add({row.key: row.members[relation] for row in plan.returning})
    insert_aliases(plan.aggregate, [(row.key, alias) for row in plan.returning for alias in row.aliases])
    return rows
