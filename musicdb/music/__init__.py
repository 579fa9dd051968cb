"""Facts and rules about music: names, titles, release dates, audio features. No Django here."""

from musicdb.music.audio_features import AUDIO_FEATURES, FEATURE_NAMES, AudioFeature
from musicdb.music.name_matching import group_by_key, label_similarity_key, similarity_key
from musicdb.music.names import name_key, normalise_name
from musicdb.music.release_dates import Precision, format_release_date, parse_release_date
from musicdb.music.titles import title_key

__all__ = [
    "AUDIO_FEATURES",
    "FEATURE_NAMES",
    "AudioFeature",
    "Precision",
    "format_release_date",
    "group_by_key",
    "label_similarity_key",
    "name_key",
    "normalise_name",
    "parse_release_date",
    "similarity_key",
    "title_key",
]
