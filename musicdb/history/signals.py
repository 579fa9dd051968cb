"""Record single rows that are saved or deleted outside the admin, by a script for instance.

Code that writes many rows, or rows together with what belongs to them, records them itself and disables these signals.
"""

from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from simple_history.models import HistoricalRecords

from musicdb.history.record import (
    Change,
    baseline,
    record_creates,
    record_deletes,
    record_updates,
    signals_enabled,
)
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType


def connect() -> None:
    """Connect the signals of each model of the catalogue."""
    for aggregate in CATALOGUE:
        for signal, receiver in (
            (pre_save, before_save),
            (post_save, after_save),
            (pre_delete, before_delete),
            (post_delete, after_delete),
        ):
            signal.connect(receiver, sender=aggregate.model)


def before_save(sender: type[models.Model], instance: Any, raw: bool, **kwargs: Any) -> None:
    # A fixture is loaded raw: its own versions come with it.
    if not raw and instance.pk and not instance._state.adding and signals_enabled():
        baseline(sender, [instance.pk])


def after_save(sender: type[models.Model], instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    if not raw and signals_enabled():
        record = record_creates if created else record_updates
        record(sender, [instance.pk], Change(ChangeType.PROGRAM, _current_user()))


def before_delete(sender: type[models.Model], instance: Any, **kwargs: Any) -> None:
    if signals_enabled():
        change = Change(ChangeType.DELETION, _current_user())
        instance._lost_member = record_deletes(sender, [instance.pk], change)


def after_delete(sender: type[models.Model], instance: Any, **kwargs: Any) -> None:
    if (lost := instance.__dict__.pop("_lost_member", None)) is not None:
        lost.record()


def _current_user() -> Any:
    """Return the user of the request that is being answered, or None."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
