"""The whole library as one file: a zip of CSVs or a workbook, a table for each kind of thing. It imports again.

Read in batches and written as they come, so that the memory it takes does not grow with the library.
"""

import csv
import io
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from django.db import models
from openpyxl import Workbook

from musicdb.db.isolation import repeatable_read
from musicdb.exports.limits import (
    MAX_CELL,
    MAX_FILE_SIZE,
    MAX_ROWS,
    MAX_SHEET_ROWS,
    MAX_UNPACKED_SIZE,
    MAX_WORKBOOK_UNPACKED_SIZE,
    MEGABYTE,
)
from musicdb.exports.lists import TrackResource, escaped_cell
from musicdb.exports.widgets import join_parts
from musicdb.exports.xml_text import escape_xml
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackArtist,
)
from musicdb.music.audio_features import FEATURE_NAMES
from musicdb.music.release_dates import format_release_date

BATCH = 1_000
# One date for all that is in the zip: the same library gives the same file.
_NO_DATE = (1980, 1, 1, 0, 0, 0)

Row = Sequence[Any]


class ExportRefusedError(Exception):
    """A library that this kind of file cannot hold; says what to do."""


def export_zip(file: IO[bytes]) -> dict[str, int]:
    """Write the library to ``file`` as a zip of CSVs. Return how many rows each table has.

    Raises ExportRefusedError where the file is larger than an import takes.
    """
    counts = {}
    with repeatable_read(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, header, rows in tables():
            member = zipfile.ZipInfo(f"{name}.csv", _NO_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(member, "w", force_zip64=True) as packed,
                io.TextIOWrapper(packed, "utf-8-sig", newline="") as text,
            ):
                writer = csv.writer(text)
                writer.writerow(header)
                counts[name] = _write(writer.writerow, rows)
            _refuse_rows(counts[name], name, MAX_ROWS)
        unpacked = sum(member.file_size for member in archive.infolist())
    _refuse_size(unpacked, MAX_UNPACKED_SIZE, "the tables")
    _refuse_size(file.tell(), MAX_FILE_SIZE, "the zip")
    return counts


def export_xlsx(file: IO[bytes]) -> dict[str, int]:
    """Write the library to ``file`` as a workbook with a sheet for each table. Return how many rows each has.

    Raises ExportRefusedError where a workbook cannot hold it, or is larger than an import takes.
    """
    counts = {}
    workbook = Workbook(write_only=True)
    try:
        with repeatable_read():
            for name, header, rows in tables():
                sheet = workbook.create_sheet(name)
                sheet.append(header)
                counts[name] = _write(sheet.append, _for_a_sheet(name, header, rows))
    except BaseException:
        # Only saving throws away the files in which the sheets wait.
        with tempfile.TemporaryFile() as nowhere:
            workbook.save(nowhere)
        raise
    workbook.save(file)
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    _refuse_size(unpacked, MAX_WORKBOOK_UNPACKED_SIZE, "the workbook")
    return counts


FORMATS = {".zip": export_zip, ".xlsx": export_xlsx}


def export_to(path: Path) -> dict[str, int]:
    """Write the library to a new file, of the kind that its name says: .zip or .xlsx. All of it, or no file.

    Raises ExportRefusedError.
    """
    export = FORMATS.get(path.suffix.lower())
    if export is None:
        raise ExportRefusedError(f"{path} is neither a .zip nor an .xlsx: the name says which of the two to write.")
    # Beside it first: a file of that name stays whole till there is a better one.
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w+b") as file:
            counts = export(file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _write(write: Any, rows: Iterable[Row]) -> int:
    number = 0
    for row in rows:
        write([escaped_cell(cell) for cell in row])
        number += 1
    return number


def _for_a_sheet(name: str, header: Row, rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        _refuse_rows(number, name, MAX_SHEET_ROWS)
        cells = [_for_a_cell(cell) for cell in row]
        for heading, cell in zip(header, cells, strict=True):
            # The escape that is still to come adds one.
            if isinstance(cell, str) and len(cell) >= MAX_CELL:
                raise ExportRefusedError(
                    f"The {heading} of “{row[1]}” is longer than a workbook's cell can be. Export a .zip."
                )
        yield cells


def _for_a_cell(value: Any) -> Any:
    if isinstance(value, str):
        return escape_xml(value)
    # A workbook has 16 digits of a number, and some need 17.
    return repr(value) if isinstance(value, float) and float(f"{value:.16g}") != value else value


def _refuse_rows(number: int, name: str, most: int) -> None:
    # The header is a row too.
    if number >= most:
        raise ExportRefusedError(f"There are more {name} than the {most:,} rows that such a file can have.")


def _refuse_size(size: int, largest: int, what: str) -> None:
    if size > largest:
        raise ExportRefusedError(
            f"With {size // MEGABYTE:,} MB {what} would be larger than the {largest // MEGABYTE:,} MB that can be "
            f"imported again.{' Export a .zip.' if what == 'the workbook' else ''}"
        )


# --- The tables --------------------------------------------------------------------------------------------------


def tables() -> Iterator[tuple[str, tuple[str, ...], Iterator[Row]]]:
    """Yield each table's name, header and rows, in the order in which one points at another.

    The number of queries grows with batches of BATCH rows.
    """
    spellings = ("other_spellings", "former_addresses")
    yield "genres", ("slug", "name", "description", *spellings), _genres()
    yield "artists", ("slug", "name", "spotify_id", "is_public", *spellings, "other_spotify_ids"), _artists()
    yield "labels", ("slug", "name", "is_public", *spellings), _labels()
    yield "albums", ("slug", "title", "released", "labels", "label_slugs", "spotify_id", "image_url"), _albums()
    yield "tracks", TrackResource.Meta.fields, _tracks()


def _genres() -> Iterator[Row]:
    for batch in _batches(Genre, "slug", "name", "description"):
        spellings = _spellings(GenreAlias, batch, "name", "slug")
        for pk, *columns in batch:
            yield *columns, *_side_by_side(spellings[pk], 2)


def _artists() -> Iterator[Row]:
    for batch in _batches(Artist, "slug", "name", "spotify_id", "is_public"):
        spellings = _spellings(ArtistAlias, batch, "name", "slug", "spotify_id")
        for pk, *columns in batch:
            yield *columns, *_side_by_side(spellings[pk], 3)


def _labels() -> Iterator[Row]:
    for batch in _batches(Label, "slug", "name", "is_public"):
        spellings = _spellings(LabelAlias, batch, "name", "slug")
        for pk, *columns in batch:
            yield *columns, *_side_by_side(spellings[pk], 2)


def _albums() -> Iterator[Row]:
    columns = ("slug", "title", "release_date", "release_precision", "spotify_id", "image_url")
    for batch in _batches(Album, *columns):
        labels = _hanging(AlbumLabel, "album", batch, "position", "label__name", "label__slug")
        for pk, slug, title, day, precision, spotify_id, image_url in batch:
            released = format_release_date(day, precision) if day else ""
            yield slug, title, released, *_side_by_side(labels[pk], 2), spotify_id, image_url


def _tracks() -> Iterator[Row]:
    genres_of = Track.genres.through
    rest = ("score", "liked", "spotify_id", "isrc", "duration_ms", "explicit", *FEATURE_NAMES, "features_source")
    for batch in _batches(Track, "slug", "title", "album__title", "album__slug", *rest):
        artists = _hanging(TrackArtist, "track", batch, "position", "artist__name", "artist__slug")
        genres = _hanging(genres_of, "track", batch, "genre__name", "genre__name", "genre__slug")
        for pk, slug, title, album, album_slug, *columns in batch:
            named = (*_side_by_side(artists[pk], 2), album, album_slug, *_side_by_side(genres[pk], 2))
            yield slug, title, *named, *columns


def _batches(model: type[models.Model], *columns: str) -> Iterator[list[Any]]:
    last = 0
    while True:
        rows = model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", *columns)
        if not (batch := list(rows[:BATCH])):
            return
        last = batch[-1][0]
        yield batch


def _hanging(
    model: type[models.Model], owner: str, batch: Sequence[Row], order: str, *columns: str
) -> defaultdict[int, list[Row]]:
    """Return by owner's key the columns of what hangs on the rows of ``batch``, in order. One query."""
    keys = [row[0] for row in batch]
    rows = model._default_manager.filter(**{f"{owner}__in": keys}).order_by(owner, order)
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for pk, *values in rows.values_list(owner, *columns):
        found[pk].append(values)
    return found


def _spellings(model: type[models.Model], batch: Sequence[Row], *columns: str) -> defaultdict[int, list[Row]]:
    return _hanging(model, "target", batch, "pk", *columns)


def _side_by_side(rows: Sequence[Row], number: int) -> list[str]:
    """Return a cell for each of ``number`` columns: what the rows have in it, each at its place; empty if nothing."""
    columns = [[row[place] or "" for row in rows] for place in range(number)]
    return [join_parts(column) if any(column) else "" for column in columns]
