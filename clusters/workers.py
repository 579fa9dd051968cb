"""Where the numbers are made: in this process, or in worker processes that know no Django and no database."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clusters.core.features import FeatureTable
from clusters.core.params import Params

if TYPE_CHECKING:
    from clusters.core.pipeline import Clustering


def compute(table: FeatureTable, params: Params) -> "Clustering":
    """Cluster ``table``; see ``clusters.core.pipeline.cluster``."""
    # Imported where it is needed: scikit-learn and matplotlib take seconds and 150 MB, which no web process and
    # no command that finds nothing to do should pay for.
    from clusters.core.pipeline import cluster

    return cluster(table, params)


class InThisProcess(Executor):
    """Computes at once, where ``submit`` is called."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def executor_for(jobs: int) -> Iterator[Executor]:
    """Yield what computes: ``jobs`` worker processes, started when there is work, or this process for 0."""
    if jobs == 0:
        yield InThisProcess()
        return
    # Never plain fork: a child must not inherit the parent's open database connection.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["clusters.core.pipeline"])
    executor = ProcessPoolExecutor(max_workers=jobs, mp_context=context)
    try:
        yield executor
    finally:
        # After an error or Ctrl-C nobody wants what is still waiting.
        executor.shutdown(wait=True, cancel_futures=True)
