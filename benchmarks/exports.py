"""Compare the exports of the list of tracks with the library file, on SQLite and PostgreSQL: ``make bench-export``.

*List*: the export of all tracks of the 114k file in the order of the admin's list, as CSV, JSON and a workbook.
*Library*: the same rows as the library file writes them, as a zip and as a workbook. They take turns after a warm-up,
all in one process.
"""

import gzip
import sys
import tempfile
from pathlib import Path

from benchmarks.data import KAGGLE, data_folder
from benchmarks.library import Library, on_both_databases
from benchmarks.report import Report

# What each export of a list is measured against.
LIKE = {"csv": "zip", "json": "zip", "xlsx": "workbook"}
# As quick a row, and a little for what the machine does besides.
MAX_TO_LIBRARY = 1.15


def main() -> int:
    packed = data_folder(KAGGLE) / KAGGLE.file
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
        folder = Path(scratch)
        file = folder / "tracks.csv"
        file.write_bytes(gzip.decompress(packed.read_bytes()))
        with on_both_databases(folder, report) as libraries:
            for name, library in libraries.items():
                library.manage("importlibrary", str(file), "--skip-bad")
                _measure(report, name, library)
    return report.verdict()


def _measure(report: Report, name: str, library: Library) -> None:
    found = library.call("benchmarks.exporting")
    report.figure(f"{name}.rows", found["rows"], "rows")
    for kind in ("zip", "workbook", *LIKE):
        report.figure(f"{name}.{kind}", found[kind], "s")
    report.figure(f"{name}.whole_zip", found["whole_zip"], "s")
    for kind, like in LIKE.items():
        report.at_most(f"{name}.{kind}_to_{like}", found[kind] / found[like], MAX_TO_LIBRARY)
    report.at_most(f"{name}.peak", found["peak"], 200)


if __name__ == "__main__":
    sys.exit(main())
