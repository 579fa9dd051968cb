"""What clusters add to the admin's first page and to the data quality checks."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import reverse

from clusters.core.params import Params, input_hash
from clusters.jobs import START_WORKER, STATES, state_of, uses_workers
from clusters.models import MisplacedTrack, ReclusterJob, Run
from clusters.runs.input_hash import hashes_of
from musicdb.admin import dashboard
from musicdb.editing import data_quality


def stale_collections(**conditions: Any) -> list[int]:
    """Return the keys of the collections whose tracks are not those that their published run was made of.

    ``conditions`` narrow the collections. A query for them, and those of ``hashes_of``, which read every track or have
    PostgreSQL do it.
    """
    published = Run.objects.published().with_collection().filter(**conditions)
    runs = {run.collection_id: run for run in published}
    now = hashes_of([run.collection for run in runs.values()])
    return [key for key, run in runs.items() if input_hash(now[key], Params(**run.parameters)) != run.input_hash]


def _last_runs(number: int) -> Iterator[dashboard.Row]:
    # Unfinished jobs come first: they make the next runs.
    if uses_workers():
        jobs: Iterable[Any] = ReclusterJob.objects.unfinished().with_counts()[:number]
        for job in jobs:
            state = state_of(job)
            detail = f"{job.finished} of {job.total} collections finished"
            if state == "no_worker":
                detail += f". Start one with {START_WORKER}"
            address = reverse("admin:clusters_reclusterjob_change", args=[job.pk])
            yield dashboard.Row(f"{job}: {STATES[state].lower()}", address, detail)
    for run in Run.objects.newest_first().with_collection()[:number]:
        yield dashboard.Row(
            str(run.collection),
            reverse("admin:clusters_run_change", args=[run.pk]),
            f"{run.clusters_in_words} of {run.track_count:,} tracks, {naturaltime(run.finished_at)}",
        )


def waiting_url() -> str:
    """Return the address of the list of the runs that wait for review."""
    return reverse("admin:clusters_run_changelist", query={"state": "waiting"})


def _waiting_runs(number: int) -> Iterator[dashboard.Row]:
    for run in Run.objects.waiting().newest_first().with_collection()[:number]:
        yield dashboard.Row(
            str(run.collection),
            reverse("admin:clusters_run_compare", args=[run.pk]),
            f"{run.clusters_in_words} of {run.track_count:,} tracks, {naturaltime(run.finished_at)}",
        )


def register() -> None:
    dashboard.register(
        dashboard.Panel("Last runs", _last_runs, lambda: reverse("admin:clusters_run_changelist"), "clusters.view_run"),
        dashboard.Panel(
            "Runs that wait for review",
            _waiting_runs,
            waiting_url,
            # Those who may publish them.
            "clusters.change_run",
            count=lambda: Run.objects.waiting().count(),
        ),
    )
    data_quality.register(
        data_quality.QualityCheck(
            "Genres changed since they were clustered",
            "Their tracks have changed since. Select them and recluster.",
            lambda: len(stale_collections(collection__kind="genre")),
            data_quality.list_url("musicdb_genre", clustered="stale"),
            "musicdb.view_genre",
            is_slow=True,
        ),
        data_quality.QualityCheck(
            "Tracks that sound like another genre",
            "As findmisplaced found them. Listen, then move them, add the genre, or dismiss them.",
            lambda: MisplacedTrack.objects.pending().count(),
            data_quality.list_url("clusters_misplacedtrack"),
            "musicdb.view_track",
        ),
    )
