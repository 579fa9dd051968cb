"""The form above a list: its fields, the ranges of numbers among them, and the filters that are in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, Form
from django.http import QueryDict
from django.utils.timezone import localdate

from musicdb.models.validators import MAX_POPULARITY
from musicdb.music import AUDIO_FEATURES

FEATURES = {feature.name: feature for feature in AUDIO_FEATURES if feature.usual is not None}
# Few libraries have more than a few recordings that are older.
FIRST_YEAR = 1950


@dataclass(frozen=True)
class Slider:
    """The ends of a slider and its step. At an end, the slider sets no limit: what lies beyond is found, too."""

    lowest: float
    highest: float
    step: float


@dataclass(frozen=True)
class Range:
    """The two fields for the lowest and the highest of one number. Where its ends are not known, it has no slider."""

    label: str
    lowest: BoundField
    highest: BoundField
    unit: str = ""
    help_text: str = ""
    slider: Slider | None = None

    @property
    def is_given(self) -> bool:
        return any((field.value() or "").strip() for field in (self.lowest, self.highest))


@dataclass(frozen=True)
class Chip:
    """A filter that is in force, in words. ``query`` is the query of the list's address without it."""

    label: str
    value: str
    query: str


def range_of(form: Form, name: str) -> Range:
    """Return the fields ``min_…`` and ``max_…`` of this name."""
    ends = form[f"min_{name}"], form[f"max_{name}"]
    if feature := FEATURES.get(name):
        lowest, highest = feature.usual or (feature.lowest, feature.highest)
        # Shares are stored to many digits, beats and decibels to whole ones where a person sets them.
        slider = Slider(lowest, highest, 1 if feature.unit else 0.01)
        return Range(feature.label, *ends, feature.unit, feature.help_text, slider)
    sliders = {"year": Slider(FIRST_YEAR, localdate().year, 1), "popularity": Slider(0, MAX_POPULARITY, 1)}
    return Range(name.capitalize(), *ends, slider=sliders.get(name))


def given_filters(form: Form, parameters: QueryDict) -> dict[str, str]:
    """Return the filters and the order that were given, as they were typed, by their names."""
    typed = ((field.html_name, str(parameters.get(field.html_name, "")).strip()) for field in form)
    return {name: text for name, text in typed if text}


def chips_of(form: Form, given: dict[str, str]) -> list[Chip]:
    """Return a chip for each filter that was given. The order is no filter."""
    chips = []
    for name, text in given.items():
        if name != "ordering":
            value = form.cleaned_data.get(name)
            words = ("yes" if value else "no") if isinstance(value, bool) else str(value) if _is_row(value) else text
            chips.append(Chip(str(form[name].label), words, query_of(given, without=name)))
    return chips


def query_of(given: dict[str, str], without: str = "") -> str:
    """Return the filters and the order as the query of an address, in the order of the form."""
    query = QueryDict(mutable=True)
    query.update({name: text for name, text in given.items() if name != without})
    return query.urlencode()


def fields_of(form: Form, names: Sequence[str]) -> list[BoundField]:
    return [field for field in form if field.name in names]


def hidden_fields(form: Form, given: Iterable[str], shown: Iterable[str]) -> list[BoundField]:
    """Return the fields that were given and are not shown. A form that is sent keeps them."""
    visible = set(shown)
    return [form[name] for name in given if name not in visible]


def _is_row(value: Any) -> bool:
    return hasattr(value, "get_absolute_url")
