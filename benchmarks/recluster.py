"""Measure what the database, the history and the safety cost on top of the numbers: ``make bench-recluster``.

The library is the 114k file, in SQLite and in PostgreSQL. *Floor*: the same numbers and pictures from ready matrices,
without a database (``benchmarks.floor``). *Ours*: ``manage.py recluster --force``. *Baseline*: the same command of an
earlier revision, which BASELINE names, on SQLite; ``python -m benchmarks.recluster baseline`` measures that alone.
They take turns; each figure is the median.
"""

import os
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.baseline import checkout
from benchmarks.data import KAGGLE, data_folder, genres_of
from benchmarks.library import Library, Ran, on_both_databases, sqlite
from benchmarks.report import Report

ROUNDS = 3
BASELINE = os.environ.get("BASELINE", "61683fd")
MAX_TO_BASELINE = 1.02
STEPS = (10, 62, 114)


def main() -> int:
    data = data_folder(KAGGLE)
    report = Report()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="musicdb-bench-")))
        libraries = stack.enter_context(on_both_databases(folder, report))
        for name, library in libraries.items():
            report.figure(f"{name}.load", library.call("benchmarks.inside", "load", str(data))["seconds"], "s")
        matrices, pictures = folder / "matrices", folder / "pictures"
        matrices.mkdir()
        pictures.mkdir()
        libraries["sqlite"].call("benchmarks.inside", "matrices", str(matrices))
        genres = sorted(path.stem for path in matrices.glob("*.npy"))
        # The first ten shall be as hard as the rest.
        random.Random(2026).shuffle(genres)  # noqa: S311

        def floor(*more: str) -> Ran:
            return libraries["sqlite"].python("-m", "benchmarks.floor", str(matrices), str(pictures), *more)

        floor(*genres[:4])
        for library in libraries.values():
            library.manage("recluster", *genres)
        floors: list[float] = []
        full: dict[str, list[Ran]] = {name: [] for name in libraries}
        unchanged: dict[str, list[Ran]] = {name: [] for name in libraries}
        for _ in range(ROUNDS):
            floors.append(floor().seconds)
            for name, library in libraries.items():
                full[name].append(library.manage("recluster", "--force", *genres))
                unchanged[name].append(library.manage("recluster", *genres))
        report.figure("genres", len(genres), "genres")
        report.figure("floor", median(floors), "s")
        report.figure("floor.naive", naive := floor("--naive").seconds, "s")
        report.figure("floor.lowered", naive / median(floors), "x")
        compare_with_baseline(report, folder, libraries["sqlite"], data, genres)
        for name, library in libraries.items():
            ours = median(run.seconds for run in full[name])
            report.figure(f"{name}.full", ours, "s")
            report.figure(f"{name}.full_to_floor", ours / median(floors), "x")
            report.at_most(f"{name}.full_to_floor", ours / median(floors), 1.3)
            peak = max(run.megabytes for run in full[name])
            report.figure(f"{name}.parent_peak", peak, "MB")
            report.at_most(f"{name}.parent_peak", peak, 400)
            report.figure(f"{name}.unchanged_process_share", median(run.seconds for run in unchanged[name]) / ours, "1")
            work = library.call("benchmarks.inside", "shares", "2")
            report.figure(f"{name}.unchanged", work["unchanged"], "s")
            report.figure(f"{name}.unchanged_share", work["unchanged"] / work["full"], "1")
            report.at_most(f"{name}.unchanged_share", work["unchanged"] / work["full"], 0.02)
            growth = _growth(report, name, library, genres)
            report.at_most(f"{name}.growth", growth, 1.15)
            bulk = library.call("benchmarks.inside", "bulk", "100000")
            report.figure(f"{name}.bulk_rows", bulk["rows"], "rows")
            report.figure(f"{name}.bulk_to_bulk_create", bulk["ours"] / bulk["bulk_create"], "x")
    return report.verdict()


def compare_with_baseline(report: Report, folder: Path, ours: Library, data: Path, genres: list[str]) -> None:
    """Recluster all genres by turns with ours and with the revision that BASELINE names, both on SQLite."""
    with checkout(BASELINE, folder / "baseline-tree") as tree, sqlite(folder / "baseline", tree) as baseline:
        baseline.call("benchmarks.inside", "load", str(data))
        seconds: dict[str, list[float]] = {"ours": [], "baseline": []}
        for library in (ours, baseline):
            library.manage("recluster", *genres)
        for _ in range(ROUNDS):
            seconds["ours"].append(ours.manage("recluster", "--force", *genres).seconds)
            seconds["baseline"].append(baseline.manage("recluster", "--force", *genres).seconds)
    report.figure("baseline.ours", median(seconds["ours"]), "s")
    report.figure("baseline.earlier", median(seconds["baseline"]), "s")
    ratio = median(seconds["ours"]) / median(seconds["baseline"])
    report.at_most(f"recluster-vs-{BASELINE}", ratio, MAX_TO_BASELINE)


def only_baseline() -> int:
    """Measure nothing but the comparison with the earlier revision: minutes instead of a quarter of an hour."""
    data = data_folder(KAGGLE)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
        folder = Path(scratch)
        with sqlite(folder / "sqlite") as ours:
            ours.call("benchmarks.inside", "load", str(data))
            compare_with_baseline(report, folder, ours, data, genres_of(data, KAGGLE))
    return report.verdict()


def _growth(report: Report, name: str, library: Library, genres: list[str]) -> float:
    """Return how much more a genre costs in the second half of the way from few genres to all, than in the first."""
    taken: dict[int, list[float]] = {step: [] for step in STEPS}
    for _ in range(ROUNDS):
        for step in STEPS:
            taken[step].append(library.manage("recluster", "--force", *genres[:step]).seconds)
    seconds = {step: median(times) for step, times in taken.items()}
    for step, taken_by_step in seconds.items():
        report.figure(f"{name}.full_of_{step}", taken_by_step, "s")
    few, some, all_of_them = STEPS
    first = (seconds[some] - seconds[few]) / (some - few)
    second = (seconds[all_of_them] - seconds[some]) / (all_of_them - some)
    report.figure(f"{name}.genre_in_first_half", 1000 * first, "ms")
    report.figure(f"{name}.genre_in_second_half", 1000 * second, "ms")
    return second / first


if __name__ == "__main__":
    sys.exit(only_baseline() if sys.argv[1:] == ["baseline"] else main())
