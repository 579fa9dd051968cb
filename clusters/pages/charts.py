"""Small charts of the pages, as what their SVG is drawn from. Each has words for who cannot see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clusters.core.features import FEATURE_NAMES
from clusters.core.profiles import POINT_UNITS, shares_between
from musicdb.music import AUDIO_FEATURES, AudioFeature

FEATURES = {feature.name: feature for feature in AUDIO_FEATURES if feature.name in FEATURE_NAMES}

# The size of a curve in its own units; see ``curve.html``.
WIDTH, HEIGHT = 100, 24
PARTS = 25
YEARS_WIDTH, YEARS_HEIGHT = 400, 60
# How many years a chart of years has a column for at most; with more, a column is a decade.
MAX_YEARS = 40

Quantiles = Mapping[str, Sequence[float]]
Means = Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """How a feature is spread. ``own``: the path of the area, ``other``: that of the line to compare it with, if any.

    ``mark``: how far along a value lies, from 0 to WIDTH; None without one.
    """

    feature: AudioFeature
    own: str
    other: str = ""
    mark: float | None = None

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"


def curve(name: str, own: Sequence[float], other: Sequence[float] = (), value: float | None = None) -> Curve:
    """Return the curve of a feature. ``own``, ``other``: quantiles. ``value``: to mark."""
    feature = FEATURES[name]
    low, high = feature.usual or (feature.lowest, feature.highest)
    edges = [low + (high - low) * part / PARTS for part in range(PARTS + 1)]
    shares = [shares_between(quantiles, edges) if quantiles else [] for quantiles in (own, other)]
    top = max(map(max, filter(None, shares)))
    area, line = (_path(each, top) if each else "" for each in shares)
    mark = None if value is None else feature.share_of_bar(value)
    return Curve(feature, f"M0 {HEIGHT}L{area}L{WIDTH} {HEIGHT}Z", line and f"M{line}", mark)


def _path(shares: Sequence[float], top: float) -> str:
    places = [0.0, *((part + 0.5) * WIDTH / len(shares) for part in range(len(shares))), float(WIDTH)]
    heights = [shares[0], *shares, shares[-1]]
    return "L".join(
        f"{across:g} {HEIGHT - (HEIGHT - 1) * share / top:.1f}" for across, share in zip(places, heights, strict=True)
    )


@dataclass(frozen=True)
class Bar:
    """A mean beside another one. ``percent``, ``tick``: how far along its bar each lies, from 0 to 100."""

    feature: AudioFeature
    percent: float
    tick: float | None
    words: str
    other_words: str = ""


def bars(means: Means, others: Means) -> list[Bar]:
    """Return a bar for each feature of ``means``, with a tick for the mean of ``others``."""
    found = []
    for name, feature in FEATURES.items():
        if name not in means:
            continue
        other = others.get(name)
        found.append(
            Bar(
                feature,
                feature.share_of_bar(means[name]) or 0.0,
                None if other is None else feature.share_of_bar(other),
                feature.in_words(means[name]),
                "" if other is None else feature.in_words(other),
            )
        )
    return found


@dataclass(frozen=True)
class Column:
    """How many tracks are of a year or decade. ``x``, ``y``, ``height``: of its column in the chart."""

    name: str
    count: int
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Years:
    """When tracks were released. ``width``: of a column; ``words``: the chart in a sentence."""

    columns: Sequence[Column]
    width: float
    words: str
    box: str = f"0 0 {YEARS_WIDTH} {YEARS_HEIGHT}"

    @property
    def first(self) -> str:
        return self.columns[0].name

    @property
    def last(self) -> str:
        return self.columns[-1].name


def years(counts: Sequence[tuple[int, int]]) -> Years | None:
    """Return the chart of pairs of a year and a number of tracks, ascending; None if there are not two years."""
    if len(counts) < 2:
        return None
    by_name = _by_decade(counts) if counts[-1][0] - counts[0][0] >= MAX_YEARS else _by_year(counts)
    most, step = max(by_name.values()), YEARS_WIDTH / len(by_name)
    columns = []
    for place, (name, count) in enumerate(by_name.items()):
        height = round(YEARS_HEIGHT * count / most, 1)
        columns.append(Column(name, count, round(place * step, 1), round(YEARS_HEIGHT - height, 1), height))
    busiest = max(columns, key=lambda column: column.count)
    words = f"From {columns[0].name} to {columns[-1].name}; most in {busiest.name}: {busiest.count:,}."
    return Years(columns, round(0.8 * step, 1), words)


def _by_year(counts: Sequence[tuple[int, int]]) -> dict[str, int]:
    known = dict(counts)
    return {str(year): known.get(year, 0) for year in range(counts[0][0], counts[-1][0] + 1)}


def _by_decade(counts: Sequence[tuple[int, int]]) -> dict[str, int]:
    first, last = counts[0][0] // 10, counts[-1][0] // 10
    sums = {f"{decade * 10}s": 0 for decade in range(first, last + 1)}
    for year, count in counts:
        sums[f"{year // 10 * 10}s"] += count
    return sums


@dataclass(frozen=True)
class Picture:
    """A small picture of a run's plot. ``others``, ``own``: paths that draw a dot at each point."""

    others: str
    own: str
    box: str = "-20 -20 1040 790"


# A picture is as wide as the units of stored points, and as high as a plot of that width.
PICTURE_HEIGHT = 750


def picture(points: Mapping[str, Any], number: int) -> Picture | None:
    """Return the picture in which the cluster of this number stands out. ``points``: those of a profile."""
    clusters = points.get("clusters", {})
    if str(number) not in clusters or len(clusters) < 2:
        return None
    others = "".join(_dots(places) for key, places in clusters.items() if key != str(number))
    return Picture(others, _dots(clusters[str(number)]))


def _dots(places: Sequence[int]) -> str:
    """Return the path of a dot at each place. ``places``: x and y of each by turns, y upwards."""
    return "".join(
        f"M{x} {round((POINT_UNITS - y) * PICTURE_HEIGHT / POINT_UNITS)}h0"
        for x, y in zip(places[::2], places[1::2], strict=True)
    )


def picture_of(points: Mapping[str, Any], places: Sequence[tuple[float, float]]) -> Picture | None:
    """Return the picture in which ``places`` on the plot stand out; None if there are none."""
    if not places or not points.get("clusters"):
        return None
    left, bottom, right, top = points["bounds"]
    scaled = [
        round(POINT_UNITS * min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0))
        for place in places
        for value, low, high in zip(place, (left, bottom), (right, top), strict=True)
    ]
    return Picture("".join(_dots(each) for each in points["clusters"].values()), _dots(scaled))
