"""An import taken back, as long as nobody has touched its rows since."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import capfirst

from musicdb import history
from musicdb.db.bulk import in_batches, insert, update
from musicdb.db.cascades import count_cascade
from musicdb.history.diff import name_of
from musicdb.imports.snapshots import HANGING, MODELS, SPELLINGS, digest, states
from musicdb.models import Import
from musicdb.models.history import ChangeType

# What is deleted last is what others point at.
DELETING_ORDER = ("Track", "Album", "Label", "Artist", "Genre")
# Deleting looks through all that points at a row, clusters' memberships too.
DELETED_AT_ONCE = 500
REASONS_SHOWN = 20


class UndoRefusedError(Exception):
    """An import that cannot be undone. ``reasons`` says why, row by row, as far as REASONS_SHOWN, and how many more."""

    def __init__(self, message: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        more = len(reasons) - REASONS_SHOWN
        self.reasons = [*reasons[:REASONS_SHOWN], *([f"And {more:,} more."] if more > 0 else [])]


def undo(record: Import, user: User | None) -> None:
    """Delete what ``record`` created and restore what it changed, in one transaction.

    Raises UndoRefusedError, with nothing changed, where a row was edited, merged or deleted since, where something
    that came later hangs on one, or where what was there before is gone or taken by now.
    """
    try:
        with transaction.atomic():
            locked = Import.objects.select_for_update().get(pk=record.pk)
            if locked.is_undone:
                raise UndoRefusedError("This import was undone already.")
            touched = _untouched_since(locked)
            _refuse_if_in_the_way(locked, touched)
            _refuse_if_others_go_along(touched)
            change = history.Change(ChangeType.UNDO, user, source_import=locked)
            _restore(locked, change)
            _delete(touched, change)
            locked.undone_at, locked.undone_by = timezone.now(), user
            locked.save(update_fields=["undone_at", "undone_by"])
    except ProtectedError as error:
        users = [f"{thing._meta.verbose_name} “{thing}”" for thing in islice(error.protected_objects, REASONS_SHOWN)]
        raise UndoRefusedError("Something that came later uses what this import made.", users) from None
    except IntegrityError as error:
        said = "What this import changed cannot be what it was: something else has its place by now."
        raise UndoRefusedError(said) from error
    except OperationalError as error:
        raise UndoRefusedError("The database was busy. Nothing was undone. Try again.") from error
    record.refresh_from_db()


def _untouched_since(record: Import) -> dict[str, list[int]]:
    """Return the keys of what the import created, by model. Raises UndoRefusedError if any row is not as it left it."""
    created: defaultdict[str, list[int]] = defaultdict(list)
    reasons: list[str] = []
    for name, model in MODELS.items():
        rows = record.touched.filter(model=name).order_by("object_id").values_list("object_id", "digest", "before")
        for batch in in_batches(rows.iterator(chunk_size=5_000)):
            now = dict(states(model, (pk for pk, _, _ in batch)))
            for pk, left, before in batch:
                if pk not in now:
                    called = _once_called(model, pk) if len(reasons) < REASONS_SHOWN else pk
                    reasons.append(f"{name} {called} has been deleted or merged since.")
                elif digest(now[pk]) != left:
                    called = now[pk].get("title") or now[pk].get("name")
                    reasons.append(f"{name} “{called}” has been changed since.")
                if before is None:
                    created[name].append(pk)
    if reasons:
        raise UndoRefusedError("Rows of this import have been touched since, so it was not undone.", reasons)
    return created


def _refuse_if_in_the_way(record: Import, created: dict[str, list[int]]) -> None:
    """Refuse to restore rows that pointed at what is gone, or whose name or id is another's."""
    reasons: list[str] = []
    for name, model in MODELS.items():
        changed = record.touched.filter(model=name, before__isnull=False).order_by("object_id")
        own = {*created.get(name, ()), *changed.values_list("object_id", flat=True)}
        for batch in in_batches(changed.values_list("object_id", "before")):
            rows = _as_they_were(batch)
            reasons += _gone(model, rows)
            reasons += _taken(model, rows, own)
    if reasons:
        raise UndoRefusedError("What this import changed cannot be what it was.", reasons)


def _refuse_if_others_go_along(created: dict[str, list[int]]) -> None:
    """Refuse to delete what other applications have built upon, which would go with it: a genre's runs, say."""
    own = {through for hanging in HANGING.values() for _, through, *_ in hanging}
    own |= {aliases for aliases, _ in SPELLINGS.values()}
    going = {
        related
        for name, keys in created.items()
        for batch in in_batches(keys)
        for related in count_cascade(MODELS[name], batch)
    }
    if others := sorted(str(related._meta.verbose_name_plural) for related in going - own):
        raise UndoRefusedError(
            "What came later was made of what this import brought, and would go with it. Delete it first.",
            [capfirst(kind) for kind in others],
        )


