"""The tracks of a run that have the least and the most of each feature, each song once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clusters.core.features import BY_NAME
from clusters.models import RunProfile
from clusters.runs.similar import song_of
from musicdb.models import Track
from musicdb.music import AUDIO_FEATURES

SHOWN = 10
_IN_WORDS = {feature.name: feature.in_words for feature in AUDIO_FEATURES}


@dataclass(frozen=True)
class Extremes:
    """The tracks at one end of a feature, the outermost first, each with its value in words."""

    title: str
    tracks: Sequence[tuple[Track, str]]


def keys_of_extremes(profile: RunProfile) -> set[int]:
    """Return the keys of all tracks that ``extremes_of`` may show."""
    return {key for ends in profile.extremes.values() for keys in ends.values() for key in keys}


def extremes_of(profile: RunProfile, name: str, tracks: Mapping[int, Track]) -> list[Extremes]:
    """Return the highest and the lowest of a feature. ``tracks``: by key, with their artists; those gone are left out.

    An end without tracks is left out.
    """
    feature, ends = BY_NAME[name], profile.extremes[name]
    found = []
    for more, keys in ((feature.more, ends["highest"]), (feature.less, ends["lowest"])):
        shown = _each_song_once(tracks[key] for key in keys if key in tracks)
        # A value may have been edited away since.
        rows = [(track, _IN_WORDS[name](value)) for track in shown if (value := getattr(track, name)) is not None]
        if rows:
            found.append(Extremes(superlative(more), rows[:SHOWN]))
    return found


def superlative(more: str) -> str:
    """Return the highest degree of words for more of something.

    >>> [superlative(words) for words in ("happier", "more acoustic", "less danceable")]
    ['Happiest', 'Most acoustic', 'Least danceable']
    """
    for comparing, most in (("more ", "Most "), ("less ", "Least ")):
        if more.startswith(comparing):
            return most + more.removeprefix(comparing)
    return f"{more.capitalize().removesuffix('r')}st"


def _each_song_once(tracks: Iterable[Track]) -> list[Track]:
    return list({song_of(track): track for track in reversed(list(tracks))}.values())[::-1]
