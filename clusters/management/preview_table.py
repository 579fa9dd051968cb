"""A preview of numbers of clusters, as ``recluster --preview`` prints it."""

from collections.abc import Iterator
from typing import Any

from clusters.core.results import NumberPreview
from clusters.models import Collection
from clusters.runs import ComputedPreview, evidence_in_words, number_as_json

COLUMNS = "{:>8}  {:>10}  {:>9}  {:>5}  {:>8}  {:>10}  {:>9}  {}"


def preview_lines(collection: Collection, computed: ComputedPreview) -> Iterator[str]:
    """Yield the lines of a table with a row for each number of clusters, and what the clusters of each would be."""
    found, run = computed.found, computed.snapshot.latest_run
    excluded = len(computed.snapshot.inputs.excluded)
    chosen = "1 cluster" if found.chosen == 1 else f"{found.chosen} clusters"
    yield f"{collection.key}: {found.tracks} tracks, {excluded} excluded. The data choose {chosen}."
    yield evidence_in_words(found)
    if run is not None:
        state = "published" if run.is_published else "newest"
        yield f"Tracks would move from the {state} run: {run.finished_at:%Y-%m-%d %H:%M}, {run.clusters_in_words}."
    yield COLUMNS.format("clusters", "silhouette", "stability", "score", "smallest", "would move", "agreement", "")
    published = run.cluster_count if run is not None and run.is_published else None
    for number in found.numbers:
        labels = {"published": published, "kept": collection.clusters, "chosen by the data": found.chosen}
        yield _row(number, ", ".join(label for label, clusters in labels.items() if clusters == number.clusters))
        for each in number.summaries:
            words = f": {each.description}" if each.description else ""
            yield f"{'':10}#{each.number} {each.size} tracks{words}"


def preview_as_json(collection: Collection, computed: ComputedPreview) -> dict[str, Any]:
    found = computed.found
    return {
        "collection": collection.key,
        "tracks": found.tracks,
        "excluded": len(computed.snapshot.inputs.excluded),
        "chosen": found.chosen,
        "evidence": found.evidence,
        "needed_evidence": found.needed_evidence,
        "numbers": [number_as_json(number) for number in found.numbers],
    }


def _row(number: NumberPreview, labels: str) -> str:
    if number.reason:
        return f"{number.clusters:>8}  not possible: {number.reason}"
    return COLUMNS.format(
        number.clusters,
        _decimals(number.silhouette, 3),
        _decimals(number.stability, 2),
        _decimals(number.score, 2),
        f"{number.smallest_share:.1%}",
        "–" if number.moved is None else number.moved,
        _decimals(number.agreement, 2),
        labels,
    ).rstrip()


def _decimals(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"
