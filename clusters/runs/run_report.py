"""The figures of a run, as the page "How these clusters were made" shows them.

To add a figure, add it to ``figures_of`` and show it in ``templates/clusters/run_report.html``.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clusters.core.fitting import choice
from clusters.models import Run


def figures_of(run: Run) -> dict[str, Any]:
    """Return the figures by the names that the template uses."""
    tried = candidates(run)
    return {
        "candidates": tried,
        "plot": plot(tried),
        "components": components(run),
        "enough_stability": choice.ENOUGH_STABILITY,
        "silhouette_weight": choice.SILHOUETTE_WEIGHT,
        "weight_of_doubling": choice.WEIGHT_OF_DOUBLING,
        "evidence_to_divide_again": choice.MIN_EVIDENCE_TO_DIVIDE_AGAIN,
        "evidence_to_stay_divided": choice.MIN_EVIDENCE_TO_STAY_DIVIDED,
    }


@dataclass(frozen=True)
class Candidate:
    """A number of clusters that the run tried. Figures that it did not measure or store are None."""

    k: int
    silhouette: float
    stability: float | None
    score: float | None
    smallest_share: float | None
    is_chosen: bool


def candidates(run: Run) -> list[Candidate]:
    """Return every number of clusters that ``run`` tried, in ascending order."""
    # JSON stores the numbers as strings.
    return [
        Candidate(
            int(k),
            run.silhouettes[k],
            run.stabilities.get(k),
            run.scores.get(k),
            run.smallest_shares.get(k),
            is_chosen=int(k) == run.cluster_count,
        )
        for k in sorted(run.silhouettes, key=int)
    ]


@dataclass(frozen=True)
class Loading:
    """A feature: the weight of one unit of it (None if the run did not store it), and its loading on each component."""

    feature: str
    weight: float | None
    on_components: tuple[float | None, ...]


@dataclass(frozen=True)
class Components:
    """``variances`` has each component's share of the variance, ``rows`` the features in the order of the run."""

    variances: tuple[float, ...]
    rows: tuple[Loading, ...]

    @property
    def variance(self) -> float:
        return math.fsum(self.variances)


def components(run: Run) -> Components:
    """Return the components of ``run``. Older runs stored only the loadings of the plot's two axes."""
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


# --- The plot of the candidates ------------------------------------------------------------------------------------

# In units of the SVG drawing, which the page scales.
WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 34, 386, 40, 206
# The distance of two ticks on the vertical axis.
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
    """A measure by k. ``path`` draws it in SVG, with a gap where a k was not measured."""

    points: tuple[Point, ...]
    path: str


@dataclass(frozen=True)
class Plot:
    """``chosen_x`` is the position of the run's own number of clusters, None if it is not among the candidates."""

    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    silhouette: Line
    stability: Line
    chosen_x: float | None
    alt: str


def plot(rows: Sequence[Candidate]) -> Plot | None:
    """Return a plot of silhouette and stability against k, or None if there is only one k and nothing to compare."""
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


def _alt(rows: Sequence[Candidate]) -> str:
    """Return a description of the plot for people who cannot see it. The table below the plot has its figures."""
    best = max(rows, key=lambda row: row.silhouette)
    chosen = [f"; chosen: {row.k}, with {row.silhouette:.2f}" for row in rows if row.is_chosen]
    return (
        f"Line chart of the silhouette for {rows[0].k} to {rows[-1].k} clusters; "
        f"highest for {best.k}, with {best.silhouette:.2f}{''.join(chosen)}."
    )
