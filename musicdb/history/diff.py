"""Versions of a row in words: all that one says, and what differs between two."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, Max, OuterRef

from musicdb.history import alias_fields
from musicdb.imports.snapshots import HANGING
from musicdb.models.history import CREATED, DELETED, ChangeType
from musicdb.music.audio_features import AUDIO_FEATURES
from musicdb.music.release_dates import format_release_date

_FEATURE_LABELS = {feature.name: feature.label.lower() for feature in AUDIO_FEATURES}


@dataclass(frozen=True)
class ValueChange:
    """A value that became another, or would; either is empty where there was none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """A line of a history: a version, what it is, and what changed since the version before it."""

    version: Any
    what: str
    changes: list[ValueChange]


class Names:
    """What the things are called that versions point at: as now, or, of those that are gone, as last.

    Where two share a name, their addresses tell them apart.
    """

    def __init__(self, versions: Iterable[Any]) -> None:
        """Ask for all names that ``versions`` need: at most two queries for each model that they point at."""
        wanted: defaultdict[type[models.Model], set[int]] = defaultdict(set)
        for version in versions:
            for model, keys in _pointed_at(version):
                wanted[model].update(keys)
        self._names: dict[tuple[type[models.Model], int], str] = {}
        self.gone: dict[tuple[type[models.Model], int], Any] = {}
        for model, needed in wanted.items():
            self._find(model, needed)

    def _find(self, model: Any, keys: set[int]) -> None:
        if not keys:
            return
        living = model.objects.filter(pk__in=keys).values_list("pk", model.slug_source, "slug")
        called = {pk: (name, slug) for pk, name, slug in living}
        if missing := keys.difference(called):
            last = model.history.filter(id__in=missing).order_by().values("id").annotate(last=Max("history_id"))
            for version in model.history.filter(history_id__in=last.values("last")):
                self.gone[model, version.id] = version
                called[version.id] = name_of(version), version.slug
        uses = Counter(name for name, _ in called.values())
        for pk, (name, slug) in called.items():
            self._names[model, pk] = name if uses[name] == 1 else f"{name} ({slug})"

    def of(self, model: Any, key: int) -> str:
        return self._names.get((model, key), f"{model._meta.verbose_name} {key}")

    def missing(self, version: Any) -> Iterator[tuple[type[models.Model], int]]:
        """Yield what ``version`` points at that is not there any more."""
        for model, keys in _pointed_at(version):
            for key in keys:
                if (model, key) in self.gone or (model, key) not in self._names:
                    yield model, key


def _pointed_at(version: Any) -> Iterator[tuple[Any, list[int]]]:
    model = version.instance_type
    for field in model._meta.concrete_fields:
        if field.is_relation and (key := getattr(version, field.attname)) is not None:
            yield field.related_model, [key]
    for name, through, _, member, _ in HANGING.get(model, ()):
        yield through._meta.get_field(member).related_model, getattr(version, name)


def name_of(version: Any) -> str:
    return getattr(version, version.instance_type.slug_source)


def _columns_told(model: Any) -> list[Any]:
    """Return the columns in the order in which an editor would tell them: the name first, the features last."""
    told = [
        field for field in model._meta.concrete_fields if not field.primary_key and field.name != "release_precision"
    ]
    return sorted(told, key=lambda field: (field.name != model.slug_source, field.name in _FEATURE_LABELS))


def facts(version: Any, names: Names) -> dict[str, str]:
    """Return all that ``version`` says, each fact in words by what it is about; empty where nothing is known."""
    model = version.instance_type
    said: dict[str, str] = {}
    for field in _columns_told(model):
        value = getattr(version, field.attname)
        if field.is_relation:
            value = None if value is None else names.of(field.related_model, value)
        elif field.name == "release_date" and value:
            value = format_release_date(value, version.release_precision)
        said[_FEATURE_LABELS.get(field.name, str(field.verbose_name))] = in_words(value)
    for name, through, _, member, order in HANGING.get(model, ()):
        other = through._meta.get_field(member).related_model
        called = [names.of(other, key) for key in getattr(version, name)]
        said[name] = ", ".join(called if order == "position" else sorted(called))
    if hasattr(version, "aliases"):
        said["other spellings"] = ", ".join(_spelt(alias) for alias in version.aliases)
    return said


def _spelt(alias: dict[str, Any]) -> str:
    """Return an other spelling with what leads to it."""
    ids = [alias[column] for column in ("slug", "spotify_id") if alias.get(column)]
    return f"{alias['name']} ({', '.join(ids)})" if ids else alias["name"]


def differences(before: dict[str, str], after: dict[str, str]) -> list[ValueChange]:
    """Return what differs between the facts of two versions."""
    return [ValueChange(what, before[what], after[what]) for what in after if before[what] != after[what]]


def entries(versions: list[Any], before: Any, names: Names) -> Iterator[Entry]:
    """Yield the lines of a history, newest first. ``before``: the version before the last of ``versions``, or None."""
    for place, version in enumerate(versions, start=1):
        earlier = versions[place] if place < len(versions) else before
        if version.history_type in (CREATED, DELETED) or earlier is None:
            changes: list[ValueChange] = []
        else:
            changes = differences(facts(earlier, names), facts(version, names))
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


def in_words(value: Any) -> str:
    """Return a value as a person would write it, and so that no two differ and read the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def present(thing: Any) -> Any:
    """Return ``thing`` as it is now, as a version that is not stored."""
    model = type(thing)
    version = model.history.model(
        **{field.attname: getattr(thing, field.attname) for field in model._meta.concrete_fields}
    )
    for name, through, owner, member, order in HANGING.get(model, ()):
        rows = through._default_manager.filter(**{owner: thing.pk}).order_by(order)
        setattr(version, name, list(rows.values_list(member, flat=True)))
    if hasattr(version, "aliases"):
        version.aliases = list(thing.aliases.order_by("name", "pk").values(*alias_fields(thing.aliases.model)))
    return version


def of_row(model: Any, key: int) -> Any:
    """Return the versions of a row, newest first, with who made them."""
    return model.history.filter(id=key).select_related("history_user", "source_import")


def of_deleted(model: Any) -> Any:
    """Return the last versions of the rows that are gone, newest first."""
    there = model._default_manager.filter(pk=OuterRef("id"))
    later = model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    gone = model.history.filter(history_type=DELETED).exclude(Exists(there)).exclude(Exists(later))
    return gone.select_related("history_user", "source_import")
