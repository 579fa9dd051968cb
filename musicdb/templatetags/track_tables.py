"""What a table of tracks shows: the columns in which one of its rows has a value, and what the list is sorted by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import template
from django.utils.timezone import localdate

from musicdb.models import Track
from musicdb.music import AUDIO_FEATURES, format_duration

register = template.Library()

_FEATURES = {feature.name: feature for feature in AUDIO_FEATURES}
_OTHER_FIGURES = {
    "release_date": "Released",
    "added_at": "Added",
    "duration_ms": "Length",
    "popularity": "Popularity",
}


@dataclass(frozen=True)
class TrackRow:
    """A row of a table. ``reason``: why the track is listed. ``more_releases``: the other tracks of one recording.

    ``figure`` is what the list is sorted by, where no other column shows it.
    """

    track: Track
    reason: str = ""
    more_releases: int = 0
    figure: str = ""


@dataclass(frozen=True)
class TrackTable:
    """The rows of a table of tracks. ``sorted_by`` is what its list is sorted by, and ``sort`` the link for that."""

    rows: Sequence[TrackRow]
    sorted_by: str = ""
    sort: Any = None

    @cached_property
    def has(self) -> dict[str, bool]:
        """For each column that can be left out, whether a row has something in it. No query for rows of a table."""
        tracks = [row.track for row in self.rows]
        return {
            "art": any(track.album and track.album.art for track in tracks),
            "album": any(track.album for track in tracks),
            "artists": any(track.artists_in_order for track in tracks),
            "labels": any(track.labels_in_order for track in tracks),
            "score": any(track.score is not None for track in tracks),
            "liked": any(track.liked for track in tracks),
            "link": any(track.spotify_url for track in tracks),
        }

    @property
    def figure_label(self) -> str:
        """The heading of the column of figures; empty if there is none."""
        if feature := _FEATURES.get(self.sorted_by):
            return feature.label
        return _OTHER_FIGURES.get(self.sorted_by, "")


@register.simple_tag
def track_table(
    rows: Iterable[Any], order: Sequence[str] | None = None, sorts: Mapping[str, Any] | None = None
) -> TrackTable:
    """Return the table of ``rows``: tracks, or rows that each have a ``track``.

    ``order`` is what they are sorted by, and ``sorts`` has the links that sort them otherwise.
    """
    sorted_by = order[0].removeprefix("-") if order else ""
    return TrackTable([_row(row, sorted_by) for row in rows], sorted_by, (sorts or {}).get(sorted_by))


def _row(row: Any, sorted_by: str) -> TrackRow:
    if isinstance(row, Track):
        return TrackRow(row, figure=_figure(row, sorted_by))
    reason, more_releases = getattr(row, "reason", ""), getattr(row, "more_releases", 0)
    return TrackRow(row.track, reason, more_releases, _figure(row.track, sorted_by))


def _figure(track: Track, name: str) -> str:
    if name == "release_date":
        return track.album.released if track.album else ""
    if name not in _FEATURES and name not in _OTHER_FIGURES:
        return ""
    value = getattr(track, name)
    if value is None:
        return ""
    if name == "added_at":
        return localdate(value).isoformat()
    if name == "duration_ms":
        return format_duration(value)
    return _FEATURES[name].in_words(value) if name in _FEATURES else str(value)
