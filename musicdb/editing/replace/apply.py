"""Carry out a find and replace, as one change that can be undone as a whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.admin.utils import model_ngettext
from django.contrib.auth.models import AbstractBaseUser
from django.db import Error

from musicdb import history
from musicdb.db import explain, in_batches, retry_on_deadlock, update
from musicdb.editing.bulk_edit import BATCH, BulkEditError, label_of, log_changes
from musicdb.editing.replace.plan import Replacement, ReplacePlan
from musicdb.editing.replace.search import Search
from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions
from musicdb.models import GroupedChange
from musicdb.models.aggregates import aggregate_of
from musicdb.models.former_names import keep_former_names
from musicdb.models.history import ChangeType

MAX_QUOTED = 60


@dataclass
class Replaced:
    """How many rows were ``changed``, and by which ``change``.

    ``stale`` names the rows that were left out because somebody has changed or deleted them since the preview.
    ``not_kept`` says, a sentence each, which former names did not become aliases.
    """

    changed: int = 0
    change: GroupedChange | None = None
    stale: list[str] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)


def find_replace(
    plan: ReplacePlan,
    shown: Mapping[int, str],
    left_out: Collection[int],
    user: AbstractBaseUser,
    *,
    keeps_former_names: bool,
) -> Replaced:
    """Change the rows of ``plan`` as a person has confirmed them, in one transaction.

    ``shown`` are the digests of the changes that the person saw, by key, and ``left_out`` the keys of those that were
    not confirmed. A row whose change is another one by now is left alone. Each row that changes gets a version in its
    history. Raises BulkEditError, with nothing changed.
    """
    now = {row.key: row for row in plan.possible}
    confirmed = [key for key in shown if key not in left_out]
    rows = [now[key] for key in confirmed if key in now and now[key].digest == shown[key]]
    same = {row.key for row in rows}
    stale = _names_of(plan.model, [key for key in confirmed if key not in same])
    try:
        done = retry_on_deadlock(lambda: _write(plan, rows, user, keeps_former_names))
    except Error as error:
        raise BulkEditError(f"{explain(error)} Nothing was changed.") from error
    done.stale[:0] = stale
    return done


def _write(
    plan: ReplacePlan, rows: Sequence[Replacement], user: AbstractBaseUser, keeps_former_names: bool
) -> Replaced:
    model, done = plan.model, Replaced()
    name_field = aggregate_of(model).name_field
    for batch in in_batches(rows, BATCH):
        locked = model._default_manager.select_for_update().filter(pk__in=[row.key for row in batch]).order_by("pk")
        objs = {obj.pk: obj for obj in locked}
        # Somebody may have saved one between the plan and the lock.
        writing = [
            row
            for row in batch
            if row.key in objs and all(getattr(objs[row.key], name) == text for name, text in row.before.items())
        ]
        keys = [row.key for row in writing]
        done.stale += _names_of(model, {row.key for row in batch}.difference(keys))
        if not writing:
            continue
        if done.change is None:
            done.change = GroupedChange.objects.create(
                kind=ChangeType.ACTION, model_name=model.__name__, made_by_id=user.pk
            )
        history.baseline(model, keys)
        update(
            model,
            plan.fields,
            (
                (*(row.after.get(name, getattr(objs[row.key], name)) for name in plan.fields), row.key)
                for row in writing
            ),
        )
        if keeps_former_names:
            former = {row.key: row.before[name_field] for row in writing if name_field in row.after}
            done.not_kept += keep_former_names(model, former)
        history.record_updates(model, keys, history.Change(ChangeType.ACTION, user, group=done.change))
        log_changes(model, {objs[row.key]: list(row.after) for row in writing}, user)
        done.changed += len(writing)
    if done.change is not None:
        done.change.summary = _summary(plan, done.changed, set(chain.from_iterable(row.after for row in rows)))
        done.change.save(update_fields=["summary"])
    return done


def _summary(plan: ReplacePlan, number: int, fields: Collection[str]) -> str:
    labels = ", ".join(label_of(plan.model, name).lower() for name in plan.fields if name in fields)
    return f"{_what(plan.search)} in {number:,} {model_ngettext(plan.model._meta, number)}: {labels}."


def _what(search: Search) -> str:
    find, by = (
        f"“{text[:MAX_QUOTED]}{'…' if len(text) > MAX_QUOTED else ''}”" for text in (search.find, search.replace)
    )
    return f"Replaced {find} by {by}" if search.replace else f"Removed {find}"


def _names_of(model: Any, keys: Iterable[int]) -> list[str]:
    """Return the names of rows, of those that are gone the last one."""
    names: dict[int, str] = {}
    for batch in in_batches(keys):
        found = dict(model._default_manager.filter(pk__in=batch).values_list("pk", model.slug_source))
        last = last_versions(model, [key for key in batch if key not in found])
        names |= {
            key: found[key] if key in found else name_of(last[key]) for key in batch if key in found or key in last
        }
    return list(names.values())
