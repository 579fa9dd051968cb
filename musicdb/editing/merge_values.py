"""What rows that are merged may differ in, and which of their values the row that stays has afterwards.

It keeps its own, and the highest score. What it lacks it takes from the first of the others that has it. An editor can
choose otherwise.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.text import capfirst

from musicdb.history.values import format_field
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.music import FEATURE_NAMES, finer_date, format_release_date

# The choices of an editor: by the name of a value, the key of the row whose value stays.
Choices = Mapping[str, int]


@dataclass(frozen=True)
class MergedValue:
    """Columns that belong together, or the members of a relation. One row has all of them.

    ``complete`` fills what is still unknown in the columns from another row, where that says the same otherwise.
    """

    name: str
    label: str
    columns: tuple[str, ...] = ()
    relation: ChildRelation | None = None
    complete: Callable[[list[Any], Sequence[Any]], list[Any]] | None = None


@dataclass(frozen=True)
class Difference:
    """A value in which rows differ. ``options`` has each as text, with the key of the first row that has it.

    ``is_lost`` is whether what does not stay is lost: titles and ids become aliases. ``unless_chosen`` says which one
    stays where an editor chooses none.
    """

    name: str
    label: str
    options: list[tuple[int, str]]
    is_lost: bool = True
    unless_chosen: str = "That of the one that stays, if it has one"


def _finer(kept: list[Any], other: Sequence[Any]) -> list[Any]:
    one, two = ((pair[0], pair[1]) if pair[0] else None for pair in (kept, other))
    return list(finer_date(one, two) or (None, ""))


def _highest(kept: list[Any], other: Sequence[Any]) -> list[Any]:
    return [max((value for value in (*kept, *other) if value is not None), default=None)]


def _same_first(kept: list[Any], other: Sequence[Any]) -> list[Any]:
    if kept[0] != other[0]:
        return kept
    return [theirs if ours is None else ours for ours, theirs in zip(kept, other, strict=True)]


# Columns that only make sense together, by the first of them.
_TOGETHER: dict[str, tuple[tuple[str, ...], str, Callable[[list[Any], Sequence[Any]], list[Any]]]] = {
    "release_date": (("release_date", "release_precision"), "Released", _finer),
    # Somebody who plays one recording under two ids has listened to it at least that often.
    "score": (("score",), "Score", _highest),
    "album": (("album", "disc_number", "track_number"), "Place on an album", _same_first),
    "features_source": (("features_source", *FEATURE_NAMES), "Audio features", _same_first),
}

_UNLESS_CHOSEN = {"score": "The highest", "release_date": "That of the one that stays, or a finer one that agrees"}


def values_of(aggregate: Aggregate) -> list[MergedValue]:
    """Return the values of a model that a merge decides about.

    The name is one of them only where it is a title: names of other models tell them apart, and become aliases.
    """
    fixed = {"slug", "rule", *(() if aggregate.name_field == "title" else ("name",))}
    together = {column: first for first, (columns, _, _) in _TOGETHER.items() for column in columns}
    found = []
    for field in aggregate.columns:
        first = together.get(field.name)
        if first == field.name:
            columns, label, complete = _TOGETHER[first]
            found.append(MergedValue(first, label, columns, complete=complete))
        elif first is None and field.name not in fixed:
            found.append(MergedValue(field.name, str(capfirst(field.verbose_name)), (field.name,)))
    lists = (relation for relation in aggregate.child_relations if relation.is_ordered and not relation.may_repeat)
    found += [MergedValue(one.name, capfirst(one.name), relation=one) for one in lists]
    return sorted(found, key=lambda value: (value.name != aggregate.name_field, value.name == "features_source"))


def merged_columns(aggregate: Aggregate, rows: Sequence[Any], choices: Choices) -> dict[str, Any]:
    """Return the columns of the row that stays, by attribute. It is the first of ``rows``."""
    found: dict[str, Any] = {}
    for value in values_of(aggregate):
        if value.columns:
            attributes = [_attribute(aggregate, column) for column in value.columns]
            stated = {row.pk: [getattr(row, attribute) for attribute in attributes] for row in rows}
            found.update(zip(attributes, _kept(value, stated, _lacking(aggregate, value), choices), strict=True))
    return found


def merged_members(relation: ChildRelation, keys: Sequence[int], choices: Choices) -> list[Any]:
    """Return the child rows of the row that stays, which is the first of ``keys``.

    Lists in an order are chosen whole: its own, unless it has none or another has all of its members and more. Others
    are joined.
    """
    children = relation.children(keys)
    if relation.name in choices and choices[relation.name] in children:
        return children[choices[relation.name]]
    kept = children[keys[0]]
    if relation.is_ordered and not relation.may_repeat:
        for key in keys[1:]:
            if {child.member for child in kept} < {child.member for child in children[key]}:
                kept = children[key]
        return kept
    members = {child.member for child in kept}
    for key in keys[1:]:
        kept = [*kept, *(child for child in children[key] if child.member not in members)]
        members.update(child.member for child in children[key])
    return kept


def differences(model: type[Any], rows: Sequence[Any]) -> list[Difference]:
    """Return the values in which ``rows`` differ. Unknown ones do not count: what is known fills them."""
    return differences_of_groups(model, [rows])[0]


def differences_of_groups(model: type[Any], groups: Sequence[Sequence[Any]]) -> list[list[Difference]]:
    """Return for each group of rows the values in which they differ, by as many queries as for one group."""
    aggregate = aggregate_of(model)
    rows = [row for group in groups for row in group]
    prefetch_related_objects(rows, *(field.name for field in aggregate.foreign_keys))
    values = values_of(aggregate)
    members = {
        value.name: _members_as_text(value.relation, [row.pk for row in rows]) for value in values if value.relation
    }
    aliased = {aggregate.name_field, *aggregate.alias_columns}
    found = []
    for group in groups:
        differing = []
        for value in values:
            if value.relation is not None:
                options = _distinct_members(members[value.name], [row.pk for row in group])
            else:
                options = _columns_as_text(aggregate, value, group)
            if len(options) > 1:
                words = {"unless_chosen": _UNLESS_CHOSEN[value.name]} if value.name in _UNLESS_CHOSEN else {}
                differing.append(Difference(value.name, value.label, options, value.name not in aliased, **words))
        found.append(differing)
    return found


def _kept(value: MergedValue, stated: Mapping[int, list[Any]], lacking: list[Any], choices: Choices) -> list[Any]:
    """Return the values of the columns of ``value``. ``stated`` has those of all rows, the one that stays first."""
    if (chosen := choices.get(value.name)) in stated:
        return stated[chosen]  # type: ignore[index]
    kept = next((values for values in stated.values() if values != lacking), lacking)
    for values in stated.values():
        if value.complete is not None:
            kept = value.complete(list(kept), values)
    return kept


def _lacking(aggregate: Aggregate, value: MergedValue) -> list[Any]:
    """Return what the columns say where nothing is known and nobody has decided."""
    fields = {field.name: field for field in aggregate.columns}
    return [fields[column].get_default() for column in value.columns]


def _attribute(aggregate: Aggregate, column: str) -> str:
    return next(field.attname for field in aggregate.columns if field.name == column)


def _columns_as_text(aggregate: Aggregate, value: MergedValue, rows: Sequence[Any]) -> list[tuple[int, str]]:
    attributes = [_attribute(aggregate, column) for column in value.columns]
    lacking = _lacking(aggregate, value)
    distinct: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        stated = [getattr(row, attribute) for attribute in attributes]
        if stated != lacking:
            distinct.setdefault(tuple(stated), row)
    texts = [(row.pk, _text(value, row, stated)) for stated, row in distinct.items()]
    return texts if len({text for _, text in texts}) == len(texts) else _numbered(texts)


def _numbered(texts: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Tell values apart that look the same, such as two sets of audio features."""
    return [(key, f"{text} ({number})") for number, (key, text) in enumerate(texts, start=1)]


