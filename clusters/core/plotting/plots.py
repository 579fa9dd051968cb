"""The scatter plot of a run: each track is a point in the plane of the first two components."""

import io
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray
from PIL import Image, ImageColor

from clusters.core.features import FloatArray, IntArray
from clusters.core.plotting.labels import DIGIT_HEIGHT, FONT_SIZE, HALO, box_of, place
from clusters.core.plotting.lettering import FALL, RISE, write
from clusters.core.plotting.looks import BORDER, INK, PAPER, ZERO_LINE, dark_style, looks
from clusters.core.plotting.svg import svg_of
from clusters.core.results import AxisEnds
from clusters.core.words.captions import LITTLE, shows_little

# Lengths are in points, 1/72 of an inch.
WIDTH, HEIGHT = 576, 432
# Between the figure's edge and the frame of the points: at the left and right, below and above. There is room for one
# line of text below and for two at the left.
LEFT, RIGHT, BELOW, ABOVE = 34, 6, 26, 6
FRAME = (WIDTH - LEFT - RIGHT, HEIGHT - BELOW - ABOVE)
PIXELS_PER_INCH = 144
# The size of the words for the ends of an axis, and of its share of the variance.
WORDS, SHARE = 11.5, 10.0
# Free at each side of the data, as a share of the frame.
MARGIN = 0.04

# With more points, the SVG contains them as one image: a browser is slow with so many shapes.
MAX_VECTOR_POINTS = 2_000
# More points are smaller and more transparent, so that the dense parts of thousands stand out from the thin ones. The
# values between these depend on the logarithm of the number of points.
POINTS = (50, 500, 5_000, 50_000)
SIZES = (6.5, 4.8, 2.4, 2.0)
ALPHAS = (0.9, 0.85, 0.5, 0.3)
# Points less sure than these are fainter, the surest as they are.
FADING_LIMITS = (0.9, 0.6)
FADED = (1.0, 0.55, 0.3)
# A PNG of so many colours looks the same as one of all, and takes half as long to compress.
PNG_COLOURS = 256


def render_plots(
    points: FloatArray, numbers: IntArray, axis_ends: Sequence[AxisEnds], sureness: FloatArray | None = None
) -> tuple[bytes, bytes]:
    """Return the scatter plot as the bytes of a PNG and of an SVG; see ``draw``."""
    figure = draw(points, numbers, axis_ends, sureness)
    return render(figure, "png"), render(figure, "svg")


def draw(
    points: FloatArray, numbers: IntArray, axis_ends: Sequence[AxisEnds], sureness: FloatArray | None = None
) -> Figure:
    """Return the scatter plot of ``points``, shape (n, 2), coloured by their clusters ``numbers``, shape (n,).

    A unit is as long across as up, so a distance on the plot means the same in any direction. ``axis_ends``: for the
    horizontal and, if there are two, the vertical axis. matplotlib's own font must have the letters of their words: it
    has no Hangul, kana or Arabic. ``sureness``: shape (n,), how surely each track is in its cluster, 0 to 1; the points
    of tracks that might be in another one are fainter.
    """
    # Everything is drawn on the figure itself, in points from the frame's corner. Axes would take longer, for ticks
    # that nobody wants: components have no unit.
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=PIXELS_PER_INCH)
    FigureCanvasAgg(figure)
    in_frame = Affine2D().translate(LEFT, BELOW).scale(1 / WIDTH, 1 / HEIGHT) + figure.transFigure
    corner, unit = _scale(points)
    (x, y), (right, top) = -corner / unit, FRAME
    for across, up in (((0, right), (y, y)), ((x, x), (0, top))):
        if 0 <= across[0] <= right and 0 <= up[0] <= top:
            figure.add_artist(Line2D(across, up, color=ZERO_LINE, linewidth=1, transform=in_frame))
    present = np.unique(numbers).tolist()
    places = (points - corner) / unit
    fading = np.zeros(len(points), np.int64) if sureness is None else np.digitize(sureness, FADING_LIMITS)
    _draw_points(figure, in_frame, places, numbers, fading)
    border = Rectangle((0, 0), right, top, facecolor="none", edgecolor=BORDER, linewidth=0.8, transform=in_frame)
    figure.add_artist(border)
    centres = np.array([places[numbers == number].mean(axis=0) for number in present])
    _draw_numbers(figure, in_frame, present, centres)
    _label_axes(figure, in_frame, axis_ends)
    return figure


