"""Reads zip files: workbooks, and the tables that people and programs pack as one file."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from musicdb.exports.limits import MAX_UNPACKED_SIZE, MAX_WORKBOOK_UNPACKED_SIZE, MEGABYTE
from musicdb.imports.messages import ImportRefusedError, Note
from musicdb.imports.tables.csv_files import DELIMITERS
from musicdb.imports.tables.documents import NoMusicError, is_document, read_document
from musicdb.imports.tables.encodings import UTF_8, Text, can_decode, guess
from musicdb.imports.tables.other_files import refuse_document
from musicdb.imports.tables.table import Table
from musicdb.imports.tables.workbooks import read_workbook

# A table of text packs to a tenth; what packs to a hundredth was made to burst.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 10 * MEGABYTE
MAX_FILES = 1_000
_IS_UTF_8 = 0x800
_FOR_READERS = re.compile(r"(read.?me|licen[cs]e|changelog|copying|notes)\b", re.IGNORECASE)
_MAX_NAMED = 3


def open_zip(name: str, data: bytes) -> list[Text | Table]:
    """Return the sheets of a workbook, or the files that have tracks. What else a zip has is named."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{name} is a damaged zip file.") from None
    with archive:
        members = archive.infolist()
        if any(member.filename == "xl/workbook.xml" for member in members):
            return _workbook(name, data, members)
        _refuse_bomb(name, members, MAX_UNPACKED_SIZE)
        refuse_document(name, archive)
    files = [member for member in members if not member.is_dir()]
    names = _names_of(files)
    # Unpacked anew each time that it is read, so that no two members are in memory at once.
    texts = [Text(own, partial(_unpacked, name, data, member)) for own, member in zip(names, files, strict=True)]
    _refuse_packed_bombs(name, [text for text in texts if _is_workbook(text.name) and not text.name.startswith(".")])
    found: list[Text | Table] = []
    others: list[str] = []
    for text in texts:
        tables = _tables_of(text)
        if not tables:
            others.append(text.name)
        taken = {one.name for one in found}
        # Workbooks have sheets of the same names, such as Sheet1.
        found += [
            replace(one, name=f"{one.name} of {text.name}") if isinstance(one, Table) and one.name in taken else one
            for one in tables
        ]
    if not found:
        raise ImportRefusedError(f"{name} contains no file that musicdb reads.{_kinds_in(names)}")
    if others:
        found[0] = _with_note(found[0], _skipped(name, others))
    return found


def _workbook(name: str, data: bytes, members: list[zipfile.ZipInfo]) -> list[Text | Table]:
    _refuse_bomb(name, members, MAX_WORKBOOK_UNPACKED_SIZE)
    return [*read_workbook(name, data)]


def _is_workbook(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() == ".xlsx"


def _packed_members(text: Text) -> list[zipfile.ZipInfo]:
    """Return what a workbook in a zip consists of."""
    try:
        with zipfile.ZipFile(io.BytesIO(text.read())) as archive:
            return archive.infolist()
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{text.name} is a damaged workbook. Save it again.") from None


def _refuse_packed_bombs(name: str, workbooks: Sequence[Text]) -> None:
    """Refuse a zip whose workbooks would together unpack to more than any zip may."""
    unpacked = sum(member.file_size for text in workbooks for member in _packed_members(text))
    if unpacked > MAX_UNPACKED_SIZE:
        limit = f"{MAX_UNPACKED_SIZE // MEGABYTE} MB"
        raise ImportRefusedError(f"The workbooks in {name} would unpack to more than {limit}. Import them in parts.")


def _tables_of(text: Text) -> Sequence[Text | Table]:
    """Return what a file in a zip has that can be imported. macOS adds a hidden file for each file."""
    if text.name.startswith("."):
        return ()
    if _is_workbook(text.name):
        members = _packed_members(text)
        is_workbook = any(member.filename == "xl/workbook.xml" for member in members)
        return _workbook(text.name, text.read(), members) if is_workbook else ()
    if _is_csv(text.name):
        return () if _is_prose(text) else (text,)
    try:
        return (read_document(text.name, text.read) if is_document(text.name) else None) or ()
    except NoMusicError:
        return ()


def _with_note(one: Text | Table, note: Note) -> Text | Table:
    if isinstance(one, Table):
        return replace(one, notes=(*one.notes, note))
    one.notes.append(note)
    return one


def _names_of(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the names of files as their owner knows them, without their folders."""
    paths = [member.filename for member in members]
    # A name without this flag is in the encoding of the computer that packed it, and Python takes it for an American.
    raw = {
        position: path.encode("cp437")
        for position, path in enumerate(paths)
        if not path.isascii() and not members[position].flag_bits & _IS_UTF_8
    }
    if raw:
        together = b"\n".join(raw.values())
        encoding = UTF_8 if can_decode([together], UTF_8) else guess(list(raw.values())).encoding
        for position, path in raw.items():
            paths[position] = path.decode(encoding, "replace")
    return [PurePosixPath(path).name for path in paths]


def _kinds_in(names: Sequence[str]) -> str:
    kinds = sorted({PurePosixPath(name).suffix.lower() for name in names} - {""})
    return f" It contains files of the kinds {', '.join(kinds[:5])}. Import the tables as CSV." if kinds else ""


def _is_csv(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in {".csv", ".tsv", ".txt"}


def _is_prose(text: Text) -> bool:
    """Return whether a file is there to be read by people, such as a readme."""
    if not text.name.lower().endswith(".txt"):
        return False
    first_line = text.head().lstrip(b"\xef\xbb\xbf\r\n").partition(b"\n")[0]
    return _FOR_READERS.match(text.name) is not None or not any(mark in first_line for mark in DELIMITERS.encode())


def _skipped(name: str, others: Sequence[str]) -> Note:
    named = ", ".join(others[:_MAX_NAMED])
    if len(others) > _MAX_NAMED:
        named += f" and {len(others) - _MAX_NAMED} more"
    what = (
        "1 other file has no tracks and is" if len(others) == 1 else f"{len(others)} other files have no tracks and are"
    )
    return Note("", f"{what} skipped: {named}.", (), name)


def _refuse_bomb(name: str, members: list[zipfile.ZipInfo], largest: int) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_FILES:
        raise ImportRefusedError(f"{name} contains more than {MAX_FILES:,} files.")
    if unpacked > largest:
        raise ImportRefusedError(f"{name} would unpack to more than {largest // MEGABYTE} MB. Import it in parts.")
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise ImportRefusedError(f"{name} unpacks to more than {MAX_RATIO} times its size. No table does.")
    if any(member.flag_bits & 1 for member in members):
        raise ImportRefusedError(f"{name} is protected by a password. Remove it first.")


def _unpacked(name: str, archive: bytes, member: zipfile.ZipInfo) -> io.BytesIO:
    return io.BytesIO(_unpack(name, archive, member))


def _unpack(name: str, archive: bytes, member: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(member) as packed:
            # Read one byte more than the declared size, to find a member that is larger.
            data = packed.read(member.file_size + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise ImportRefusedError(f"{member.filename} in {name} cannot be unpacked: {error}") from None
    if len(data) > member.file_size:
        raise ImportRefusedError(f"{member.filename} in {name} is larger than the zip file declares.")
    return data
