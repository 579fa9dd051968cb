"""Soundiiz: one playlist a file, with titles, artists, albums and ISRCs."""

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.comma_lists import CommaList
from musicdb.imports.formats.spotify import SpotifyFormat


class Soundiiz(SpotifyFormat):
    name = "soundiiz"
    label = "Soundiiz"
    is_playlist = True
    sniffers = (CommaList,)

    title = Column("title", spotify.TITLE, required=True)
    artists = Column("artist", spotify.ARTISTS_BY_COMMA_AND_BLANK, required=True)
    album = Column("album", spotify.ALBUM, required=True)
    isrc = Column("isrc", spotify.ISRC, required=True)
