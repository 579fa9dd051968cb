"""Kaggle's "Prediction of music genre" (``music_genre.csv``): keys by letter, modes in words, no ids."""

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat
from musicdb.imports.formats.widgets import KeyWidget, ModeWidget, UnlessWidget

_UNKNOWN = frozenset({"?", "-1", "-1.0"})


class MusicGenre(SpotifyFormat):
    name = "kaggle-genres"
    label = "Kaggle “Prediction of music genre”"
    source = "Spotify (Kaggle)"

    artists = Column("artist_name", NamesWidget("\n", 300, frozenset({"empty_field"})), required=True)
    title = Column("track_name", spotify.TITLE, required=True)
    popularity = Column("popularity", spotify.POPULARITY)
    duration_ms = Column("duration_ms", UnlessWidget(spotify.DURATION, _UNKNOWN))
    key = Column("key", KeyWidget())
    mode = Column("mode", ModeWidget())
    tempo = Column("tempo", UnlessWidget(FEATURES["tempo"], _UNKNOWN))
    genres = Column("music_genre", NamesWidget("\n", 200), required=True)
