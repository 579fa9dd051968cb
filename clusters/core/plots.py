"""The scatter plot of a run: each track is a point in the plane of the first two components."""

import io
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from clusters.core.features import FloatArray, IntArray
from clusters.core.results import AxisEnds

# Okabe and Ito's palette (Color Universal Design, 2008) without its yellow, which is too faint on white. Each cluster
# also has a marker, so that the plot can be read in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
INK = "#333333"
# Left, bottom, width and height of the axes as shares of the figure: room for a line of text below and at the left.
FRAME = (0.045, 0.06, 0.945, 0.93)

# With more points, the SVG contains them as one image: a browser is slow with so many shapes.
MAX_VECTOR_POINTS = 2_000


def render_plots(points: FloatArray, numbers: IntArray, axis_ends: Sequence[AxisEnds]) -> tuple[bytes, bytes]:
    """Return the scatter plot as the bytes of a PNG and of an SVG; see ``draw``."""
    figure = draw(points, numbers, axis_ends)
    return render(figure, "png"), render(figure, "svg")


def draw(points: FloatArray, numbers: IntArray, axis_ends: Sequence[AxisEnds]) -> Figure:
    """Return the scatter plot of ``points``, shape (n, 2), coloured by their clusters ``numbers``, shape (n,).

    ``axis_ends``: for the horizontal and, if there are two, the vertical axis. matplotlib's own font must have the
    letters of their words: it has no Hangul, kana or Arabic.
    """
    # Fixed margins: a layout engine would draw everything once more to measure it.
    figure = Figure(figsize=(8, 6))
    FigureCanvasAgg(figure)
    axes = figure.add_axes(FRAME)
    axes.set_axisbelow(True)
    axes.axhline(0, color="#e3e3e3", linewidth=1)
    axes.axvline(0, color="#e3e3e3", linewidth=1)
    size = float(np.interp(len(points), [50, 5_000], [6.5, 2.0]))
    present = np.unique(numbers).tolist()
    colours, markers = _spread(present, COLOURS), _spread(present, MARKERS)
    for number in present:
        members = points[numbers == number]
        axes.plot(
            members[:, 0],
            members[:, 1],
            linestyle="none",
            marker=markers[number],
            markersize=size,
            color=colours[number],
            markeredgecolor="white",
            markeredgewidth=0.4 if size > 3 else 0,
            alpha=0.75,
            rasterized=len(points) > MAX_VECTOR_POINTS,
        )
    for number in present:
        x, y = points[numbers == number].mean(axis=0)
        axes.annotate(
            str(number),
            (x, y),
            ha="center",
            va="center",
            fontsize=19,
            fontweight="bold",
            color=INK,
            path_effects=[patheffects.withStroke(linewidth=4, foreground="white")],
        )
    # Components have no unit, so numbers on the axes would mean nothing.
    axes.set_xticks([])
    axes.set_yticks([])
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_color("#bbbbbb")
    _label_axis(axes, "x", axis_ends[0])
    if len(axis_ends) > 1:
        _label_axis(axes, "y", axis_ends[1])
    return figure


def _spread(numbers: Sequence[int], choices: Sequence[str]) -> dict[int, str]:
    """Return one of ``choices`` for each number: always the same for the same number, unless it is taken."""
    free = list(choices)
    chosen: dict[int, str] = {}
    for number in numbers:
        preferred = choices[(number - 1) % len(choices)]
        chosen[number] = preferred if preferred in free or not free else free[0]
        if chosen[number] in free:
            free.remove(chosen[number])
    return chosen


def _label_axis(axes: Axes, name: Literal["x", "y"], ends: AxisEnds) -> None:
    """Write the words for the two ends of an axis at its ends, and its share of the variance between them."""
    words = {"left": f"← {ends.low}", "center": f"{ends.variance:.0%} of variance", "right": f"{ends.high} →"}
    for place, text in words.items():
        location = {"left": 0.0, "center": 0.5, "right": 1.0}[place]
        style: dict[str, Any] = {"color": INK, "fontsize": 10 if place == "center" else 11.5}
        if name == "x":
            axes.text(location, -0.02, text, ha=place, va="top", transform=axes.transAxes, **style)
        else:
            # In text rotated by 90 degrees, "ha" is across the text and "va" along it.
            along = {"left": "bottom", "center": "center", "right": "top"}[place]
            axes.text(-0.015, location, text, ha="right", va=along, rotation=90, transform=axes.transAxes, **style)


def render(figure: Figure, kind: Literal["png", "svg"]) -> bytes:
    """Return ``figure`` as the bytes of a file; the same figure always gives the same bytes."""
    # Pillow's default level is 6, which takes a tenth longer for a file that is 3 % smaller.
    options: dict[str, Any] = (
        {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": 4}}
        if kind == "png"
        else {"metadata": {"Date": None, "Creator": None}}
    )
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "musicdb", "svg.fonttype": "path"}):
        figure.savefig(buffer, format=kind, dpi=144, **options)
    return buffer.getvalue()
