"""The points of a run for its interactive map, and the tracks within an outline that somebody draws on it."""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from clusters.core.features import FEATURE_NAMES
from clusters.core.plotting.point_map import MAX_CORNERS, Grid, enclosed, encode_points, encode_values
from clusters.models import Membership, Run
from clusters.models.querysets import MembershipQuerySet
from musicdb.db import one_of
from musicdb.models import Track

# With more points, the file is too large and a browser too slow: such a run has its plot only.
MAX_POINTS = 200_000
# The columns of a track that points can be coloured by.
COLUMNS = ("liked", *FEATURE_NAMES)
# So many tracks are asked for at once.
MAX_DETAILS = 50
# Farther out than the map can be moved. Also keeps products exact in floating point.
_FARTHEST = 2**20


def has_map(run: Run) -> bool:
    return 0 < run.track_count <= MAX_POINTS


def points_of(run: Run) -> bytes:
    """Return the points of ``run``; see ``encode_points``. Only deleting or merging tracks changes them. One query."""
    rows = np.array(list(run.memberships.as_points()), dtype=np.float64).reshape(-1, 5)
    return encode_points(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2:4], rows[:, 4])


def values_of(run: Run, column: str) -> bytes:
    """Return a column of the tracks of ``run``; see ``encode_values``. One query."""
    rows = np.array(list(run.memberships.with_values(column)), dtype=np.float64).reshape(-1, 2)
    return encode_values(rows[:, 0].astype(np.int64), rows[:, 1])


def details_of(run: Run, keys: list[int]) -> list[tuple[Track, list[str]]]:
    """Return the tracks with these keys that are in ``run``, each with the names of its artists. Two queries."""
    tracks = list(Track.objects.filter(pk__in=one_of(keys), memberships__run=run).only("title", "slug"))
    names = Track.objects.artist_names_of([track.pk for track in tracks])
    return [(track, names.get(track.pk, [])) for track in tracks]


@dataclass(frozen=True)
class Outline:
    """A box or a polygon on the grid of a map. ``grid`` comes from the file of points, so both mean the same places."""

    grid: Grid
    corners: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, grid: str, within: str) -> Self:
        """Read numbers with commas between them: left, bottom and step; x and y of each corner.

        Raises ValueError with a reason for a person.
        """
        try:
            left, bottom, step = map(float, grid.split(","))
            numbers = [int(number) for number in within.split(",", 2 * MAX_CORNERS + 1)]
        except ValueError as error:
            raise ValueError("The address of a selection has numbers with commas between them.") from error
        if not all(map(math.isfinite, (left, bottom, step))) or not 1e-12 < step < 1e12:
            raise ValueError("The grid is not one that a map has.")
        if len(numbers) % 2 or not 4 <= len(numbers) <= 2 * MAX_CORNERS:
            raise ValueError(f"An outline has two to {MAX_CORNERS} corners.")
        if max(map(abs, numbers)) > _FARTHEST:
            raise ValueError("The outline is not on the map.")
        return cls(Grid(left, bottom, step), tuple(zip(numbers[::2], numbers[1::2], strict=True)))

    def memberships_in(self, run: Run) -> MembershipQuerySet:
        """Return the memberships of ``run`` within the outline, in no order. One query."""
        corners, grid = np.array(self.corners, dtype=np.int64), self.grid
        # A line more at each side: what is nearest to the border may be beyond it.
        low, high = corners.min(axis=0) - 1, corners.max(axis=0) + 1
        across, up = (
            (start + int(low[side]) * grid.step, start + int(high[side]) * grid.step)
            for side, start in enumerate((grid.left, grid.bottom))
        )
        near: Any = list(run.memberships.within(across, up))
        rows = np.array(near, dtype=np.float64).reshape(-1, 3)
        keys = rows[enclosed(grid.place(rows[:, 1:]), corners), 0].astype(np.int64).tolist()
        return Membership.objects.filter(pk__in=one_of(keys))
