"""What the templates of the catalogue cannot say themselves."""

from dataclasses import dataclass

from django import template

from musicdb.models import Track
from musicdb.music.audio_features import AUDIO_FEATURES, AudioFeature

register = template.Library()


@dataclass(frozen=True)
class FeatureBar:
    """A feature of a track as its page shows it. ``percent`` is how full its bar is, None where it has no bar."""

    feature: AudioFeature
    percent: float | None
    words: str
    is_known: bool = True


@register.simple_tag
def feature_bars(track: Track) -> list[FeatureBar]:
    """Return one for each of the twelve features, the unknown and those that are categories too."""
    return [_bar(feature, getattr(track, feature.name)) for feature in AUDIO_FEATURES]


def _bar(feature: AudioFeature, value: float | None) -> FeatureBar:
    if value is None:
        return FeatureBar(feature, None, "unknown", is_known=False)
    return FeatureBar(feature, feature.share_of_bar(value), feature.in_words(value))


@register.filter
def duration(milliseconds: int) -> str:
    """Return a track's length as minutes and seconds: "3:07".

    >>> duration(187_400)
    '3:07'
    """
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes}:{seconds:02}"
