"""By what the points of a plot are coloured: the groups of its legend, and the group of each point."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from musicdb.pages.explore.scatter import across, written
from musicdb.search import AXES, DECADE, GENRE, LIKED

# How many colours a reader can distinguish; see the stylesheet. All further groups share one.
MOST_GROUPS = 8
STEPS = 5
UNKNOWN = "unknown"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Grouping:
    """``names`` are the groups in the order of the legend, and ``of`` has the place of each row's group among them.

    ``is_ordered``: the groups are steps from less to more.
    """

    names: Sequence[str]
    of: Sequence[int]
    is_ordered: bool = False

    def look(self, group: int) -> str:
        """Return the class of the points of a group."""
        if self.names[group] == UNKNOWN:
            return "colour-unknown"
        return f"{'step' if self.is_ordered else 'colour'}-{group}"


def grouped(rows: Sequence[Row], by: str, genres: Mapping[int, Sequence[str]]) -> Grouping | None:
    """Return the groups of ``rows``. ``genres`` has the names of the genres of each row by its key, where needed."""
    if by == LIKED:
        return _named(["liked" if row["liked"] else "not liked" for row in rows], ["liked", "not liked"])
    if by == DECADE:
        return _by_decade([row["album__release_date"] for row in rows])
    if by == GENRE:
        return _by_genre([genres.get(row["pk"], ()) for row in rows])
    return _by_steps([row[by] for row in rows]) if by in AXES else None


def _named(names: Sequence[str], order: Sequence[str]) -> Grouping:
    """Return the groups with these names, in this order, without those that no row is in."""
    used = set(names)
    shown = [name for name in order if name in used]
    places = {name: place for place, name in enumerate(shown)}
    return Grouping(shown, [places[name] for name in names])


def _by_decade(dates: Sequence[date | None]) -> Grouping:
    decades = sorted({day.year // 10 * 10 for day in dates if day})
    first = decades[-(MOST_GROUPS - 1)] if len(decades) >= MOST_GROUPS else None
    earlier = [f"before {first}"] if first else []

    def name(day: date | None) -> str:
        if day is None:
            return UNKNOWN
        decade = day.year // 10 * 10
        return earlier[0] if first and decade < first else f"{decade}s"

    later = [f"{decade}s" for decade in decades if not first or decade >= first]
    return _named([name(day) for day in dates], [*earlier, *later, UNKNOWN])


def _by_genre(genres: Sequence[Sequence[str]]) -> Grouping:
    """Return the most common genres; a track in several of them is shown in the most common one."""
    counts = Counter(name for of_track in genres for name in of_track)
    # A genre that all have, such as the one that is filtered by, divides nothing.
    common = [name for name, count in counts.most_common(MOST_GROUPS) if count < len(genres)][: MOST_GROUPS - 1]
    other = "other genres" if common else "all"
    chosen = [next((name for name in common if name in of_track), other) for of_track in genres]
    return _named(chosen, [*common, other])


def _by_steps(values: Sequence[float | None]) -> Grouping:
    known = [value for value in values if value is not None]
    if not known:
        return _named([UNKNOWN for _ in values], [UNKNOWN])
    scale = across(known)
    ends = scale.parts(STEPS)
    starts = [scale.low, *ends[:-1]]
    names = [f"{written(start)} to {written(end)}" for start, end in zip(starts, ends, strict=True)]
    has_unknown = len(known) < len(values)

    def step(value: float | None) -> int:
        return STEPS if value is None else next((place for place, end in enumerate(ends) if value <= end), STEPS - 1)

    return Grouping([*names, *([UNKNOWN] if has_unknown else [])], [step(value) for value in values], is_ordered=True)
