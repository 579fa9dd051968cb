"""Files as they come: encodings, delimiters, archives, workbooks, and those that were made to do harm."""

import codecs
import io
import zipfile

import pytest
from openpyxl import Workbook

from musicdb.imports import ImportRefusedError, Source
from musicdb.imports.tables import archives, csv_files, reading
from tests.imports.files import NET, as_csv, net_row, records_of

TITLES = ["Señorita – “Öl”", "비 오는 날"]
ROWS = [net_row(number, **{"Track Name": title}) for number, title in enumerate(TITLES)]


def titles(name: str, data: bytes) -> list[str]:
    return [row.record.title for row in records_of(Source(name, data)).tracks]


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    assert titles("a.csv", as_csv(ROWS, delimiter=delimiter).encode(encoding)) == TITLES


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_latin_1(encoding: str) -> None:
    title = "Señorita Öl" if encoding == "latin-1" else TITLES[0]
    assert titles("a.csv", as_csv([net_row(**{"Track Name": title})]).encode(encoding)) == [title]


def test_a_big_endian_mark() -> None:
    assert titles("a.csv", codecs.BOM_UTF16_BE + as_csv(ROWS).encode("utf-16-be")) == TITLES


def test_control_characters_and_nul_are_blanks() -> None:
    assert titles("a.csv", as_csv([net_row(**{"Track Name": "\tA\0B\x1fC "})]).encode()) == ["A B C"]


def test_row_numbers_count_as_a_spreadsheet_does() -> None:
    text = as_csv([net_row(1, **{"Track Name": "two\nlines"}), [], net_row(2, Energy="x")])
    (problem,) = records_of(Source("a.csv", text.encode())).problems
    assert problem.ref.row == 4


def test_a_zip_of_exports_is_one_import() -> None:
    files = {
        "export/Liked.csv": as_csv(ROWS[:1]).encode(),
        "export/More.csv": as_csv(ROWS[1:]).encode("utf-8-sig"),
        "__MACOSX/export/._More.csv": b"\0\5",
        "export/read me.pdf": b"%PDF",
    }
    assert titles("export.zip", zipped(files)) == TITLES


def test_a_workbook_with_numbers_dates_and_truths() -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(NET)
    row: list[object] = list(ROWS[0])
    row[NET.index("Duration (ms)")] = 201000
    row[NET.index("Explicit")] = True
    row[NET.index("Tempo")] = 120.5
    row[NET.index("Mode")] = 1.0
    sheet.append(row)
    target = io.BytesIO()
    workbook.save(target)
    (track,) = records_of(Source("a.xlsx", target.getvalue())).tracks
    values = track.record.values
    assert (values["duration_ms"], values["explicit"], values["tempo"], values["mode"]) == (201000, True, 120.5, 1)


class TestHarm:
    def refused(self, name: str, data: bytes) -> str:
        with pytest.raises(ImportRefusedError) as refused:
            titles(name, data)
        return str(refused.value)

    def test_a_zip_bomb(self) -> None:
        bomb = zipped({"a.csv": as_csv(ROWS).encode() + b"\n" * 50_000_000})
        assert len(bomb) < 100_000
        assert "unpacks to more than 100 times its size" in self.refused("a.zip", bomb)

    def test_a_zip_that_lies_about_its_size(self) -> None:
        data = bytearray(zipped({"a.csv": as_csv(ROWS * 50).encode()}))
        place = data.rindex(b"PK\x01\x02") + 24  # Where the directory says how large the file is unpacked.
        data[place : place + 4] = (1000).to_bytes(4, "little")
        assert "cannot be unpacked" in (said := self.refused("a.zip", bytes(data))) or "larger than it says" in said

    def test_too_many_files_and_too_large_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "more than 1,000 files" in self.refused("a.zip", zipped({f"{n}.csv": b"x" for n in range(1001)}))
        monkeypatch.setattr(archives, "MAX_UNPACKED_SIZE", 1000)
        assert "would unpack to more" in self.refused("a.zip", zipped({"a.csv": as_csv(ROWS * 9).encode()}))
        monkeypatch.setattr(reading, "MAX_FILE_SIZE", 1000)
        assert "is larger than" in self.refused("a.csv", as_csv(ROWS * 9).encode())

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_files, "MAX_ROWS", 2)
        assert self.refused("a.csv", as_csv(ROWS).encode()) == "a.csv has more than 2 rows. Import it in parts."

    def test_an_xml_bomb_in_a_workbook(self) -> None:
        workbook = Workbook()
        target = io.BytesIO()
        workbook.save(target)
        entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "lol">{entities}]><workbook>&l9;</workbook>'
        with zipfile.ZipFile(target) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            assert "expands itself" in self.refused("a.xlsx", zipped({**files, name: bomb.encode()})), name

    def test_a_workbook_bomb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archives, "RATIO_MATTERS_FROM", 100_000)
        bomb = zipped({"xl/workbook.xml": b" " * 5_000_000})
        assert "unpacks to more than 100 times its size" in self.refused("a.xlsx", bomb)

    @pytest.mark.parametrize(
        ("name", "data", "message"),
        [
            ("a.zip", b"PK\x03\x04rubbish", "is a damaged zip file"),
            ("a.zip", zipped({"a.pdf": b"%PDF"}), "contains no file that musicdb reads"),
            ("a.xlsx", zipped({"xl/workbook.xml": b"<workbook/>"}), "workbook"),
            ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save it as .xlsx or .csv"),
            ("a.csv", bytes(range(256)) * 40, "is not text"),
            ("a.csv", b'"' + b"x" * 11_000_000, "cannot be read as CSV"),
        ],
    )
    def test_rubbish(self, name: str, data: bytes, message: str) -> None:
        assert message in self.refused(name, data)

    def test_a_file_that_was_cut_off_in_a_cell(self) -> None:
        whole = as_csv([net_row(1), net_row(2, **{"Track Name": 'Hello, "World"'}), net_row(3)])
        cut = whole[: whole.index("World") + 2]
        assert self.refused("a.csv", cut.encode()) == (
            "a.csv, row 3: a quotation mark opens a cell that does not end. The file was cut off, so export it again; "
            "or a quotation mark is missing in this row."
        )
        # Outside of a cell nothing shows it, and a last line without an end is one like the others.
        assert [row.ref.row for row in records_of(Source("a.csv", whole.strip().encode())).tracks] == [2, 3, 4]

    def test_a_quotation_mark_that_swallows_the_rows_below(self) -> None:
        lines = as_csv([net_row(1), net_row(2), net_row(3)]).splitlines()
        lines[2] = lines[2].replace("Song 2", '"Song 2')
        assert self.refused("a.csv", "\n".join(lines).encode()).startswith("a.csv, row 3: a quotation mark opens")

    def test_an_oversized_cell_is_its_rows_problem(self) -> None:
        rows = [net_row(1), net_row(2, Genres="x" * 40_000)]
        parsed = records_of(Source("a.csv", as_csv(rows).encode()))
        assert [str(problem) for problem in parsed.problems] == [
            "a.csv, row 3, Genres: has 40,000 characters, but at most 32,767 can be read."
        ]
        assert len(parsed.tracks) == 1
