"""Compute what a collection would be with each number of clusters, and keep the newest result for editors."""

import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from clusters.core.features import UnclusterableError
from clusters.core.fitting import choice
from clusters.core.params import Params, input_hash
from clusters.core.worker import compute_preview
from clusters.models import Collection, Preview, PreviewPlot, Run
from clusters.runs.executors import executor_for, hold_back_ctrl_c
from clusters.runs.input_hash import hashes_of
from clusters.runs.inputs import read_previous_run
from clusters.runs.outcomes import Outcome
from clusters.runs.publishing import lock
from clusters.runs.service import COLLECTION_DELETED, failed
from clusters.runs.storing import Snapshot, take_snapshot

if TYPE_CHECKING:
    from clusters.core.results import ClusterPreview, NumberPreview

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ComputedPreview:
    """A preview and what it was computed from."""

    snapshot: Snapshot
    found: "ClusterPreview"


def computed_preview(collection: Collection, params: Params, jobs: int = 0) -> ComputedPreview:
    """Compute a preview of ``collection`` and store nothing. All that ``params`` decides is the seed.

    ``jobs``: 1 computes in a worker process, 0 in this one.

    Raises UnclusterableError, with the reason, if no number of clusters is possible; Collection.DoesNotExist.
    """
    with hold_back_ctrl_c():
        snapshot = take_snapshot(collection, params)
        previous_run = read_previous_run(snapshot.latest_run, snapshot.next_number)
    with executor_for(jobs) as executor:
        found = executor.submit(compute_preview, snapshot.inputs.table, params, previous_run).result()
    return ComputedPreview(snapshot, found)


def preview(collection: Collection, params: Params, jobs: int = 0) -> Outcome:
    """Compute a preview of ``collection`` and store it in place of the one before, which stays if this fails."""
    started = time.perf_counter()
    try:
        computed = computed_preview(collection, params, jobs)
        _store(computed)
    except Collection.DoesNotExist:
        return Outcome(collection.key, "skipped", COLLECTION_DELETED)
    except UnclusterableError as error:
        return Outcome(collection.key, "skipped", str(error))
    except Exception as error:  # Whatever it is, the editor must learn of it.
        return failed(collection, error, started)
    inputs = computed.snapshot.inputs
    seconds = round(time.perf_counter() - started, 3)
    return Outcome(
        collection.key, "previewed", tracks=len(inputs.table), excluded=len(inputs.excluded), seconds=seconds
    )


def is_current(stored: Preview) -> bool:
    """Return whether the tracks of the collection are still those that the preview was computed from."""
    collection = stored.collection
    return stored.input_hash == input_hash(hashes_of([collection])[collection.pk], Params())


def number_as_json(number: "NumberPreview") -> dict[str, Any]:
    """Return all of ``number`` but its plot."""
    fields = {name: value for name, value in asdict(number).items() if name not in ("png", "summaries")}
    sizes = [{"number": each.number, "size": each.size, "description": each.description} for each in number.summaries]
    return {**fields, "summaries": sizes}


def _store(computed: ComputedPreview) -> None:
    snapshot, found = computed.snapshot, computed.found
    run = snapshot.latest_run
    with transaction.atomic():
        # Two previews of a collection may end at the same time.
        collection = lock(snapshot.collection.pk)
        Preview.objects.filter(collection=collection).delete()
        stored = Preview.objects.create(
            collection=collection,
            computed_at=snapshot.taken_at,
            input_hash=snapshot.inputs.input_hash,
            compared_run=run if run is not None and Run.objects.filter(pk=run.pk).exists() else None,
            track_count=found.tracks,
            excluded_count=len(snapshot.inputs.excluded),
            chosen=found.chosen,
            evidence=found.evidence,
            needed_evidence=found.needed_evidence,
            numbers=[number_as_json(number) for number in found.numbers],
        )
        PreviewPlot.objects.bulk_create(
            PreviewPlot(preview=stored, clusters=number.clusters, png=number.png)
            for number in found.numbers
            if number.png
        )


def evidence_in_words(found: "ClusterPreview | Preview") -> str:
    """Return in sentences whether the tracks divide at all, and by which evidence."""
    because = {
        choice.MIN_EVIDENCE_TO_STAY_DIVIDED: ", because the run before had several clusters",
        choice.MIN_EVIDENCE_TO_DIVIDE_AGAIN: ", because the run before had one cluster",
    }.get(found.needed_evidence, "")
    measured = (
        "The evidence, by how much better they divide than featureless data of the same shape, is "
        f"{found.evidence:.2f}; at least {found.needed_evidence:.2f} is needed{because}."
    )
    if found.evidence < found.needed_evidence:
        return f"The tracks do not divide. {measured}"
    if found.chosen == 1:
        return f"{measured} But no number of clusters that separates them has only clusters that are large enough."
    return f"The tracks divide. {measured}"
