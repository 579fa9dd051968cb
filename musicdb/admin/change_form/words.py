"""Put what differs between two editors into words."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.forms import CheckboxInput, Field, ModelChoiceField, NullBooleanSelect
from django.forms.widgets import ChoiceWidget
from django.utils.text import capfirst

from musicdb.admin.change_form.snapshot import Row, Rows, Snapshot, Values, widget_of
from musicdb.admin.change_form.three_way import Conflict, Place

BLANK, NOT_THERE = "blank", "not there"


@dataclass(frozen=True)
class Question:
    """Which of two values is to be stored. ``name`` is the place where they differ, ``was`` what both began with."""

    name: str
    label: str
    was: str
    theirs: str
    mine: str

    def as_json(self) -> Any:
        return asdict(self)


class Words:
    """The words for the places and values of a form and its formsets."""

    def __init__(self, form: Any, formsets: Iterable[Rows]) -> None:
        self._fields: dict[str, Field] = form.fields
        self._rows = {rows.prefix: rows for rows in formsets}

    def question(self, conflict: Conflict, rows: dict[str, Row]) -> Question:
        """``rows`` are those of the place, by what tells them apart."""
        place = conflict.place
        texts = (self.text(place, value) for value in (conflict.was, conflict.theirs, conflict.mine))
        return Question(str(place), self.label(place, rows.get(place.row)), *texts)

    def label(self, place: Place, row: Row | None = None) -> str:
        """Return what is at ``place``, such as "Score", "Aliases", "Aliases: Spotify id of “Sia”"."""
        if not place.prefix:
            return _label(self._fields[place.field], place.field)
        rows = self._rows[place.prefix]
        name = capfirst(rows.name)
        if not place.field:
            return name
        label = _label(rows.fields[place.field], place.field)
        return f"{name}: {label}" if rows.is_single or row is None else f"{name}: {label} of {self._row(rows, row)}"

    def text(self, place: Place, value: Values | dict[str, Values] | Sequence[Row] | None) -> str:
        """Return a value at ``place`` as text."""
        if value is None:
            return NOT_THERE
        if not place.prefix:
            return _text(self._fields[place.field], value)  # type: ignore[arg-type]
        rows = self._rows[place.prefix]
        if place.field:
            return _text(rows.fields[place.field], value)  # type: ignore[arg-type]
        if isinstance(value, dict):
            return _all(rows.fields, value)
        return ", ".join(self._row(rows, row) for row in value if isinstance(row, Row)) or BLANK

    def table(self, was: Snapshot, mine: Snapshot) -> list[tuple[str, str, str]]:
        """Return all values that were typed, each with its label and what the form showed before."""
        places = {name: Place(field=name) for name in mine.fields if name in was.fields}
        found = [
            (self.label(place), self.text(place, was.fields[name]), self.text(place, mine.fields[name]))
            for name, place in places.items()
        ]
        for prefix, rows in mine.rows.items():
            place = Place(prefix)
            name = capfirst(self._rows[prefix].name)
            found.append((name, self._all_rows(place, was.rows.get(prefix, [])), self._all_rows(place, rows)))
        return found

    def _all_rows(self, place: Place, rows: Sequence[Row]) -> str:
        fields = self._rows[place.prefix].fields
        return "; ".join(_all(fields, row.values) for row in rows) or BLANK

    def _row(self, rows: Rows, row: Row) -> str:
        name = next(iter(row.values))
        return _text(rows.fields[name], row.values[name])


def _all(fields: dict[str, Field], values: dict[str, Values]) -> str:
    found = [_text(fields[name], value) for name, value in values.items()]
    return ", ".join(text for text in found if text != BLANK) or BLANK


def _label(box: Field, name: str) -> str:
    return str(capfirst(box.label or name.replace("_", " ")))


def _text(box: Field, values: Values) -> str:
    widget = widget_of(box)
    if isinstance(widget, CheckboxInput):
        return "yes" if values else "no"
    if isinstance(box, ModelChoiceField):
        return _names(box, values)
    if isinstance(widget, ChoiceWidget):
        labels = {str(value): str(label) for value, label, *_ in _options(widget)}
        blank = "unknown" if isinstance(widget, NullBooleanSelect) else BLANK
        return ", ".join(labels.get(value, value) for value in values if value) or blank
    return " ".join(filter(None, values)) or BLANK


def _options(widget: ChoiceWidget) -> Iterable[Any]:
    for value, label in widget.choices:
        yield from label if isinstance(label, list | tuple) else [(value, label)]


def _names(box: ModelChoiceField, values: Values) -> str:  # type: ignore[type-arg]
    """Return the names of the chosen rows. One that is gone, or that nobody can choose, is left as it is."""
    keys = [value for value in values if value.isascii() and value.isdigit()]
    queryset: Any = box.queryset
    found = {str(row.pk): box.label_from_instance(row) for row in queryset.filter(pk__in=keys)} if keys else {}
    return ", ".join(found.get(value, value) for value in values if value) or BLANK
