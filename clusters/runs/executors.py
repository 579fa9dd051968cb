"""Where the clusters are computed: in this process, or in worker processes that know no Django and no database."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from clusters.core.worker import prepare_process

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def limit_blas_threads() -> Iterator[None]:
    """Let numerical libraries use one thread. Several processes, each with a thread per core, slow each other down."""
    # Only libraries that are loaded can be limited.
    import clusters.core.pipeline  # noqa: F401
    from clusters.core.threads import one_thread

    with one_thread():
        yield


class InlineExecutor(Executor):
    """Calls the function in ``submit``, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class WorkerProcesses(Executor):
    """A pool of worker processes that goes on after one of them has died, for example because memory ran out.

    The calls that were under way then fail with BrokenExecutor; the next call starts new workers. Workers do not
    receive Ctrl-C, which a terminal sends to them too: their parent decides what to do.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool = self._new_pool()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        # Workers are started here. One that is half started when Ctrl-C arrives would not be known, and so not stopped.
        with hold_back_ctrl_c():
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool.shutdown()
                self._pool = self._new_pool()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _new_pool(self) -> ProcessPoolExecutor:
        # Never plain fork: a child must not inherit the parent's open database connection.
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["clusters.core.pipeline"])
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=prepare_process)


@contextmanager
def hold_back_ctrl_c() -> Iterator[None]:
    """Delay a Ctrl-C until the block has ended. Processes that are started inside never receive one."""
    # Child processes inherit the mask. If each blocked the signal itself, it could print a traceback before it does.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    received = []
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread:
        # The signal may still be delivered through another thread, such as one of a numerical library.
        before = signal.signal(signal.SIGINT, lambda *_: received.append(True))
    try:
        yield
    finally:
        if in_main_thread:
            signal.signal(signal.SIGINT, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if received:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def executor_for(jobs: int) -> Iterator[Executor]:
    """Yield an executor with ``jobs`` worker processes, started when there is work; for 0, one in this process.

    After an error or Ctrl-C the workers are terminated at once, since nobody wants their results any more.
    """
    if jobs == 0:
        yield InlineExecutor()
        return
    others = set(multiprocessing.active_children())
    executor = WorkerProcesses(jobs)
    try:
        yield executor
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
