"""Recluster genres: extract, compare, compute, store. The one place where clustering has effects.

The command, the admin and any other caller come through ``recluster``. Numbers are made in ``clusters.core``, in
this process or in workers that know no database; only this process writes.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from clusters.core.features import UnclusterableError
from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs.executors import compute, executor_for
from clusters.runs.inputs import Inputs, current_input_hashes, previous_run, read_inputs
from clusters.runs.orphaned_plots import delete_orphaned_plots, discard, new_plot_names
from clusters.runs.publishing import carry_names, lock, next_number, publish
from musicdb.db.bulk import insert
from musicdb.models import Genre

if TYPE_CHECKING:
    from clusters.core.results import Clustering

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
CHUNK = 10_000

# "waiting" is stored, for an editor to publish; "finished" is computed only.
Status = Literal["published", "waiting", "finished", "unchanged", "skipped", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How a genre's turn ended. ``sizes`` is by cluster number; what does not apply is None or empty."""

    genre: str
    status: Status
    reason: str = ""
    tracks: int = 0
    excluded: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    silhouette: float | None = None
    stability: float | None = None
    explained_variance: tuple[float, ...] = ()
    seed: int | None = None
    digest: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sizes": {str(number): size for number, size in self.sizes}}


@dataclass(frozen=True)
class Options:
    """``jobs``: worker processes; 0 computes in this one. ``force``: also where nothing changed.

    ``dry_run``: compute, store nothing.
    """

    jobs: int = 0
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class _Task:
    """A genre that is under way. ``extract`` is of the moment when it was read.

    So are ``base``, the run before it, and ``next_number``, from which its clusters get their numbers. ``attempt``
    counts from 1.
    """

    genre: Genre
    params: Params
    started: float
    started_at: datetime
    extract: Inputs
    base: Run | None
    next_number: int
    attempt: int

    def outcome(self, status: Status, **figures: Any) -> Outcome:
        return Outcome(
            genre=self.genre.slug,
            status=status,
            tracks=len(self.extract.table),
            excluded=len(self.extract.excluded),
            seed=self.params.seed,
            seconds=round(time.perf_counter() - self.started, 3),
            **figures,
        )


@dataclass(frozen=True)
class _Known:
    """The runs that would only be repeated, by genre and input hash: of each genre the published and the newest one.

    The newest too, since it may wait for review, or an editor may have put another in its place.
    """

    runs: Mapping[tuple[int, str], Run]
    input_hash: Callable[[Genre], str]

    @classmethod
    def of(cls, genres: Sequence[Genre], params: Params) -> "_Known":
        """All at once: one genre at a time, the runs would cost as much as reading the tracks."""
        runs = Run.objects.filter(genre__in=genres) if len(genres) == 1 else Run.objects.all()
        by_hash = {(run.genre_id, run.input_hash): run for run in runs.shown_or_newest()}
        return cls(by_hash, current_input_hashes(genres, params)) if by_hash else cls.nothing()

    @classmethod
    def nothing(cls) -> "_Known":
        return cls({}, lambda genre: "")

    def reusable(self, genre: Genre) -> Run | None:
        return self.runs.get((genre.pk, self.input_hash(genre))) if self.runs else None


class _ConflictError(Exception):
    """Another run of the genre was stored while this one was computed: its numbers are no longer the right ones."""


# What may happen to a genre while it is computed. It is then read and computed anew, as it has become.
_CHANGED_MEANWHILE = (_ConflictError, IntegrityError)

# A genre whose table is with a worker, or one whose turn has ended without.
_Begun = tuple[_Task, "Future[Clustering]"] | Outcome


def recluster(genres: Sequence[Genre], params: Params, options: Options) -> Generator[Outcome, None, None]:
    """Recluster each of ``genres`` and yield how each ended, as soon as it has.

    A genre that cannot be clustered, or that fails, keeps the run it had, and the others go on.
    """
    if not options.dry_run:
        try:
            delete_orphaned_plots()
        except (OSError, DatabaseError) as error:  # They do no harm; what is wrong will show where it does.
            logger.warning("Leftover plots could not be cleaned", exc_info=error)
    with executor_for(options.jobs) as executor:
        pending: dict[Future[Clustering], _Task] = {}
        known = _Known.nothing() if options.force else _Known.of(genres, params)
        for genre in genres:
            yield from _begin(genre, params, known, executor, pending)
            # Enough in hand to keep every worker busy, and no more: each holds a genre's table in memory.
            while len(pending) > 2 * options.jobs:
                yield from _end_next(pending, options, executor)
        while pending:
            yield from _end_next(pending, options, executor)


def _begin(
    genre: Genre,
    params: Params,
    known: _Known,
    executor: Executor,
    pending: dict["Future[Clustering]", _Task],
    attempt: int = 1,
) -> Iterator[Outcome]:
    """Hand the genre's table to a worker; or yield how its turn ended, where there is a run of just that."""
    started, started_at = time.perf_counter(), timezone.now()
    try:
        if run := known.reusable(genre):
            seconds = round(time.perf_counter() - started, 3)
            yield Outcome(genre.slug, "unchanged", **_figures_of(run), seconds=seconds)
            return
        base, number = _base(genre), next_number(genre)
        task = _Task(genre, params, started, started_at, read_inputs(genre, params), base, number, attempt)
        future = executor.submit(compute, task.extract.table, params, previous_run(base, number))
    except (DatabaseError, BrokenExecutor, ValueError) as error:
        yield _failed(genre, error, started)
        return
    pending[future] = task


