"""Recluster collections: the one entry for the command, the admin and the workers of a job.

For each collection: read its tracks, stop if nothing has changed since its last run, compute new clusters, store the
run, publish it. ``clusters.core`` computes, in this process or in worker processes that know no database; only this
process writes.
"""

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import Error, IntegrityError

from clusters.core.features import UnclusterableError
from clusters.core.params import Params
from clusters.core.worker import compute, redraw
from clusters.models import Collection, Run
from clusters.runs.executors import executor_for, hold_back_ctrl_c
from clusters.runs.inputs import params_for, read_previous_run
from clusters.runs.outcomes import Outcome, Status, figures_of_clustering, figures_of_run
from clusters.runs.plot_files import delete_orphaned_plots, has_plots, replace_plots, stored_plot
from clusters.runs.reusable import ReusableRuns
from clusters.runs.storing import ConflictError, Snapshot, store, take_snapshot
from musicdb.db import FailureKind, classify, close_lost_connections, failure_of

if TYPE_CHECKING:
    from clusters.core.results import Clustering

logger = logging.getLogger(__name__)

# How often a collection is computed that somebody else changes every time before its run can be stored.
MAX_COMPUTATIONS = 5

COLLECTION_DELETED = "it has been deleted"
SWITCHED_OFF = "its settings say that it is not clustered"
WORKER_DIED = "the process that computed it ended before it was done; the machine may be short of memory"
PLOTS_MISSING = "the files of its plot are missing; a recluster that is not a dry run draws them again"
PLOTS_REDRAWN = "the files of its plot were missing and have been drawn again"


@dataclass(frozen=True)
class Options:
    """``jobs``: the number of worker processes; 0 computes in this process. ``force``: even if nothing has changed.

    ``dry_run``: compute and store nothing.
    """

    jobs: int = 0
    force: bool = False
    dry_run: bool = False


def recluster(collections: Sequence[Collection], params: Params, options: Options) -> Generator[Outcome, None, None]:
    """Recluster each of ``collections`` and yield how each ended, as soon as it has.

    A collection that cannot be clustered, or that fails, keeps the run it had, and the others go on.
    """
    if not options.dry_run:
        try:
            delete_orphaned_plots()
        except (OSError, Error) as error:  # They do no harm. If something is wrong, the collections will show it.
            logger.warning("Plots that no run owns could not be deleted", exc_info=error)
            close_lost_connections()
    with executor_for(options.jobs) as executor:
        batch = _Batch(collections, params, options, executor)
        for collection in collections:
            yield from batch.begin(collection)
            # Enough work to keep every worker busy, and no more: each collection that waits holds its table in memory.
            while len(batch.computing) > 2 * options.jobs:
                yield from batch.finish_next()
        while batch.computing:
            yield from batch.finish_next()


@dataclass(frozen=True)
class _Task:
    """A collection that is being computed. ``attempt`` counts from 1. ``is_alone``: no other is computed meanwhile."""

    snapshot: Snapshot
    started: float
    attempt: int
    is_alone: bool

    @property
    def collection(self) -> Collection:
        return self.snapshot.collection

    def outcome(self, status: Status, **figures: Any) -> Outcome:
        inputs = self.snapshot.inputs
        return Outcome(
            collection=self.collection.key,
            status=status,
            tracks=len(inputs.table),
            excluded=len(inputs.excluded),
            seed=self.snapshot.params.seed,
            seconds=_seconds_since(self.started),
            **figures,
        )


