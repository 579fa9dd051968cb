"""Files that are not tables: what a person is told that they are, and what to take in their place."""

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from musicdb.imports import ImportRefusedError, Source
from tests.imports.files import as_csv, net_file, net_row, records_of


def zipped(*names: str, mimetype: str = "x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, mimetype if name == "mimetype" else "x")
    return target.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tracks (title TEXT)")
    return bytes(connection.serialize())


OPEN_DOCUMENT = ("mimetype", "content.xml", "META-INF/manifest.xml")
OLD_OFFICE = b"\xd0\xcf\x11\xe0" + bytes(600)
OTHER_FILES = [
    (b'[{"endTime": "2024-01-01 10:00", "artistName": "Sia"}]', "is a JSON file"),
    (b'{\n  "playlists": []\n}', "is a JSON file"),
    (b"[]", "is a JSON file"),
    ('\ufeff{"a": 1}'.encode("utf-16"), "is a JSON file"),
    (b'{"a": 1}\n{"a": 2}\n', "is a JSON file"),
    (b"\n<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>", "is a web page"),
    (b'<?xml version="1.0"?>\n<html xmlns="x"><body/></html>', "is a web page"),
    (
        b'<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/x">\n<plist><dict/></plist>',
        "is a property list of Apple’s without tracks",
    ),
    (b'<?xml version="1.0"?>\n<playlist xmlns="http://xspf.org/ns/0/"/>', "is an XML file"),
    (b"#EXTM3U\n", "is a playlist of files (M3U)"),
    (b"[playlist]\nFile1=one.mp3\n", "is a playlist of files (PLS)"),
    (b"  C:\\Music\\one, two.mp3\r\n  C:\\Music\\three.FLAC\r\n" * 200, "is a list of files of music"),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "is a picture"),
    (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "is a picture"),
    (b"ID3\x04\x00", "is a recording"),
    (b"%PDF-1.7\n", "is a PDF document"),
    (database(), "is an SQLite database, not a table. Export its tracks as CSV: of Navidrome, the table media_file;"),
    (b"PAR1\x15\x04", "is a Parquet file"),
    (b"\x1f\x8b\x08\x00", "is a packed archive"),
    (b"{\\rtf1\\ansi", "is a formatted text (RTF)"),
    (OLD_OFFICE + "Workbook".encode("utf-16-le"), "is an old Excel workbook (.xls)"),
    (OLD_OFFICE + "WordDocument".encode("utf-16-le"), "is a Word document (.doc)"),
    (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
    (zipped("[Content_Types].xml", "word/document.xml"), "is a Word document (.docx)"),
    (
        zipped(*OPEN_DOCUMENT, mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        "is an OpenDocument spreadsheet (.ods), not a table that musicdb reads. In LibreOffice, choose File, Save as",
    ),
    (zipped(*OPEN_DOCUMENT, mimetype="application/vnd.oasis.opendocument.text"), "is an OpenDocument file (.odt"),
    (zipped(*OPEN_DOCUMENT[1:]), "is an OpenDocument file"),
    (zipped("Index/Document.iwa"), "is a document of Apple’s Numbers"),
    (
        zipped("a/one.json", "two.PDF", "readme"),
        "contains no file that musicdb reads. It contains files of the kinds .json, .pdf.",
    ),
    (bytes(range(1, 32)) * 20, "is not text"),
]


@pytest.mark.parametrize(("data", "what"), OTHER_FILES)
@pytest.mark.parametrize("name", ["x.csv", "x"])
def test_what_it_is_and_what_to_take(data: bytes, what: str, name: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        records_of(Source(name, data))
    said = str(refused.value)
    assert said.startswith(f"{name} {what}")
    assert any(
        word in said
        for word in ("Import ", "Save ", "Export ", "Convert ", "Unpack ", "Download ", "Remove ", "choose ")
    )


def test_a_page_in_a_zip_is_named() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("liked.csv", "<html>Not found</html>")
    with pytest.raises(ImportRefusedError, match=r"^liked\.csv is a web page"):
        records_of(Source("all.zip", target.getvalue()))


@pytest.mark.parametrize("title", ["<3", "[Intro]", '{"x": 1}', "one.mp3", "%PDF-", "\x07 Bell", "#EXTM3U"])
def test_a_title_may_look_like_anything(title: str) -> None:
    parsed = records_of(net_file(net_row(1, **{"Track Name": title})))
    assert len(parsed.tracks) == 1


@pytest.mark.parametrize("heading", ["ID3 title", "[Mood]", "GIF", "Music.mp3"])
def test_a_heading_may_look_like_anything(heading: str) -> None:
    table = as_csv([net_row(1)]).splitlines(keepends=True)
    text = f"{heading},{table[0]}x,{''.join(table[1:])}"
    parsed = records_of(Source("x.csv", text.encode()))
    assert len(parsed.tracks) == 1


@pytest.mark.django_db
def test_the_shell_says_it_too(tmp_path: Path) -> None:
    path = tmp_path / "liked.csv"
    path.write_bytes(b'[{"a": 1}]')
    with pytest.raises(CommandError, match=r"liked\.csv is a JSON file.*Exportify.*Nothing was imported"):
        call_command("importlibrary", str(path))