def _as_they_were(rows: Iterable[tuple[int, Any]]) -> list[tuple[int, dict[str, Any]]]:
    return [(pk, before if isinstance(before, dict) else json.loads(before)) for pk, before in rows]


def _gone(model: type[models.Model], rows: list[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Yield which rows pointed at what is not there any more."""
    pointing: list[tuple[Any, str]] = [
        (field.related_model, field.attname) for field in model._meta.concrete_fields if field.is_relation
    ]
    pointing += [
        (through._meta.get_field(name).related_model, has) for has, through, _, name, _ in HANGING.get(model, ())
    ]
    for other, has in pointing:
        wanted = {pk: before[has] if isinstance(before[has], list) else [before[has]] for pk, before in rows}
        there: set[int | None] = {None}
        for batch in in_batches({key for keys in wanted.values() for key in keys if key}):
            there.update(other._default_manager.filter(pk__in=batch).order_by().values_list("pk", flat=True))
        for pk, before in rows:
            if not there.issuperset(wanted[pk]):
                called = before.get("title") or before["name"]
                kind = other._meta.verbose_name
                yield f"{model.__name__} “{called}” had another {kind}, which has been deleted or merged since."


def _taken(model: type[models.Model], rows: list[tuple[int, dict[str, Any]]], own: set[int]) -> Iterator[str]:
    """Yield which names and ids that rows had are those of rows that this import has nothing to do with."""
    for column in (field.attname for field in model._meta.concrete_fields if field.unique and not field.primary_key):
        had = {before[column] for _, before in rows if before[column]}
        held = model._default_manager.filter(**{f"{column}__in": had}).exclude(pk__in=own)
        for value in held.order_by(column).values_list(column, flat=True):
            yield f"“{value}” is that of another {model.__name__.lower()} by now."


def _once_called(model: Any, pk: int) -> str:
    """Return what was last the name of a row that is gone, quoted, or its key where no history of it was kept."""
    version = model.history.filter(id=pk).order_by("-history_id").first()
    return f"“{name_of(version)}”" if version else str(pk)


def _restore(record: Import, change: history.Change) -> None:
    for name, model in MODELS.items():
        changed = record.touched.filter(model=name, before__isnull=False).order_by("object_id")
        for batch in in_batches(changed.values_list("object_id", "before")):
            rows = _as_they_were(batch)
            keys = [pk for pk, _ in rows]
            history.baseline(model, keys)
            _write_columns(model, rows)
            _write_hanging(model, rows)
            _write_spellings(model, rows)
            history.record_updates(model, keys, change)


def _write_columns(model: type[models.Model], rows: list[tuple[int, dict[str, Any]]]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    update(
        model,
        [field.name for field in fields],
        ((*(before[field.attname] for field in fields), pk) for pk, before in rows),
    )


def _write_hanging(model: type[models.Model], rows: list[tuple[int, dict[str, Any]]]) -> None:
    for name, through, owner, member, order in HANGING.get(model, ()):
        through._default_manager.filter(**{f"{owner}__in": [pk for pk, _ in rows]}).delete()
        columns = [owner, member, *([order] if order != member else [])]
        insert(through, columns, _joined(rows, name, ordered=order != member))


def _write_spellings(model: type[models.Model], rows: list[tuple[int, dict[str, Any]]]) -> None:
    if model not in SPELLINGS:
        return
    aliases, parts = SPELLINGS[model]
    now = dict(states(model, (pk for pk, _ in rows)))
    changed = [(pk, before) for pk, before in rows if before.get("spellings") != now[pk].get("spellings")]
    aliases._default_manager.filter(target__in=[pk for pk, _ in changed]).delete()
    spelt = ((pk, *spelling) for pk, before in changed for spelling in before.get("spellings", ()))
    insert(aliases, ["target", *parts], spelt)


def _joined(rows: list[tuple[int, dict[str, Any]]], name: str, ordered: bool) -> Iterator[tuple[int, ...]]:
    for pk, before in rows:
        for position, key in enumerate(before[name]):
            yield (pk, key, position) if ordered else (pk, key)


def _delete(created: dict[str, list[int]], change: history.Change) -> None:
    """Delete by way of the ORM, which finds what other applications hang on a row.

    What they protect, and what was put on a row since, refuses to go.
    """
    for name in DELETING_ORDER:
        model = MODELS[name]
        for batch in in_batches(created.get(name, ()), DELETED_AT_ONCE):
            _refuse_if_used(model, batch)
            history.delete(model._default_manager.filter(pk__in=batch), change)


def _refuse_if_used(model: type[models.Model], keys: list[int]) -> None:
    """A genre's tracks would silently lose it: a join that nothing protects."""
    if model.__name__ != "Genre":
        return
    users = MODELS["Track"]._default_manager.filter(genres__in=keys).distinct()[:REASONS_SHOWN]
    if reasons := [f"Track “{track}”" for track in users]:
        raise UndoRefusedError("Tracks that came later are in a genre that this import made.", reasons)
