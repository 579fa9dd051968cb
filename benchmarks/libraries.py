"""What becomes of real libraries: how many of their tracks are in a cluster, and what holds: ``make bench-libraries``.

Each file is imported into an empty library on SQLite, by ``manage.py importlibrary``, and clustered, by ``manage.py
recluster``: once by this tree, with playlists, artists and labels, and once by an earlier revision, which BASELINE
names and which knows genres only. A file whose tracks have no features gives no clusters. ``python -m
benchmarks.libraries FILE...`` measures only these, by their names without an ending.
"""

import gzip
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.baseline import checkout
from benchmarks.data import KAGGLE, TIDYTUESDAY, Source, data_folder
from benchmarks.library import PROJECT, Library, sqlite
from benchmarks.report import Report
from clusters.core.features import FEATURE_NAMES
from clusters.core.fitting.choice import MIN_SHARE, MIN_SIZE

EXPORTS = tuple(
    Source(f"exportify_{name}.csv", "Genres", "Track URI")
    for name in ("net_720", "net_3120_polish", "net_2645_resaved", "app_746")
)
SOURCES = (*EXPORTS, TIDYTUESDAY, KAGGLE)
# The last revision before collections of other kinds than genres.
BASELINE = os.environ.get("BASELINE", "c5cabde")

_KNOWN = " AND ".join(f"{name} IS NOT NULL" for name in FEATURE_NAMES)
_CLUSTERED = """
    SELECT count(DISTINCT membership.track_id) FROM clusters_membership membership
    JOIN clusters_run run ON run.id = membership.run_id AND run.is_published
"""


def measure(report: Report, name: str, library: Library, file: Path, options: Sequence[str]) -> dict[str, float]:
    """Import ``file``, cluster it, print the figures and return them by name."""
    # A row of the 114k file has a title that is too long to be stored.
    library.manage("importlibrary", "--skip-bad", str(file))
    ran = library.manage("recluster", "--json", *options)
    outcomes = [json.loads(line) for line in ran.output.splitlines()]
    published = [outcome for outcome in outcomes if outcome["status"] == "published"]
    divided = [outcome for outcome in published if len(outcome["sizes"]) > 1]
    stabilities = [outcome["stability"] for outcome in divided if outcome["stability"] is not None]
    with sqlite3.connect(library.file) as database:
        (tracks,) = database.execute("SELECT count(*) FROM musicdb_track").fetchone()
        (known,) = database.execute(f"SELECT count(*) FROM musicdb_track WHERE {_KNOWN}").fetchone()  # noqa: S608
        (clustered,) = database.execute(_CLUSTERED).fetchone()
    figures = {
        "tracks": tracks,
        "with_features": known,
        "in_a_cluster": clustered / known if known else 1.0,
        "collections": len(published),
        "not_clustered": len(outcomes) - len(published),
        "undivided": len(published) - len(divided),
        "stability": mean(stabilities) if stabilities else 1.0,
        "stability_lowest": min(stabilities, default=1.0),
        "smallest_cluster": min((_smallest(outcome)[0] for outcome in divided), default=known),
        "smallest_share": min((_smallest(outcome)[1] for outcome in divided), default=1.0),
    }
    units = {"tracks": "tracks", "with_features": "tracks", "smallest_cluster": "tracks"}
    for what, value in figures.items():
        report.figure(f"{name}.{what}", value, units.get(what, "ARI" if what.startswith("stability") else "1"))
    return figures


def _smallest(outcome: dict[str, Any]) -> tuple[int, float]:
    """Return the size of the smallest cluster, in tracks and as a share."""
    sizes = outcome["sizes"]
    values = list(sizes.values()) if isinstance(sizes, dict) else list(sizes)
    return min(values), min(values) / sum(values)


def main(names: Sequence[str]) -> int:
    """Measure the files of these ``names``, or all of them if there is none."""
    sources = [source for source in SOURCES if not names or source.file.split(".")[0] in names]
    data = data_folder(*sources)
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with checkout(BASELINE, folder / "baseline") as baseline:
            for source in sources:
                name = source.file.split(".")[0]
                file = folder / f"{name}.csv"
                opener = gzip.open if source.file.endswith(".gz") else open
                with opener(data / source.file, "rb") as packed:
                    file.write_bytes(packed.read())
                with sqlite(folder / f"{name}-before", baseline) as library:
                    measure(report, f"{name}.before", library, file, [])
                with sqlite(folder / f"{name}-after", PROJECT) as library:
                    figures = measure(report, name, library, file, ["--playlists", "--artists", "--labels"])
                report.at_least(f"{name}.in_a_cluster", figures["in_a_cluster"], 1)
                if figures["with_features"]:
                    report.at_least(f"{name}.smallest_cluster", figures["smallest_cluster"], MIN_SIZE)
                report.at_least(f"{name}.smallest_share", figures["smallest_share"], MIN_SHARE)
    return report.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
