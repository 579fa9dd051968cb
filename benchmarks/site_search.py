"""The search of the site in a library of 500,000 tracks, on SQLite and PostgreSQL: ``make bench-site-search``.

*Ours*: what visitors type, on the page, as suggestions and over REST. *Baseline*: the page of one track, which the
database finds by a key. They take turns in one process, and the 95th percentiles are compared.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.library import Library, on_both_databases
from benchmarks.report import Report

TRACKS = 500_000
# So many times as long as the page of a track.
MOST = 5


def main() -> int:
    report = Report()
    with (
        tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch,
        on_both_databases(Path(scratch), report) as libraries,
    ):
        for name, library in libraries.items():
            built = library.call("benchmarks.big_library", str(TRACKS))
            report.figure(f"{name}.build", built["seconds"], "s")
            _measure(report, name, library)
    return report.verdict()


def _measure(report: Report, name: str, library: Library) -> None:
    found = json.loads(library.python("-m", "benchmarks.site_searching").output.splitlines()[-1])
    by_key = found["by_key"]
    report.figure(f"{name}.track_page.median", 1000 * by_key["median"], "ms")
    report.figure(f"{name}.track_page.p95", 1000 * by_key["p95"], "ms")
    for case, seconds in found["by_case"].items():
        report.figure(f"{name}.suggest.{case}", 1000 * seconds, "ms")
    for kind, seconds in found["p95"].items():
        report.figure(f"{name}.{kind}.median", 1000 * found["median"][kind], "ms")
        report.figure(f"{name}.{kind}.p95", 1000 * seconds, "ms")
        report.at_most(f"{name}.{kind}.p95_to_track_page", seconds / by_key["p95"], MOST)


if __name__ == "__main__":
    sys.exit(main())
