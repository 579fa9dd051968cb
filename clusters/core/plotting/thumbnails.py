"""Small plots, to compare several clusterings of the same tracks at a glance."""

import numpy as np
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from clusters.core.features import FloatArray, IntArray
from clusters.core.plotting.looks import INK, looks
from clusters.core.plotting.plots import render

# In inches: 360 by 270 pixels.
SIZE = (2.5, 1.875)
# More points would hide each other, and make the file large.
MAX_POINTS = 3_000


def render_thumbnail(points: FloatArray, numbers: IntArray) -> bytes:
    """Return a small scatter plot as the bytes of a PNG: only the points, and the numbers of their clusters.

    ``points``: shape (n, 2). ``numbers``: shape (n,). A cluster has the colour that it has in the large plot.
    """
    figure = Figure(figsize=SIZE)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    present = np.unique(numbers).tolist()
    step = -(-len(points) // MAX_POINTS)
    size = float(np.interp(len(points), [50, 2_000], [3.5, 1.0]))
    for number, (colour, marker) in looks(present).items():
        axes.plot(
            *points[numbers == number][::step].T,
            linestyle="none",
            marker=marker,
            markersize=size,
            color=colour,
            markeredgewidth=0,
            alpha=0.75,
        )
    outline = patheffects.withStroke(linewidth=2.5, foreground="white")
    for number in present:
        x, y = points[numbers == number].mean(axis=0).tolist()
        text = axes.text(x, y, str(number), ha="center", va="center", fontsize=11, fontweight="bold", color=INK)
        text.set_path_effects([outline])
    return render(figure, "png")
