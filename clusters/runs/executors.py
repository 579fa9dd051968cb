"""Where the numbers are made: in this process, or in worker processes that know no Django and no database."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clusters.core.features import FeatureTable
from clusters.core.params import Params, PreviousRun

if TYPE_CHECKING:
    from clusters.core.results import Clustering


def compute(table: FeatureTable, params: Params, previous_run: PreviousRun) -> "Clustering":
    """Cluster ``table``; see ``clusters.core.pipeline.cluster``."""
    # Imported where it is needed: scikit-learn and matplotlib take seconds and 150 MB, which no web process and
    # no command that finds nothing to do should pay for.
    from clusters.core.pipeline import cluster

    return cluster(table, params, previous_run)


@contextmanager
def limit_blas_threads() -> Iterator[None]:
    """Compute in one thread for as long: several processes, each with as many threads as processors, would fight."""
    from threadpoolctl import threadpool_limits

    # Only a library that is loaded can be limited.
    import clusters.core.pipeline  # noqa: F401

    with threadpool_limits(limits=1):
        yield


class InlineExecutor(Executor):
    """Computes at once, where ``submit`` is called."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class WorkerProcesses(ProcessPoolExecutor):
    """Workers that never hear Ctrl-C, which a terminal sends to them too: their parent decides what becomes of them."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        # Workers start here. One that is half started when Ctrl-C comes is not known yet, and nobody would stop it.
        with _ctrl_c_held_back():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let a Ctrl-C that comes meanwhile take effect afterwards; processes that start meanwhile never hear one."""
    # What is blocked is inherited. Were workers to block it themselves, each could print a traceback before it has.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    came = []
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread:
        # Blocked here, it may still come by way of another thread, such as a numerical library's.
        before = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        if in_main_thread:
            signal.signal(signal.SIGINT, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def executor_for(jobs: int) -> Iterator[Executor]:
    """Yield what computes: ``jobs`` worker processes, started when there is work, or this process for 0.

    After an error or Ctrl-C the workers are stopped at once, whatever they are at: nobody wants it any more.
    """
    if jobs == 0:
        yield InlineExecutor()
        return
    # Never plain fork: a child must not inherit the parent's open database connection.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["clusters.core.pipeline"])
    others = set(multiprocessing.active_children())
    executor = WorkerProcesses(max_workers=jobs, mp_context=context, initializer=_prepare_worker)
    try:
        yield executor
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _prepare_worker() -> None:
    """Make this worker a good neighbour: one thread, and gone when its parent is."""
    from threadpoolctl import threadpool_limits

    # As many workers as processors, each with as many threads, would fight for them.
    threadpool_limits(limits=1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the parent has gone: a parent that was killed can stop nobody, and waiting workers would stay."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
