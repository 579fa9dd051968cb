"""Store a run: its plot files first, then all rows and the switch of the published run in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs.inputs import Inputs, read_inputs
from clusters.runs.plot_files import new_plots
from clusters.runs.publishing import carry_names, lock, next_number, publish
from musicdb.db import insert
from musicdb.models import Genre

if TYPE_CHECKING:
    from clusters.core.results import Clustering

CHUNK = 10_000


class ConflictError(Exception):
    """Another run of the genre was stored while this one was computed, so its cluster numbers are outdated."""


@dataclass(frozen=True)
class Snapshot:
    """What a run is computed from, as it was in the database at ``taken_at``.

    ``latest_run``: the run whose cluster numbers the new one continues, if any. ``next_number``: the first number that
    no cluster of the genre has had.
    """

    genre: Genre
    params: Params
    taken_at: datetime
    inputs: Inputs
    latest_run: Run | None
    next_number: int


def take_snapshot(genre: Genre, params: Params) -> Snapshot:
    """Read what a run of ``genre`` is computed from. Three queries."""
    taken_at, latest_run, number = timezone.now(), _latest_run(genre), next_number(genre)
    return Snapshot(genre, params, taken_at, read_inputs(genre, params), latest_run, number)


def store(snapshot: Snapshot, clustering: "Clustering") -> Run:
    """Store ``clustering`` as a run and, unless the genre's runs wait for review, publish it.

    All of it happens under the genre's lock. Nothing is stored if this raises: ConflictError if another run was stored
    since ``snapshot`` was taken, IntegrityError if a track was deleted, Genre.DoesNotExist if the genre was.
    """
    with new_plots(snapshot.genre) as plots, transaction.atomic():
        clustering_of_genre = lock(snapshot.genre)
        latest_run = _latest_run(snapshot.genre)
        if (latest_run, clustering_of_genre.next_number) != (snapshot.latest_run, snapshot.next_number):
            raise ConflictError("Another run of the genre was stored at the same time.")
        plots.save(clustering.png, clustering.svg)
        run = _store_rows(snapshot, clustering, *plots.names)
        clustering_of_genre.next_number = max(clustering_of_genre.next_number, int(clustering.numbers.max()) + 1)
        clustering_of_genre.save(update_fields=["next_number"])
        if latest_run is not None:
            carry_names(latest_run, run)
        if not clustering_of_genre.requires_review:
            publish(run)
    return run


def _latest_run(genre: Genre) -> Run | None:
    """Return the run that the next one's clusters are matched to: the published one, else the newest."""
    return Run.objects.of_genre(genre).published_first().first()


def _store_rows(snapshot: Snapshot, clustering: "Clustering", plot_png: str, plot_svg: str) -> Run:
    run = Run.objects.create(
        genre=snapshot.genre,
        started_at=snapshot.taken_at,
        finished_at=timezone.now(),
        seed=snapshot.params.seed,
        parameters=asdict(snapshot.params),
        versions=clustering.versions,
        input_hash=snapshot.inputs.input_hash,
        digest=clustering.digest,
        track_count=len(snapshot.inputs.table),
        excluded_count=len(snapshot.inputs.excluded),
        cluster_count=len(clustering.clusters),
        features=clustering.features,
        dropped_features=clustering.dropped_features,
        axes=[
            {**asdict(axis), "loadings": loadings}
            for axis, loadings in zip(clustering.axes, clustering.loadings, strict=False)
        ],
        weights=clustering.weights,
        loadings=clustering.loadings,
        explained_variance=clustering.explained_variance,
        silhouette=clustering.silhouette,
        silhouettes=clustering.silhouettes,
        stability=clustering.stability,
        stabilities=clustering.stabilities,
        smallest_shares=clustering.smallest_shares,
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
            for summary in clustering.clusters
        ]
    )
    by_number = {cluster.number: cluster.pk for cluster in clusters}
    insert(
        Membership,
        ["run", "cluster", "track", "rank", "distance", "x", "y"],
        (
            (run.pk, by_number[number], track, rank, distance, *point)
            for track, number, rank, distance, point in _memberships(clustering)
        ),
    )
    insert(
        ExcludedTrack,
        ["run", "track", "reason"],
        ((run.pk, track.id, track.reason) for track in snapshot.inputs.excluded),
    )
    return run


def _memberships(clustering: "Clustering") -> Iterator[tuple[int, int, int, float, list[float]]]:
    """Yield id, number, rank, distance and point of each track. Only one chunk at a time is Python objects."""
    for start in range(0, len(clustering.ids), CHUNK):
        part = slice(start, start + CHUNK)
        columns = (
            clustering.ids,
            clustering.numbers,
            clustering.ranks,
            clustering.distances,
            clustering.points,
        )
        yield from zip(*(column[part].tolist() for column in columns), strict=True)
