"""CSV files as spreadsheets of all countries save them."""

import pytest

from musicdb.imports import Source
from musicdb.imports.messages import Problem
from musicdb.imports.parsed import Parsed
from tests.imports.files import as_csv, net_row, records_of


def parsed(text: str, encoding: str = "utf-8") -> Parsed:
    return records_of(Source("songs.csv", text.encode(encoding)))


class TestSeparatorLine:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("line", ["sep={}", '"sep={}"', "SEP={}"])
    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_it_is_no_header(self, line: str, delimiter: str, encoding: str) -> None:
        table = as_csv([net_row(1), net_row(2, Energy="x")], delimiter=delimiter)
        read = parsed(f"{line.format(delimiter)}\r\n{table}", encoding)
        assert [row.record.title for row in read.tracks] == ["Song 1"]
        # As a spreadsheet counts, which does not show the line.
        assert [problem.ref.row for problem in read.problems] == [3]

    def test_saved_anew_with_another_separator(self) -> None:
        table = as_csv([net_row(1)])
        for line in ("sep=;,,,,,", '"sep=;",,,'):
            assert len(parsed(f"{line}\r\n{table}").tracks) == 1

    def test_a_track_of_that_name_is_a_track(self) -> None:
        (row,) = parsed(as_csv([net_row(1, **{"Track Name": "sep=;"})])).tracks
        assert row.record.title == "sep=;"


def test_separators_within_a_quoted_heading_do_not_count() -> None:
    table = as_csv([net_row(1)], delimiter=";").replace("Added By", f'"Added By{"," * 40}"')
    assert len(parsed(table).tracks) == 1


def test_bars_separate() -> None:
    assert len(parsed(as_csv([net_row(1)], delimiter="|")).tracks) == 1


class TestNumbers:
    def values(self, delimiter: str = ",", **cells: str) -> dict[str, object]:
        (row,) = parsed(as_csv([net_row(1, **cells)], delimiter=delimiter)).tracks
        return row.record.values

    def problems(self, **cells: str) -> list[Problem]:
        return parsed(as_csv([net_row(1, **cells)])).problems

    @pytest.mark.parametrize(
        ("written", "milliseconds"),
        [
            ("201000", 201_000),
            ("201,000", 201_000),
            ("201.000", 201_000),
            ("1,234,567", 1_234_567),
            ("1.234.567", 1_234_567),
            ("1 234 567", 1_234_567),
            ("1\u00a0234\u202f567", None),
            ("1\u202f234\u202f567", 1_234_567),
            ("1’234’567", 1_234_567),
            ("1,234,567.0", 1_234_567),
            ("201000.0", 201_000),
            ("201000,0", 201_000),
            ("3:21", 201_000),
            ("1:03:21", 3_801_000),
            ("3:21.5", 201_500),
        ],
    )
    def test_durations(self, written: str, milliseconds: int | None) -> None:
        cells = {"Duration (ms)": written}
        if milliseconds is None:
            assert [problem.column for problem in self.problems(**cells)] == ["Duration (ms)"]
        else:
            assert self.values(**cells)["duration_ms"] == milliseconds

    @pytest.mark.parametrize("written", ["1,23", "12,34,567", "1,234.567,8", "1.5", "3:61", "201;000", "²"])
    def test_what_is_no_duration_is_named(self, written: str) -> None:
        (problem,) = self.problems(**{"Duration (ms)": written})
        assert problem.column == "Duration (ms)"
        assert written in problem.message

    def test_decimal_commas(self) -> None:
        cells = {
            "Danceability": "0,714",
            "Loudness": "-4,721",
            "Tempo": "155,948",
            "Energy": "1,0",
            "Popularity": "65,0",
        }
        values = self.values(";", **cells)
        assert [values[name] for name in ("danceability", "loudness", "tempo", "energy")] == [0.714, -4.721, 155.948, 1]
        assert values["popularity"] == 65

    def test_three_decimals_that_would_be_too_many_thousands(self) -> None:
        assert self.values(Popularity="65.000")["popularity"] == 65
        assert [problem.column for problem in self.problems(Popularity="65.500")] == ["Popularity"]


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("TRUE", "FALSE"),
        ("WAHR", "FALSCH"),
        ("VRAI", "FAUX"),
        ("Verdadero", "Falso"),
        ("PRAWDA", "FAŁSZ"),
        ("ИСТИНА", "ЛОЖЬ"),
        ("DOĞRU", "YANLIŞ"),
        ("EPÄTOSI", "TOSI"),
        ("Sì", "No"),
    ],
)
def test_truths_in_the_language_of_a_spreadsheet(yes: str, no: str) -> None:
    if yes == "EPÄTOSI":  # The Finnish "untrue" has the "true" in it.
        yes, no = no, yes
    tracks = parsed(as_csv([net_row(1, Explicit=yes), net_row(2, Explicit=no)])).tracks
    assert [row.record.values["explicit"] for row in tracks] == [True, False]
    (problem,) = parsed(as_csv([net_row(1, Explicit="perhaps")])).problems
    assert problem.message == "“perhaps” is neither true nor false."