def _end_next(pending: dict["Future[Clustering]", _Task], options: Options, executor: Executor) -> Iterator[Outcome]:
    """Wait for whichever workers are done next, and end their genres."""
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    for future in done:
        task = pending.pop(future)
        try:
            yield _end(task, future, options)
        except _CHANGED_MEANWHILE as error:
            if task.attempt == MAX_ATTEMPTS:
                yield _failed(task.genre, error, task.started)
            else:
                known = _Known.nothing() if options.force else _Known.of([task.genre], task.params)
                yield from _begin(task.genre, task.params, known, executor, pending, task.attempt + 1)


def _end(task: _Task, future: "Future[Clustering]", options: Options) -> Outcome:
    """Store what the worker found and, unless the genre waits for review, publish it.

    Raises one of _CHANGED_MEANWHILE where that has become impossible; nothing is stored then.
    """
    try:
        found = future.result()
        figures = _figures_in(found)
        if options.dry_run:
            return task.outcome("finished", reason="a dry run: nothing was stored", **figures)
        run = _store(task, found)
    except UnclusterableError as reason:
        return task.outcome("skipped", reason=str(reason))
    except _CHANGED_MEANWHILE:
        raise
    except Exception as error:  # One genre's failure, whatever it is, must not cost the others their turn.
        return _failed(task.genre, error, task.started)
    return task.outcome("published" if run.is_published else "waiting", **figures)


def _base(genre: Genre) -> Run | None:
    """Return the run that the next one's clusters are matched to: the published one, else the newest."""
    return Run.objects.of_genre(genre).published_first().first()


def _failed(genre: Genre, error: Exception, started: float) -> Outcome:
    logger.error("Reclustering %s failed", genre.slug, exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    return Outcome(genre.slug, "failed", reason, seconds=round(time.perf_counter() - started, 3))


def _store(task: _Task, found: "Clustering") -> Run:
    """Store ``found``: files first, under names that nothing else has, then every row; and publish it if it may be.

    All of it under the genre's lock and in one transaction. Raises one of _CHANGED_MEANWHILE.
    """
    names = list(new_plot_names(task.genre))
    try:
        with transaction.atomic():
            clustering = lock(task.genre)
            base = _base(task.genre)
            if (base, clustering.next_number) != (task.base, task.next_number):
                raise _ConflictError("Another run of the genre was stored in the meantime")
            for place, content in enumerate((found.png, found.svg)):
                # The storage has the last word on the name; a file that it began and could not finish has ours.
                names[place] = default_storage.save(names[place], ContentFile(content))
            run = _store_rows(task, found, *names)
            clustering.next_number = max(clustering.next_number, int(found.numbers.max()) + 1)
            clustering.save(update_fields=["next_number"])
            if base is not None:
                carry_names(base, run)
            if not clustering.requires_review:
                publish(run)
    except BaseException:
        # It may have come after the last row was in, so the database is asked; a file that cannot be deleted now
        # is a leftover, which the next run cleans.
        with suppress(OSError, DatabaseError):
            discard(names)
        raise
    return run


def _store_rows(task: _Task, found: "Clustering", plot_png: str, plot_svg: str) -> Run:
    run = Run.objects.create(
        genre=task.genre,
        started_at=task.started_at,
        finished_at=timezone.now(),
        seed=task.params.seed,
        parameters=asdict(task.params),
        versions=found.versions,
        input_hash=task.extract.input_hash,
        digest=found.digest,
        track_count=len(task.extract.table),
        excluded_count=len(task.extract.excluded),
        cluster_count=len(found.clusters),
        features=found.features,
        dropped_features=found.dropped_features,
        axes=[
            {**asdict(axis), "loadings": loadings} for axis, loadings in zip(found.axes, found.loadings, strict=False)
        ],
        weights=found.weights,
        loadings=found.loadings,
        explained_variance=found.explained_variance,
        silhouette=found.silhouette,
        silhouettes=found.silhouettes,
        stability=found.stability,
        stabilities=found.stabilities,
        smallest_shares=found.smallest_shares,
        plot_png=plot_png,
        plot_svg=plot_svg,
    )
    clusters = Cluster.objects.bulk_create(
        [
            Cluster(
                run=run,
                number=summary.number,
                size=summary.size,
                centroid=summary.centroid,
                description=summary.description,
            )
            for summary in found.clusters
        ]
    )
    by_number = {cluster.number: cluster.pk for cluster in clusters}
    insert(
        Membership,
        ["run", "cluster", "track", "rank", "distance", "x", "y"],
        (
            (run.pk, by_number[number], track, rank, distance, *point)
            for track, number, rank, distance, point in _places(found)
        ),
    )
    insert(
        ExcludedTrack,
        ["run", "track", "reason"],
        ((run.pk, track.id, track.reason) for track in task.extract.excluded),
    )
    return run


def _places(found: "Clustering") -> Iterator[tuple[int, int, int, float, list[float]]]:
    """Yield id, number, rank, distance and point of each track; as objects of Python only a chunk at a time."""
    for start in range(0, len(found.ids), CHUNK):
        part = slice(start, start + CHUNK)
        columns = (found.ids, found.numbers, found.ranks, found.distances, found.points)
        yield from zip(*(column[part].tolist() for column in columns), strict=True)


def _figures_in(found: "Clustering") -> dict[str, Any]:
    return {
        "sizes": tuple((summary.number, summary.size) for summary in found.clusters),
        "silhouette": found.silhouette,
        "stability": found.stability,
        "explained_variance": found.explained_variance,
        "digest": found.digest,
    }


def _figures_of(run: Run) -> dict[str, Any]:
    return {
        "tracks": run.track_count,
        "excluded": run.excluded_count,
        "sizes": tuple(sorted((cluster.number, cluster.size) for cluster in run.clusters.all())),
        "silhouette": run.silhouette,
        "stability": run.stability,
        "explained_variance": tuple(run.explained_variance),
        "seed": run.seed,
        "digest": run.digest,
    }
