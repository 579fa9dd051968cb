"""Recluster genres: extract, compare, compute, store. The one place where clustering has effects.

The command, the admin and any other caller come through ``recluster``. Numbers are made in ``clusters.core``, in
this process or in workers that know no database; only this process writes.
"""

import logging
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from clusters.core.features import FeatureTable, UnclusterableError
from clusters.core.params import Params, input_hash
from clusters.extract import LeftOutTrack, extract
from clusters.models import Cluster, LeftOut, Membership, Run
from clusters.workers import compute, executor_for
from musicdb.models import Genre

if TYPE_CHECKING:
    from clusters.core.pipeline import Clustering

logger = logging.getLogger(__name__)

BATCH = 2_000

Status = Literal["published", "finished", "unchanged", "skipped", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How a genre's turn ended. ``sizes`` is by cluster number; what does not apply is None or empty."""

    genre: str
    status: Status
    reason: str = ""
    tracks: int = 0
    left_out: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    silhouette: float | None = None
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
    """A genre that is under way. ``tracks`` and ``fingerprint`` are of the moment when it was read."""

    genre: Genre
    params: Params
    started: float
    started_at: datetime
    table: FeatureTable
    left_out: tuple[LeftOutTrack, ...]
    fingerprint: str

    def outcome(self, status: Status, **figures: Any) -> Outcome:
        return Outcome(
            genre=self.genre.slug,
            status=status,
            tracks=len(self.table),
            left_out=len(self.left_out),
            seed=self.params.seed,
            seconds=round(time.perf_counter() - self.started, 3),
            **figures,
        )


# A genre whose table is with a worker, or one whose turn has ended without.
_Begun = tuple[_Task, "Future[Clustering]"] | Outcome


def recluster(genres: Iterable[Genre], params: Params, options: Options) -> Iterator[Outcome]:
    """Recluster each of ``genres`` and yield how each ended, in their order, as soon as it has.

    A genre that cannot be clustered, or that fails, keeps the run it had, and the others go on.
    """
    with executor_for(options.jobs) as executor:
        waiting: deque[_Begun] = deque()
        for genre in genres:
            waiting.append(_begin(genre, params, options, executor))
            # Enough in hand to keep every worker busy, and no more: each holds a genre's table in memory.
            while len(waiting) > 2 * options.jobs:
                yield _end(waiting.popleft(), options)
        while waiting:
            yield _end(waiting.popleft(), options)


def _begin(genre: Genre, params: Params, options: Options, executor: Executor) -> _Begun:
    """Read the genre and, unless its published run already says it all, hand its table to a worker."""
    started, started_at = time.perf_counter(), timezone.now()
    try:
        table, left_out = extract(genre)
        fingerprint = input_hash(table, [(track.id, track.key, track.reason) for track in left_out], params)
        task = _Task(genre, params, started, started_at, table, left_out, fingerprint)
        published = Run.objects.of_genre(genre).published().first()
        if published and published.input_hash == fingerprint and not options.force:
            return task.outcome("unchanged", **_figures_of(published))
        return task, executor.submit(compute, table, params)
    except (DatabaseError, BrokenExecutor, ValueError) as error:
        return _failed(genre, error, started)


def _end(begun: _Begun, options: Options) -> Outcome:
    """Wait for the worker, store what it found and make it the published run."""
    if isinstance(begun, Outcome):
        return begun
    task, future = begun
    try:
        found = future.result()
        figures = _figures_in(found)
        if options.dry_run:
            return task.outcome("finished", reason="a dry run: nothing was stored", **figures)
        _store(task, found)
    except UnclusterableError as reason:
        return task.outcome("skipped", reason=str(reason))
    except Exception as error:  # One genre's failure, whatever it is, must not cost the others their turn.
        return _failed(task.genre, error, task.started)
    return task.outcome("published", **figures)


def _failed(genre: Genre, error: Exception, started: float) -> Outcome:
    logger.error("Reclustering %s failed", genre.slug, exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    return Outcome(genre.slug, "failed", reason, seconds=round(time.perf_counter() - started, 3))


def _store(task: _Task, found: "Clustering") -> Run:
    """Store ``found``: files first, under names that nothing else has, then every row in one transaction."""
    stem = f"plots/{task.genre.slug}/{uuid.uuid4().hex}"
    files = [f"{stem}.png", f"{stem}.svg"]
    try:
        for place, content in enumerate((found.png, found.svg)):
            # The storage has the last word on the name; a file that it began and could not finish has ours.
            files[place] = default_storage.save(files[place], ContentFile(content))
        with transaction.atomic():
            return _store_rows(task, found, *files)
    except BaseException:
        for name in files:
            default_storage.delete(name)
        raise


def _store_rows(task: _Task, found: "Clustering", plot_png: str, plot_svg: str) -> Run:
    # Whoever else reclusters this genre waits here, so that one published run follows the other.
    Genre.objects.select_for_update().get(pk=task.genre.pk)
    Run.objects.of_genre(task.genre).published().update(is_published=False)
    run = Run.objects.create(
        genre=task.genre,
        is_published=True,
        started_at=task.started_at,
        finished_at=timezone.now(),
        seed=task.params.seed,
        parameters=asdict(task.params),
        versions=found.versions,
        input_hash=task.fingerprint,
        digest=found.digest,
        track_count=len(task.table),
        left_out_count=len(task.left_out),
        cluster_count=len(found.clusters),
        features=found.features,
        dropped_features=found.dropped_features,
        axes=[{**asdict(axis.ends), "loadings": axis.loadings} for axis in found.axes],
        explained_variance=found.explained_variance,
        silhouette=found.silhouette,
        silhouettes={str(k): silhouette for k, silhouette in found.silhouettes.items()},
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
    by_number = {cluster.number: cluster for cluster in clusters}
    rows = zip(
        found.ids.tolist(),
        found.numbers.tolist(),
        found.ranks.tolist(),
        found.distances.tolist(),
        found.points.tolist(),
        strict=True,
    )
    Membership.objects.bulk_create(
        (
            Membership(
                run=run,
                cluster=by_number[number],
                track_id=track_id,
                rank=rank,
                distance=distance,
                x=point[0],
                y=point[1],
            )
            for track_id, number, rank, distance, point in rows
        ),
        batch_size=BATCH,
    )
    LeftOut.objects.bulk_create(
        (LeftOut(run=run, track_id=track.id, reason=track.reason) for track in task.left_out), batch_size=BATCH
    )
    return run


def _figures_in(found: "Clustering") -> dict[str, Any]:
    return {
        "sizes": tuple((summary.number, summary.size) for summary in found.clusters),
        "silhouette": found.silhouette,
        "explained_variance": found.explained_variance,
        "digest": found.digest,
    }


def _figures_of(run: Run) -> dict[str, Any]:
    return {
        "sizes": tuple(run.clusters.order_by("number").values_list("number", "size")),
        "silhouette": run.silhouette,
        "explained_variance": tuple(run.explained_variance),
        "digest": run.digest,
    }
