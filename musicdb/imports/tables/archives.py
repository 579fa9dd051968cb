"""Reads zip files: workbooks, and the tables that people and programs pack as one file."""

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from musicdb.exports.limits import MAX_UNPACKED_SIZE, MAX_WORKBOOK_UNPACKED_SIZE, MEGABYTE
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.tables.csv_files import read_csv
from musicdb.imports.tables.other_files import refuse_document
from musicdb.imports.tables.table import Table
from musicdb.imports.tables.workbooks import read_workbook

# A table of text packs to a tenth; what packs to a hundredth was made to burst.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 10 * MEGABYTE
MAX_FILES = 1_000


def read_zip(name: str, data: bytes) -> Iterator[Table]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{name} is a damaged zip file.") from None
    with archive:
        members = archive.infolist()
        if any(member.filename == "xl/workbook.xml" for member in members):
            _refuse_bomb(name, members, MAX_WORKBOOK_UNPACKED_SIZE)
            yield from read_workbook(name, data)
            return
        _refuse_bomb(name, members, MAX_UNPACKED_SIZE)
        refuse_document(name, members)
        wanted = [member for member in members if _is_csv(member.filename)]
        if not wanted:
            raise ImportRefusedError(f"{name} contains no CSV file.{_kinds_in(members)}")
    for member in wanted:
        # Unpacked anew each time that it is read, so that no two members are in memory at once.
        yield read_csv(PurePosixPath(member.filename).name, partial(_unpack, name, data, member))


def _kinds_in(members: list[zipfile.ZipInfo]) -> str:
    kinds = sorted({PurePosixPath(member.filename).suffix.lower() for member in members} - {""})
    return f" It contains files of the kinds {', '.join(kinds[:5])}. Import the tables as CSV." if kinds else ""


def _is_csv(path: str) -> bool:
    parts = PurePosixPath(path)
    # macOS adds a hidden file for each file.
    return parts.suffix.lower() in {".csv", ".tsv", ".txt"} and not parts.name.startswith(".")


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
