"""Edit many rows of the catalogue in the same way. Rows that are so already are left alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.text import capfirst

from musicdb import history
from musicdb.db import in_batches, retry_on_deadlock
from musicdb.models.aggregates import ChildRelation, aggregate_of
from musicdb.models.history import ChangeType

BATCH = 500
MAX_REPR = 200


class BulkEditError(ValueError):
    """These rows cannot be edited this way. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Members:
    """How the genres of tracks or the labels of albums change: ``add`` and ``remove`` some, or have ``only`` these.

    All are primary keys.
    """

    add: Sequence[int] = ()
    remove: Sequence[int] = ()
    only: Sequence[int] | None = None

    def instead_of(self, before: Sequence[int]) -> list[int]:
        """Return what a row that had ``before`` has afterwards: what stays in its order, then what is new."""
        if self.only is not None:
            return list(dict.fromkeys(self.only))
        return list(dict.fromkeys([*(key for key in before if key not in self.remove), *self.add]))


@dataclass(frozen=True)
class Edit:
    """``columns`` are values by the name of the field, ``members`` changes by that of the many-to-many field."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Members] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.members)


def bulk_edit(queryset: QuerySet[Any], edit: Edit, user: AbstractBaseUser) -> int:
    """Edit the rows of ``queryset`` in one transaction, and return how many of them changed.

    Each row that changes gets a version in its history. The number of queries is constant for every BATCH rows. Raises
    BulkEditError.
    """
    return retry_on_deadlock(lambda: _edit(queryset, edit, user))


def _edit(queryset: QuerySet[Any], edit: Edit, user: AbstractBaseUser) -> int:
    aggregate = aggregate_of(queryset.model)
    relations = {aggregate.child_relation(name): members for name, members in edit.members.items()}
    for relation, members in relations.items():
        _lock_members(relation, members)
    keys = list(queryset.order_by("pk").values_list("pk", flat=True).distinct())
    return sum(_edit_batch(queryset.model, batch, edit.columns, relations, user) for batch in in_batches(keys, BATCH))


def _lock_members(relation: ChildRelation, members: Members) -> None:
    """Keep what the rows will have from being deleted or merged until they have it."""
    model = relation.member_model
    wanted = {*members.add, *(members.only or ())}
    locked = model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if len(locked.values_list("pk")) < len(wanted):
        raise BulkEditError(
            f"Some of these {model._meta.verbose_name_plural} no longer exist: somebody may have merged or deleted "
            "them just now. Choose again."
        )


def _edit_batch(
    model: Any,
    keys: Sequence[int],
    columns: Mapping[str, Any],
    relations: Mapping[ChildRelation, Members],
    user: AbstractBaseUser,
) -> int:
    rows = {row.pk: row for row in model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")}
    differing = _differing_columns(rows, columns)
    becoming = {relation: _new_members(relation, rows, members) for relation, members in relations.items()}
    changes = {key: [*differing.get(key, ())] for key in rows}
    for relation, members in becoming.items():
        for key in members:
            changes[key].append(relation.name)
    changed = {key: names for key, names in changes.items() if names}
    history.baseline(model, changed)
    if differing:
        model._default_manager.filter(pk__in=differing).update(**columns)
    for relation, members in becoming.items():
        relation.replace(members)
    history.record_updates(model, changed, history.Change(ChangeType.ACTION, user))
    _log(model, {rows[key]: names for key, names in changed.items()}, user)
    return len(changed)


def _differing_columns(rows: Mapping[int, Any], columns: Mapping[str, Any]) -> dict[int, list[str]]:
    """Return by key the columns in which a row differs. Rows that do not differ are left out."""
    found = {key: [name for name, value in columns.items() if getattr(row, name) != value] for key, row in rows.items()}
    return {key: names for key, names in found.items() if names}


def _new_members(relation: ChildRelation, keys: Mapping[int, Any], members: Members) -> dict[int, list[int]]:
    """Return by key the members of each row whose members change."""
    before = relation.members(keys)
    after = {key: members.instead_of(before[key]) for key in keys}
    comparable = list if relation.is_ordered else set
    return {key: wanted for key, wanted in after.items() if comparable(wanted) != comparable(before[key])}


def _log(model: Any, changed: Mapping[Any, Sequence[str]], user: AbstractBaseUser) -> None:
    content_type = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=content_type,
            object_id=str(row.pk),
            object_repr=str(row)[:MAX_REPR],
            action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": [_label(model, name) for name in names]}}]),
        )
        for row, names in changed.items()
    )


def _label(model: Any, name: str) -> str:
    return str(capfirst(model._meta.get_field(name).verbose_name))
