"""Measure imports into SQLite: speed, memory, and for how long others cannot write: ``make bench-import``.

*Ours*: ``manage.py importlibrary`` with the whole 114k file into an empty library, the start of its process included.
*Again*: the same file with ``--existing fill`` into the library that has it. *Baseline*: the same command of an earlier
revision, which BASELINE names. *Mapped*: the same rows under headings that no format knows, by ``--map``. *Smaller*:
the 32k file, and its rows mapped. *Plain*: a ``ModelResource`` of django-import-export with a widget for each relation,
over a slice of the same rows; it leaves out the artists, whose order it cannot keep, and so does less. They take turns
after a warm-up on the slice.

Imports of 114,000 and 1,000,000 rows, in processes of their own, show how the memory grows.
"""

import gzip
import json
import os
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks import memory
from benchmarks.baseline import checkout
from benchmarks.data import KAGGLE, TIDYTUESDAY, Source, data_folder
from benchmarks.library import PROJECT, Library, Ran, sqlite
from benchmarks.report import Report
from benchmarks.write_lock import watch
from clusters.core.features import FEATURE_NAMES

ROWS, SMALLER_ROWS = 114_000, 32_833
SLICE = 1_000
ROUNDS = int(os.environ.get("ROUNDS", "3"))
BASELINE = os.environ.get("BASELINE", "61683fd")
# By so much an import is quicker since the history is the only record of a change.
MIN_TO_BASELINE = 1.2
# Half of the share for which imports held the lock while they planned under it, with the smaller and the whole file.
MAX_SMALLER_LOCK_SHARE, MAX_LOCK_SHARE = 6.6 / 10.6 / 2, 19.7 / 29.4 / 2
MAX_MAPPED_TO_KNOWN = 1.3
MEMORY_ROWS = (114_000, 1_000_000)

_FEATURES = {name: (name, "") for name in (*FEATURE_NAMES, "key", "mode", "time_signature")}
# The field and the reading of each column, by its heading.
MAPPED = {
    KAGGLE: {
        "track_id": ("spotify_id", ""),
        "artists": ("artists", "semicolon"),
        "album_name": ("album", ""),
        "track_name": ("title", ""),
        "popularity": ("popularity", ""),
        "duration_ms": ("duration_ms", "milliseconds"),
        "explicit": ("explicit", ""),
        "track_genre": ("genres", "one"),
        **_FEATURES,
    },
    TIDYTUESDAY: {
        "track_id": ("spotify_id", ""),
        "track_name": ("title", ""),
        "track_artist": ("artists", "one"),
        "track_popularity": ("popularity", ""),
        "track_album_id": ("album_id", ""),
        "track_album_name": ("album", ""),
        "track_album_release_date": ("released", ""),
        "playlist_subgenre": ("genres", "one"),
        "duration_ms": ("duration_ms", "milliseconds"),
        **_FEATURES,
    },
}


@dataclass(frozen=True)
class Measured:
    """A command, and for how many seconds it held the write lock."""

    ran: Ran
    held: float

    @property
    def share(self) -> float:
        return self.held / self.ran.seconds


@dataclass
class Runs:
    """What each round measured, by what was imported."""

    imports: defaultdict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    plain: list[float] = field(default_factory=list)

    def seconds(self, name: str) -> float:
        return median(one.ran.seconds for one in self.imports[name])

    def cpu(self, name: str) -> float:
        return median(one.ran.cpu_seconds for one in self.imports[name])

    def held(self, name: str) -> float:
        return median(one.held for one in self.imports[name])

    def share(self, name: str) -> float:
        return median(one.share for one in self.imports[name])


@dataclass(frozen=True)
class Sample:
    """Rows in a known format, and the same rows ``mapped``: with the mapping for ``--map``."""

    known: Path
    mapped: Path
    mapping: Path


def main() -> int:
    data = data_folder(KAGGLE, TIDYTUESDAY)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch:
        folder = Path(scratch)
        whole, smaller = _sample(KAGGLE, data, folder / "whole"), _sample(TIDYTUESDAY, data, folder / "smaller")
        few = _first_rows(whole.known, folder)
        runs = Runs()
        with checkout(BASELINE, folder / "baseline-tree") as tree:
            for project in (PROJECT, tree):
                with sqlite(folder / f"warm-up-{project.name}", project) as library:
                    _import(library, few)
            for number in range(ROUNDS):
                _round(runs, folder / f"round-{number}", whole, smaller, tree)
        with sqlite(folder / "counted") as library:
            counted = library.call("benchmarks.importing", "queries", str(whole.known))
    _report(report, runs, counted["queries"])
    memory.measure(report, MEMORY_ROWS)
    return report.verdict()


