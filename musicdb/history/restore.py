"""Return rows to a version: checked and recorded like an edit, and refused where something stands in the way."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import Error, transaction
from django.utils.text import capfirst

from musicdb.db import explain
from musicdb.history.diff import Names, differences, format_time
from musicdb.history.record import Change, baseline, record_creates, record_updates, signals_disabled
from musicdb.history.states import current_state
from musicdb.history.write_back import (
    compare_aliases,
    delete_aliases,
    insert_aliases,
    missing_targets,
    taken_values,
    write_members,
)
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.former_values import identity, keep_former_values
from musicdb.models.history import DELETED, ChangeType
from musicdb.models.slugs import alias_for_slug


class RevertRefusedError(Exception):
    """A row cannot return to this version. ``reasons`` says why; nothing was changed."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


def revert(version: Any, user: Any, *, keep_name: bool = False) -> Any:
    """Make a row what ``version`` states, and return it. It keeps its address, and the aliases that have one.

    With ``keep_name`` the name that it loses becomes an alias of it, where no other row has that.

    Raises RevertRefusedError where the row is gone or has not changed since, where something that the version points
    at is gone, and where another row has a name or an id of it now.
    """
    return _all_or_nothing(lambda: _revert(version, user, keep_name))


def restore_deleted(version: Any, user: Any) -> Any:
    """Create a deleted row again as ``version`` states it, with its key and address, and return it.

    A genre returns to the tracks that lost it. Raises RevertRefusedError as ``revert`` does, and where another row
    has the address now.
    """
    return _all_or_nothing(lambda: _restore(version, user))


def _all_or_nothing(work: Callable[[], Any]) -> Any:
    try:
        with transaction.atomic():
            return work()
    except Error as error:
        raise RevertRefusedError([explain(error)]) from error


def _revert(version: Any, user: Any, keep_name: bool) -> Any:
    model = version.instance_type
    kind = model._meta.verbose_name
    row = model.objects.select_for_update().filter(pk=version.id).first()
    if row is None:
        raise RevertRefusedError([f"This {kind} has been deleted since: restore it instead."])
    baseline(model, [row.pk])
    before, former = current_state(row), identity(row)
    names = Names([version, before])
    _write(row, version, names)
    if keep_name:
        keep_former_values(model, {row.pk: former})
    if not differences(before, current_state(row), names):
        raise RevertRefusedError([f"This {kind} is as that version states already."])
    reason = f"Reverted to the version of {format_time(version)}."
    record_updates(model, [row.pk], Change(ChangeType.REVERT, user, reason))
    return row


def _restore(version: Any, user: Any) -> Any:
    model = version.instance_type
    if model.objects.filter(pk=version.id).exists():
        raise RevertRefusedError([f"This {model._meta.verbose_name} exists already."])
    row = model(pk=version.id, slug=version.slug)
    _write(row, version, Names([version]))
    reason = f"Restored from the version of {format_time(version)}."
    record_creates(model, [row.pk], Change(ChangeType.RESTORE, user, reason))
    for use in aggregate_of(model).unprotected_uses:
        _return_to_owners(row, use, user)
    return row


def _write(row: Any, version: Any, names: Names) -> None:
    """Give ``row`` all that ``version`` states except its address. Raises RevertRefusedError."""
    is_new = row._state.adding
    aggregate = aggregate_of(type(row))
    for field in aggregate.columns:
        if field.name != "slug":
            setattr(row, field.attname, getattr(version, field.attname))
    reasons = [
        *missing_targets(version, names),
        *(_address_taken(row) if is_new else ()),
        *taken_values(aggregate, [row], [row.pk], with_addresses=False),
    ]
    if reasons := reasons or list(_invalid(row)):
        raise RevertRefusedError(reasons)
    with signals_disabled():
        row.save(force_insert=is_new)
    write_members(aggregate, [version])
    _write_aliases(row, aggregate, version)


def _write_aliases(row: Any, aggregate: Aggregate, version: Any) -> None:
    """Give ``row`` the aliases of ``version``. Raises RevertRefusedError where one is not allowed any more."""
    changes = compare_aliases(aggregate, [version], keep_addresses=True)
    delete_aliases(aggregate, changes.surplus)
    for _, columns in changes.missing:
        alias = row.aliases.model(target=row, **columns)
        if reasons := list(_alias_refused(alias, aggregate)):
            raise RevertRefusedError(f"Alias “{alias}”: {reason}" for reason in reasons)
        insert_aliases(aggregate, [(row.pk, columns)])


def _alias_refused(alias: Any, aggregate: Aggregate) -> Iterator[str]:
    rows: Any = aggregate.model._default_manager.exclude(pk=alias.target.pk)
    if alias.slug and (holder := rows.filter(slug=alias.slug).first()):
        yield f"its address is that of “{holder}” now."
    column = aggregate.unique_name
    if column and (holder := rows.filter(**{column: alias.name}).first()):
        yield f"there is a {holder._meta.verbose_name} of this name."
    spotify_id = getattr(alias, "spotify_id", None)
    if spotify_id and (holder := rows.filter(spotify_id=spotify_id).first()):
        yield f"its Spotify id is that of “{holder}” now."
    yield from _invalid(alias)


def _address_taken(row: Any) -> Iterator[str]:
    model = type(row)
    if holder := model.objects.filter(slug=row.slug).first():
        yield f"The address “{row.slug}” is that of “{holder}” now."
    elif alias := alias_for_slug(model, row.slug):
        yield f"The address “{row.slug}” leads to “{alias.target}” now, as an address of “{alias}”."


def _invalid(row: Any) -> Iterator[str]:
    """Yield what is not allowed, or not allowed any more."""
    try:
        row.full_clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else f"{capfirst(row._meta.get_field(name).verbose_name)}: "
            yield f"{label}{' '.join(messages)}"


def _return_to_owners(row: Any, use: ChildRelation, user: Any) -> None:
    """Give a restored row back to the owners that lost it, such as a genre to its tracks."""
    last = row.history.filter(history_type=DELETED).first()
    lost = use.lost(last)
    model: Any = use.owner_model
    found = model.objects.filter(pk__in={one.owner for one in lost}).order_by("pk")
    owners = list(found.values_list("pk", flat=True))
    baseline(model, owners)
    living = set(owners)
    use.give_back(row.pk, [one for one in lost if one.owner in living])
    reason = f"{capfirst(row._meta.verbose_name)} “{row}” was restored."
    record_updates(model, owners, Change(ChangeType.RESTORE, user, reason))
