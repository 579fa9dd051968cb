"""Measure the memory of imports of 114,000, 500,000 and 1,000,000 rows into an empty SQLite: ``make bench-memory``.

The rows are those of the 114k file, again and again: each time with other ids, and with another number behind the names
of tracks, albums and artists, so that all of them are new.
"""

import csv
import sys
import tempfile
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path

from benchmarks.data import KAGGLE, data_folder, rows
from benchmarks.library import sqlite
from benchmarks.report import Report

ROWS = (114_000, 500_000, 1_000_000)
MAX_KILOBYTES_A_ROW = 3.0
# What counts as flat: so many times the memory for nine times the rows.
MAX_GROWTH = 1.2
_NAMES = ("artists", "album_name", "track_name")


def main() -> int:
    report = Report()
    measure(report, ROWS)
    return report.verdict()


def measure(report: Report, sizes: Sequence[int]) -> None:
    """Import so many rows, each time into an empty library, and report the peak of each process and how it grows."""
    folder = data_folder(KAGGLE)
    peaks: dict[int, float] = {}
    for number in sizes:
        with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
            file = Path(scratch) / "tracks.csv"
            write_rows(folder, file, number)
            with sqlite(Path(scratch) / "library") as library:
                ran = library.manage("importlibrary", str(file), "--skip-bad")
        peaks[number] = ran.megabytes
        report.figure(f"{number}.peak", ran.megabytes, "MB")
        report.figure(f"{number}.rate", number / ran.seconds, "rows/s")
    first, last = sizes[0], sizes[-1]
    kilobytes = (peaks[last] - peaks[first]) * 1024 / (last - first)
    report.at_most("kilobytes_a_row", kilobytes, MAX_KILOBYTES_A_ROW)
    report.at_most(f"peak_of_{last}_to_{first}_rows", peaks[last] / peaks[first], MAX_GROWTH)


def write_rows(folder: Path, file: Path, number: int) -> None:
    """Write a file with so many tracks."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        made = (
            {**row, "track_id": f"{copy:011}{place:011}", **{name: f"{row[name]} {copy}" for name in _NAMES if copy}}
            for copy in count()
            for place, row in enumerate(rows(folder, KAGGLE))
        )
        for place, row in enumerate(islice(made, number)):
            if not place:
                writer.writerow(row)
            writer.writerow(row.values())


if __name__ == "__main__":
    sys.exit(main())
