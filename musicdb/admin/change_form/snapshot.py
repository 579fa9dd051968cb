"""What a form shows, and what somebody typed into it, in one shape: the values that a browser sends, field by field.

The forms of a page say which fields there are. They may be unbound: what was typed is read from what the browser sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import CheckboxInput, Field, MultiWidget, NullBooleanSelect, SelectMultiple
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# The values of a field. A field of several boxes, such as a date and a time, has one for each box.
Values = list[str]
# A browser that sends more rows has been tampered with.
MAX_ROWS = 2_000


@dataclass
class Row:
    """A child row: its primary key as text, empty for a new row, and its values by field."""

    key: str
    values: dict[str, Values]


@dataclass
class Snapshot:
    """The values of a form by field, and the child rows of each formset, in order, by its prefix."""

    fields: dict[str, Values] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def as_json(self) -> Any:
        return [self.fields, {prefix: [[row.key, row.values] for row in rows] for prefix, rows in self.rows.items()}]

    @classmethod
    def from_json(cls, stored: Any) -> "Snapshot":
        fields, rows = stored
        return cls(fields, {prefix: [Row(*row) for row in of_prefix] for prefix, of_prefix in rows.items()})


@dataclass(frozen=True)
class Rows:
    """A formset of child rows, unbound, and what the user may do with the stored ones."""

    formset: Any
    name: str
    can_change: bool

    @property
    def prefix(self) -> str:
        return str(self.formset.prefix)

    @property
    def is_single(self) -> bool:
        """Whether an owner has at most one row."""
        return bool(self.formset.fk.unique)

    @property
    def is_ordered(self) -> bool:
        return bool(self.formset.can_order)

    @property
    def fields(self) -> dict[str, Field]:
        return _values_of(self.formset.empty_form, self._structural)

    @property
    def _structural(self) -> set[str]:
        own = {self.formset.model._meta.pk.name, self.formset.fk.name}
        return {DELETION_FIELD_NAME, ORDERING_FIELD_NAME, *own}

    @property
    def blank(self) -> dict[str, Values]:
        """The values of a new row into which nobody has typed."""
        form = self.formset.empty_form
        return {name: _shown(form, name) for name in self.fields}

    def shown(self) -> list[Row]:
        return [
            Row(str(form.instance.pk), {name: _shown(form, name) for name in _values_of(form, self._structural)})
            for form in self.formset.initial_forms
        ]

    def typed(self, posted: QueryDict, was: Sequence[Row]) -> list[Row]:
        """Return the rows that ``posted`` asks for, in their order. ``was`` are those that the page showed."""
        stored = {row.key: row for row in was}
        places = {row.key: place for place, row in enumerate(was, start=1)}
        fields, blank = self.fields, self.blank
        found: list[tuple[tuple[float, int], Row]] = []
        initial = _number(posted.get(f"{self.prefix}-INITIAL_FORMS")) or 0
        for number in range(min(_number(posted.get(f"{self.prefix}-TOTAL_FORMS")) or 0, MAX_ROWS)):
            start = f"{self.prefix}-{number}-"
            key = posted.get(f"{start}{self.formset.model._meta.pk.name}", "") if number < initial else ""
            values = {name: read(posted, box, f"{start}{name}") for name, box in fields.items()}
            if key and not self.can_change:
                values = stored[key].values if key in stored else values
            if f"{start}{DELETION_FIELD_NAME}" in posted or (not key and values == blank):
                continue
            typed = _number(posted.get(f"{start}{ORDERING_FIELD_NAME}"))
            place = place_of(typed, places.get(key)) if self.can_change or not key else (places.get(key, 0), 0)
            found.append((place, Row(key, values)))
        return [row for _, row in (sorted(found, key=lambda one: one[0]) if self.is_ordered else found)]

    def write(self, posted: QueryDict, now: Sequence[Row], rows: Sequence[Row]) -> None:
        """Make ``posted`` ask for ``rows``, where the page shows ``now``."""
        for name in [name for name in posted if name.startswith(f"{self.prefix}-") and not name.endswith("_NUM_FORMS")]:
            del posted[name]
        places = {id(row): place for place, row in enumerate(rows, start=1)}
        wanted = {row.key: row for row in rows if row.key}
        written = [wanted.get(row.key, row) for row in now] + [row for row in rows if not row.key]
        posted[f"{self.prefix}-TOTAL_FORMS"] = str(len(written))
        posted[f"{self.prefix}-INITIAL_FORMS"] = str(len(now))
        fields = self.fields
        for number, row in enumerate(written):
            start = f"{self.prefix}-{number}-"
            if row.key:
                posted[f"{start}{self.formset.model._meta.pk.name}"] = row.key
            if self.is_ordered:
                posted[f"{start}{ORDERING_FIELD_NAME}"] = str(places.get(id(row), ""))
            if id(row) not in places:
                posted[f"{start}{DELETION_FIELD_NAME}"] = "on"
            for name, values in row.values.items():
                write(posted, fields[name], f"{start}{name}", values)


def place_of(typed: int | None, before: int | None) -> tuple[float, int]:
    """Return the sort key of a row that was at the place ``before`` and gets the number ``typed``.

    If two rows have the same number, one that moved up comes before the other, and one that moved down after it.
    """
    if typed is None:
        return float("inf"), 0
    former = before or float("inf")
    return typed, (typed > former) - (typed < former)


def shown(form: Any, formsets: Iterable[Rows]) -> Snapshot:
    """Return what an unbound form and its formsets show."""
    fields = {name: _shown(form, name) for name in _values_of(form)}
    return Snapshot(fields, {rows.prefix: rows.shown() for rows in formsets})


def typed(form: Any, formsets: Iterable[Rows], posted: QueryDict, was: Snapshot) -> Snapshot:
    """Return what ``posted`` asks for, where the page showed ``was``."""
    fields = {name: read(posted, box, form.add_prefix(name)) for name, box in _values_of(form).items()}
    return Snapshot(fields, {rows.prefix: rows.typed(posted, was.rows.get(rows.prefix, [])) for rows in formsets})


def _values_of(form: Any, structural: Iterable[str] = ()) -> dict[str, Field]:
    return {name: box for name, box in form.fields.items() if name not in structural and not box.disabled}


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


# --- Widgets -----------------------------------------------------------------------------------------------------


def widget_of(box: Field) -> Any:
    # The admin wraps a box that chooses a row in its buttons to add and change.
    return getattr(box.widget, "widget", box.widget)


def _names(widget: Any, name: str) -> Iterator[tuple[Any, str]]:
    if isinstance(widget, MultiWidget):
        for number, part in enumerate(widget.widgets):
            yield part, f"{name}_{number}"
    else:
        yield widget, name


def _shown(form: Any, name: str) -> Values:
    """Return what a browser sends of a field if nobody touches it."""
    value, widget = form[name].value(), widget_of(form.fields[name])
    if isinstance(widget, MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value) or []
        return [_text(part.format_value(one)) for part, one in zip(widget.widgets, parts, strict=True)]
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    found = widget.format_value(value)
    if isinstance(widget, SelectMultiple):
        return sorted(map(str, found))
    if isinstance(found, list):
        return [_text(found[0] if found else "")]
    return [_text(found)]


def read(posted: QueryDict, box: Field, name: str) -> Values:
    """Return the values of a field that a browser sent."""
    widget = widget_of(box)
    if isinstance(widget, SelectMultiple):
        return sorted(posted.getlist(name))
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.value_from_datadict(posted, MultiValueDict(), name) else []
    return [_text(posted.get(part_name, _blank(part))) for part, part_name in _names(widget, name)]


def write(posted: QueryDict, box: Field, name: str, values: Values) -> None:
    """Make ``posted`` have ``values`` for a field."""
    widget = widget_of(box)
    if isinstance(widget, SelectMultiple | CheckboxInput):
        posted.setlist(name, values)
        if not values:
            del posted[name]
        return
    for (_, part_name), value in zip(_names(widget, name), values, strict=True):
        posted[part_name] = value


def _blank(widget: Any) -> str:
    return "unknown" if isinstance(widget, NullBooleanSelect) else ""


def _text(value: Any) -> str:
    # Browsers send "\r\n" for every end of a line.
    return "" if value is None else str(value).replace("\r\n", "\n")
