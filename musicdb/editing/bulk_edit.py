"""Edit many rows of the catalogue in the same way. Rows that are so already are left alone."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import model_ngettext
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, QuerySet
from django.utils.text import capfirst, get_text_list

from musicdb import history
from musicdb.db import in_batches, retry_on_deadlock
from musicdb.models import Album, GroupedChange, Track
from musicdb.models.aggregates import ChildRelation, aggregate_of
from musicdb.models.history import ChangeType
from musicdb.progress import Progress, no_progress

BATCH = 500
MAX_REPR = 200
# As many as a request can preview before a server gives it up.
MAX_ROWS = 20_000
# No album has this key: it stands for the one that an edit makes.
NEW_ALBUM = 0


class BulkEditError(ValueError):
    """These rows cannot be edited this way. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Members:
    """How the genres or artists of tracks, or the labels or artists of albums, change.

    ``add`` and ``remove`` some, or have ``only`` these, in this order. All are primary keys.
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
    """``columns`` are values by the column, ``members`` changes by the name of the many-to-many field.

    ``new_album`` is the title of a new album to which tracks move.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Members] = field(default_factory=dict)
    new_album: str = ""

    def __bool__(self) -> bool:
        return bool(self.columns or self.members or self.new_album)

    @property
    def all_columns(self) -> dict[str, Any]:
        """The columns with the album, whose key is NEW_ALBUM as long as it is not made."""
        return {**self.columns, "album_id": NEW_ALBUM} if self.new_album else dict(self.columns)


@dataclass(frozen=True)
class Edited:
    """How many rows an edit ``changed``, the change by which it can be undone, and the albums without tracks now."""

    changed: int
    change: GroupedChange | None = None
    emptied: Sequence[Album] = ()


@dataclass(frozen=True)
class Differences:
    """What an edit changes in ``rows``, by their keys: the columns that differ, and the members that they get."""

    rows: Mapping[int, Any]
    columns: Mapping[int, Sequence[str]]
    members: Mapping[ChildRelation, Mapping[int, Sequence[int]]]

    @property
    def changed(self) -> dict[int, list[str]]:
        """The names of what changes in each row, by its key. Rows that do not change are left out."""
        names = {key: [*self.columns.get(key, ())] for key in self.rows}
        for relation, members in self.members.items():
            for key in members:
                names[key].append(relation.name)
        return {key: of_row for key, of_row in names.items() if of_row}


def bulk_edit(queryset: QuerySet[Any], edit: Edit, user: AbstractBaseUser) -> Edited:
    """Edit the rows of ``queryset`` in one transaction.

    Each row that changes gets a version in its history, and all of these are one change. The number of queries is
    constant for every BATCH rows. Raises BulkEditError, also for more than MAX_ROWS rows.
    """
    return bulk_edit_rows(queryset.model, keys_of(queryset), edit, user)


def bulk_edit_rows(
    model: Any, keys: Sequence[int], edit: Edit, user: AbstractBaseUser, progress: Progress = no_progress
) -> Edited:
    """Edit the rows that have ``keys``, as ``bulk_edit`` does."""
    return retry_on_deadlock(lambda: _edit(model, keys, edit, user, progress))


def relations_of(model: Any, edit: Edit) -> dict[ChildRelation, Members]:
    """Return how the child rows of ``model`` change."""
    aggregate = aggregate_of(model)
    return {aggregate.child_relation(name): members for name, members in edit.members.items()}


def keys_of(queryset: QuerySet[Any]) -> list[int]:
    """Return the keys of the rows in order. Raises BulkEditError where they are too many."""
    keys = list(queryset.order_by("pk").values_list("pk", flat=True).distinct())
    if len(keys) > MAX_ROWS:
        kinds = queryset.model._meta.verbose_name_plural
        raise BulkEditError(
            f"You can edit at most {MAX_ROWS:,} {kinds} at once, and these are {len(keys):,}. Narrow the list with a "
            "filter, and edit one part after the other."
        )
    return keys


def differences_in(rows: Mapping[int, Any], edit: Edit) -> Differences:
    """Compare rows of one model with what the edit makes of them. One query for each relation that it changes."""
    if not rows:
        return Differences(rows, {}, {})
    model = type(next(iter(rows.values())))
    becoming = {
        relation: _new_members(relation, rows, members) for relation, members in relations_of(model, edit).items()
    }
    return Differences(rows, _differing_columns(rows, edit.all_columns), becoming)


