"""A workbook in a zip is read as the tables beside it are."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from musicdb.imports import ImportRefusedError, Source
from musicdb.imports.tables import archives
from tests.imports.files import NET, as_csv, net_row, records_of


def workbook(*numbers: int, sheets: tuple[str, ...] = ("Sheet1",)) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title in sheets:
        sheet = book.create_sheet(title)
        for row in (NET, *map(net_row, numbers)):
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def packed(**files: bytes) -> Source:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return Source("all.zip", target.getvalue())


def test_workbooks_and_tables_of_one_zip_are_one_import() -> None:
    parsed = records_of(packed(Road__xlsx=workbook(1), Sea__XLSX=workbook(2), Air__csv=as_csv([net_row(3)]).encode()))
    assert sorted(row.record.title for row in parsed.tracks) == ["Song 1", "Song 2", "Song 3"]
    assert sorted(playlist.mention.name for playlist in parsed.playlists.values()) == ["Air", "Road", "Sea"]
    assert not parsed.problems


def test_sheets_of_one_name_in_two_workbooks_are_two_tables() -> None:
    one, two = workbook(1, sheets=("A", "B")), workbook(2, sheets=("A", "B"))
    parsed = records_of(packed(one__xlsx=one, two__xlsx=two))
    assert list(parsed.playlist_files) == ["A", "B", "A of two.xlsx", "B of two.xlsx"]
    assert len(parsed.tracks) == 2


def test_a_hidden_file_and_another_document_are_skipped_and_named() -> None:
    word = packed(word__xml=b"<a/>").data
    parsed = records_of(packed(songs__xlsx=workbook(1), __xlsx=b"junk", other__xlsx=word))
    assert len(parsed.tracks) == 1
    assert "2 other files have no tracks and are skipped: .xlsx, other.xlsx." in " ".join(map(str, parsed.notes))


def test_a_damaged_workbook_is_refused_by_its_name() -> None:
    with pytest.raises(ImportRefusedError, match=r"^bad\.xlsx is a damaged workbook"):
        records_of(packed(good__xlsx=workbook(1), bad__xlsx=workbook(1)[:-300]))


def test_a_bomb_in_a_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(30_000_000))
    with pytest.raises(ImportRefusedError, match=r"^bomb\.xlsx unpacks to more than 100 times its size"):
        records_of(packed(bomb__xlsx=target.getvalue()))


def test_workbooks_that_are_too_large_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_SIZE", 40_000)
    with pytest.raises(ImportRefusedError, match=r"The workbooks in all\.zip would unpack to more than"):
        records_of(packed(**{f"b{number}__xlsx": workbook(*range(1, 40)) for number in range(4)}))
