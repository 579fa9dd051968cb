"""Facts and rules about music: names, titles, release dates, audio features. No Django here."""

from musicdb.music.audio_features import AMOUNT_NAMES, AUDIO_FEATURES, ESSENTIAL_FEATURES, FEATURE_NAMES, AudioFeature
from musicdb.music.durations import format_duration, format_exact_duration, may_be_as_long
from musicdb.music.isrcs import is_isrc, normalise_isrc
from musicdb.music.joint_names import names_in
from musicdb.music.name_matching import group_by_key, label_similarity_key, similarity_key
from musicdb.music.names import name_key, normalise_name, plain_spelling
from musicdb.music.playlist_names import means_liked_songs, playlist_name
from musicdb.music.release_dates import (
    Precision,
    ReleaseDate,
    dates_agree,
    finer_date,
    format_release_date,
    four_digit_year,
    is_full_date,
    parse_release_date,
)
from musicdb.music.search_keys import search_key
from musicdb.music.sort_keys import Articles, jump_letter, sort_key
from musicdb.music.titles import title_key
from musicdb.music.upcs import normalise_upc

__all__ = [
    "AMOUNT_NAMES",
    "AUDIO_FEATURES",
    "ESSENTIAL_FEATURES",
    "FEATURE_NAMES",
    "Articles",
    "AudioFeature",
    "Precision",
    "ReleaseDate",
    "dates_agree",
    "finer_date",
    "format_duration",
    "format_exact_duration",
    "format_release_date",
    "four_digit_year",
    "group_by_key",
    "is_full_date",
    "is_isrc",
    "jump_letter",
    "label_similarity_key",
    "may_be_as_long",
    "means_liked_songs",
    "name_key",
    "names_in",
    "normalise_isrc",
    "normalise_name",
    "normalise_upc",
    "parse_release_date",
    "plain_spelling",
    "playlist_name",
    "search_key",
    "similarity_key",
    "sort_key",
    "title_key",
]
