"""Cells of a workbook are read as they are shown."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from musicdb.imports import Source
from musicdb.imports.parsed import Parsed
from tests.imports.files import NET, net_row, records_of


def workbook_with(heading: str, value: object, number_format: str = "General") -> Parsed:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(NET)
    sheet.append(net_row(1))
    cell = sheet.cell(row=2, column=NET.index(heading) + 1)
    cell.value = value  # type: ignore[assignment]
    cell.number_format = number_format
    target = io.BytesIO()
    workbook.save(target)
    return records_of(Source("songs.xlsx", target.getvalue()))


DAY = date(2021, 7, 2)


@pytest.mark.parametrize(
    ("value", "number_format", "released"),
    [
        (DAY, "yyyy-mm-dd", (DAY, "day")),
        (DAY, "d/m/yy", (DAY, "day")),
        (DAY, 'd. mmmm yyyy "Uhr"', (DAY, "day")),
        (DAY, "[$-409]mmm-yy;@", (date(2021, 7, 1), "month")),
        (DAY, "mm/yyyy", (date(2021, 7, 1), "month")),
        (DAY, "yyyy", (date(2021, 1, 1), "year")),
        (DAY, '"Year" yyyy', (date(2021, 1, 1), "year")),
        (datetime(2021, 7, 2, 13, 30), "yyyy-mm-dd hh:mm", (DAY, "day")),
        (2021, "0", (date(2021, 1, 1), "year")),
    ],
)
def test_a_date_is_as_fine_as_it_is_shown(value: object, number_format: str, released: object) -> None:
    (row,) = workbook_with("Release Date", value, number_format).tracks
    assert row.record.album is not None
    assert row.record.album.released == released


@pytest.mark.parametrize(
    ("value", "number_format", "milliseconds"),
    [
        (201 / 86_400, "m:ss", 201_000),
        (201 / 86_400, "mm:ss", 201_000),
        (time(0, 3, 21), "h:mm:ss", 201_000),
        (time(3, 21), "h:mm", 201_000),
        (timedelta(minutes=63, seconds=21), "[m]:ss", 3_801_000),
        (timedelta(hours=1, minutes=3, seconds=21), "[h]:mm:ss", 3_801_000),
        (201_000, "#,##0", 201_000),
        (201_000.0, "0.00", 201_000),
    ],
)
def test_a_duration_may_be_a_time(value: object, number_format: str, milliseconds: int) -> None:
    (row,) = workbook_with("Duration (ms)", value, number_format).tracks
    assert row.record.values["duration_ms"] == milliseconds


def test_the_time_of_a_moment_is_kept() -> None:
    (row,) = workbook_with("Added At", datetime(2021, 7, 2, 13, 30, 5), "yyyy-mm-dd").tracks
    assert row.record.values["added_at"].isoformat() == "2021-07-02T13:30:05+00:00"


@pytest.mark.parametrize(("value", "explicit"), [(True, True), (False, False), ("WAHR", True), ("FALSCH", False)])
def test_truths(value: object, explicit: bool) -> None:
    (row,) = workbook_with("Explicit", value).tracks
    assert row.record.values["explicit"] is explicit


def test_an_error_of_the_spreadsheet_is_unknown() -> None:
    (row,) = workbook_with("Energy", "#N/A").tracks
    assert "energy" not in row.record.values
    assert workbook_with("Energy", "#REF!").problems[0].message == "“#REF!” is not a number."
