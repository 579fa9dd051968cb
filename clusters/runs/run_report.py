"""A run's figures as its page shows them: for each number of clusters that was tried, and for each component."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clusters.models import Run


@dataclass(frozen=True)
class Tried:
    """One number of clusters that was tried. What was not measured, or not kept by an older run, is None."""

    k: int
    silhouette: float
    stability: float | None
    smallest_share: float | None
    is_chosen: bool


def tried(run: Run) -> list[Tried]:
    """Return every number of clusters that ``run`` tried, ascending."""
    # JSON has made texts of the numbers.
    return [
        Tried(
            int(k),
            run.silhouettes[k],
            run.stabilities.get(k),
            run.smallest_shares.get(k),
            is_chosen=int(k) == run.cluster_count,
        )
        for k in sorted(run.silhouettes, key=int)
    ]


@dataclass(frozen=True)
class Loading:
    """A feature's row: what one unit of it counts, None where that was not kept, and its loading on each component."""

    feature: str
    weight: float | None
    on_components: tuple[float | None, ...]


@dataclass(frozen=True)
class Components:
    """``variances``: of every component, its share. ``rows``: the features, in the run's order."""

    variances: tuple[float, ...]
    rows: tuple[Loading, ...]

    @property
    def variance(self) -> float:
        return math.fsum(self.variances)


def components(run: Run) -> Components:
    """Return the components of ``run``. Older runs kept the loadings of the plot's two axes only."""
    loadings = run.loadings or [axis["loadings"] for axis in run.axes]
    missing = len(run.explained_variance) - len(loadings)
    return Components(
        tuple(run.explained_variance),
        tuple(
            Loading(
                feature,
                run.weights.get(feature),
                (*(of_component.get(feature) for of_component in loadings), *[None] * missing),
            )
            for feature in run.features
        ),
    )


# --- The plot of what was tried ------------------------------------------------------------------------------------

# In the units of the drawing, which the page scales as a whole.
WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 34, 386, 40, 206
# Between two ticks of the upright axis.
STEP = 0.2


@dataclass(frozen=True)
class Tick:
    place: float
    label: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """A measure over k. ``path``: for an SVG path; it breaks where a k in between was not measured."""

    points: tuple[Point, ...]
    path: str


@dataclass(frozen=True)
class Plot:
    """``chosen_x``: where the number of clusters stands that the run has; None where it is not among those tried."""

    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    silhouette: Line
    stability: Line
    chosen_x: float | None
    alt: str


def plot(rows: Sequence[Tried]) -> Plot | None:
    """Draw silhouette and stability against k; None where there is but one k, and so nothing to compare."""
    if len(rows) < 2:
        return None
    known = [value for row in rows for value in (row.silhouette, row.stability) if value is not None]
    lowest, highest = min(0, math.floor(min(known) / STEP)), max(1, math.ceil(max(known) / STEP))

    def x(k: int) -> float:
        return round(LEFT + 14 + (RIGHT - LEFT - 28) * (k - rows[0].k) / (rows[-1].k - rows[0].k), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value / STEP - lowest) / (highest - lowest), 1)

    def line(values: Iterable[float | None]) -> Line:
        points, path, pen = [], [], "M"
        for row, value in zip(rows, values, strict=True):
            if value is None:
                pen = "M"
                continue
            points.append(Point(x(row.k), y(value), row.is_chosen))
            path.append(f"{pen}{x(row.k)} {y(value)}")
            pen = "L"
        return Line(tuple(points), " ".join(path))

    return Plot(
        across=tuple(Tick(x(row.k), str(row.k)) for row in rows),
        up=tuple(Tick(y(step * STEP), f"{step * STEP:.1f}") for step in range(lowest, highest + 1)),
        silhouette=line(row.silhouette for row in rows),
        stability=line(row.stability for row in rows),
        chosen_x=next((x(row.k) for row in rows if row.is_chosen), None),
        alt=_alt(rows),
    )


def _alt(rows: Sequence[Tried]) -> str:
    """The plot in words, for who cannot see it; its figures are in the table beneath."""
    best = max(rows, key=lambda row: row.silhouette)
    chosen = [f"; chosen: {row.k}, with {row.silhouette:.2f}" for row in rows if row.is_chosen]
    return (
        f"Line chart of the silhouette for {rows[0].k} to {rows[-1].k} clusters; "
        f"highest for {best.k}, with {best.silhouette:.2f}{''.join(chosen)}."
    )
