"""Many rows of the catalogue edited alike: written where that changes something, and left alone elsewhere."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import QuerySet
from django.utils.text import capfirst

from musicdb import history
from musicdb.db.bulk import in_batches
from musicdb.db.retries import retry_on_deadlock
from musicdb.models import Album, AlbumLabel, Track
from musicdb.models.history import ChangeType

BATCH = 500
MAX_REPR = 200


class BulkEditError(ValueError):
    """These rows cannot be edited so. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Members:
    """What becomes of the genres of tracks, or the labels of albums: ``add`` and ``remove`` some, or have ``only``
    these from now on. All are primary keys."""

    add: Sequence[int] = ()
    remove: Sequence[int] = ()
    only: Sequence[int] | None = None

    def instead_of(self, before: Sequence[int]) -> list[int]:
        """Return what a row has afterwards that had ``before``: what stays in its order, what is new at the end."""
        if self.only is not None:
            return list(dict.fromkeys(self.only))
        return list(dict.fromkeys([*(key for key in before if key not in self.remove), *self.add]))


@dataclass(frozen=True)
class Edit:
    """``columns``: values by the name of the field. ``members``: by the name of the many-to-many field."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Members] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.members)


@dataclass(frozen=True)
class _Join:
    """The table through which rows (``owner``) have what they have (``member``)."""

    rows: type[models.Model]
    owner: str
    member: str
    ordered: bool


_JOINS = {
    (Track, "genres"): _Join(Track.genres.through, "track_id", "genre_id", ordered=False),
    (Album, "labels"): _Join(AlbumLabel, "album_id", "label_id", ordered=True),
}


def bulk_edit(queryset: QuerySet[Any], edit: Edit, user: AbstractBaseUser) -> int:
    """Edit the rows of ``queryset`` and return how many that changed. All of it happens, or nothing.

    Each row that changes gets a version in its history; one that was so already gets none. A constant number of queries
    for every BATCH rows. Raises BulkEditError.
    """
    return retry_on_deadlock(lambda: _edit(queryset, edit, user))


def _edit(queryset: QuerySet[Any], edit: Edit, user: AbstractBaseUser) -> int:
    for name, members in edit.members.items():
        _lock_members(queryset.model, name, members)
    keys = list(queryset.order_by("pk").values_list("pk", flat=True).distinct())
    return sum(_edit_batch(queryset.model, batch, edit, user) for batch in in_batches(keys, BATCH))


def _lock_members(model: Any, name: str, members: Members) -> None:
    """Keep what the rows will have from being deleted or merged until they have it."""
    related = model._meta.get_field(name).related_model
    wanted = {*members.add, *(members.only or ())}
    locked = related._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if len(locked.values_list("pk")) < len(wanted):
        raise BulkEditError(
            f"Some of these {related._meta.verbose_name_plural} are no longer there: somebody may have merged or "
            "deleted them just now. Choose again."
        )


def _edit_batch(model: Any, keys: Sequence[int], edit: Edit, user: AbstractBaseUser) -> int:
    rows = list(model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk"))
    changes: dict[Any, list[str]] = {row: [] for row in rows}
    differing = _differing_in_columns(changes, edit.columns)
    becoming = {name: _becoming(model, name, changes, members) for name, members in edit.members.items()}
    changed = {row: names for row, names in changes.items() if names}
    keys = [row.pk for row in changed]
    history.baseline(model, keys)
    if differing:
        model._default_manager.filter(pk__in=differing).update(**edit.columns)
    for name, after in becoming.items():
        _write_members(_JOINS[model, name], after)
    history.record_updates(model, keys, history.Change(ChangeType.ACTION, user))
    _log(model, changed, user)
    return len(changed)


def _differing_in_columns(changes: dict[Any, list[str]], columns: Mapping[str, Any]) -> list[int]:
    """Return which rows differ in any of ``columns``, and note in ``changes`` in which."""
    differing = []
    for row, names in changes.items():
        differs = [name for name, value in columns.items() if getattr(row, name) != value]
        if differs:
            differing.append(row.pk)
            names += differs
    return differing


def _becoming(model: Any, name: str, changes: dict[Any, list[str]], members: Members) -> dict[int, list[int]]:
    """Return what the rows have afterwards that have it not yet, and note it in ``changes``."""
    join = _JOINS[model, name]
    stored = join.rows._default_manager
    order = "position" if join.ordered else "pk"
    before: defaultdict[int, list[int]] = defaultdict(list)
    owners = {row.pk: row for row in changes}
    joined = stored.filter(**{f"{join.owner}__in": owners}).order_by(join.owner, order)
    for owner, member in joined.values_list(join.owner, join.member):
        before[owner].append(member)
    after = {owner: members.instead_of(before[owner]) for owner in owners}
    for_order = list if join.ordered else set
    changing = {owner: keys for owner, keys in after.items() if for_order(keys) != for_order(before[owner])}
    for owner in changing:
        changes[owners[owner]].append(name)
    return changing


def _write_members(join: _Join, after: Mapping[int, Sequence[int]]) -> None:
    if not after:
        return
    stored = join.rows._default_manager
    # No two rows of an owner may have one position, not for a moment: they are written anew.
    stored.filter(**{f"{join.owner}__in": list(after)}).delete()
    stored.bulk_create(
        join.rows(
            **{join.owner: owner, join.member: member},
            **({"position": position} if join.ordered else {}),
        )
        for owner, members in after.items()
        for position, member in enumerate(members)
    )


def _log(model: Any, changed: Mapping[Any, Sequence[str]], user: AbstractBaseUser) -> None:
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=kind,
            object_id=str(row.pk),
            object_repr=str(row)[:MAX_REPR],
            action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": [_label(model, name) for name in names]}}]),
        )
        for row, names in changed.items()
    )


def _label(model: Any, name: str) -> str:
    return str(capfirst(model._meta.get_field(name).verbose_name))
