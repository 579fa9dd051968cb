"""Measure the import of the 114k file into an empty SQLite: ``make bench-import``.

*Ours*: ``manage.py importlibrary`` with the whole file, the start of its process included. *Baseline*: the same
command of an earlier revision, which BASELINE names. *Plain*: a ``ModelResource`` of django-import-export with a widget
for each relation, over a slice of the same rows; it leaves out the artists, whose order it cannot keep, and so does
less. They take turns after a warm-up on the slice.
"""

import gzip
import os
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.baseline import checkout
from benchmarks.data import KAGGLE, data_folder
from benchmarks.library import PROJECT, Ran, sqlite
from benchmarks.report import Report

ROWS = 114_000
SLICE = 1_000
ROUNDS = 3
BASELINE = os.environ.get("BASELINE", "61683fd")
# By so much an import is quicker since the history is the only record of a change.
MIN_TO_BASELINE = 1.2


@dataclass
class Runs:
    """What each round measured."""

    ours: list[Ran] = field(default_factory=list)
    again: list[Ran] = field(default_factory=list)
    baseline: list[Ran] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)


def main() -> int:
    packed = data_folder(KAGGLE) / KAGGLE.file
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
        folder = Path(scratch)
        file, few = folder / "tracks.csv", folder / "few.csv"
        file.write_bytes(gzip.decompress(packed.read_bytes()))
        with file.open(encoding="utf-8") as whole, few.open("w", encoding="utf-8") as part:
            part.writelines(islice(whole, SLICE + 1))
        with checkout(BASELINE, folder / "baseline-tree") as tree:
            _import(few, folder / "warm-up-ours", PROJECT)
            _import(few, folder / "warm-up-baseline", tree)
            runs = Runs()
            for number in range(ROUNDS):
                _round(runs, number, file, folder, tree)
        with sqlite(folder / "counted") as library:
            counted = library.call("benchmarks.importing", "queries", str(file))
    _report(report, runs, counted["queries"])
    return report.verdict()


def _round(runs: Runs, number: int, file: Path, folder: Path, tree: Path) -> None:
    (ours, again) = _import(file, folder / f"ours-{number}", PROJECT, times=2)
    changed = [line for line in again.output.splitlines() if " created, " in line]
    if any(line.split()[1] != "0" or line.split()[3] != "0" for line in changed):
        raise RuntimeError(f"The second import changed something: {changed}")
    runs.ours.append(ours)
    runs.again.append(again)
    runs.baseline += _import(file, folder / f"baseline-{number}", tree)
    with sqlite(folder / f"plain-{number}") as library:
        runs.plain.append(library.call("benchmarks.importing", "plain", str(file), str(SLICE))["rate"])


def _import(file: Path, folder: Path, project: Path, times: int = 1) -> list[Ran]:
    with sqlite(folder, project) as library:
        return [library.manage("importlibrary", str(file), "--skip-bad") for _ in range(times)]


def _report(report: Report, runs: Runs, queries: float) -> None:
    seconds = median(ran.seconds for ran in runs.ours)
    rate, plain_rate = ROWS / seconds, median(runs.plain)
    baseline_rate = ROWS / median(ran.seconds for ran in runs.baseline)
    report.figure("rows", ROWS, "rows")
    report.figure("import", seconds, "s")
    report.figure("import.rate", rate, "rows/s")
    report.figure("import.cpu", median(ran.cpu_seconds for ran in runs.ours), "s")
    report.figure("baseline.rate", baseline_rate, "rows/s")
    report.figure("baseline.cpu", median(ran.cpu_seconds for ran in runs.baseline), "s")
    report.figure("plain.rate", plain_rate, "rows/s")
    report.figure("again", median(ran.seconds for ran in runs.again), "s")
    report.figure("queries", queries, "queries")
    report.at_least(f"import-rows-per-second-vs-{BASELINE}", rate / baseline_rate, MIN_TO_BASELINE)
    report.at_least("rate_to_plain", rate / plain_rate, 20)
    report.at_most("peak", max(ran.megabytes for ran in (*runs.ours, *runs.again)), 600)
    report.at_most("queries_per_1000_rows", queries / ROWS * 1000, 3)
    report.at_most("again_to_first", sum(ran.seconds for ran in runs.again) / sum(ran.seconds for ran in runs.ours), 1)


if __name__ == "__main__":
    sys.exit(main())
