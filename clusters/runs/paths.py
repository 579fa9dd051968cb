"""A path from one track to another, through tracks that sound ever more like the second."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.http import Http404
from django.shortcuts import get_object_or_404

from clusters.core.features import FEATURE_NAMES
from clusters.core.neighbours import difference, in_common
from clusters.core.paths import path_between
from clusters.runs.similar import neighbours_of_library, reason_of, song_of
from musicdb.models import Track


@dataclass(frozen=True)
class Step:
    """A track on a path. ``reason``: what it and the one before have in common, and how it differs; first none."""

    track: Track
    reason: str


def path_or_404(slug: str, other_slug: str) -> Sequence[Step]:
    """Return the path from one track to another, with both, each song once.

    Six queries at most. Raises Http404 if there is no such track, if both are one, or if no path is known: the tracks
    are placed by the library's published run, which must have both.
    """
    start, end = (get_object_or_404(Track, slug=each) for each in (slug, other_slug))
    neighbours = neighbours_of_library() if start != end else None
    keys = path_between(neighbours, start.pk, end.pk) if neighbours else []
    rows = Track.objects.with_table_columns().in_bulk(keys)
    # Those that were deleted, or lost a feature, since the run are left out.
    tracks = [rows[key] for key in keys if key in rows and None not in _values(rows[key])]
    if neighbours is None or len(tracks) < 2 or {tracks[0], tracks[-1]} != {start, end}:
        raise Http404("No path between these tracks is known.")
    first, *between, last = tracks
    songs, shown = {song_of(first), song_of(last)}, [first]
    for track in between:
        if song_of(track) not in songs:
            songs.add(song_of(track))
            shown.append(track)
    shown.append(last)
    shares = [neighbours.shares(_values(track)) for track in shown]
    reasons = [reason_of(in_common(before, after), difference(before, after)) for before, after in pairwise(shares)]
    return [Step(track, reason) for track, reason in zip(shown, ["", *reasons], strict=True)]


def _values(track: Track) -> list[float]:
    return [getattr(track, name) for name in FEATURE_NAMES]
