"""The geometry of a scatter plot: axes with round ticks, places of points, and figures for those who cannot see it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, median

WIDTH, HEIGHT = 480, 380
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 10, 30
TICKS = 5


@dataclass(frozen=True)
class Tick:
    """A line of the plot, in the units of its viewBox, and what is written beside it."""

    place: str
    label: str


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high``, both round numbers, drawn from ``start`` to ``end``."""

    low: float
    high: float
    step: float
    start: float
    end: float

    def place(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[Tick]:
        number = round((self.high - self.low) / self.step)
        values = (self.low + place * self.step for place in range(number + 1))
        return [Tick(f"{self.place(value):.1f}", written(value)) for value in values]

    def parts(self, number: int) -> list[float]:
        """Divide the axis into ``number`` equal parts, and return their ends, without the first."""
        return [self.low + (self.high - self.low) * part / number for part in range(1, number + 1)]


def across(values: Sequence[float]) -> Scale:
    """Return the axis from left to right for these values."""
    return Scale(*_round_range(values), LEFT, WIDTH - RIGHT)


def upwards(values: Sequence[float]) -> Scale:
    """Return the axis from bottom to top for these values."""
    return Scale(*_round_range(values), HEIGHT - BOTTOM, TOP)


def _round_range(values: Sequence[float]) -> tuple[float, float, float]:
    """Return round numbers around all values, and the distance of the ticks between them.

    >>> _round_range([0.03, 0.97])
    (0.0, 1.0, 0.2)
    >>> _round_range([7.0])
    (6.0, 8.0, 0.5)
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if low == high:
        low, high = low - 1, high + 1
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    start, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return round(start * step, 10), round(end * step, 10), step


def written(value: float) -> str:
    """Return a number as a plot has it.

    >>> written(-0.0), written(0.30000000000000004), written(120.0)
    ('0', '0.3', '120')
    """
    return f"{round(value, 4) + 0:g}"


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the most of some values, as they are written."""

    lowest: str
    middle: str
    highest: str


def spread_of(values: Sequence[float]) -> Spread:
    return Spread(*(f"{value:.4g}" for value in (min(values), median(values), max(values))))


def relation_of(x: Sequence[float], y: Sequence[float]) -> tuple[float, str] | None:
    """Return the correlation of two features and how strong it is in words; None where it is not defined.

    >>> relation_of([1, 2, 3], [1, 2, 3.5])
    (0.99, 'strongly')
    >>> relation_of([1, 1], [1, 2]) is None
    True
    """
    try:
        found = round(correlation(x, y), 2)
    except StatisticsError:
        return None
    size = abs(found)
    return found, "strongly" if size >= 0.7 else "clearly" if size >= 0.4 else "weakly" if size >= 0.1 else ""
