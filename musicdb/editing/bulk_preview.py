"""What a bulk edit would change: how many rows, and the values of the first ones before and after."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.text import capfirst

from musicdb.db import in_batches
from musicdb.editing.bulk_edit import (
    BATCH,
    NEW_ALBUM,
    BulkEditError,
    Differences,
    Edit,
    albums_of_at_most,
    differences_in,
    keys_of,
    relations_of,
)
from musicdb.history.diff import ValueChange
from musicdb.history.values import format_both
from musicdb.models import Album, Track
from musicdb.models.aggregates import ChildRelation
from musicdb.models.querysets import rows_with
from musicdb.music import format_release_date

MAX_ROWS_SHOWN = 20
# A title alone does not say which row it is.
_ARTISTS_BESIDE: Mapping[Any, str] = {Track: "track_artists", Album: "album_artists"}


@dataclass(frozen=True)
class ChangedRow:
    """A row that an edit would change, with what of it. The artists of a track or an album are loaded."""

    row: Any
    changes: Sequence[ValueChange]


@dataclass(frozen=True)
class BulkPreview:
    """What an edit would do to ``number`` rows.

    ``changed`` of them change, ``rows`` are the first ones. ``emptied`` are albums whose last track would move away,
    ``same_title`` those that have the title of a new one.
    """

    number: int
    changed: int
    rows: Sequence[ChangedRow] = ()
    emptied: Sequence[Album] = ()
    same_title: Sequence[Album] = field(default_factory=list)


def preview_bulk_edit(queryset: QuerySet[Any], edit: Edit) -> BulkPreview:
    """Return what ``bulk_edit`` would do now. Raises BulkEditError, as it does."""
    keys = keys_of(queryset)
    _refuse_missing(queryset.model, edit)
    changed, leaving = 0, Counter[int]()
    shown: list[tuple[Differences, int]] = []
    for batch in in_batches(keys, BATCH):
        rows = {row.pk: row for row in queryset.model._default_manager.filter(pk__in=batch).order_by("pk")}
        found = differences_in(rows, edit)
        changing = found.changed
        changed += len(changing)
        if missing := MAX_ROWS_SHOWN - len(shown):
            shown += [(found, key) for key in islice(changing, missing)]
        if "album_id" in edit.all_columns:
            moving = (rows[key] for key, names in found.columns.items() if "album_id" in names)
            leaving.update(row.album_id for row in moving if row.album_id)
    with_artists(queryset.model, [found.rows[key] for found, key in shown])
    same_title = list(Album.objects.filter(title=edit.new_album)[:MAX_ROWS_SHOWN]) if edit.new_album else []
    return BulkPreview(
        len(keys), changed, list(_changed_rows(edit, shown)), albums_of_at_most(leaving) if leaving else [], same_title
    )


def with_artists(model: Any, rows: Iterable[Any]) -> list[Any]:
    """Return ``rows``, those of tracks and albums with their artists. Two queries at most."""
    found = list(rows)
    if artists := _ARTISTS_BESIDE.get(model):
        prefetch_related_objects(found, rows_with(model, artists, "artist"))
    return found


def _refuse_missing(model: Any, edit: Edit) -> None:
    wanted = [
        (one.member_model, {*members.add, *(members.only or ())}) for one, members in relations_of(model, edit).items()
    ]
    if album := edit.columns.get("album_id"):
        wanted.append((Album, {album}))
    for member_model, keys in wanted:
        if keys and member_model._default_manager.filter(pk__in=keys).count() < len(keys):
            raise BulkEditError(
                f"Some of these {member_model._meta.verbose_name_plural} no longer exist. Choose again."
            )


def _changed_rows(edit: Edit, shown: Sequence[tuple[Differences, int]]) -> Iterator[ChangedRow]:
    """Describe what changes. One query for each model that the rows point at, and one for each relation."""
    before: dict[ChildRelation, dict[int, list[int]]] = {}
    for relation in {relation: None for found, _ in shown for relation in found.members}:
        before[relation] = relation.members([key for found, key in shown if key in found.members.get(relation, ())])
    names = _names(edit, shown, before)
    for found, key in shown:
        row = found.rows[key]
        columns = found.columns.get(key, ())
        changes = list(_column_changes(row, columns, edit, names))
        for relation, members in found.members.items():
            if key in members:
                old, new = before[relation][key], members[key]
                changes.append(ValueChange(relation.name, _listed(relation, old, names), _listed(relation, new, names)))
        yield ChangedRow(row, changes)


_Names = Mapping[Any, Mapping[int, str]]


def _names(edit: Edit, shown: Sequence[tuple[Differences, int]], before: Mapping[ChildRelation, Any]) -> _Names:
    names: dict[Any, dict[int, str]] = {}
    wanted: dict[Any, set[int]] = {}
    for relation, members in before.items():
        of_model = wanted.setdefault(relation.member_model, set())
        of_model.update(key for of_row in members.values() for key in of_row)
        of_model.update(key for found, row in shown for key in found.members.get(relation, {}).get(row, ()))
    if "album_id" in edit.all_columns:
        albums = {found.rows[key].album_id for found, key in shown} | {edit.columns.get("album_id")}
        wanted[Album] = {key for key in albums if key}
    for model, keys in wanted.items():
        rows = model._default_manager.filter(pk__in=keys)
        names[model] = dict(rows.values_list("pk", model.slug_source))
    names.setdefault(Album, {})[NEW_ALBUM] = f"{edit.new_album} (new)"
    return names


def _column_changes(row: Any, columns: Iterable[str], edit: Edit, names: _Names) -> Iterator[ValueChange]:
    after = edit.all_columns
    for name in columns:
        if name == "release_precision" and "release_date" in columns:
            continue
        label = str(capfirst(row._meta.get_field(name).verbose_name))
        old, new = getattr(row, name), after[name]
        if name == "album_id":
            yield ValueChange(label, *(names[Album].get(key, "") if key is not None else "" for key in (old, new)))
        elif name in ("release_date", "release_precision"):
            dates = ((row.release_date, row.release_precision), (after["release_date"], after["release_precision"]))
            yield ValueChange("Released", *(format_release_date(*date) if date[0] else "" for date in dates))
        else:
            field = row._meta.get_field(name)
            shown = dict(field.flatchoices)
            yield ValueChange(label, *format_both(field, *(shown.get(value, value) for value in (old, new))))


def _listed(relation: ChildRelation, keys: Iterable[int], names: _Names) -> str:
    found = [names[relation.member_model].get(key, str(key)) for key in keys]
    return ", ".join(found if relation.is_ordered else sorted(found))
