"""Back to a version: an edit like any other, checked, recorded, and refused where something stands in the way."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from musicdb import history
from musicdb.history.diff import Names, current_state, describe, differences
from musicdb.models.aggregates import ChildRelation, aggregate_of
from musicdb.models.history import DELETED, ChangeType
from musicdb.models.slugs import alias_for_slug


class RevertRefusedError(Exception):
    """This version cannot be returned to. ``reasons`` says why; nothing was changed."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


def revert(version: Any, user: Any) -> Any:
    """Make a row what ``version`` says, and return it. The address stays, and so do addresses that lead to it.

    Raises RevertRefusedError where the row is gone or is so already, where what the version points at is gone, or
    where something else has a name or an id of it by now.
    """
    return _all_or_nothing(lambda: _revert(version, user))


def restore_deleted(version: Any, user: Any) -> Any:
    """Bring a deleted row back as ``version`` says, with its key and address, and return it.

    A genre returns to the tracks that lost it. Raises RevertRefusedError as ``revert`` does, and where the address
    is another's by now.
    """
    return _all_or_nothing(lambda: _bring_back(version, user))


def _all_or_nothing(act: Callable[[], Any]) -> Any:
    try:
        with transaction.atomic():
            return act()
    except IntegrityError as error:
        raise RevertRefusedError(["Somebody changed the library in the meantime. Look again."]) from error


def _revert(version: Any, user: Any) -> Any:
    model = version.instance_type
    thing = model.objects.select_for_update().filter(pk=version.id).first()
    if thing is None:
        raise RevertRefusedError([f"This {model._meta.verbose_name} has been deleted since: bring it back instead."])
    history.baseline(model, [thing.pk])
    now = current_state(thing)
    names = Names([version, now])
    _write(thing, version, names)
    change = history.Change(ChangeType.REVERT, user, f"Back to the version of {when(version)}.")
    if not differences(describe(now, names), describe(current_state(thing), names)):
        raise RevertRefusedError([f"This {model._meta.verbose_name} is as that version says already."])
    history.record_updates(model, [thing.pk], change)
    return thing


def _bring_back(version: Any, user: Any) -> Any:
    model = version.instance_type
    if model.objects.filter(pk=version.id).exists():
        raise RevertRefusedError([f"This {model._meta.verbose_name} is there already."])
    thing = model(pk=version.id, slug=version.slug)
    _write(thing, version, Names([version]))
    change = history.Change(ChangeType.RESTORE, user, f"As in the version of {when(version)}.")
    history.record_creates(model, [thing.pk], change)
    for use in aggregate_of(model).unprotected_uses:
        _return_to_owners(thing, use, user)
    return thing


def when(version: Any) -> str:
    return date_format(timezone.localtime(version.history_date), "DATETIME_FORMAT")


def _write(thing: Any, version: Any, names: Names) -> None:
    """Give ``thing`` all that ``version`` says, but for its address. Raises RevertRefusedError."""
    is_new = thing._state.adding
    aggregate = aggregate_of(type(thing))
    for field in aggregate.columns:
        if field.name != "slug":
            setattr(thing, field.attname, getattr(version, field.attname))
    reasons = [*_gone(version, names), *(_address_taken(thing) if is_new else ()), *_taken(thing)]
    if not reasons:
        reasons = list(_invalid(thing))
    if reasons:
        raise RevertRefusedError(reasons)
    with history.signals_disabled():
        thing.save(force_insert=is_new)
    for relation in aggregate.child_relations:
        members = getattr(version, relation.name)
        if relation.members([thing.pk])[thing.pk] != members:
            relation.replace({thing.pk: members})
    if aggregate.alias:
        _write_spellings(thing, version.aliases)


def _gone(version: Any, names: Names) -> Iterator[str]:
    """Yield what the version points at that is no longer there, with what became of it."""
    for model, key in names.missing(version):
        last = names.gone.get((model, key))
        called = f"{capfirst(model._meta.verbose_name)} “{names.of(model, key)}”"
        if last is not None and last.change_type == ChangeType.MERGE:
            yield f"{called} is no longer there. {last.history_change_reason}"
        else:
            yield f"{called} has been deleted since. Bring it back first."


def _address_taken(thing: Any) -> Iterator[str]:
    model = type(thing)
    if holder := model.objects.filter(slug=thing.slug).first():
        yield f"The address “{thing.slug}” is that of “{holder}” now."
    elif alias := alias_for_slug(model, thing.slug):
        yield f"The address “{thing.slug}” leads to “{alias.target}” now, where it stands for “{alias}”."


def _taken(thing: Any) -> Iterator[str]:
    """Yield which names and ids of ``thing`` are another's."""
    model = type(thing)
    name_key = aggregate_of(model).name_key
    lookups = {name_key.lookup: "name"} if name_key else {}
    if getattr(thing, "spotify_id", None):
        lookups["spotify_id"] = "spotify_id"
    for lookup, name in lookups.items():
        value = getattr(thing, name)
        holder = model.objects.filter(**{lookup: value}).exclude(pk=thing.pk).first()
        if holder is not None:
            label = capfirst(model._meta.get_field(name).verbose_name)
            yield f"{label} “{value}” is taken by “{holder}” ({holder.slug})."


def _invalid(thing: Any) -> Iterator[str]:
    """Yield what is not allowed, or not allowed any more."""
    try:
        thing.full_clean()
    except ValidationError as error:
        for name, said in error.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else f"{capfirst(thing._meta.get_field(name).verbose_name)}: "
            yield f"{label}{' '.join(said)}"


def _write_spellings(thing: Any, wanted: list[dict[str, Any]]) -> None:
    """Give ``thing`` its other spellings. One that holds an address stays in any case: links lead there."""
    kept = []
    for alias in thing.aliases.all():
        said = {column: getattr(alias, column) for column in aggregate_of(type(thing)).alias_columns}
        if said in wanted or alias.slug:
            kept.append(said)
        else:
            alias.delete()
    spelt = {said["name"] for said in kept}
    for said in wanted:
        if said not in kept and said["name"] not in spelt:
            alias = thing.aliases.model(target=thing, **said)
            if reasons := list(_spelling_refused(alias)):
                raise RevertRefusedError(f"Other spelling “{alias}”: {reason}" for reason in reasons)
            alias.save()


def _spelling_refused(alias: Any) -> Iterator[str]:
    things = type(alias.target).objects.exclude(pk=alias.target.pk)
    if alias.slug and (holder := things.filter(slug=alias.slug).first()):
        yield f"its address is that of “{holder}” now."
    name_key = aggregate_of(type(alias.target)).name_key
    if name_key and (holder := things.filter(**{name_key.lookup: alias.name}).first()):
        yield f"there is a {holder._meta.verbose_name} of this name."
    spotify_id = getattr(alias, "spotify_id", None)
    if spotify_id and (holder := things.filter(spotify_id=spotify_id).first()):
        yield f"its Spotify id is that of “{holder}” now."
    yield from _invalid(alias)


def _return_to_owners(row: Any, use: ChildRelation, user: Any) -> None:
    """Give a restored row back to the owners that lost it, such as a genre to its tracks."""
    last = row.history.filter(history_type=DELETED).first()
    lost = getattr(last, use.reverse_name, None) or []
    model: Any = use.owner_model
    owners = list(model.objects.filter(pk__in=lost).order_by("pk").values_list("pk", flat=True))
    history.baseline(model, owners)
    use.add({key: [row.pk] for key in owners})
    reason = f"{capfirst(row._meta.verbose_name)} “{row}” was restored."
    history.record_updates(model, owners, history.Change(ChangeType.RESTORE, user, reason))
