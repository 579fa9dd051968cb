"""Describe versions of a row: all that one states, and what differs between two."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.formats import date_format

from musicdb.history.list_changes import list_changes
from musicdb.history.values import field_label, format_field
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.history import CREATED, DELETED, ChangeType
from musicdb.music import FEATURE_NAMES, format_release_date

# A version of a playlist may add thousands of tracks.
MAX_NAMES = 20


@dataclass(frozen=True)
class ValueChange:
    """A value that became another. ``old`` or ``new`` is empty where there is no value."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """A line of a history: a version, how it came about, and what changed since the version before it."""

    version: Any
    what: str
    changes: list[ValueChange]


class Names:
    """The names of the rows that versions point at. A row that is gone has its last name.

    Where two rows share a name, their addresses tell them apart.
    """

    def __init__(self, versions: Iterable[Any]) -> None:
        """Load all names that ``versions`` need, in at most two queries for each model that they point at."""
        wanted: defaultdict[Any, set[int]] = defaultdict(set)
        for version in versions:
            for model, keys in _pointed_at(version):
                wanted[model].update(keys)
        self._names: dict[tuple[type[models.Model], int], str] = {}
        self.gone: dict[tuple[type[models.Model], int], Any] = {}
        for model, needed in wanted.items():
            self._load(model, needed)

    def _load(self, model: Any, keys: set[int]) -> None:
        if not keys:
            return
        living = model.objects.filter(pk__in=keys).values_list("pk", model.slug_source, "slug")
        found = {pk: (name, slug) for pk, name, slug in living}
        if missing := keys.difference(found):
            last = model.history.filter(id__in=missing).order_by().values("id").annotate(last=Max("history_id"))
            for version in model.history.filter(history_id__in=last.values("last")):
                self.gone[model, version.id] = version
                found[version.id] = name_of(version), version.slug
        uses = Counter(name for name, _ in found.values())
        for pk, (name, slug) in found.items():
            self._names[model, pk] = name if uses[name] == 1 else f"{name} ({slug})"

    def of(self, model: Any, key: int) -> str:
        return self._names.get((model, key), f"{model._meta.verbose_name} {key}")

    def lacks(self, model: Any, key: int) -> bool:
        """Return whether a row that a version points at no longer exists."""
        return (model, key) in self.gone or (model, key) not in self._names

    def missing(self, version: Any) -> Iterator[tuple[type[models.Model], int]]:
        """Yield what ``version`` points at that no longer exists."""
        for model, keys in _pointed_at(version):
            for key in keys:
                if self.lacks(model, key):
                    yield model, key


def _pointed_at(version: Any) -> Iterator[tuple[Any, list[int]]]:
    aggregate = aggregate_of(version.instance_type)
    for field in aggregate.foreign_keys:
        if (key := getattr(version, field.attname)) is not None:
            yield field.related_model, [key]
    for relation in aggregate.child_relations:
        yield relation.member_model, [child.member for child in relation.stated(version)]


def name_of(version: Any) -> str:
    """Return the name or title that ``version`` states."""
    return str(getattr(version, version.instance_type.slug_source))


def _described_columns(aggregate: Aggregate) -> list[Any]:
    """Return the columns in the order that suits an editor: the name first, the features last."""
    described = [field for field in aggregate.columns if field.name != "release_precision"]
    return sorted(described, key=lambda field: (field.name != aggregate.name_field, field.name in FEATURE_NAMES))


def describe(version: Any, names: Names, *, exact: bool = False) -> dict[str, str]:
    """Return all that ``version`` states: each value as text, by its label. Unknown values are empty.

    With ``exact``, different values have different texts.
    """
    aggregate = aggregate_of(version.instance_type)
    found: dict[str, str] = {}
    for field in _described_columns(aggregate):
        value = getattr(version, field.attname)
        if field.is_relation:
            value = None if value is None else names.of(field.related_model, value)
        elif field.name == "release_date" and value:
            value = format_release_date(value, version.release_precision)
        found[field_label(field)] = format_field(field, value, exact=exact)
    for relation in aggregate.child_relations:
        members = [names.of(relation.member_model, child.member) for child in relation.stated(version)]
        found[relation.name] = ", ".join(members if relation.is_ordered else sorted(members))
    if aggregate.alias:
        found["aliases"] = ", ".join(_describe_alias(alias) for alias in version.aliases)
    return found


def _describe_alias(alias: dict[str, Any]) -> str:
    """Return the name of an alias with the address and the id that lead to it, and its place in a joint name."""
    ids = [alias[column] for column in ("slug", "spotify_id") if alias.get(column)]
    if (place := alias.get("joint_position")) is not None:
        ids.append(f"joint name, artist {place + 1}")
    return f"{alias['name']} ({', '.join(ids)})" if ids else str(alias["name"])


def compare(before: Any, after: Any, names: Names) -> dict[str, tuple[str, str]]:
    """Return each value of two versions, by its label, as texts that differ where the values do."""
    old, new = describe(before, names), describe(after, names)
    exact_old, exact_new = describe(before, names, exact=True), describe(after, names, exact=True)
    return {
        what: (exact_old[what], exact_new[what])
        if old[what] == new[what] and exact_old[what] != exact_new[what]
        else (old[what], new[what])
        for what in new
    }


def differences(before: Any, after: Any, names: Names) -> list[ValueChange]:
    """Return what differs between two versions."""
    return [ValueChange(what, old, new) for what, (old, new) in compare(before, after, names).items() if old != new]


def changes_between(earlier: Any, version: Any, names: Names) -> list[ValueChange]:
    """Return what differs between two versions. Of a list that may be long, only what differs is named."""
    long = [one for one in aggregate_of(version.instance_type).child_relations if one.may_repeat]
    names_of_long = {relation.name for relation in long}
    changes = [change for change in differences(earlier, version, names) if change.what not in names_of_long]
    for relation in long:
        changes += _list_differences(relation, earlier, version, names)
    return changes


def _list_differences(relation: ChildRelation, earlier: Any, version: Any, names: Names) -> Iterator[ValueChange]:
    before, after = relation.stated(earlier), relation.stated(version)
    found = list_changes([child.member for child in before], [child.member for child in after])
    if found.removed:
        yield ValueChange(f"{relation.name} removed", _some_names(relation, found.removed, names), "")
    if found.added:
        yield ValueChange(f"{relation.name} added", "", _some_names(relation, found.added, names))
    if found.moved:
        yield ValueChange(f"{relation.name} moved", "", f"{found.moved:,}")
    if not found and before != after:
        stated = dict(zip(relation.columns, zip(*(child.values for child in after), strict=True), strict=True))
        former = dict(zip(relation.columns, zip(*(child.values for child in before), strict=True), strict=True))
        for column, values in stated.items():
            if number := sum(one != other for one, other in zip(former[column], values, strict=True)):
                label = relation.through._meta.get_field(column).verbose_name  # type: ignore[union-attr]
                yield ValueChange(f"{label} of {relation.name}", "", f"{number:,} changed")


def _some_names(relation: ChildRelation, keys: Sequence[Any], names: Names) -> str:
    shown = [names.of(relation.member_model, key) for key in keys[:MAX_NAMES]]
    more = len(keys) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def entries(versions: list[Any], before: Any, names: Names) -> Iterator[Entry]:
    """Yield the lines of a history, newest first. ``before`` is the version before the last of ``versions``, if any."""
    for place, version in enumerate(versions, start=1):
        earlier = versions[place] if place < len(versions) else before
        if version.history_type in (CREATED, DELETED) or earlier is None:
            changes: list[ValueChange] = []
        else:
            changes = changes_between(earlier, version, names)
        yield Entry(version, _what(version, earlier), changes)


def _what(version: Any, earlier: Any) -> str:
    if version.history_type == DELETED:
        return "Deleted."
    if version.change_type in (ChangeType.RESTORE, ChangeType.UNMERGE) and version.history_type == CREATED:
        return "Restored."
    if version.history_type == CREATED:
        return "Created."
    if version.change_type == ChangeType.BASELINE:
        return "The first state on record." if earlier is None else "Changed by something that keeps no history."
    return ""


def format_time(version: Any) -> str:
    """Return the time of a version as text."""
    return date_format(timezone.localtime(version.history_date), "DATETIME_FORMAT")


def versions_of(model: Any, key: int) -> Any:
    """Return the versions of a row, newest first, with who made them."""
    return model.history.filter(id=key).select_related("history_user", "source_import", "grouped_change")


def deleted_versions(model: Any) -> Any:
    """Return the last versions of the rows that are gone, newest first."""
    living = model._default_manager.filter(pk=OuterRef("id"))
    later = model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    gone = model.history.filter(history_type=DELETED).exclude(Exists(living)).exclude(Exists(later))
    return gone.select_related("history_user", "source_import", "grouped_change")
