"""How many tracks of each cluster of a run are in each genre, of each year, on each label. Three queries."""

from dataclasses import dataclass
from typing import Any, Self

from clusters.models import Run

Named = list[tuple[int, int, str, int]]


@dataclass(frozen=True)
class TraitCounts:
    """``genres``, ``labels``: a cluster's number, the key and the name of the row, how many tracks.

    ``years``: a cluster's number, the year of release, how many tracks.
    """

    genres: Named
    labels: Named
    years: list[tuple[int, int, int]]

    @classmethod
    def of(cls, run: Run) -> Self:
        """Count those of ``run``, whose memberships must be stored."""
        memberships: Any = run.memberships
        labels = "track__album__album_labels__label"
        return cls(
            list(memberships.counted_by("track__genres", "track__genres__name")),
            list(memberships.counted_by(labels, f"{labels}__name")),
            list(memberships.counted_by("track__album__release_date__year")),
        )
