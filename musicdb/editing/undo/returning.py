"""The rows that a merge deleted, as they can come back: what others have taken since, they do without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from musicdb.editing.undo.targets import Targets, resolved
from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions
from musicdb.models import GroupedChange
from musicdb.models.aggregates import Aggregate, Child, ChildRelation
from musicdb.models.history import ChangeType
from musicdb.models.slugs import first_free


@dataclass
class Returning:
    """A merged row as it comes back. ``columns`` are by attribute; ``aliases`` are each with their columns."""

    key: int
    name: str
    columns: dict[str, Any]
    members: dict[ChildRelation, list[Child]]
    aliases: list[dict[str, Any]]


def merged_versions(change: GroupedChange, aggregate: Aggregate) -> list[Any]:
    """Return the last versions of the rows that a merge deleted."""
    versions = aggregate.versions.filter(grouped_change=change, change_type=ChangeType.MERGE, history_type="-")
    return list(versions.order_by("id"))


def returning_rows(aggregate: Aggregate, versions: Sequence[Any], survivor: Any) -> tuple[list[Returning], list[str]]:
    """Return which of the merged rows can come back, as what, and a sentence for each thing that cannot.

    ``survivor`` is the row that they were merged into, or None. What it has of theirs is not in their way.
    """
    model: Any = aggregate.model
    left: list[str] = []
    last = last_versions(model, [version.id for version in versions])
    living = set(model.objects.filter(pk__in=last).values_list("pk", flat=True))
    found = []
    for version in versions:
        if version.id in living:
            left.append(f"{named(version)} has been restored already, and stays as it is.")
        elif last[version.id].history_id != version.history_id:
            left.append(f"{named(version)} has been restored and deleted again since. It stays deleted.")
        elif holder := _holder_of_name(aggregate, version):
            left.append(f"{named(version)} does not come back: its name is that of “{holder}” ({holder.slug}) now.")
        else:
            found.append(version)
    return [_returning(aggregate, version, survivor, left) for version in found], left


def _holder_of_name(aggregate: Aggregate, version: Any) -> Any:
    if aggregate.unique_name is None:
        return None
    rows: Any = aggregate.model._default_manager
    return rows.filter(**{aggregate.unique_name: name_of(version)}).first()


def _returning(aggregate: Aggregate, version: Any, survivor: Any, left: list[str]) -> Returning:
    columns = {column.attname: getattr(version, column.attname) for column in aggregate.columns}
    for column in aggregate.foreign_keys:
        related: Any = column.related_model
        if (key := columns[column.attname]) is not None:
            columns[column.attname] = Targets(related, [key]).of(key)
            if columns[column.attname] is None:
                left.append(f"The {column.name} of {named(version)} has been deleted since.")
    for column in aggregate.unique_columns:
        holder = holder_of(aggregate, column.name, columns[column.attname], survivor)
        if holder is None:
            continue
        what = f"The {column.verbose_name} “{columns[column.attname]}” of {named(version)} is that of “{holder}” now"
        columns[column.attname] = _free_slug(aggregate, version.slug) if column.name == "slug" else None
        left.append(f"{what}{f': it gets “{columns[column.attname]}”.' if column.name == 'slug' else '.'}")
    members = {relation: _members(relation, version, left) for relation in aggregate.child_relations}
    aliases = []
    for alias in version.aliases if aggregate.alias else ():
        if problem := problem_of_alias(aggregate, alias, survivor):
            left.append(f"The alias “{alias['name']}” of {named(version)} does not come back: {problem}")
        else:
            aliases.append(alias)
    return Returning(version.id, name_of(version), columns, members, aliases)


def _members(relation: ChildRelation, version: Any, left: list[str]) -> list[Child]:
    stated = relation.stated(version)
    targets = Targets(relation.member_model, {child.member for child in stated})
    lost = dict.fromkeys(child.member for child in stated if targets.of(child.member) is None)
    if lost:
        names = ", ".join(f"“{targets.names.get(key, key)}”" for key in lost)
        left.append(f"{named(version)} comes back without {names} among its {relation.name}: deleted since.")
    return resolved(stated, targets, relation.may_repeat)


def holder_of(aggregate: Aggregate, column: str, value: Any, survivor: Any) -> Any:
    """Return the row that has, or to which leads, what is to be unique. None if it is only ``survivor``, or free."""
    if not value:
        return None
    rows: Any = aggregate.model._default_manager.filter(**{column: value})
    if holder := rows.exclude(pk=survivor.pk if survivor else None).first():
        return holder
    if aggregate.alias is None or column not in aggregate.alias_columns:
        return None
    aliases: Any = aggregate.alias._default_manager
    alias = aliases.filter(**{column: value}).exclude(target=survivor).select_related("target").first()
    return alias and alias.target


def problem_of_alias(aggregate: Aggregate, alias: dict[str, Any], survivor: Any) -> str:
    """Return why an alias cannot come back, or an empty string if it can."""
    for column in ("slug", "spotify_id"):
        if holder := holder_of(aggregate, column, alias.get(column), survivor):
            return f"“{alias[column]}” leads to “{holder}” now."
    if aggregate.unique_name:
        aliases: Any = aggregate.alias
        same = aliases._default_manager.filter(**{aggregate.unique_name: alias["name"]}).exclude(target=survivor)
        if holder := same.select_related("target").first():
            return f"it is an alias of “{holder.target}” now."
    return ""


def _free_slug(aggregate: Aggregate, slug: str) -> str:
    tables: Iterable[Any] = filter(None, (aggregate.model, aggregate.alias))
    taken: set[str] = set()
    for table in tables:
        taken.update(table._default_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    return first_free(slug, taken)


def named(version: Any) -> str:
    """Return the kind and the name of the row that ``version`` states, such as "Genre “dub”"."""
    return f"{capfirst(version.instance_type._meta.verbose_name)} “{name_of(version)}”"
