"""What it takes to import the 114k file into an empty SQLite, against a plain resource: ``make bench-import``.

*Ours*: ``manage.py importlibrary``, whole file, its process's start included. *Plain*: a ``ModelResource`` of
django-import-export with a widget for each relation, over a slice of the same rows; it leaves out the artists, whose
order it cannot keep, and so does less.
"""

import gzip
import sys
import tempfile
from pathlib import Path

from benchmarks.data import KAGGLE, data_folder
from benchmarks.library import sqlite
from benchmarks.report import Report

ROWS = 114_000
SLICE = 1_000
ROUNDS = 3


def main() -> int:
    packed = data_folder(KAGGLE) / KAGGLE.file
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
        folder = Path(scratch)
        file = folder / "tracks.csv"
        file.write_bytes(gzip.decompress(packed.read_bytes()))
        ours, again, plain = [], [], []
        for turn in range(ROUNDS):
            with sqlite(folder / f"ours-{turn}") as library:
                ours.append(library.manage("importlibrary", str(file), "--skip-bad"))
                again.append(library.manage("importlibrary", str(file), "--skip-bad"))
                changed = [line for line in again[-1].output.splitlines() if " created, " in line]
                if any(line.split()[1] != "0" or line.split()[3] != "0" for line in changed):
                    raise RuntimeError(f"The second import changed something: {changed}")
            with sqlite(folder / f"plain-{turn}") as library:
                plain.append(library.call("benchmarks.importing", "plain", str(file), str(SLICE)))
        with sqlite(folder / "counted") as library:
            counted = library.call("benchmarks.importing", "queries", str(file))
    seconds = sorted(ran.seconds for ran in ours)[ROUNDS // 2]
    rate = ROWS / seconds
    plain_rate = sorted(found["rate"] for found in plain)[ROUNDS // 2]
    report.figure("rows", ROWS, "rows")
    report.figure("import", seconds, "s")
    report.figure("import.rate", rate, "rows/s")
    report.figure("plain.rate", plain_rate, "rows/s")
    report.figure("again", sorted(ran.seconds for ran in again)[ROUNDS // 2], "s")
    report.figure("queries", counted["queries"], "queries")
    report.at_least("rate_to_plain", rate / plain_rate, 20)
    report.at_most("peak", max(ran.megabytes for ran in (*ours, *again)), 600)
    report.at_most("queries_per_1000_rows", counted["queries"] / ROWS * 1000, 3)
    report.at_most("again_to_first", sum(ran.seconds for ran in again) / sum(ran.seconds for ran in ours), 1)
    return report.verdict()


if __name__ == "__main__":
    sys.exit(main())
