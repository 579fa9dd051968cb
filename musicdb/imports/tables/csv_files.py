"""Reads CSV files."""

import csv
import io
from collections.abc import Callable, Iterator

from musicdb.exports.limits import MAX_ROWS, MEGABYTE
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.tables.encodings import detect_encoding
from musicdb.imports.tables.other_files import refuse_other_text
from musicdb.imports.tables.table import Table

DELIMITERS = ",;\t"

# A cell that is longer than MAX_CELL is its row's problem, not the file's, unless it is monstrous.
csv.field_size_limit(10 * MEGABYTE)


def read_csv(name: str, read: Callable[[], bytes]) -> Table:
    """Return the table of a CSV file, whose content ``read`` returns."""
    data = read()
    encoding = detect_encoding(data)
    if not data.decode(encoding, errors="replace").strip("\ufeff \t\r\n\0,;"):
        raise ImportRefusedError(f"{name} is empty.")
    refuse_other_text(name, data, encoding)

    def lines(data: bytes) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")

    # The columns are separated by the one of the three that the header has most of.
    first = next((line for line in lines(data) if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    return Table(name, lambda: _numbered(name, csv.reader(lines(read()), delimiter=delimiter)))


def _numbered(name: str, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            raise ImportRefusedError(f"{name}, row {number}, cannot be read as CSV: {error}.") from None
        if number > MAX_ROWS:
            raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")
        # A blank line is left out, but its number counts, as in a spreadsheet.
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells
