"""Kaggle's data sets of up to 1.2 million tracks whose artists are lists as Python writes them."""

from musicdb.exports.widgets import NameWidget, SpotifyIdWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.spotify import SpotifyFormat
from musicdb.imports.formats.widgets import PythonListWidget


class PythonLists(SpotifyFormat):
    name = "kaggle-lists"
    label = "Kaggle, artists as Python’s lists"
    source = "Spotify (Kaggle)"

    spotify_id = Column("id", spotify.TRACK_ID, required=True)
    title = Column("name", spotify.TITLE, required=True)
    artists = Column("artists", PythonListWidget(NameWidget(300)), required=True)
    artist_ids = Column("id_artists", PythonListWidget(SpotifyIdWidget("artist")), also=["artist_ids"])
    album = Column("album", spotify.ALBUM)
    album_id = Column("album_id", spotify.ALBUM_ID)
    released = Column("release_date", spotify.RELEASED)
    popularity = Column("popularity", spotify.POPULARITY)
    disc_number = Column("disc_number", spotify.NUMBER_IN_ORDER)
    track_number = Column("track_number", spotify.NUMBER_IN_ORDER)
    duration_ms = Column("duration_ms", spotify.DURATION, required=True)
    explicit = Column("explicit", spotify.YES_NO)
