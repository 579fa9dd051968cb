"""Describe versions of a row: all that one states, and what differs between two."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.formats import date_format

from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.models.history import CREATED, DELETED, ChangeType
from musicdb.music import AUDIO_FEATURES, format_release_date

_FEATURE_LABELS = {feature.name: feature.label.lower() for feature in AUDIO_FEATURES}


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

    def missing(self, version: Any) -> Iterator[tuple[type[models.Model], int]]:
        """Yield what ``version`` points at that no longer exists."""
        for model, keys in _pointed_at(version):
            for key in keys:
                if (model, key) in self.gone or (model, key) not in self._names:
                    yield model, key


def _pointed_at(version: Any) -> Iterator[tuple[Any, list[int]]]:
    aggregate = aggregate_of(version.instance_type)
    for field in aggregate.foreign_keys:
        if (key := getattr(version, field.attname)) is not None:
            yield field.related_model, [key]
    for relation in aggregate.child_relations:
        yield relation.member_model, getattr(version, relation.name)


def name_of(version: Any) -> str:
    """Return the name or title that ``version`` states."""
    return str(getattr(version, version.instance_type.slug_source))


def _described_columns(aggregate: Aggregate) -> list[Any]:
    """Return the columns in the order that suits an editor: the name first, the features last."""
    described = [field for field in aggregate.columns if field.name != "release_precision"]
    return sorted(described, key=lambda field: (field.name != aggregate.name_field, field.name in _FEATURE_LABELS))


def describe(version: Any, names: Names) -> dict[str, str]:
    """Return all that ``version`` states: each value as text, by its label. Unknown values are empty."""
    aggregate = aggregate_of(version.instance_type)
    found: dict[str, str] = {}
    for field in _described_columns(aggregate):
        value = getattr(version, field.attname)
        if field.is_relation:
            value = None if value is None else names.of(field.related_model, value)
        elif field.name == "release_date" and value:
            value = format_release_date(value, version.release_precision)
        found[_FEATURE_LABELS.get(field.name, str(field.verbose_name))] = format_value(value)
    for relation in aggregate.child_relations:
        members = [names.of(relation.member_model, key) for key in getattr(version, relation.name)]
        found[relation.name] = ", ".join(members if relation.is_ordered else sorted(members))
    if aggregate.alias:
        found["aliases"] = ", ".join(_describe_alias(alias) for alias in version.aliases)
    return found


def _describe_alias(alias: dict[str, Any]) -> str:
    """Return the name of an alias with the address and the id that lead to it."""
    ids = [alias[column] for column in ("slug", "spotify_id") if alias.get(column)]
    return f"{alias['name']} ({', '.join(ids)})" if ids else str(alias["name"])


def differences(before: dict[str, str], after: dict[str, str]) -> list[ValueChange]:
    """Return what differs between the descriptions of two versions."""
    return [ValueChange(what, before[what], after[what]) for what in after if before[what] != after[what]]


def entries(versions: list[Any], before: Any, names: Names) -> Iterator[Entry]:
    """Yield the lines of a history, newest first. ``before`` is the version before the last of ``versions``, if any."""
    for place, version in enumerate(versions, start=1):
        earlier = versions[place] if place < len(versions) else before
        if version.history_type in (CREATED, DELETED) or earlier is None:
            changes: list[ValueChange] = []
        else:
            changes = differences(describe(earlier, names), describe(version, names))
        yield Entry(version, _what(version, earlier), changes)


def _what(version: Any, earlier: Any) -> str:
    if version.history_type == DELETED:
        return "Deleted."
    if version.change_type == ChangeType.RESTORE:
        return "Restored."
    if version.history_type == CREATED:
        return "Created."
    if version.change_type == ChangeType.BASELINE:
        return "The first state on record." if earlier is None else "Changed by something that keeps no history."
    return ""


def format_value(value: Any) -> str:
    """Return a value as text for people, such that two different values never look the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def format_time(version: Any) -> str:
    """Return the time of a version as text."""
    return date_format(timezone.localtime(version.history_date), "DATETIME_FORMAT")


def current_state(row: Any) -> Any:
    """Return ``row`` as it is now, as a version that is not saved."""
    aggregate = aggregate_of(type(row))
    columns = ["id", *(field.attname for field in aggregate.columns)]
    version = type(row).history.model(**{name: getattr(row, name) for name in columns})
    for relation in aggregate.child_relations:
        setattr(version, relation.name, relation.members([row.pk])[row.pk])
    if aggregate.alias:
        version.aliases = list(row.aliases.order_by("name", "pk").values(*aggregate.alias_columns))
    return version


def versions_of(model: Any, key: int) -> Any:
    """Return the versions of a row, newest first, with who made them."""
    return model.history.filter(id=key).select_related("history_user", "source_import")


def deleted_versions(model: Any) -> Any:
    """Return the last versions of the rows that are gone, newest first."""
    living = model._default_manager.filter(pk=OuterRef("id"))
    later = model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    gone = model.history.filter(history_type=DELETED).exclude(Exists(living)).exclude(Exists(later))
    return gone.select_related("history_user", "source_import")
