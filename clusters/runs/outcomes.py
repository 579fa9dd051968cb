"""How the reclustering of a collection ended."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from clusters.models import Run

if TYPE_CHECKING:
    from clusters.core.results import Clustering

# "previewed": a preview was stored, and no run.
# "waiting": stored, for an editor to publish. "finished": computed and not stored, in a dry run.
Status = Literal["published", "waiting", "finished", "previewed", "unchanged", "skipped", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How the reclustering of a collection ended. ``sizes``: pairs of cluster number and size, by number.

    ``collection``: its key.

    What does not apply to the status is None or empty.
    """

    collection: str
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


def figures_of_clustering(clustering: "Clustering") -> dict[str, Any]:
    """Return the fields of an Outcome that a new clustering decides."""
    return {
        "sizes": tuple((summary.number, summary.size) for summary in clustering.clusters),
        "silhouette": clustering.silhouette,
        "stability": clustering.stability,
        "explained_variance": clustering.explained_variance,
        "digest": clustering.digest,
    }


def figures_of_run(run: Run) -> dict[str, Any]:
    """Return the fields of an Outcome that a stored run decides. No query if its clusters are prefetched."""
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
