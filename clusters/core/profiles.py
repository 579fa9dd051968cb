"""What the tracks of a collection are like: how each feature is spread over them, and which of them have most of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from clusters.core.features import BY_NAME, FEATURE_NAMES, WEIGHTS, FeatureTable, FloatArray, IntArray

# The quantiles of a feature are its values at each percent, from the lowest to the highest.
PERCENTS = 100
# How many of the lowest and of the highest tracks are kept. Pages show fewer: some may be one song in two versions.
EXTREMES = 14
# How many points of a plot are kept for small pictures of it, and how many of each cluster at least; their units.
MAX_POINTS = 500
MIN_POINTS = 40
POINT_UNITS = 1000
# How many decimals of a mean and a quantile are kept.
DECIMALS = 4


@dataclass(frozen=True)
class Distribution:
    """How a feature is spread over the recordings of a collection, each counted once.

    ``quantiles``: PERCENTS + 1 values, ascending. ``lowest``, ``highest``: the ids of the tracks at either end, the
    outermost first; empty if more than EXTREMES tracks have the outermost value.
    """

    mean: float
    quantiles: tuple[float, ...]
    lowest: tuple[int, ...]
    highest: tuple[int, ...]


def distributions(table: FeatureTable) -> dict[str, Distribution]:
    """Return the distribution of each feature. ``table``: each recording once, in canonical order; not empty."""
    found = {}
    places = np.linspace(0, len(table) - 1, PERCENTS + 1)
    rows = np.arange(len(table))
    for name, column in zip(FEATURE_NAMES, table.values.T, strict=True):
        # Sorted stably, equal values stay in the canonical order, which is the same in every database.
        order = np.argsort(column, kind="stable")
        ordered = column[order]
        found[name] = Distribution(
            mean=round(float(column.mean()), DECIMALS),
            quantiles=tuple(np.round(np.interp(places, rows, ordered), DECIMALS).tolist()),
            lowest=_ends(table.ids[order[: EXTREMES + 1]], ordered[: EXTREMES + 1]),
            highest=_ends(table.ids[order[: -EXTREMES - 2 : -1]], ordered[: -EXTREMES - 2 : -1]),
        )
    return found


def _ends(ids: IntArray, values: FloatArray) -> tuple[int, ...]:
    """Return at most EXTREMES of ``ids``; none if all ``values`` are equal, of which there is one more."""
    return () if values[0] == values[-1] else tuple(ids[:EXTREMES].tolist())


def sampled_points(points: FloatArray, numbers: IntArray) -> dict[str, Any]:
    """Return some of the points of each cluster, for small pictures of the plot.

    ``points``: shape (n, 2), sorted by cluster, then rank, as ``numbers``. The result has ``bounds``: left, bottom,
    right and top of all points; and ``clusters``: by number, x and y of each point by turns, from 0 to POINT_UNITS.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    places = np.rint((points - low) / spread * POINT_UNITS).astype(np.int64)
    found = {}
    for number in np.unique(numbers).tolist():
        rows = np.flatnonzero(numbers == number)
        wanted = max(MIN_POINTS, MAX_POINTS * len(rows) // len(numbers))
        # Evenly spaced among the ranks: as many near the centre as far from it.
        chosen = rows[np.linspace(0, len(rows) - 1, min(wanted, len(rows))).astype(np.int64)]
        found[number] = places[chosen].ravel().tolist()
    return {"bounds": np.round([*low, *high], 6).tolist(), "clusters": found}


@dataclass(frozen=True)
class Standing:
    """Where a value stands in a distribution. ``below``, ``above``: the share of what is lower and higher, 0 to 1."""

    name: str
    below: float
    above: float

    @property
    def comparing(self) -> str:
        """The comparative for the end that it is nearer to; empty where it is neither higher nor lower than others."""
        if not self.below and not self.above:
            return ""
        return BY_NAME[self.name].more if self.below >= self.above else BY_NAME[self.name].less

    @property
    def percent(self) -> str:
        """How many it exceeds in this."""
        return f"{max(self.below, self.above):.0%}"

    @property
    def words(self) -> str:
        """Both, such as "happier than 82%".

        >>> Standing("valence", 0.82, 0.17).words
        'happier than 82%'
        """
        return f"{self.comparing} than {self.percent}" if self.comparing else ""


def standing(name: str, quantiles: Sequence[float], value: float) -> Standing:
    """Return where ``value`` of the feature ``name`` stands, in whole percents. ``quantiles``: see ``Distribution``.

    >>> standing("valence", [0.0, 0.1, 0.2, 0.3, 0.4], 0.35)
    Standing(name='valence', below=0.75, above=0.0)
    """
    value, last = round(value, DECIMALS), len(quantiles) - 1
    below, not_above = bisect_left(quantiles, value), bisect_right(quantiles, value)
    # The value lies between two quantiles, and the lower one is what is sure.
    return Standing(name, max(0, below - 1) / last, max(0, last - not_above) / last)


def shares_between(quantiles: Sequence[float], edges: Sequence[float]) -> list[float]:
    """Return the share of the tracks between each two neighbouring ``edges``. What lies beyond counts in the last one.

    ``quantiles``: see ``Distribution``. ``edges``: ascending.

    >>> shares_between([0.0, 0.25, 0.5, 0.75, 1.0], [0, 0.5, 1])
    [0.5, 0.5]
    """
    # Of equal quantiles, the last one says how many tracks have at most this value.
    last = {value: place for place, value in enumerate(quantiles)}
    values = np.array(list(last))
    at_most = np.array(list(last.values())) / (len(quantiles) - 1)
    shares = np.interp(edges, values, at_most, left=0.0, right=1.0)
    shares[0], shares[-1] = 0.0, 1.0
    return [float(after - before) for before, after in pairwise(shares)]


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how far two means are apart in the space of the weighted features; those that either lacks count nothing.

    >>> distance({"energy": 0.5, "tempo": 100.0}, {"energy": 0.5, "tempo": 150.0})
    0.1
    """
    known = [name for name in FEATURE_NAMES if name in one and name in other]
    return float(np.sqrt(sum((WEIGHTS.get(name, 1.0) * (one[name] - other[name])) ** 2 for name in known)))
