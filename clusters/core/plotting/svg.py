"""Write a figure as SVG: as matplotlib does, but points in less time and fewer bytes."""

import io
from typing import Any, TextIO

import matplotlib as mpl
import numpy as np
from matplotlib import _path
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

# The unit of an SVG of matplotlib's is a point, 1/72 of an inch.
UNITS_PER_INCH = 72
# Of the place of a marker. A hundredth of a point is a fiftieth of a pixel of the PNG, which no screen shows.
DIGITS = 2
# To a point, a line, two kinds of curves, and back to the start.
COMMANDS = [b"M", b"L", b"Q", b"C", b"z"]


class _Renderer(RendererSVG):
    """Writes the style of markers once, and only the place of each. matplotlib writes the style again at each place."""

    def __init__(self, width: float, height: float, file: TextIO, resolution: float) -> None:
        metadata = {"Date": None, "Creator": None}
        super().__init__(width, height, file, image_dpi=resolution, metadata=metadata)  # type: ignore[no-untyped-call]
        self._file = file

    def _convert_path(
        self,
        path: Any,
        transform: Any = None,
        clip: bool | None = None,
        simplify: bool | None = None,
        sketch: Any = None,
    ) -> str:
        """Return ``path`` as the ``d`` of an SVG path. matplotlib writes six digits after the point."""
        bounds = (0.0, 0.0, self.width, self.height) if clip else None
        text: bytes = _path.convert_to_string(  # type: ignore[attr-defined]
            path, transform, bounds, simplify, sketch, DIGITS, COMMANDS, False
        )
        return text.decode("ascii")

    def draw_markers(
        self,
        gc: Any,
        marker_path: Any,
        marker_trans: Any,
        path: Any,
        trans: Any,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        matplotlib: Any = self  # Its methods have no types.
        shape = matplotlib._convert_path(marker_path, marker_trans + Affine2D().scale(1, -1), simplify=False)
        style = matplotlib._get_style(gc, rgbFace)
        look = (shape, style)
        # Each place repeats the key, so it is as short as can be.
        key = self._markers.get(look, f"m{len(self._markers) + 1}")
        if look not in self._markers:
            self._markers[look] = key
            self.writer.start("defs")
            self.writer.element("path", id=key, d=shape, style=style)
            self.writer.end("defs")
        places = matplotlib._make_flip_transform(trans).transform(path.vertices)
        self.writer.start("g")
        # A comment closes the tag before it, so that the places can be written to the file itself.
        self.writer.comment(f"{len(places)} points")
        self._file.writelines(
            f'<use xlink:href="#{key}" x="{x:.{DIGITS}f}" y="{y:.{DIGITS}f}"/>\n'
            for x, y in places[np.isfinite(places).all(axis=1)].tolist()
        )
        self.writer.end("g")


def svg_of(figure: Figure, resolution: float) -> str:
    """Return ``figure`` as SVG; the same figure always gives the same text.

    ``resolution``: of the parts that are drawn as images, in pixels per inch. Text is drawn as outlines.
    """
    file = io.StringIO()
    width, height = figure.get_size_inches()
    before = figure.dpi
    with mpl.rc_context({"svg.hashsalt": "musicdb", "svg.fonttype": "path"}):
        figure.dpi = UNITS_PER_INCH
        try:
            in_units = _Renderer(width * UNITS_PER_INCH, height * UNITS_PER_INCH, file, resolution)
            renderer: Any = MixedModeRenderer(figure, width, height, resolution, in_units)  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()
        finally:
            figure.dpi = before
    return file.getvalue()
