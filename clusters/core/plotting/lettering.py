"""Words on the plot, drawn as outlines: several times as fast as matplotlib's texts, which lay out each word anew."""

from functools import lru_cache
from typing import Any, Literal

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Transform

Place = Literal["start", "middle", "end"]

_SHARES: dict[Place, float] = {"start": 0.0, "middle": 0.5, "end": 1.0}
# Of matplotlib's own font, as shares of its size: how far "l" rises above the baseline, and "p" falls below it.
RISE, FALL = 0.76, 0.24


class Lettering(PathPatch):
    """Words as one shape. ``words``: what it says. ``anchor``: the point of the baseline where it is set."""

    def __init__(self, words: str, anchor: tuple[float, float], outline: Path, **style: Any) -> None:
        # Above the points, as texts are.
        super().__init__(outline, linewidth=0, zorder=3, **style)
        self.words = words
        self.anchor = anchor


def write(
    figure: Figure,
    words: str,
    anchor: tuple[float, float],
    transform: Transform,
    *,
    size: float,
    colour: str,
    at: Place = "start",
    upwards: bool = False,
    **style: Any,
) -> None:
    """Draw ``words`` on ``figure``.

    ``anchor``: where on the baseline the words start, have their middle, or end, as ``at`` says, in the units of
    ``transform``, which are points (1/72 inch), as that of ``size`` is. ``upwards``: turned by 90 degrees, so that the
    baseline leads up. ``style``: of the patch; with ``weight="bold"``, in bold letters.
    """
    outline, width = _outline(words, size, style.pop("weight", "normal"))
    turned = Affine2D().translate(-width * _SHARES[at], 0).rotate_deg(90 if upwards else 0).translate(*anchor)
    lettering = Lettering(words, anchor, outline, facecolor=colour, transform=turned + transform, **style)
    lettering.set_gid(f"text_{1 + sum(isinstance(artist, Lettering) for artist in figure.artists)}")
    figure.add_artist(lettering)


# The same words stand on many plots.
@lru_cache(maxsize=512)
def _outline(words: str, size: float, weight: str) -> tuple[Path, float]:
    """Return the outline of ``words``, with its first letter at the left of the origin, and its width, in points."""
    outline = TextPath((0, 0), words, size=size, prop=FontProperties(weight=weight))
    box = outline.get_extents()
    return Affine2D().translate(-box.x0, 0).transform_path(outline), float(box.width)
