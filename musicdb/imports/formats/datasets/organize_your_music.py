"""Organize Your Music, and the sets made with it, such as Kaggle's ``top10s.csv``: features from 0 to 100."""

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat
from musicdb.imports.formats.widgets import DurationWidget, ScaledWidget


def _percent(feature: str) -> ScaledWidget:
    return ScaledWidget(FEATURES[feature], 100)


class OrganizeYourMusic(SpotifyFormat):
    name = "organize-your-music"
    label = "Organize Your Music"
    source = "Spotify (Organize Your Music)"

    title = Column("title", spotify.TITLE, required=True)
    artists = Column("artist", NamesWidget("\n", 300), required=True)
    genres = Column("top genre", NamesWidget("\n", 200), also=["genre"])
    tempo = Column("bpm", FEATURES["tempo"], required=True)
    energy = Column("nrgy", _percent("energy"), required=True)
    danceability = Column("dnce", _percent("danceability"), required=True)
    loudness = Column("dB", FEATURES["loudness"])
    liveness = Column("live", _percent("liveness"))
    valence = Column("val", _percent("valence"))
    duration_ms = Column("dur", DurationWidget(1_000), required=True)
    acousticness = Column("acous", _percent("acousticness"))
    speechiness = Column("spch", _percent("speechiness"))
    popularity = Column("pop", spotify.POPULARITY)
