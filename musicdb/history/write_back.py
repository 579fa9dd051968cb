"""Make rows what versions of them state, many rows at a time, and find out what stands in the way of that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.text import capfirst

from musicdb.db import in_batches, insert, update
from musicdb.history.diff import Names
from musicdb.models.aggregates import Aggregate
from musicdb.models.history import ChangeType


def write_back(aggregate: Aggregate, versions: Sequence[Any]) -> None:
    """Give existing rows all that ``versions`` state, one version a row. Must run in a transaction."""
    write_columns(aggregate, versions)
    write_members(aggregate, versions)
    changes = compare_aliases(aggregate, versions)
    delete_aliases(aggregate, changes.surplus)
    insert_aliases(aggregate, changes.missing)


def write_columns(aggregate: Aggregate, versions: Iterable[Any]) -> None:
    columns = aggregate.columns
    update(
        aggregate.model,
        [column.name for column in columns],
        (
            (*(column.get_db_prep_save(getattr(version, column.attname), connection) for column in columns), version.id)
            for version in versions
        ),
    )


def write_members(aggregate: Aggregate, versions: Sequence[Any]) -> None:
    """Give rows the child rows that ``versions`` state. Rows that have them already keep theirs."""
    for relation in aggregate.child_relations:
        stated = {version.id: relation.stated(version) for version in versions}
        present = relation.children(stated)
        relation.replace({key: children for key, children in stated.items() if children != present[key]})


@dataclass
class AliasChanges:
    """What tells the aliases of rows from those that versions state.

    ``surplus`` are keys of aliases, ``missing`` the columns of aliases, each with the key of its row.
    """

    surplus: list[int] = field(default_factory=list)
    missing: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def compare_aliases(aggregate: Aggregate, versions: Sequence[Any], *, keep_addresses: bool = False) -> AliasChanges:
    """Compare the aliases of rows with those that ``versions`` state.

    With ``keep_addresses`` an alias that has an address is not surplus, and its name is not missing: links lead to it.
    """
    changes = AliasChanges()
    if aggregate.alias is None:
        return changes
    present = present_aliases(aggregate, [version.id for version in versions])
    for version in versions:
        missing = list(version.aliases)
        kept_names = set()
        for key, alias in present[version.id]:
            if alias in missing:
                missing.remove(alias)
            elif not keep_addresses or not alias["slug"]:
                changes.surplus.append(key)
                continue
            kept_names.add(alias["name"])
        if keep_addresses:
            missing = [alias for alias in missing if alias["name"] not in kept_names]
        changes.missing += ((version.id, alias) for alias in missing)
    return changes


def present_aliases(aggregate: Aggregate, keys: Iterable[int]) -> Mapping[int, list[tuple[int, dict[str, Any]]]]:
    """Return the aliases of rows by their keys: of each alias its own key and its columns."""
    aliases: Any = aggregate.alias
    columns = aggregate.alias_columns
    found: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for batch in in_batches(keys):
        found.update((key, []) for key in batch)
        rows = aliases.objects.filter(target__in=batch).order_by("target_id", "name", "pk")
        for owner, key, *values in rows.values_list("target_id", "pk", *columns):
            found[owner].append((key, dict(zip(columns, values, strict=True))))
    return found


def delete_aliases(aggregate: Aggregate, keys: Iterable[int]) -> None:
    aliases: Any = aggregate.alias
    for batch in in_batches(keys):
        aliases.objects.filter(pk__in=batch).delete()


def insert_aliases(aggregate: Aggregate, aliases: Iterable[tuple[int, dict[str, Any]]]) -> None:
    if aggregate.alias is not None:
        columns = aggregate.alias_columns
        insert(
            aggregate.alias,
            ["target", *columns],
            ((owner, *(alias[column] for column in columns)) for owner, alias in aliases),
        )


# --- What stands in the way --------------------------------------------------------------------------------------


def missing_targets(version: Any, names: Names) -> Iterator[str]:
    """Yield what ``version`` points at that no longer exists, and what became of it."""
    for model, key in names.missing(version):
        yield gone_reason(model, key, names)


def gone_reason(model: Any, key: int, names: Names) -> str:
    """Return what became of a row that no longer exists."""
    last = names.gone.get((model, key))
    row = f"{capfirst(model._meta.verbose_name)} “{names.of(model, key)}”"
    if last is not None and last.change_type in (ChangeType.MERGE, ChangeType.SPLIT):
        return f"{row} no longer exists. {last.history_change_reason}"
    return f"{row} has been deleted since. Restore it first."


def taken_values(
    aggregate: Aggregate, versions: Sequence[Any], own: Iterable[int], *, with_addresses: bool = True
) -> Iterator[str]:
    """Yield the names, ids and addresses that ``versions`` state and that other rows have now.

    ``own`` are the keys of rows that do not count as others.
    """
    own = set(own)
    compared = {column.name: column.name for column in aggregate.unique_columns}
    if aggregate.unique_name:
        compared[aggregate.unique_name] = aggregate.name_field
    for column, stated in compared.items():
        if column == "slug" and not with_addresses:
            continue
        field: Any = aggregate.model._meta.get_field(column)
        label = capfirst(aggregate.model._meta.get_field(stated).verbose_name)  # type: ignore[union-attr]
        values = {field.get_prep_value(value): value for version in versions if (value := getattr(version, stated))}
        for batch in in_batches(sorted(values)):
            for row in aggregate.model._default_manager.filter(**{f"{column}__in": batch}).order_by("pk"):
                if row.pk not in own:
                    yield f"{label} “{values[getattr(row, column)]}” is taken by “{row}” ({row.slug})."


def taken_aliases(aggregate: Aggregate, versions: Sequence[Any]) -> Iterator[str]:
    """Yield the aliases that ``versions`` state, that their rows lack, and that lead to other rows now.

    Only of a model whose aliases are unique.
    """
    if not (column := aggregate.unique_name):
        return
    field: Any = aggregate.model._meta.get_field(column)
    missing = compare_aliases(aggregate, versions).missing
    wanted = {field.get_prep_value(alias["name"]): (owner, alias["name"]) for owner, alias in missing}
    tables: Any = (aggregate.alias, aggregate.model)
    for batch in in_batches(sorted(wanted)):
        for table in tables:
            for holder in table._default_manager.filter(**{f"{column}__in": batch}).order_by("pk"):
                owner, name = wanted[getattr(holder, column)]
                row = holder.target if table is aggregate.alias else holder
                if row.pk != owner:
                    yield f"The alias “{name}” leads to “{row}” now."
