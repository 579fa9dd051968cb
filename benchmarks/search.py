"""Lists and searches of the admin in a library of 500,000 tracks, on SQLite and PostgreSQL: ``make bench-search``.

*Ours*: a page of the list as the admin makes it, from request to HTML. *Stock*: the same page, found and paged by
Django's own ``ModelAdmin`` over the same ``search_fields`` (``benchmarks.stock_admin``). They take turns in one
process; each figure is the median. Where the two do not find as many rows, or list others in a list, it stops. The
plans of ours are printed.
"""

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.library import Library, on_both_databases
from benchmarks.report import Report

TRACKS = 500_000
# How many times quicker than stock a page must be. A page that has no bar here may take twice as long as stock's.
BARS = {
    "deep": 2,
    "rare": 10,
    "uncommon": 10,
    "common": 1.5,
    "two_terms": 5,
    "artist_name": 5,
    "isrc": 10,
    "korean": 5,
}
NEVER_SLOWER = 0.5
MAX_QUERIES = 10
# What PostgreSQL finds by its indexes alone, without reading every track. SQLite reads an index, never the rows.
BY_INDEX = ("rare", "uncommon", "two_terms", "isrc", "korean", "artist_alias", "album")


def main() -> int:
    report = Report()
    with (
        tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch,
        on_both_databases(Path(scratch), report) as libraries,
    ):
        with ThreadPoolExecutor() as pool:
            built = dict(zip(libraries, pool.map(_build, libraries.values()), strict=True))
        report.figure("tracks", TRACKS, "tracks")
        for name, library in libraries.items():
            report.figure(f"{name}.build", built[name], "s")
            _measure(report, name, library)
    return report.verdict()


def _build(library: Library) -> float:
    return library.call("benchmarks.big_library", str(TRACKS))["seconds"]


def _measure(report: Report, name: str, library: Library) -> None:
    *plans, last = library.python("-m", "benchmarks.searching").output.splitlines()
    print("\n".join(plans))
    found = json.loads(last)
    for case, measured in found["pages"].items():
        label, ratio = f"{name}.{case}", measured["stock"] / measured["ours"]
        report.figure(f"{label}.hits", measured["hits"], "rows")
        report.figure(f"{label}.ours", 1000 * measured["ours"], "ms")
        report.figure(f"{label}.stock", 1000 * measured["stock"], "ms")
        report.at_least(f"{label}.stock_to_ours", ratio, BARS.get(case, NEVER_SLOWER))
        if name == "sqlite" or case in BY_INDEX:
            report.at_most(f"{label}.walks_through_tracks", measured["walks"], 0)
    report.at_most(f"{name}.queries", max(page["queries"] for page in found["pages"].values()), MAX_QUERIES)
    for case, measured in found["deleting"].items():
        report.figure(f"{name}.delete_{case}.queries", measured["queries"], "queries")
        report.at_most(f"{name}.delete_{case}.walks_through_tracks", measured["walks"], 0)


if __name__ == "__main__":
    sys.exit(main())
