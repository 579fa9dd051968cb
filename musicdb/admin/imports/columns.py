"""The page of an import where an editor says what the columns of a table are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from musicdb.admin.base import current_user
from musicdb.admin.imports.forms import ConfirmForm, mappings_as_text
from musicdb.exports.cell_text import shorten
from musicdb.imports import ImportOptions, ImportRefusedError
from musicdb.imports.column_mapping import IGNORE, ColumnMapping, MappedColumn, column_name
from musicdb.imports.formats.mapped import FIELDS, MappingRefusedError, check_mapping
from musicdb.imports.saved_mappings import Unmapped, first_unmapped, forget_mapping, unmapped_with
from musicdb.imports.uploads import UploadGoneError, load_upload

MAX_TEXT = 60
# The name of each column's choice of a field. What else the form sends is carried to the preview as it came.
COLUMN = "column"
_TABLE = (COLUMN, "header", "first_row", "mappings", "token", "columns_of")
_BUTTONS = ("read_again", "columns", "forget", "again")
_OWN = frozenset((*_TABLE, *_BUTTONS, "csrfmiddlewaretoken"))
# What the first row is, as the form says it.
HEADINGS, DATA = "headings", "data"


@dataclass(frozen=True)
class _ListedColumn:
    """A column as the page shows it. ``value`` is the choice that is selected."""

    label: str
    cells: list[str]
    value: str
    errors: list[str]


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the fields that a column can be, each with every way to read its cells, by their groups."""
    return [
        (
            group,
            [
                (_value(field.name, reading.code), field.words_for(reading))
                for field in fields
                for reading in field.readings
            ],
        )
        for group, fields in groupby(FIELDS.values(), key=lambda field: field.group)
    ]


def _value(field: str, reading: str) -> str:
    return f"{field}:{reading}" if reading else field


CHOICES = _choices()
NOT_READ = "Not read"


def described(mappings: Iterable[ColumnMapping]) -> list[list[tuple[str, str]]]:
    """Return each column of each mapping with its field in words. A field that is gone has its name."""
    return [
        [
            (column.heading or column_name(position), _words_for(column))
            for position, column in enumerate(mapping.columns)
        ]
        for mapping in dict.fromkeys(mappings)
    ]


def _words_for(column: MappedColumn) -> str:
    if column.field == IGNORE:
        return NOT_READ
    field = FIELDS.get(column.field)
    reading = field and field.reading(column.reading)
    return field.words_for(reading) if field and reading else column.field


class Steps(Protocol):
    """The other steps of an import, as ``ImportAdmin`` has them."""

    def _require_add(self, request: HttpRequest) -> None: ...
    def _start_again(self, request: HttpRequest, message: str) -> HttpResponse: ...
    def _preview(self, request: HttpRequest, token: str, options: ImportOptions, form: Any) -> HttpResponse: ...
    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse: ...
    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any: ...
    def message_user(self, request: HttpRequest, message: str, level: int) -> None: ...


