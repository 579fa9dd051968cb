"""The map of all genres: near each other if they sound alike, each as large as its number of tracks says."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from unicodedata import east_asian_width

from clusters.core.features import FEATURE_NAMES
from clusters.core.genre_map import fits, placed
from clusters.runs import GenreInShort

WIDTH, HEIGHT = 1000.0, 660.0
# Of the letters of a label, and of letters twice as wide, in the map's units; what a line of them takes.
LETTER, WIDE_LETTER, LINE = 7.4, 14.0, 17.0
MAX_LETTERS = 24
SMALLEST, LARGEST = 3.0, 12.0
# With fewer, there is nothing to see.
MIN_GENRES = 3


@dataclass(frozen=True)
class PlacedGenre:
    """A genre on the map: the middle and the radius of its circle, and the foot of its label."""

    genre: GenreInShort
    label: str
    x: float
    y: float
    radius: float
    foot: float


def genre_map(genres: Sequence[GenreInShort]) -> list[PlacedGenre]:
    """Return the largest of ``genres``, as many as fit, with their places; none if there are too few to compare."""
    known = [genre for genre in genres if all(name in genre.means for name in FEATURE_NAMES)]
    if len(known) < MIN_GENRES:
        return []
    largest = sorted(known, key=lambda genre: (-genre.tracks, genre.pk))
    most = largest[0].tracks or 1
    radii = [SMALLEST + (LARGEST - SMALLEST) * sqrt(genre.tracks / most) for genre in largest]
    labels = [_label(genre.name) for genre in largest]
    boxes = [(max(_width(label), 2 * radius), 2 * radius + LINE) for label, radius in zip(labels, radii, strict=True)]
    count = fits(boxes, WIDTH, HEIGHT)
    means = tuple(tuple(genre.means[name] for name in FEATURE_NAMES) for genre in largest[:count])
    places = placed(means, tuple(boxes[:count]), WIDTH, HEIGHT)
    return [
        PlacedGenre(
            genre, label, x, round(y - high / 2 + radius, 1), round(radius, 1), round(y - high / 2 + 2 * radius + 13, 1)
        )
        for genre, label, radius, (_, high), (x, y) in zip(largest, labels, radii, boxes, places, strict=False)
    ]


def _label(name: str) -> str:
    return name if len(name) <= MAX_LETTERS else f"{name[: MAX_LETTERS - 1]}…"


def _width(label: str) -> float:
    return sum(WIDE_LETTER if east_asian_width(letter) in "WF" else LETTER for letter in label)
