"""What each number of clusters would give, computed at once, to choose one before it is published."""

from dataclasses import replace
from typing import cast

import numpy as np

from clusters.core.comparing import compare
from clusters.core.features import FeatureTable, UnclusterableError
from clusters.core.fitting import choice
from clusters.core.fitting.fit import MAX_CLUSTERS_BY_CHOICE, ClusterFit, TooSmallError, choose_among, fit_sample
from clusters.core.fitting.matching import match, previous_centers
from clusters.core.params import MIN_CLUSTERS, Params, PreviousRun
from clusters.core.pipeline import plane, summaries
from clusters.core.plotting.thumbnails import render_thumbnail
from clusters.core.projection import Projection, project
from clusters.core.results import ClusterPreview, NumberPreview
from clusters.core.threads import one_thread

NUMBERS = range(MIN_CLUSTERS, MAX_CLUSTERS_BY_CHOICE + 1)


def preview(table: FeatureTable, params: Params, previous_run: PreviousRun) -> ClusterPreview:
    """Return what ``pipeline.cluster`` would give for each of NUMBERS, and which of them the data choose.

    All that ``params`` decides is the seed. The tracks are projected once, and one fit serves every number that the
    choice tries; a collection of few tracks is fitted again for each larger number, as a run that is asked for it does.

    Raises UnclusterableError, with the reason, if no number is possible.
    """
    table = table.in_canonical_order()
    releases = np.bincount(table.recordings)
    projection = project(table.once())
    centers = previous_centers(projection.points, table.ids, table.recordings, previous_run)
    with one_thread():
        sample = fit_sample(projection, None, centers)
        previous = previous_run.chosen_clusters
        by_data = choose_among(projection, sample, replace(params, clusters=None), previous, releases)
        found: dict[int, ClusterFit] = {}
        reasons: dict[int, str] = {}
        for k in NUMBERS:
            try:
                fitted = sample if k in sample.fits else fit_sample(projection, k, centers)
                found[k] = choose_among(projection, fitted, replace(params, clusters=k), releases=releases)
            except TooSmallError as error:
                reasons[k] = error.reason
            except UnclusterableError as error:
                reasons[k] = str(error)
    return ClusterPreview(
        tracks=len(table),
        chosen=int(by_data.numbers.max()),
        # It is measured whenever the data choose.
        evidence=cast(float, by_data.evidence),
        needed_evidence=choice.needed_evidence(previous),
        numbers=tuple(
            NumberPreview(k, reasons[k])
            if k in reasons
            else _of_number(table, projection, previous_run, k, found[k], by_data.scores.get(k))
            for k in NUMBERS
        ),
    )


def _of_number(
    table: FeatureTable,
    projection: Projection,
    previous_run: PreviousRun,
    clusters: int,
    fitted: ClusterFit,
    score: float | None,
) -> NumberPreview:
    numbers = match(table.ids, fitted.numbers[table.recordings], previous_run)
    compared = compare(previous_run.ids, previous_run.numbers, table.ids, numbers) if len(previous_run.ids) else None
    found = summaries(table, projection, numbers)
    return NumberPreview(
        clusters,
        summaries=found,
        silhouette=fitted.silhouette,
        # It is measured for several clusters.
        stability=cast(float, fitted.stability),
        score=score,
        smallest_share=min(summary.size for summary in found) / len(table),
        moved=compared.moved if compared else None,
        agreement=compared.agreement if compared else None,
        png=render_thumbnail(plane(projection.points)[table.recordings], numbers),
    )
