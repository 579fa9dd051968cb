"""Find the rows and aliases that a find and replace would give a name which another one has, or gets at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from musicdb.db import in_batches
from musicdb.editing.replace.replacement import Replacement
from musicdb.models import Artist
from musicdb.models.aggregates import Aggregate
from musicdb.models.former_names import comparable_name

# The value by which names are compared, and the row or alias that has it: its primary key, name and address.
_Holders = dict[str, list[tuple[int, str, str]]]


def name_clashes(aggregate: Aggregate, found: Sequence[Replacement]) -> dict[str, str]:
    """Return by the key of a replacement a sentence that says whose name it would get. A few queries a batch."""
    rows = [one for one in found if one.alias is None and aggregate.name_field in one.after]
    aliases = [one for one in found if one.alias is not None and "name" in one.after]
    clashes = dict(_of_rows(aggregate, rows))
    if aliases:
        renamed = [one for one in rows if one.key not in clashes]
        of_aliases = _of_unique_aliases if aggregate.unique_name else _of_useless_aliases
        clashes |= of_aliases(aggregate, aliases, renamed)
    return clashes


def _of_rows(aggregate: Aggregate, rows: Sequence[Replacement]) -> Iterator[tuple[str, str]]:
    """Yield the rows that would get the name of another one.

    Albums and tracks may share a title. Artists may share a name, too, but two that this makes alike are likely one.
    """
    column = aggregate.unique_name or ("name_key" if aggregate.model is Artist else None)
    if column is None:
        return
    compared: Any = aggregate.model._meta.get_field(column)
    fold, field = compared.get_prep_value, aggregate.name_field
    # One that only gets another spelling of its own name becomes no twin.
    renamed = [(one, fold(one.after[field])) for one in rows if fold(one.after[field]) != fold(one.before[field])]
    taken = _holders_among_rows(aggregate, column, (name for _, name in renamed))
    getting: dict[str, str] = {}
    for one, name in renamed:
        if others := [holder for holder in taken.get(name, ()) if holder[0] != one.row]:
            yield one.key, _exists(aggregate, *others[0])
        elif name in getting:
            yield one.key, f"“{getting[name]}” gets the same name. Merge the two instead."
        else:
            getting[name] = one.name


def _of_unique_aliases(
    aggregate: Aggregate, aliases: Sequence[Replacement], renamed: Sequence[Replacement]
) -> dict[str, str]:
    """Return the aliases that would get a name or alias that leads to a row already."""
    column = str(aggregate.unique_name)
    compared: Any = aggregate.model._meta.get_field(column)
    wanted = [(one, compared.get_prep_value(one.after["name"])) for one in aliases]
    own = {row: compared.get_prep_value(name) for row, name in _own_names(aggregate, aliases, renamed).items()}
    names = _holders_among_rows(aggregate, column, (name for _, name in wanted))
    taken = _holders_among_aliases(aggregate, column, (name for _, name in wanted))
    getting = {compared.get_prep_value(one.after[aggregate.name_field]): one.name for one in renamed}
    found = {}
    for one, name in wanted:
        if own[one.row] == name:
            found[one.key] = _IS_THE_NAME
        elif holders := names.get(name):
            found[one.key] = _exists(aggregate, *holders[0])
        elif others := [holder for holder in taken.get(name, ()) if holder[0] != one.alias]:
            _, target, slug = others[0]
            found[one.key] = f"It is already an alias of “{target}” ({slug})."
        elif name in getting:
            found[one.key] = f"“{getting[name]}” gets the same name."
        else:
            getting[name] = one.name
    return found


def _of_useless_aliases(
    aggregate: Aggregate, aliases: Sequence[Replacement], renamed: Sequence[Replacement]
) -> dict[str, str]:
    """Return the aliases that would say nothing that their row does not say. Rows may share these aliases.

    One that has an id or an address leads to the row by that, whatever its name is.
    """
    own = _own_names(aggregate, aliases, renamed)
    present: defaultdict[int, dict[int, str]] = defaultdict(dict)
    leading = set()
    alias_model: Any = aggregate.alias
    for batch in in_batches(own):
        of_rows = alias_model._default_manager.filter(target__in=batch).order_by("pk")
        for row, key, name, *ids in of_rows.values_list("target_id", "pk", "name", *aggregate.key_columns):
            present[row][key] = comparable_name(aggregate, name)
            if any(ids):
                leading.add(key)
    found = {}
    for one in aliases:
        alias, name = one.alias or 0, comparable_name(aggregate, one.after["name"])
        others = {other for key, other in present[one.row].items() if key != alias}
        if alias not in leading and name == comparable_name(aggregate, own[one.row]):
            found[one.key] = _IS_THE_NAME
        elif alias not in leading and name in others:
            found[one.key] = "It has this alias already."
        else:
            present[one.row][alias] = name
    return found


_IS_THE_NAME = "This is already the name itself."


def _own_names(aggregate: Aggregate, aliases: Sequence[Replacement], renamed: Sequence[Replacement]) -> dict[int, str]:
    """Return what the rows of ``aliases`` are called afterwards, by their keys."""
    names: dict[int, str] = {}
    for batch in in_batches({one.row for one in aliases}):
        rows = aggregate.model._default_manager.filter(pk__in=batch)
        names.update(rows.values_list("pk", aggregate.name_field))
    return names | {one.row: one.after[aggregate.name_field] for one in renamed if one.row in names}


def _holders_among_rows(aggregate: Aggregate, column: str, names: Iterable[str]) -> _Holders:
    return _holders(aggregate.model, (column, "pk", aggregate.name_field, "slug"), names)


def _holders_among_aliases(aggregate: Aggregate, column: str, names: Iterable[str]) -> _Holders:
    return _holders(aggregate.alias, (column, "pk", f"target__{aggregate.name_field}", "target__slug"), names)


def _holders(model: Any, columns: Sequence[str], names: Iterable[str]) -> _Holders:
    found: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for batch in in_batches(set(names)):
        rows = model._default_manager.filter(**{f"{columns[0]}__in": batch}).order_by("pk")
        for value, *holder in rows.values_list(*columns):
            found[value].append(tuple(holder))
    return found


def _exists(aggregate: Aggregate, _key: int, name: str, slug: str) -> str:
    kind = str(aggregate.model._meta.verbose_name)
    article = "an" if kind[0] in "aeiou" else "a"
    return f"There is {article} {kind} “{name}” ({slug}). Merge the two instead."
