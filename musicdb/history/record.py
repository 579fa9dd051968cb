"""The history of the catalogue: versions of its rows, written many at a time and within the transaction of the change.

An act that changes rows says ``baseline`` before, and ``changed`` after: the first records what no version says yet,
so that the second differs from the version before it by what the act did, and by nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from musicdb.db.bulk import in_batches, insert_from
from musicdb.imports.snapshots import HANGING
from musicdb.models import Genre, Import, Track
from musicdb.models.history import CHANGED, CREATED, DELETED, ChangeType

_signals_enabled: ContextVar[bool] = ContextVar("listening", default=True)


@dataclass(frozen=True)
class Change:
    """Who changes something, in what way, and what there is to say about it."""

    type: ChangeType
    user: Any = None
    reason: str = ""
    source_import: Import | None = None


BASELINE = Change(ChangeType.BASELINE)


def signals_enabled() -> bool:
    """Return whether a single row that is saved or deleted is recorded by itself."""
    return _signals_enabled.get()


@contextmanager
def signals_disabled() -> Iterator[None]:
    """Within this, whoever saves or deletes records it too."""
    token = _signals_enabled.set(False)
    try:
        yield
    finally:
        _signals_enabled.reset(token)


def baseline(model: type[models.Model], keys: Iterable[int]) -> None:
    """Before an act: record those rows that are not as their last version says, or have none, as found."""
    _write(model, keys, BASELINE, CHANGED, unless_recorded=True)


def record_creates(model: type[models.Model], keys: Iterable[int], change: Change) -> None:
    """Record rows that are new."""
    _write(model, keys, change, CREATED)


def record_updates(model: type[models.Model], keys: Iterable[int], change: Change) -> None:
    """Record those rows that are not as their last version says."""
    _write(model, keys, change, CHANGED, unless_recorded=True)


@dataclass(frozen=True)
class LostGenre:
    """Tracks that are about to lose a genre, without a word from the database."""

    tracks: Sequence[int]
    change: Change

    def record(self) -> None:
        record_updates(Track, self.tracks, self.change)


def record_deletes(model: type[models.Model], keys: Sequence[int], change: Change) -> LostGenre:
    """Record rows that are about to be deleted. What comes back records, after that, what they leave behind."""
    tracks: list[int] = []
    if model is Genre:
        joins = Track.genres.through._default_manager.filter(genre__in=keys)
        tracks = list(joins.order_by("track").values_list("track", flat=True).distinct())
        baseline(Track, tracks)
    _write(model, keys, change, DELETED)
    names = ", ".join(f"“{genre}”" for genre in Genre.objects.filter(pk__in=keys)) if tracks else ""
    return LostGenre(tracks, Change(change.type, change.user, f"Lost {names}, deleted.", change.source_import))


def delete(rows: QuerySet[Any], change: Change) -> None:
    """Delete ``rows``, by way of the ORM, and record it. Must run in a transaction."""
    # By keys from now on: another row may come to be among ``rows`` meanwhile.
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    losing = record_deletes(rows.model, keys, change)
    with signals_disabled():
        for batch in in_batches(keys):
            rows.model._default_manager.filter(pk__in=batch).delete()
    losing.record()


def _write(
    model: type[models.Model], keys: Iterable[int], change: Change, history_type: str, unless_recorded: bool = False
) -> None:
    """Write a version of each row, as the database has it: a statement for each batch."""
    history = model.history.model  # type: ignore[attr-defined]
    columns, hanging = _columns(model), _hanging(model)
    facts: dict[str, Any] = {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": change.reason,
        "history_user": change.user.pk if change.user else None,
        "change_type": change.type.value,
        "source_import": change.source_import.pk if change.source_import else None,
    }
    said = {f"said_{name}": Value(value, history._meta.get_field(name)) for name, value in facts.items()}
    if model is Genre and history_type == DELETED:
        hanging = {**hanging, "tracks": _keys_of(Track.genres.through, "genre", "track", "track")}
    hung = {f"hung_{name}": expression for name, expression in hanging.items()}
    fields = [*columns, *facts, *hanging]
    for batch in in_batches(keys):
        rows = model._default_manager.filter(pk__in=batch).order_by("pk").annotate(**said, **hung)
        if unless_recorded:
            rows = rows.exclude(Exists(_last_version_if_equal(history, columns, hanging)))
        insert_from(history, fields, rows.values_list(*columns, *said, *hung))


def _last_version_if_equal(history: Any, columns: Iterable[str], hanging: Iterable[str]) -> QuerySet[Any]:
    """Return the last version of a row, if it says what the row says."""
    last = history.objects.filter(id=OuterRef("id")).order_by("-history_id").values("history_id")[:1]
    return history.objects.filter(
        *(_NotDistinct(F(name), OuterRef(name)) for name in columns if name != "id"),
        *(_NotDistinct(_NormalisedJson(F(name)), OuterRef(f"hung_{name}")) for name in hanging),
        id=OuterRef("pk"),
        history_id=Subquery(last),
        history_type__in=[CREATED, CHANGED],
    )


@cache
def _columns(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields]


def _hanging(model: Any) -> dict[str, Any]:
    """Return what hangs on a row, by the name of the version's column for it."""
    found: dict[str, Any] = {
        name: _keys_of(through, owner, member, order) for name, through, owner, member, order in HANGING.get(model, ())
    }
    if "aliases" in {relation.name for relation in model._meta.related_objects}:
        aliases = model.aliases.rel.related_model
        spelling = JSONObject(**{name: name for name in alias_fields(aliases)})
        rows = aliases._default_manager.filter(target=OuterRef("pk")).order_by("name", "pk")
        found["aliases"] = _JsonArray(rows.annotate(member=spelling).values("member"))
    return found


def alias_fields(aliases: type[models.Model]) -> list[str]:
    """Return the columns of an other spelling that a version keeps."""
    return [field.name for field in aliases._meta.concrete_fields if field.name not in ("id", "target")]


def _keys_of(through: type[models.Model], owner: str, member: str, order: str) -> "_JsonArray":
    rows = through._default_manager.filter(**{owner: OuterRef("pk")})
    # By the key itself: by what it points at would be by that one's name.
    rows = rows.order_by(f"{member}_id" if order == member else order)
    return _JsonArray(rows.annotate(member=F(f"{member}_id")).values("member"))


class _JsonArray(Subquery):
    """The ``member`` of each row of a query, as a JSON array in the order of the query."""

    output_field = models.JSONField()
    template = "(SELECT json_group_array(json(member)) FROM (%(subquery)s) AS members)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT coalesce(jsonb_agg(member), '[]') FROM (%(subquery)s) AS members)"
        return self.as_sql(compiler, connection, template=template, **context)


class _NormalisedJson(Func):
    """JSON as the database itself would write it, whoever wrote it."""

    function = "JSON"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class _NotDistinct(Func):
    """Whether two values are equal, or both unknown."""

    template = "(%(expressions)s)"
    arg_joiner = " IS NOT DISTINCT FROM "
    arity = 2
    output_field = models.BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" IS ", **context)
