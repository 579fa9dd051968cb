"""Find similar tracks among 500,000, against scikit-learn's brute force: ``python -m benchmarks.similar``."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from benchmarks.made import MEANS, SPREADS
from benchmarks.report import Report
from clusters.core.features import FEATURE_NAMES, WEIGHT_OF_EACH
from clusters.core.neighbours import Neighbours, table_of

TRACKS, REPEATS = 500_000, 21
# As many as a page looks at.
NEAREST = 500


def main() -> int:
    report = Report()
    random = np.random.default_rng(2026)
    values = MEANS + SPREADS * random.standard_normal((TRACKS, len(FEATURE_NAMES)))
    ids = np.arange(1, TRACKS + 1)
    points = (values * WEIGHT_OF_EACH).astype(np.float32)
    brute = NearestNeighbors(n_neighbors=NEAREST + 1, algorithm="brute").fit(points)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tracks.near"
        path.write_bytes(table_of(ids, ids, values))
        with path.open("rb") as file:
            began = time.perf_counter()
            table = Neighbours(mmap(file.fileno(), 0, access=ACCESS_READ))
            report.figure("similar.opened", 1_000 * (time.perf_counter() - began), "ms")
        ours, theirs, same = [], [], []
        for row in random.integers(0, TRACKS, REPEATS + 1).tolist():
            seconds, found = _timed(lambda row=row: table.nearest(values[row].tolist(), NEAREST, row + 1))
            ours.append(seconds)
            seconds, (_, rows) = _timed(lambda row=row: brute.kneighbors(points[row : row + 1]))
            theirs.append(seconds)
            expected = {each + 1 for each in rows[0].tolist()} - {row + 1}
            same.append(len(expected & {key for key, _ in found}) / NEAREST)
    # The first of each is the warm-up.
    mine, baseline = statistics.median(ours[1:]), statistics.median(theirs[1:])
    report.figure("similar.ours", 1_000 * mine, "ms")
    report.figure("similar.brute_force", 1_000 * baseline, "ms")
    report.at_most("similar.ratio_to_brute_force", mine / baseline, 1.0)
    report.at_least("similar.same_neighbours", min(same), 0.99)
    return report.verdict()


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    sys.exit(main())