def albums_of_at_most(tracks: Mapping[int, int]) -> list[Album]:
    """Return those albums that have no more tracks than ``tracks`` says, which are numbers by the albums' keys."""
    counts: dict[int, int] = {}
    for batch in in_batches(tracks):
        rows = Track.objects.filter(album__in=batch).order_by().values("album").annotate(number=Count("pk"))
        counts.update(rows.values_list("album", "number"))
    found = [key for key, most in tracks.items() if counts.get(key, 0) <= most]
    return [album for batch in in_batches(found) for album in Album.objects.filter(pk__in=batch)]


def _edit(model: Any, keys: Sequence[int], edit: Edit, user: AbstractBaseUser, progress: Progress) -> Edited:
    for relation, members in relations_of(model, edit).items():
        _lock(relation.member_model, {*members.add, *(members.only or ())})
    if album := edit.columns.get("album_id"):
        _lock(Album, {album})
    work = _Work(model, edit, user)
    changed = 0
    for number, batch in enumerate(in_batches(keys, BATCH)):
        progress(f"Editing {model._meta.verbose_name_plural}", number * BATCH, len(keys))
        changed += work.edit_batch(batch)
    return Edited(changed, work.close(), work.emptied)


def _lock(model: Any, wanted: set[int]) -> None:
    """Keep what the rows will have from being deleted or merged until they have it."""
    locked = model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    if len(locked.values_list("pk")) < len(wanted):
        raise BulkEditError(
            f"Some of these {model._meta.verbose_name_plural} no longer exist: somebody may have merged or deleted "
            "them just now. Choose again."
        )


class _Work:
    """An edit under way. The change of which its versions are a part is made when the first row changes."""

    def __init__(self, model: Any, edit: Edit, user: AbstractBaseUser) -> None:
        self._model, self._edit, self._user = model, edit, user
        self._columns = edit.all_columns
        self._group: GroupedChange | None = None
        self._left: set[int] = set()
        self._changed: Counter[str] = Counter()
        self.emptied: list[Album] = []

    def edit_batch(self, keys: Sequence[int]) -> int:
        found = self._model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
        rows = {row.pk: row for row in found}
        differing = differences_in(rows, self._edit)
        if not (changed := differing.changed):
            return 0
        group = self._open()
        history.baseline(self._model, changed)
        if differing.columns:
            if "album_id" in self._columns:
                moving = (rows[key] for key, names in differing.columns.items() if "album_id" in names)
                self._left.update(row.album_id for row in moving if row.album_id)
            self._model._default_manager.filter(pk__in=differing.columns).update(**self._columns)
        for relation, members in differing.members.items():
            relation.replace(members)
        history.record_updates(self._model, changed, history.Change(ChangeType.ACTION, self._user, group=group))
        log_changes(self._model, {rows[key]: names for key, names in changed.items()}, self._user)
        self._changed.update(name for names in changed.values() for name in names)
        self._changed[""] += len(changed)
        return len(changed)

    def _open(self) -> GroupedChange:
        if self._group is None:
            self._group = GroupedChange.objects.create(
                kind=ChangeType.ACTION, model_name=self._model.__name__, made_by_id=self._user.pk
            )
            if self._edit.new_album:
                self._columns["album_id"] = self._make_album(self._group).pk
        return self._group

    def _make_album(self, group: GroupedChange) -> Album:
        album = Album(title=self._edit.new_album)
        with history.signals_disabled():
            album.save()
        history.record_creates(Album, [album.pk], history.Change(ChangeType.ACTION, self._user, group=group))
        return album

    def close(self) -> GroupedChange | None:
        """Say what the change did. Return None where there was nothing to do."""
        if self._group is None:
            return None
        number = self._changed.pop("")
        names = dict.fromkeys(label_of(self._model, name).lower() for name in self._changed)
        self._group.summary = (
            f"Edited {number:,} {model_ngettext(self._model._meta, number)}: {get_text_list(list(names), 'and')}."
        )
        self._group.save(update_fields=["summary"])
        self.emptied = albums_of_at_most(dict.fromkeys(self._left, 0)) if self._left else []
        return self._group


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


def log_changes(model: Any, changed: Mapping[Any, Sequence[str]], user: AbstractBaseUser) -> None:
    """Write the log of the admin: of each row the names of the fields that changed."""
    content_type = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=user.pk,
            content_type=content_type,
            object_id=str(row.pk),
            object_repr=str(row)[:MAX_REPR],
            action_flag=CHANGE,
            change_message=json.dumps([{"changed": {"fields": [label_of(model, name) for name in names]}}]),
        )
        for row, names in changed.items()
    )


def label_of(model: Any, name: str) -> str:
    """Return what a form calls a field, or rows that point at a row, such as its aliases."""
    return str(capfirst(getattr(model._meta.get_field(name), "verbose_name", name)))
