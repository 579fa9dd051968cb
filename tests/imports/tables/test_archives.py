"""What else is in a zip file, and the names of files in one."""

import io
import zipfile

from musicdb.imports import Source
from musicdb.imports.parsed import Parsed
from tests.imports.files import as_csv, net_row, records_of
from tests.imports.test_tables import zipped

TABLE = as_csv([net_row(1)]).encode()


def read(files: dict[str, bytes]) -> Parsed:
    return records_of(Source("export.zip", zipped(files)))


def test_other_files_are_skipped_counted_and_named_once() -> None:
    files = {f"{number}.csv": as_csv([net_row(number)]).encode() for number in range(1, 4)}
    others = {
        "__MACOSX/._1.csv": b"\0\5",
        ".DS_Store": b"\0\0\0\1Bud1",
        "cover.jpg": b"\xff\xd8\xff",
        "README.txt": b"Exported on Monday, with love, by me",
        "notes.txt": b"one line",
    }
    parsed = read({**others, **files, "empty folder/": b""})
    assert len(parsed.tracks) == 3
    assert [str(note) for note in parsed.notes] == [
        "export.zip: 5 other files have no tracks and are skipped: ._1.csv, .DS_Store, cover.jpg and 2 more."
    ]


def test_one_other_file() -> None:
    (note,) = read({"1.csv": TABLE, "licence.txt": b"Free, as in music"}).notes
    assert note.text == "1 other file has no tracks and is skipped: licence.txt."


def test_a_table_may_be_a_text_file() -> None:
    parsed = read({"songs.txt": as_csv([net_row(1)], delimiter="\t").encode("utf-16")})
    assert (len(parsed.tracks), parsed.notes) == (1, [])


def test_names_that_windows_packed() -> None:
    for name, encoding in (("비 오는 날의 노래", "cp949"), ("Русский рок", "cp866"), ("夜のプレイリスト", "cp932")):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("placeholder.csv", TABLE)
        raw = f"{name}.csv".encode(encoding)
        data = rename(target.getvalue(), b"placeholder.csv", raw)
        parsed = records_of(Source("export.zip", data))
        assert list(parsed.playlist_files.values()) == [name]


def rename(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a zip file whose one member has the name ``new``, as a program stores it that knows no Unicode."""
    for signature, length_at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        at = data.index(signature) + length_at
        data = data[:at] + len(new).to_bytes(2, "little") + data[at + 2 :]
    data = data.replace(old, new)
    end = data.index(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    return data[: end + 12] + (end - start).to_bytes(4, "little") + start.to_bytes(4, "little") + data[end + 20 :]
