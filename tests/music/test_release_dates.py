from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.music import (
    Precision,
    ReleaseDate,
    dates_agree,
    finer_date,
    format_release_date,
    four_digit_year,
    is_full_date,
    parse_release_date,
)


@pytest.mark.parametrize(
    ("text", "first_day", "precision"),
    [
        ("1983", date(1983, 1, 1), "year"),
        ("1983-05", date(1983, 5, 1), "month"),
        ("1983-5", date(1983, 5, 1), "month"),
        ("1983-05-12", date(1983, 5, 12), "day"),
        # The first of January known as such is not "1983".
        ("1983-01-01", date(1983, 1, 1), "day"),
        ("2024-02-29", date(2024, 2, 29), "day"),
        (" 1983 ", date(1983, 1, 1), "year"),
    ],
)
def test_parse(text: str, first_day: date, precision: Precision) -> None:
    assert parse_release_date(text) == (first_day, precision)


@pytest.mark.parametrize("text", ["", "83", "12.05.1983", "1983/05", "1983-", "1983-05-12T00:00", "soon", "19830512"])
def test_another_form_is_refused_with_the_three_that_are_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no release date: write 1983, 1983-05 or 1983-05-12\.$") as refusal:
        parse_release_date(text)
    assert f"“{text}”" in str(refusal.value)


@pytest.mark.parametrize("text", ["0000", "1983-13", "1983-00", "2023-02-29", "1983-05-32"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^“{text}” is no day of the calendar.$"):
        parse_release_date(text)


@given(st.dates(), st.sampled_from(["year", "month", "day"]))
def test_what_is_written_is_read_back(day: date, precision: Precision) -> None:
    first_day = {"year": day.replace(month=1, day=1), "month": day.replace(day=1), "day": day}[precision]

    assert parse_release_date(format_release_date(first_day, precision)) == (first_day, precision)


@pytest.mark.parametrize(("precision", "text"), [("year", "1983"), ("month", "1983-05"), ("day", "1983-05-01")])
def test_only_what_is_known_is_written(precision: Precision, text: str) -> None:
    assert format_release_date(date(1983, 5, 1), precision) == text


YEAR: ReleaseDate = (date(1983, 1, 1), "year")
MONTH: ReleaseDate = (date(1983, 5, 1), "month")
DAY: ReleaseDate = (date(1983, 5, 12), "day")
NEW_YEAR: ReleaseDate = (date(1983, 1, 1), "day")
OTHER: ReleaseDate = (date(1984, 1, 1), "year")


@pytest.mark.parametrize(
    ("one", "other", "finer"),
    [
        *[(None, None, None), (None, DAY, DAY), (YEAR, None, YEAR)],
        *[(YEAR, DAY, DAY), (DAY, YEAR, DAY), (MONTH, DAY, DAY), (YEAR, MONTH, MONTH), (MONTH, YEAR, MONTH)],
        # Two that contradict each other: the first stays.
        *[(OTHER, DAY, OTHER), (DAY, OTHER, DAY), (NEW_YEAR, DAY, NEW_YEAR), (MONTH, NEW_YEAR, MONTH)],
    ],
)
def test_the_finer_of_two_dates_that_agree(
    one: ReleaseDate | None, other: ReleaseDate | None, finer: ReleaseDate | None
) -> None:
    assert finer_date(one, other) == finer


def test_dates_agree_if_one_contains_the_other() -> None:
    assert dates_agree(YEAR, DAY)
    assert dates_agree(DAY, None)
    assert not dates_agree(OTHER, DAY)
    assert not dates_agree(NEW_YEAR, MONTH)


def test_a_full_date_is_a_day_but_not_the_first_of_january() -> None:
    assert [is_full_date(one) for one in (DAY, MONTH, YEAR, NEW_YEAR, None)] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("text", "year"), [("26", 2026), ("27", 1927), ("99", 1999), ("00", 2000), ("1983", 1983), ("68", 1968)]
)
def test_two_digits_are_a_year_of_the_past(text: str, year: int) -> None:
    assert four_digit_year(text, date(2026, 11, 28)) == year