class _Batch:
    """The collections of one call of ``recluster``. ``computing``: those that are being computed."""

    def __init__(self, collections: Sequence[Collection], params: Params, options: Options, executor: Executor) -> None:
        self.collections = collections
        self.params = params
        self.options = options
        self.executor = executor
        self.computing: dict[Future[Clustering], _Task] = {}
        self._reusable: ReusableRuns | None = None

    def begin(self, collection: Collection, attempt: int = 1, is_alone: bool = False) -> Iterator[Outcome]:
        """Read the collection and have its clusters computed; or yield how it ended, if there is nothing to compute."""
        if collection.is_off:
            yield Outcome(collection.key, "skipped", SWITCHED_OFF)
            return
        while is_alone and self.computing:
            yield from self.finish_next()
        started = time.perf_counter()
        try:
            # Interrupted while it opens a cursor, the PostgreSQL driver prints a traceback. Reading takes little time.
            with hold_back_ctrl_c():
                run = None if self.options.force else self._reusable_run(collection, read_again=attempt > 1)
            if run is not None:
                reason = self._restore_plots(run)
                seconds = _seconds_since(started)
                yield Outcome(collection.key, "unchanged", reason, **figures_of_run(run), seconds=seconds)
                return
            with hold_back_ctrl_c():
                snapshot = take_snapshot(collection, params_for(collection, self.params))
                previous_run = read_previous_run(snapshot.latest_run, snapshot.next_number)
            future = self.executor.submit(compute, snapshot.inputs.table, snapshot.params, previous_run)
        except Exception as error:  # One collection's failure, whatever it is, must not stop the others.
            yield from self._recover(error, collection, started, attempt, is_alone)
            return
        self.computing[future] = _Task(snapshot, started, attempt, is_alone)
        if is_alone:
            yield from self._finish(future)

    def finish_next(self) -> Iterator[Outcome]:
        """Wait until at least one collection is computed; store the runs of those that are."""
        done, _ = wait(self.computing, return_when=FIRST_COMPLETED)
        for future in done:
            # A collection that had to be computed alone may have waited for this one.
            if future in self.computing:
                yield from self._finish(future)

    def _finish(self, future: "Future[Clustering]") -> Iterator[Outcome]:
        task = self.computing.pop(future)
        try:
            yield self._store(task, future.result())
            return
        except UnclusterableError as error:
            yield self._skipped(task, str(error))
            return
        except Exception as error:  # One collection's failure, whatever it is, must not stop the others.
            failure = error
        # Outside of the block, so that what is raised from here on is not logged as caused by this failure.
        yield from self._recover(failure, task.collection, task.started, task.attempt, task.is_alone)

    def _recover(
        self, error: Exception, collection: Collection, started: float, attempt: int, is_alone: bool
    ) -> Iterator[Outcome]:
        """Begin the collection again if that may help; otherwise yield that it is skipped or has failed."""
        if isinstance(error, Collection.DoesNotExist):
            yield Outcome(collection.key, "skipped", COLLECTION_DELETED, seconds=_seconds_since(started))
        elif _is_conflict(error) and attempt < MAX_COMPUTATIONS:
            yield from self.begin(collection, attempt + 1, is_alone)
        elif isinstance(error, BrokenExecutor) and not is_alone:
            # One worker that dies ends every computation. Computed alone, only the guilty collection fails again.
            yield from self.begin(collection, attempt, is_alone=True)
        else:
            yield failed(collection, error, started)

    def _store(self, task: _Task, clustering: "Clustering") -> Outcome:
        figures = figures_of_clustering(clustering)
        if self.options.dry_run:
            return task.outcome("finished", reason="a dry run: nothing was stored", **figures)
        run = store(task.snapshot, clustering)
        return task.outcome("published" if run.is_published else "waiting", **figures)

    def _skipped(self, task: _Task, reason: str) -> Outcome:
        """Return the outcome of a collection that cannot be clustered. The run that it had stays, with its plot."""
        try:
            if not Collection.objects.filter(pk=task.collection.pk).exists():
                return task.outcome("skipped", reason=COLLECTION_DELETED)
            run = task.snapshot.latest_run
            restored = self._restore_plots(run) if run is not None else ""
        except Exception as error:
            return failed(task.collection, error, task.started)
        return task.outcome("skipped", reason="; ".join(filter(None, (reason, restored))))

    def _reusable_run(self, collection: Collection, read_again: bool) -> Run | None:
        if read_again:
            return ReusableRuns([collection], self.params).find(collection)
        if self._reusable is None:
            self._reusable = ReusableRuns(self.collections, self.params)
        return self._reusable.find(collection)

    def _restore_plots(self, run: Run) -> str:
        """Draw the plots of ``run`` again if their files are missing. Return what was done; empty if nothing was."""
        if has_plots(run):
            return ""
        if self.options.dry_run:
            return PLOTS_MISSING
        # In a worker, if there is one: a web process must not import matplotlib.
        png, svg = self.executor.submit(redraw, *stored_plot(run)).result()
        replace_plots(run, png, svg)
        return PLOTS_REDRAWN


def _is_conflict(error: Exception) -> bool:
    """Return whether somebody else changed the collection meanwhile, so that it must be read and computed again."""
    if isinstance(error, ConflictError | IntegrityError | Run.DoesNotExist):
        return True
    return isinstance(error, Error) and classify(error) is FailureKind.DEADLOCK


def failed(collection: Collection, error: Exception, started: float) -> Outcome:
    """Return the outcome of a collection that failed with ``error``, after logging it."""
    logger.error("Reclustering %s failed", collection.key, exc_info=error)
    if isinstance(error, Error):
        reason = failure_of(error).message
        # Otherwise every query of the collections that follow would fail as well.
        close_lost_connections()
    elif isinstance(error, BrokenExecutor):
        reason = WORKER_DIED
    elif isinstance(error, ConflictError):
        reason = str(error)
    else:
        reason = f"{type(error).__name__}: {error}"
    return Outcome(collection.key, "failed", reason, seconds=_seconds_since(started))


def _seconds_since(started: float) -> float:
    return round(time.perf_counter() - started, 3)