def _sample(source: Source, data: Path, folder: Path) -> Sample:
    """Unpack the file of ``source``, and write its rows under headings that no format knows, and what those are."""
    folder.mkdir()
    sample = Sample(folder / "tracks.csv", folder / "mapped.csv", folder / "mapping.json")
    sample.known.write_bytes(gzip.decompress((data / source.file).read_bytes()))
    header, rows = sample.known.read_text(encoding="utf-8").split("\n", 1)
    columns = []
    for number, heading in enumerate(header.split(",")):
        name, reading = MAPPED[source].get(heading.strip(), ("ignore", ""))
        columns.append({"heading": f"Column {number}", "field": name, "reading": reading})
    sample.mapped.write_text(",".join(column["heading"] for column in columns) + "\n" + rows, encoding="utf-8")
    sample.mapping.write_text(json.dumps({"columns": columns}), encoding="utf-8")
    return sample


def _first_rows(file: Path, folder: Path) -> Path:
    few = folder / "few.csv"
    with file.open(encoding="utf-8") as whole, few.open("w", encoding="utf-8") as part:
        part.writelines(islice(whole, SLICE + 1))
    return few


def _round(runs: Runs, folder: Path, whole: Sample, smaller: Sample, tree: Path) -> None:
    found = runs.imports
    with sqlite(folder / "ours") as library:
        found["import"].append(_import(library, whole.known))
        again = _import(library, whole.known, "--existing", "fill")
        found["again"].append(again)
    changed = [line for line in again.ran.output.splitlines() if " created, " in line]
    if any(line.split()[1] != "0" or line.split()[3] != "0" for line in changed):
        raise RuntimeError(f"The second import changed something: {changed}")
    with sqlite(folder / "baseline", tree) as library:
        found["baseline"].append(_import(library, whole.known))
    for name, sample in (("", whole), ("smaller-", smaller)):
        with sqlite(folder / f"{name}mapped") as library:
            found[f"{name}mapped"].append(_import(library, sample.mapped, "--map", str(sample.mapping)))
    with sqlite(folder / "smaller") as library:
        found["smaller"].append(_import(library, smaller.known))
    with sqlite(folder / "plain") as library:
        runs.plain.append(library.call("benchmarks.importing", "plain", str(whole.known), str(SLICE))["rate"])


def _import(library: Library, file: Path, *options: str) -> Measured:
    with watch(library.file) as held:
        ran = library.manage("importlibrary", str(file), "--skip-bad", *options)
    return Measured(ran, held.seconds)


def _report(report: Report, runs: Runs, queries: float) -> None:
    report.figure("rows", ROWS, "rows")
    for name in runs.imports:
        report.figure(name, runs.seconds(name), "s")
        report.figure(f"{name}.cpu", runs.cpu(name), "s")
        report.figure(f"{name}.lock_held", runs.held(name), "s")
        report.figure(f"{name}.lock_share", runs.share(name), "1")
    rate, plain_rate = ROWS / runs.seconds("import"), median(runs.plain)
    report.figure("import.rate", rate, "rows/s")
    report.figure("baseline.rate", ROWS / runs.seconds("baseline"), "rows/s")
    report.figure("plain.rate", plain_rate, "rows/s")
    report.figure("queries", queries, "queries")
    to_baseline = runs.seconds("baseline") / runs.seconds("import")
    report.at_least(f"import-rows-per-second-vs-{BASELINE}", to_baseline, MIN_TO_BASELINE)
    report.at_least("rate_to_plain", rate / plain_rate, 20)
    peaks = [one.ran.megabytes for name in ("import", "again") for one in runs.imports[name]]
    report.at_most("peak", max(peaks), 600)
    report.at_most("queries_per_1000_rows", queries / ROWS * 1000, 3)
    report.at_most("again_to_first", runs.seconds("again") / runs.seconds("import"), 1)
    report.at_most(f"lock_share_of_{ROWS}_rows", runs.share("import"), MAX_LOCK_SHARE)
    report.at_most(f"lock_share_of_{SMALLER_ROWS}_rows", runs.share("smaller"), MAX_SMALLER_LOCK_SHARE)
    # Processor time, since it depends least on what else the machine does.
    report.at_most("mapped_to_known", runs.cpu("mapped") / runs.cpu("import"), MAX_MAPPED_TO_KNOWN)
    smaller = runs.cpu("smaller-mapped") / runs.cpu("smaller")
    report.at_most("smaller_mapped_to_known", smaller, MAX_MAPPED_TO_KNOWN)


if __name__ == "__main__":
    sys.exit(main())
