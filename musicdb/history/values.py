"""Values of rows as text for people. Two different values never look the same where they stand side by side."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from musicdb.music import AUDIO_FEATURES, format_duration, format_exact_duration

_FEATURE_LABELS = {feature.name: feature.label.lower() for feature in AUDIO_FEATURES}
_DURATION = "duration_ms"


def field_label(field: Any) -> str:
    """Return what a list of values calls ``field``. It shows a length as a clock does, so not "in ms"."""
    if field.name == _DURATION:
        return "duration"
    return _FEATURE_LABELS.get(field.name) or str(field.verbose_name)


def format_field(field: Any, value: Any, *, exact: bool = False) -> str:
    """Return a value of ``field`` as text. With ``exact``, different values have different texts."""
    if field.name == _DURATION and value is not None:
        return format_exact_duration(value) if exact else format_duration(value)
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return local.isoformat(sep=" ") if exact else date_format(local, "DATETIME_FORMAT")
    return format_value(value)


def format_both(field: Any, old: Any, new: Any) -> tuple[str, str]:
    """Return two values of ``field`` as text: exactly, if they would look the same and are not."""
    old_text, new_text = format_field(field, old), format_field(field, new)
    if old_text == new_text and old != new:
        return format_field(field, old, exact=True), format_field(field, new, exact=True)
    return old_text, new_text


def format_value(value: Any) -> str:
    """Return a value as text for people, such that two different values never look the same."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
