"""Tracks as points: the filters of tracks, what the axes and the colours show, and a fair sample of many tracks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet

from musicdb.db import one_of
from musicdb.models import Track
from musicdb.music import AUDIO_FEATURES
from musicdb.search.tracks import TrackFilter

# With more points, they cover each other, and the page is large.
MOST_POINTS = 1_500
# Knuth's multiplicative hash: the keys times this, modulo 2³², are spread evenly, whatever the order of an import.
# Source: D. E. Knuth, *The Art of Computer Programming*, volume 3, section 6.4.
_MULTIPLIER, _MODULUS = 2_654_435_761, 2**32


@dataclass(frozen=True)
class Axis:
    """A number that every track can have. ``lowest`` is the least that can be stored."""

    name: str
    label: str
    unit: str
    lowest: float


AXES: Mapping[str, Axis] = {
    **{each.name: Axis(each.name, each.label, each.unit, each.lowest) for each in AUDIO_FEATURES if each.usual},
    "popularity": Axis("popularity", "Popularity", "", 0),
}
GENRE, DECADE, LIKED = "genre", "decade", "liked"


class _Choice(django_filters.ChoiceFilter):
    """What the plot shows. It filters nothing."""

    def __init__(self, label: str, choices: Mapping[str, str], empty_label: str | None) -> None:
        names = ", ".join(choices)
        super().__init__(
            label=label,
            choices=list(choices.items()),
            empty_label=empty_label,
            error_messages={"invalid_choice": f"Use one of {names}."},
        )

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs


_AXIS_CHOICES = {axis.name: axis.label for axis in AXES.values()}
_COLOUR_CHOICES = {GENRE: "Genre", DECADE: "Decade", LIKED: "Liked", **_AXIS_CHOICES}


class ExploreFilter(TrackFilter):
    """The filters of tracks, with what the plot shows of those that are found."""

    x = _Choice("Left to right", _AXIS_CHOICES, None)
    y = _Choice("Bottom to top", _AXIS_CHOICES, None)
    colour = _Choice("Colour", _COLOUR_CHOICES, "one colour")
    ordering = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Sample:
    """``tracks`` are rows with ``pk``, ``slug``, ``title`` and the wanted columns; ``total``: of how many."""

    tracks: list[dict[str, Any]]
    total: int


def sample_of(tracks: QuerySet[Track], x: str, y: str, *columns: str) -> Sample:
    """Return all of ``tracks`` whose ``x`` and ``y`` are known, or a fair sample of about MOST_POINTS. Three queries.

    A track is in the same samples whatever the others are: its key alone decides.
    """
    known = tracks.order_by().filter(**{f"{x}__isnull": False, f"{y}__isnull": False})
    total = known.count()
    if total > MOST_POINTS:
        hashed = ExpressionWrapper(F("pk") * _MULTIPLIER % _MODULUS, output_field=BigIntegerField())
        known = known.annotate(hashed=hashed).filter(hashed__lt=_MODULUS * MOST_POINTS // total)
    keys = list(known.values_list("pk", flat=True)[: 2 * MOST_POINTS])
    rows = Track.objects.filter(pk__in=one_of(keys)).order_by("pk")
    return Sample(list(rows.values("pk", "slug", "title", *dict.fromkeys([x, y, *columns]))), total)


def genres_of(keys: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the name and slug of each genre of these tracks, by track. One query."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Track.genres.through.objects.filter(track__in=one_of(keys)).order_by("genre__sort_key", "genre")
    for key, name, slug in rows.values_list("track", "genre__name", "genre__slug"):
        found.setdefault(key, []).append((name, slug))
    return found
