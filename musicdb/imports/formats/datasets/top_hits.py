"""Kaggle's "Top Hits Spotify" (``songs_normalize.csv``): titles and artists without ids."""

from musicdb.exports.widgets import NamesWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.spotify import SpotifyFormat


class TopHits(SpotifyFormat):
    name = "kaggle-hits"
    label = "Kaggle “Top Hits Spotify”"
    source = "Spotify (Kaggle)"

    artists = Column("artist", NamesWidget("\n", 300), required=True)
    title = Column("song", spotify.TITLE, required=True)
    duration_ms = Column("duration_ms", spotify.DURATION, required=True)
    explicit = Column("explicit", spotify.YES_NO)
    popularity = Column("popularity", spotify.POPULARITY)
    # Python writes set() for no genre.
    genres = Column("genre", NamesWidget(",", 200, frozenset({"set()"})), required=True)
