"""What a worker process does for a test. It imports no Django, which no worker has set up."""

import os
import signal
from typing import Any

from threadpoolctl import threadpool_info

from clusters.core.features import FeatureTable
from clusters.core.worker import compute


def process_limits() -> tuple[list[int], bool]:
    """Return the number of threads of each numeric library, and whether this process receives Ctrl-C."""
    receives = signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    return [library["num_threads"] for library in threadpool_info()], receives


def die(*args: Any) -> None:
    """End the process as the kernel does when memory runs out."""
    os._exit(9)


def die_of_nine_tracks(table: FeatureTable, *args: Any) -> Any:
    if len(table) == 9:
        die()
    return compute(table, *args)
