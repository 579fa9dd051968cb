"""Tags and filters for the pages of the catalogue."""

from dataclasses import dataclass
from typing import Any

from django import template

from musicdb.models import Track
from musicdb.music import AUDIO_FEATURES, AudioFeature, format_duration

register = template.Library()
register.filter("duration", format_duration)


@dataclass(frozen=True)
class FeatureBar:
    """An audio feature on the page of a track. ``percent`` is how full its bar is, or None if it has no bar."""

    feature: AudioFeature
    percent: float | None
    words: str
    is_known: bool = True


@register.simple_tag
def feature_bars(track: Track) -> list[FeatureBar]:
    """Return a bar for each audio feature, including unknown features and categories."""
    return [_bar(feature, getattr(track, feature.name)) for feature in AUDIO_FEATURES]


def _bar(feature: AudioFeature, value: float | None) -> FeatureBar:
    if value is None:
        return FeatureBar(feature, None, "unknown", is_known=False)
    return FeatureBar(feature, feature.share_of_bar(value), feature.in_words(value))


@register.filter
def total_duration(milliseconds: int) -> str:
    """Return the length of a list of tracks in hours and minutes, such as "3 h 7 min".

    >>> total_duration(11_220_000)
    '3 h 7 min'
    """
    hours, minutes = divmod(round(milliseconds / 60_000), 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


@register.filter
def page_numbers(page: Any) -> list[int | None]:
    """Return the numbers of the first and the last page, and of those around ``page``, with None for each gap."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [number if isinstance(number, int) else None for number in shown]
