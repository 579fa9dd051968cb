"""Say in words why an undo leaves rows as they are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.text import capfirst, get_text_list

from musicdb.db import in_batches
from musicdb.history.diff import format_time, name_of
from musicdb.history.undo.plan import UndoPlan
from musicdb.history.undo.uses import Use
from musicdb.history.undo.way_back import Slot, WayBack
from musicdb.models import NotUndone
from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.models.history import ChangeType
from musicdb.models.not_undone import MAX_NAME

NO_HISTORY = "The history no longer has what it was before, so it cannot be restored."


class Left:
    """What an undo leaves, row by row with the reason, in the order of the models. Not saved.

    A slice of it, such as a page, takes a few queries. To iterate over it takes a few queries a batch.
    """

    def __init__(self, plan: UndoPlan) -> None:
        self._plan = plan
        self._places = [(model, key) for model in plan.written for key in plan.left(model)]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, wanted: slice) -> list[NotUndone]:
        return list(self._described(self._places[wanted]))

    def __iter__(self) -> Iterator[NotUndone]:
        for batch in in_batches(self._places):
            yield from self._described(batch)

    def _described(self, places: Sequence[tuple[Any, int]]) -> Iterator[NotUndone]:
        keys: defaultdict[Any, list[int]] = defaultdict(list)
        for model, key in places:
            keys[model].append(key)
        for model, of_model in keys.items():
            yield from _reasons(self._plan, model, of_model)


def _reasons(plan: UndoPlan, model: Any, keys: Sequence[int]) -> Iterator[NotUndone]:
    aggregate, rows = aggregate_of(model), plan.written[model]
    last = _last_versions(aggregate, keys)
    names = dict(model._default_manager.filter(pk__in=keys).values_list("pk", aggregate.name_field))
    changed = [key for key in keys if key in rows.changed and key in names]
    ways = plan.ways_back(model, changed)
    since = _changes_since(aggregate, {key: rows.changed[key] for key in changed if key in ways}, ways)
    users = _names_of_users([plan.used[model][key] for key in keys if key in plan.used[model]])
    for key in keys:
        version = last.get(key)
        if key not in names:
            reason = _what_became(version)
        elif key in rows.changed:
            way = ways.get(key)
            reason = " ".join([*since[key], *way.reasons]) if way else NO_HISTORY
        elif key in plan.differing[model]:
            is_own = version is None or all(getattr(version, name) == value for name, value in plan.lookups.items())
            reason = f"{capfirst(_who_changed(None if is_own else version))}."
        else:
            reason = _used(plan, plan.used[model][key], users)
        name = names.get(key) or (name_of(version) if version else str(key))
        yield NotUndone(model_name=aggregate.name, row=key, name=name[:MAX_NAME], reason=reason)


def _last_versions(aggregate: Aggregate, keys: Sequence[int]) -> dict[int, Any]:
    last = aggregate.versions.filter(id__in=keys).order_by().values("id").annotate(last=Max("history_id"))
    versions = aggregate.versions.filter(history_id__in=last.values("last"))
    return {version.id: version for version in versions.select_related("history_user", "source_import")}


def _what_became(version: Any) -> str:
    """Return what became of a row that is gone."""
    if version is not None and version.change_type == ChangeType.MERGE:
        return f"Merged since: {version.history_change_reason}"
    if version is not None and version.change_type == ChangeType.SPLIT:
        return f"Split since: {version.history_change_reason}"
    by = f" by {version.history_user}" if version is not None and version.history_user else ""
    return f"Deleted{by} since."


def _who_changed(version: Any) -> str:
    """Return who changed a row since, such as "changed by ann since (edit, 3 March 2026, 10 a.m.)"."""
    if version is None or version.change_type == ChangeType.BASELINE:
        return "changed since"
    by = f" by {version.history_user}" if version.history_user else ""
    what = version.get_change_type_display()
    if version.change_type == ChangeType.IMPORT and version.source_import:
        what = f"import of {version.source_import}"
    return f"changed{by} since ({what}, {format_time(version)})"


def _changes_since(aggregate: Aggregate, made: Mapping[int, int], ways: Mapping[int, WayBack]) -> dict[int, list[str]]:
    """Return, by the key of a row, who has changed which of its values since: the last one of each value."""
    if not made:
        return {}
    versions = aggregate.versions.filter(id__in=list(made), history_id__gte=min(made.values()))
    versions = versions.select_related("history_user", "source_import").order_by("id", "history_id")
    former: dict[int, Any] = {}
    who: defaultdict[int, dict[Slot, Any]] = defaultdict(dict)
    for version in versions.iterator():
        if version.history_id > made[version.id]:
            for slot in ways[version.id].conflicts:
                if slot.value(version) != slot.value(former[version.id]):
                    who[version.id][slot] = version
        if version.history_id >= made[version.id]:
            former[version.id] = version
    found: dict[int, list[str]] = {}
    for key in made:
        by_words: defaultdict[str, list[str]] = defaultdict(list)
        for slot in ways[key].conflicts:
            version = who[key].get(slot)
            stands = version is not None and slot.value(version) == slot.value(ways[key].target)
            by_words[_who_changed(version if stands else None)].append(slot.label)
        found[key] = [f"{capfirst(get_text_list(labels, 'and'))}: {words}." for words, labels in by_words.items()]
    return found


# --- Uses ------------------------------------------------------------------------------------------------------------


def _names_of_users(uses: Sequence[Use]) -> dict[tuple[Any, int], str]:
    wanted: defaultdict[Any, set[int]] = defaultdict(set)
    for use in uses:
        if use.key is not None:
            wanted[use.model].add(use.key)
    return {
        (model, key): name
        for model, keys in wanted.items()
        for key, name in model._default_manager.filter(pk__in=keys).values_list("pk", model.slug_source)
    }


def _used(plan: UndoPlan, use: Use, users: Mapping[tuple[Any, int], str]) -> str:
    if use.key is None:
        return f"Used since by {use.model._meta.verbose_name_plural}. Delete these first."
    rows = plan.written[use.model]
    name = f"{use.model._meta.verbose_name} “{users.get((use.model, use.key), use.key)}”"
    more = f" and {use.number - 1:,} more" if use.number > 1 else ""
    if use.key in rows.created or use.key in rows.changed:
        return f"Used by {name}{more}, which {'stay' if more else 'stays'}."
    return f"Used since by {name}{more}."
