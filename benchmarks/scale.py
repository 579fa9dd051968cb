"""1.2 million tracks, 500,000 of them in one genre, on SQLite: ``make bench-scale``.

Does memory stay that of the largest genre, however many there are? And do clusters that were found on a sample agree
with those of all tracks?
"""

import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

from benchmarks.data import KAGGLE, data_folder, genres_of
from benchmarks.library import Library, Ran, sqlite
from benchmarks.report import Report

LARGEST, OTHERS = 500_000, 700_000
# In megabytes, while a worker clusters the whole library.
MAX_WORKER_PEAK = 450
POLL_SECONDS = 0.1


class Watch(threading.Thread):
    """Notes the highest peak of memory of every process with a mark in its environment."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mark = uuid.uuid4().hex
        self.megabytes: dict[int, float] = {}
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(POLL_SECONDS):
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    self._look(process)

    def _look(self, process: Path) -> None:
        try:
            if self.mark.encode() in (process / "environ").read_bytes():
                for line in (process / "status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self.megabytes[int(process.name)] = int(line.split()[1]) / 1024
        except OSError:  # It has ended since it was listed.
            return


def recluster(library: Library, *genres: str) -> tuple[Ran, float]:
    """Recluster and return how it ran, and the highest peak of a worker in megabytes."""
    watch = Watch()
    marked = Library({**library.environment, "BENCH_MARK": watch.mark})
    watch.start()
    ran = marked.manage("recluster", "--force", "--jobs", "2", *genres)
    watch.ended.set()
    watch.join()
    # The first to start is the parent.
    return ran, max((peak for process, peak in watch.megabytes.items() if process != min(watch.megabytes)), default=0)


def main() -> int:
    data = data_folder(KAGGLE)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch, sqlite(Path(scratch)) as library:
        began = time.perf_counter()
        made = library.call("benchmarks.inside", "synthesise", str(data), str(LARGEST), str(OTHERS))
        report.figure("load", time.perf_counter() - began, "s")
        report.figure("tracks", made["tracks"], "tracks")
        report.figure("genres", made["genres"], "genres")
        largest = "world-music"
        # With a small one beside it: a single genre would be computed in the parent itself. Once before it counts: the
        # places of a run before, which the next one's clusters are matched to, are in memory in both.
        recluster(library, largest, "acoustic")
        one, worker_of_one = recluster(library, largest, "acoustic")
        every, worker_of_all = recluster(library, *genres_of(data, KAGGLE))
        # Its 1.2 million tracks as one collection; with a genre beside it, so that a worker computes it.
        whole, worker_of_whole = recluster(library, "library", "acoustic")
        report.figure("largest", one.seconds, "s")
        report.figure("all", every.seconds, "s")
        report.figure("all.rate", made["tracks"] / every.seconds, "tracks/s")
        report.figure("largest.parent_peak", one.megabytes, "MB")
        report.figure("largest.worker_peak", worker_of_one, "MB")
        report.figure("all.parent_peak", every.megabytes, "MB")
        report.figure("all.worker_peak", worker_of_all, "MB")
        report.figure("library", whole.seconds, "s")
        report.figure("library.parent_peak", whole.megabytes, "MB")
        report.at_most("library.worker_peak", worker_of_whole, MAX_WORKER_PEAK)
        report.at_most("parent_peak_all_to_largest", every.megabytes / one.megabytes, 1.15)
        report.at_most("worker_peak_all_to_largest", worker_of_all / worker_of_one, 1.15)
        found = library.call("benchmarks.inside", "agreement", largest)
        for name, unit in (
            ("k", "clusters"),
            ("ari", "ARI"),
            ("seconds_sampled", "s"),
            ("seconds_whole", "s"),
            ("silhouette", "1"),
            ("silhouette_of_20000", "1"),
        ):
            report.figure(f"sample.{name}", found[name], unit)
        report.at_least("sample.ari", found["ari"], 0.9)
    return report.verdict()


if __name__ == "__main__":
    sys.exit(main())