class ColumnsPage:
    """The page of one table of an upload. ``steps`` shows the pages before and after it."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take what the columns are, and go on; or forget what they were, or read the first row otherwise."""
        self._steps._require_add(request)
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._steps._start_again(request, "The form was not complete.")
        token, options = form.cleaned_data["token"], form.options()
        try:
            source = load_upload(token, owner=current_user(request).pk)
            first_row = request.POST.get("read_again") or request.POST.get("first_row")
            key = request.POST.get("header", "")
            table = unmapped_with([source], options, key, has_header=first_row != DATA)
        except (UploadGoneError, ImportRefusedError) as error:
            return self._steps._start_again(request, str(error))
        if table and "read_again" in request.POST:
            return self._page(request, token, options, table)
        chosen = request.POST.getlist(COLUMN)
        if table is None or len(chosen) != len(table.header):
            return self._steps._start_again(request, "The file has other columns than the form.")
        if "forget" in request.POST:
            if table.saved:
                self._steps.log_deletions(request, [table.saved])
                forget_mapping(table.saved)
            self._steps.message_user(request, "What the columns are was forgotten.", messages.SUCCESS)
            return self.go_on(request, token, options, form)
        mapping = _mapping(table.mapping, chosen)
        try:
            check_mapping(mapping)
        except MappingRefusedError as error:
            return self._page(request, token, options, replace(table, mapping=mapping), error.problems)
        return self.go_on(request, token, replace(options, mappings=(*options.mappings, mapping)), form)

    def change(self, request: HttpRequest, token: str, options: ImportOptions, form: Any) -> HttpResponse:
        """Show the page again for the mapping whose number was sent."""
        number = request.POST["columns"]
        place = int(number) if number.isdecimal() and int(number) < len(options.mappings) else 0
        others = (*options.mappings[:place], *options.mappings[place + 1 :])
        offered = options.mappings[place] if options.mappings else None
        return self.go_on(request, token, replace(options, mappings=others), form, offered)

    def go_on(
        self,
        request: HttpRequest,
        token: str,
        options: ImportOptions,
        form: Any,
        offered: ColumnMapping | None = None,
    ) -> HttpResponse:
        """Show the page of the next table whose columns are to be said, or else the preview."""
        try:
            source = load_upload(token, owner=current_user(request).pk)
            options, table = first_unmapped([source], options, offered)
        except UploadGoneError as error:
            return self._steps._start_again(request, str(error))
        except ImportRefusedError:
            # The preview says why.
            table = None
        if table is not None:
            if form.cleaned_data.get("columns_of"):
                text = f"{table.file} has other columns than {form.cleaned_data['columns_of']}. Say what they are."
                self._steps.message_user(request, text, messages.WARNING)
            return self._page(request, token, options, table)
        if options.mappings != form.cleaned_data.get("mappings", ()):
            form = _with_mappings(request, token, options)
        return self._steps._preview(request, token, options, form)

    def _page(
        self,
        request: HttpRequest,
        token: str,
        options: ImportOptions,
        table: Unmapped,
        problems: Iterable[tuple[int | None, str]] = (),
    ) -> HttpResponse:
        errors: dict[int | None, list[str]] = {}
        for position, message in problems:
            errors.setdefault(position, []).append(message)
        return self._steps._page(
            request,
            "columns",
            f"What are the columns of {table.file}?",
            table=table,
            columns=list(_listed(table, errors)),
            choices=CHOICES,
            ignore=IGNORE,
            not_read=NOT_READ,
            errors=errors.get(None, []),
            has_errors=bool(errors),
            token=token,
            mappings=mappings_as_text(options.mappings),
            carried=[(name, value) for name, values in request.POST.lists() if name not in _OWN for value in values],
        )


def _with_mappings(request: HttpRequest, token: str, options: ImportOptions) -> ConfirmForm:
    """Return what was sent as the form of the preview, which a transfer keeps for a large file, with the mappings."""
    data = request.POST.copy()
    for name in _OWN:
        data.pop(name, None)
    data["token"], data["mappings"] = token, mappings_as_text(options.mappings)
    form = ConfirmForm(data)
    form.is_valid()
    return form


def _mapping(offered: ColumnMapping, chosen: Sequence[str]) -> ColumnMapping:
    columns = []
    for column, value in zip(offered.columns, chosen, strict=True):
        field, _, reading = value.partition(":")
        columns.append(MappedColumn(column.heading, field, reading))
    return ColumnMapping(tuple(columns))


def _listed(table: Unmapped, errors: dict[int | None, list[str]]) -> Iterable[_ListedColumn]:
    times = Counter(table.header)
    for position, (heading, mapped) in enumerate(zip(table.header, table.mapping.columns, strict=True)):
        label = shorten(heading, MAX_TEXT)
        if not heading:
            label = f"Column {position + 1}, without a heading"
        elif times[heading] > 1:
            label = f"{label} (column {position + 1})"
        cells = [shorten(row[position].strip(), MAX_TEXT) for row in table.rows]
        yield _ListedColumn(label, cells, _value(mapped.field, mapped.reading), errors.get(position, []))
