"""The library of Apple Music or iTunes. Its reader has made a table of the tracks, and one of each playlist."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import NamesWidget, TextWidget, WholeNumberWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.services.library import BPM, LibraryFormat
from musicdb.imports.formats.widgets import RatingWidget
from musicdb.imports.messages import RowSkipped

# One artist or genre. The name may contain any character that separates artists elsewhere.
_ONE_ARTIST, _ONE_GENRE = NamesWidget("\n", 300), NamesWidget("\n", 200)


class AppleMusic(LibraryFormat):
    """A track a row."""

    name = "apple-music"
    label = "Apple Music or iTunes library"
    source = "Apple Music"

    marker = Column("In Apple Library", TextWidget(), required=True)
    other_kind = Column("Other Kind", TextWidget(), required=True)
    own_keys = Column("Persistent ID", NamesWidget("\n", 100), required=True)
    title = Column("Name", spotify.TITLE, required=True)
    artists = Column("Artist", _ONE_ARTIST, required=True)
    album = Column("Album", spotify.ALBUM)
    album_artists = Column("Album Artist", _ONE_ARTIST)
    compilation = Column("Compilation", spotify.YES_NO)
    released = Column("Released", spotify.RELEASED)
    genres = Column("Genre", _ONE_GENRE)
    duration_ms = Column("Total Time", spotify.DURATION)
    disc_number = Column("Disc Number", spotify.NUMBER_IN_ORDER)
    track_number = Column("Track Number", spotify.NUMBER_IN_ORDER)
    explicit = Column("Explicit", spotify.YES_NO)
    liked = Column("Loved", spotify.YES_NO)
    plays = Column("Play Count", WholeNumberWidget())
    rating = Column("Rating", RatingWidget(20))
    added_at = Column("Date Added", spotify.ADDED_AT)
    tempo = Column("BPM", BPM)

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        if kind := self.cell(cells, "other_kind"):
            raise RowSkipped(f"{kind}, not a track")
        return super().read(cells)


class ApplePlaylist(AppleMusic):
    """A playlist of an Apple Music or iTunes library, with all that is known of its tracks."""

    label = "Apple Music or iTunes library"
    is_playlist = True

    marker = Column("In Apple Playlist", TextWidget(), required=True)
