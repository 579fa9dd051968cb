"""What worker processes run: they know no Django and no database.

The heavy imports are inside the functions. The parent only names these functions, and must not import scikit-learn and
matplotlib, which takes seconds and 150 MB.
"""

import multiprocessing
import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusters.core.features import FeatureTable, FloatArray, IntArray
from clusters.core.params import Params, PreviousRun

if TYPE_CHECKING:
    from clusters.core.results import AxisEnds, Clustering, ClusterPreview


def compute(table: FeatureTable, params: Params, previous_run: PreviousRun) -> "Clustering":
    """Cluster ``table``; see ``pipeline.cluster``."""
    from clusters.core.pipeline import cluster

    return cluster(table, params, previous_run)


def compute_preview(table: FeatureTable, params: Params, previous_run: PreviousRun) -> "ClusterPreview":
    """Compute what each number of clusters would give; see ``preview.preview``."""
    from clusters.core.preview import preview

    return preview(table, params, previous_run)


def redraw(
    points: FloatArray, numbers: IntArray, axis_ends: Sequence["AxisEnds"], sureness: FloatArray
) -> tuple[bytes, bytes]:
    """Draw the plot of an earlier clustering again; see ``plots.render_plots``."""
    from clusters.core.plotting.plots import render_plots

    return render_plots(points, numbers, axis_ends, sureness)


def prepare_process() -> None:
    """Set up a new worker process: it computes in one thread, and ends when its parent ends."""
    from threadpoolctl import threadpool_limits

    # There are as many workers as processor cores; with as many threads each, they would slow each other down.
    threadpool_limits(limits=1)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """Exit when the parent has ended. A parent that was killed cannot stop its workers, which would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
