"""Carry out a find and replace, as one change that can be undone as a whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Any

from django.contrib.admin.utils import model_ngettext
from django.contrib.auth.models import AbstractBaseUser
from django.db import Error
from django.utils.text import get_text_list

from musicdb import history
from musicdb.db import explain, in_batches, retry_on_deadlock, update
from musicdb.editing.bulk_edit import BATCH, BulkEditError, log_changes
from musicdb.editing.replace.plan import ALIASES, ReplacePlan
from musicdb.editing.replace.replacement import Replacement, row_of
from musicdb.editing.replace.search import Search
from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions
from musicdb.models import GroupedChange
from musicdb.models.aggregates import aggregate_of
from musicdb.models.former_values import keep_former_values
from musicdb.models.history import ChangeType
from musicdb.progress import Progress, no_progress

MAX_QUOTED = 60


@dataclass
class Replaced:
    """How many rows were ``changed`` and how many ``aliases``, and by which ``change``.

    ``stale`` names the rows of which something was left out, because somebody has changed or deleted it since the
    preview. ``not_kept`` says, a sentence each, which former names and codes did not become aliases.
    """

    changed: int = 0
    aliases: int = 0
    change: GroupedChange | None = None
    stale: list[str] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)


def count_replacements(model: Any, rows: int, aliases: int) -> str:
    """Return how many rows and aliases, such as "2 artists and 1 alias"."""
    counted = [f"{rows:,} {model_ngettext(model._meta, rows)}"] if rows or not aliases else []
    if aliases:
        counted.append(f"{aliases:,} {'alias' if aliases == 1 else 'aliases'}")
    return get_text_list(counted, "and")


def find_replace(
    plan: ReplacePlan,
    confirmed: Mapping[str, str],
    user: AbstractBaseUser,
    *,
    keeps_former_names: bool,
    progress: Progress = no_progress,
) -> Replaced:
    """Change the texts of ``plan`` as a person has confirmed them, in one transaction.

    ``confirmed`` are the digests of the changes that the person saw and ticked, by key. What would change in another
    way by now is left alone. Each row that changes gets a version in its history. Raises BulkEditError, with nothing
    changed.
    """
    now = {one.key: one for one in plan.possible}
    found = [now[key] for key, digest in confirmed.items() if key in now and now[key].digest == digest]
    same = {one.key for one in found}
    stale = [row_of(key) for key in confirmed if key not in same]
    try:
        return retry_on_deadlock(lambda: _Writing(plan, user, keeps_former_names).write(found, stale, progress))
    except Error as error:
        raise BulkEditError(f"{explain(error)} Nothing was changed.") from error


class _Writing:
    """A find and replace under way. The change of which its versions are a part is made when the first row changes."""

    def __init__(self, plan: ReplacePlan, user: AbstractBaseUser, keeps_former_names: bool) -> None:
        self._plan, self._user, self._keeps_former_names = plan, user, keeps_former_names
        self._aggregate = aggregate_of(plan.model)
        self._fields: set[str] = set()
        self._done = Replaced()

    def write(self, found: Sequence[Replacement], stale: Sequence[int], progress: Progress) -> Replaced:
        left = list(stale)
        by_row = [list(of_row) for _, of_row in groupby(sorted(found, key=lambda one: one.row), lambda one: one.row)]
        for number, batch in enumerate(in_batches(by_row, BATCH)):
            progress(f"Changing {self._plan.model._meta.verbose_name_plural}", number * BATCH, len(by_row))
            left += self._write_batch(list(chain.from_iterable(batch)))
        done = self._done
        done.stale = _names_of(self._plan.model, left)
        if done.change is not None:
            done.change.summary = self._summary()
            done.change.save(update_fields=["summary"])
        return done

    def _write_batch(self, batch: Sequence[Replacement]) -> list[int]:
        """Write all replacements of some rows. Return the rows of which something has changed since the plan."""
        model, alias_model, done = self._plan.model, self._aggregate.alias, self._done
        objs = _locked(model, {one.row for one in batch})
        aliases = _locked(alias_model, {one.alias for one in batch if one.alias is not None})
        writing = [one for one in batch if _is_as_before(one, objs, aliases)]
        stale = [one.row for one in batch if one not in writing]
        if not writing:
            return stale
        if done.change is None:
            done.change = GroupedChange.objects.create(
                kind=ChangeType.ACTION, model_name=model.__name__, made_by_id=self._user.pk
            )
        of_rows = [one for one in writing if one.alias is None]
        of_aliases = [one for one in writing if one.alias is not None]
        keys = list(dict.fromkeys(one.row for one in writing))
        history.baseline(model, keys)
        _update(model, self._plan.columns, [(objs[one.row], one) for one in of_rows])
        _update(alias_model, self._plan.alias_columns, [(aliases[one.alias], one) for one in of_aliases])
        if self._keeps_former_names:
            done.not_kept += keep_former_values(model, {one.row: self._identity(objs[one.row], one) for one in of_rows})
        history.record_updates(model, keys, history.Change(ChangeType.ACTION, self._user, group=done.change))
        changed: dict[int, list[str]] = {key: [] for key in keys}
        for one in writing:
            changed[one.row] += one.after if one.alias is None else [ALIASES]
        log_changes(model, {objs[key]: list(dict.fromkeys(names)) for key, names in changed.items()}, self._user)
        done.changed += len(of_rows)
        done.aliases += len(of_aliases)
        self._fields.update(name for one in of_rows for name in one.after)
        return stale

    def _identity(self, obj: Any, one: Replacement) -> dict[str, str]:
        """Return the name that a row had until now, and the codes that it loses."""
        codes = {name: text for name, text in one.before.items() if name in self._aggregate.key_columns}
        return {"name": getattr(obj, self._aggregate.name_field), **codes}

    def _summary(self) -> str:
        model, done = self._plan.model, self._done
        changed = f"{_what(self._plan.search)} in {count_replacements(model, done.changed, done.aliases)}"
        names = [model._meta.get_field(name).verbose_name for name in self._plan.columns if name in self._fields]
        return f"{changed}: {', '.join(names)}." if names else f"{changed}."


def _locked(model: Any, keys: Collection[int]) -> dict[int | None, Any]:
    if not keys:
        return {}
    return {obj.pk: obj for obj in model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")}


def _is_as_before(one: Replacement, objs: Mapping[int | None, Any], aliases: Mapping[int | None, Any]) -> bool:
    """Return whether nobody has saved it between the plan and the lock."""
    obj = objs.get(one.row) if one.alias is None else aliases.get(one.alias)
    if obj is None or one.row not in objs or (one.alias is not None and obj.target_id != one.row):
        return False
    return all(getattr(obj, name) == text for name, text in one.before.items())


def _update(model: Any, columns: Sequence[str], changing: Sequence[tuple[Any, Replacement]]) -> None:
    if changing:
        rows = ((*(one.after.get(name, getattr(obj, name)) for name in columns), obj.pk) for obj, one in changing)
        update(model, columns, rows)


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