def _text(value: MergedValue, row: Any, stated: Sequence[Any]) -> str:
    if value.name == "release_date":
        return format_release_date(*stated)
    if value.name == "features_source":
        known = sum(feature is not None for feature in stated[1:])
        tempo = f", {row.tempo:g} BPM" if row.tempo is not None else ""
        return f"{known} of {len(FEATURE_NAMES)}{tempo}{f', from {stated[0]}' if stated[0] else ''}"
    if value.name == "album":
        numbers = (("disc", stated[1]), ("track", stated[2]))
        return ", ".join(
            [str(row.album or "no album"), *(f"{what} {number}" for what, number in numbers if number is not None)]
        )
    field = row._meta.get_field(value.columns[0])
    return str(dict(field.flatchoices).get(stated[0], format_field(field, stated[0])))


def _members_as_text(relation: ChildRelation, keys: Sequence[int]) -> dict[int, tuple[tuple[int, ...], str]]:
    """Return the members of each row: their keys, and their names as text."""
    members = relation.members(keys)
    model: Any = relation.member_model
    used = {key for of_owner in members.values() for key in of_owner}
    names = dict(model._default_manager.filter(pk__in=used).values_list("pk", "name")) if used else {}
    return {
        owner: (tuple(of_owner), ", ".join(names.get(key, "") for key in of_owner))
        for owner, of_owner in members.items()
    }


def _distinct_members(members: Mapping[int, tuple[tuple[int, ...], str]], keys: Sequence[int]) -> list[tuple[int, str]]:
    """Return each list of members that rows have, as text, with the first row that has it."""
    found: dict[tuple[int, ...], tuple[int, str]] = {}
    for key in keys:
        of_owner, text = members[key]
        if of_owner:
            found.setdefault(of_owner, (key, text))
    return list(found.values())
