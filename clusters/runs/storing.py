"""Store a run: its plot files first, then all rows and the switch of the published run in one transaction."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction
from django.utils import timezone

from clusters.core.neighbours import table_of
from clusters.core.params import Params
from clusters.models import Cluster, Collection, CollectionKind, ExcludedTrack, Membership, Run, Shade
from clusters.runs.cluster_names import suggest_names
from clusters.runs.inputs import Inputs, read_inputs
from clusters.runs.plot_files import NewPlots, new_plots
from clusters.runs.profiles import store_profile
from clusters.runs.publishing import carry_names, lock, publish
from clusters.runs.representatives import representatives_of
from clusters.runs.traits import TraitCounts
from musicdb.db import insert

if TYPE_CHECKING:
    from clusters.core.results import Clustering

CHUNK = 10_000


class ConflictError(Exception):
    """Another run of the collection was stored while this one was computed, so its cluster numbers are outdated."""


@dataclass(frozen=True)
class Snapshot:
    """What a run is computed from, as it was in the database at ``taken_at``.

    ``latest_run``: the run whose cluster numbers the new one continues, if any. ``next_number``: the first number that
    no cluster of the collection has had.
    """

    collection: Collection
    params: Params
    taken_at: datetime
    inputs: Inputs
    latest_run: Run | None
    next_number: int


def take_snapshot(collection: Collection, params: Params) -> Snapshot:
    """Read what a run of ``collection`` is computed from. Three queries.

    Raises Collection.DoesNotExist if it has been deleted.
    """
    taken_at, latest_run = timezone.now(), _latest_run(collection)
    number = Collection.objects.values_list("next_number", flat=True).get(pk=collection.pk)
    return Snapshot(collection, params, taken_at, read_inputs(collection, params), latest_run, number)


def store(snapshot: Snapshot, clustering: "Clustering") -> Run:
    """Store ``clustering`` as a run and, unless the collection's runs wait for review, publish it.

    All of it happens under the collection's lock. Nothing is stored if this raises: ConflictError if another run was
    stored since ``snapshot`` was taken, IntegrityError if a track was deleted, Collection.DoesNotExist if the
    collection was.
    """
    with new_plots(snapshot.collection) as plots, transaction.atomic():
        collection = lock(snapshot.collection.pk)
        latest_run = _latest_run(collection)
        if (latest_run, collection.next_number) != (snapshot.latest_run, snapshot.next_number):
            raise ConflictError("Another run of the collection was stored at the same time.")
        plots.save(clustering.png, clustering.svg)
        if collection.kind == CollectionKind.LIBRARY:
            table = snapshot.inputs.table
            plots.save_neighbours(table_of(table.ids, table.recordings, table.values))
        run = _store_rows(snapshot, clustering, plots)
        collection.next_number = max(collection.next_number, int(clustering.numbers.max()) + 1)
        collection.save(update_fields=["next_number"])
        if latest_run is not None:
            carry_names(latest_run, run)
        if not collection.requires_review:
            publish(run)
    return run


def _latest_run(collection: Collection) -> Run | None:
    """Return the run that the next one's clusters are matched to: the published one, else the newest."""
    return Run.objects.of(collection).published_first().first()


def _store_rows(snapshot: Snapshot, clustering: "Clustering", files: NewPlots) -> Run:
    run = Run.objects.create(
        collection=snapshot.collection,
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
        previous_cluster_count=None if snapshot.latest_run is None else snapshot.latest_run.chosen_clusters,
        evidence=clustering.evidence,
        silhouette=clustering.silhouette,
        silhouettes=clustering.silhouettes,
        stability=clustering.stability,
        stabilities=clustering.stabilities,
        scores=clustering.scores,
        smallest_shares=clustering.smallest_shares,
        plot_png=files.names[0],
        plot_svg=files.names[1],
        neighbours=files.neighbours,
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
    places = representatives_of(clustering)
    by_number = {cluster.number: cluster.pk for cluster in clusters}
    Shade.objects.bulk_create(
        Shade(
            cluster_id=by_number[summary.number],
            position=position,
            size=shade.size,
            description=shade.description,
            stability=shade.stability,
            centroid=shade.centroid,
            example_ranks=shade.examples,
        )
        for summary in clustering.clusters
        for position, shade in enumerate(summary.shades, 1)
    )
    insert(
        Membership,
        ["run", "cluster", "track", "rank", "place", "more_releases", "distance", "sureness", "shade", "x", "y"],
        (
            (
                run.pk,
                by_number[number],
                track,
                rank,
                *places.get(track, (None, 0)),
                distance,
                sureness,
                shade or None,
                *point,
            )
            for track, number, rank, distance, sureness, shade, point in _memberships(clustering)
        ),
    )
    traits = TraitCounts.of(run)
    suggest_names(run, clusters, clustering.clusters, traits)
    store_profile(run, clustering, snapshot.inputs.table, traits)
    insert(
        ExcludedTrack,
        ["run", "track", "reason"],
        ((run.pk, track.id, track.reason) for track in snapshot.inputs.excluded),
    )
    return run


def _memberships(clustering: "Clustering") -> Iterator[tuple[int, int, int, float, float | None, int, list[float]]]:
    """Yield id, number, rank, distance, sureness, shade, point of each track. One chunk at a time is Python objects."""
    sureness = np.full(len(clustering.ids), None) if clustering.sureness is None else clustering.sureness
    for start in range(0, len(clustering.ids), CHUNK):
        part = slice(start, start + CHUNK)
        columns = (
            clustering.ids,
            clustering.numbers,
            clustering.ranks,
            clustering.distances,
            sureness,
            clustering.shades,
            clustering.points,
        )
        yield from zip(*(column[part].tolist() for column in columns), strict=True)