def _scale(points: FloatArray) -> tuple[FloatArray, float]:
    """Return the coordinates of the frame's lower left corner, and how much of them a point (1/72 inch) is.

    The data fill the frame in one direction and are in its middle in the other.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.array(FRAME)
    unit = float(((high - low) / size).max()) / (1 - 2 * MARGIN) or 1.0
    return (low + high) / 2 - size * unit / 2, unit


def _draw_points(figure: Figure, in_frame: Transform, places: FloatArray, numbers: IntArray, fading: IntArray) -> None:
    count = np.log(len(places))
    size, alpha = (float(np.interp(count, np.log(POINTS), values)) for values in (SIZES, ALPHAS))
    in_image = len(places) > MAX_VECTOR_POINTS
    look = looks(np.unique(numbers).tolist())
    # The faint ones first, so that they do not veil the others.
    for level in range(len(FADED) - 1, -1, -1):
        for number, (colour, marker) in look.items():
            shown = (numbers == number) & (fading == level)
            if not shown.any():
                continue
            members = Line2D(
                *places[shown].T,
                linestyle="none",
                marker=marker,
                markersize=size,
                color=colour,
                markeredgecolor=PAPER,
                # An edge inside an image could not turn dark with the page.
                markeredgewidth=0 if in_image else 0.4,
                alpha=alpha * FADED[level],
                rasterized=in_image,
                transform=in_frame,
            )
            figure.add_artist(members)


def _draw_numbers(figure: Figure, in_frame: Transform, present: Sequence[int], centres: FloatArray) -> None:
    """Write each number at the centre of its cluster, or beside it with a line from the number to the centre."""
    places = place(centres, np.array([box_of(number) for number in present]), FRAME)
    moved = (places != centres).any(axis=1)
    if moved.any():
        # From each number that was moved to its centre, with a dot there; nothing between one centre and the next.
        ends = np.stack([places[moved], centres[moved], np.full_like(centres[moved], np.nan)], axis=1).reshape(-1, 2)
        lines = Line2D(
            *ends.T,
            color=INK,
            linewidth=1,
            marker="o",
            markersize=3.5,
            markevery=slice(1, None, 3),
            transform=in_frame,
            path_effects=[patheffects.withStroke(linewidth=2.4, foreground=PAPER)],
        )
        figure.add_artist(lines)
    for number, (x, y) in zip(present, places.tolist(), strict=True):
        write(
            figure,
            str(number),
            (x, y - DIGIT_HEIGHT / 2),
            in_frame,
            size=FONT_SIZE,
            colour=INK,
            at="middle",
            weight="bold",
            path_effects=[patheffects.withStroke(linewidth=HALO, foreground=PAPER)],
        )


def _label_axes(figure: Figure, in_frame: Transform, axis_ends: Sequence[AxisEnds]) -> None:
    """Write the words for the two ends of each axis at its ends, and its share of the variance between them."""
    words = partial(write, figure, transform=in_frame, size=WORDS, colour=INK)
    share = partial(words, size=SHARE, at="middle")
    (right, top), across = FRAME, axis_ends[0]
    below = -8 - RISE * WORDS
    words(f"← {across.low}", (0, below))
    share(f"{across.variance:.0%} of variance", (right / 2, below))
    words(f"{across.high} →", (right, below), at="end")
    if len(axis_ends) > 1:
        up = axis_ends[1]
        little = f": {LITTLE}" if shows_little([across.variance, up.variance]) else ""
        beside = -5 - FALL * WORDS
        words(f"← {up.low}", (beside, 0), upwards=True)
        # In a line of its own: the words at the ends may take the whole height.
        share(f"{up.variance:.0%} of variance{little}", (-20 - FALL * SHARE, top / 2), upwards=True)
        words(f"{up.high} →", (beside, top), at="end", upwards=True)


def render(figure: Figure, kind: Literal["png", "svg"]) -> bytes:
    """Return ``figure`` as the bytes of a file; the same figure always gives the same bytes.

    The SVG turns dark where the page that shows it is dark; the PNG is always light.
    """
    if kind == "svg":
        return svg_of(figure, PIXELS_PER_INCH).replace("</style>", f"{dark_style()}</style>", 1).encode()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    buffer = io.BytesIO()
    picture = _of_few_colours(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
    # Pillow's default level is 6, which takes a tenth longer for a file that is 3 % smaller.
    picture.save(buffer, format="png", dpi=(PIXELS_PER_INCH, PIXELS_PER_INCH), compress_level=4)
    return buffer.getvalue()


def _of_few_colours(pixels: NDArray[np.uint8]) -> Image.Image:
    """Return the picture of ``pixels``, shape (height, width, 4), with a palette of PNG_COLOURS, the paper's first."""
    paper = np.array(ImageColor.getcolor(PAPER, "RGBA"), np.uint8)
    # Most pixels are paper. The others take a tenth of the time that all would.
    inked = (pixels.view(np.uint32) != paper.view(np.uint32))[:, :, 0]
    ink = Image.fromarray(pixels[inked][None, :, :3])
    ink = ink.quantize(PNG_COLOURS - 1, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    numbers = np.zeros(inked.shape, np.uint8)
    numbers[inked] = np.asarray(ink)[0] + 1
    picture = Image.fromarray(numbers)
    picture.putpalette([*paper[:3].tolist(), *(ink.getpalette() or [])])
    return picture
