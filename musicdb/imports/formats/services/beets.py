"""The library of beets, as “beet export” writes it: as CSV, or as JSON, of which its reader has made a table.

It has the tags of the files, or with “-l” what beets stores, as people read it: lengths as 3:36, lists by semicolon.
"""

import ast
from collections.abc import Sequence
from typing import Any

from import_export.widgets import Widget

from musicdb.exports.widgets import NamesWidget, NameWidget, TimeWidget, WholeNumberWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.services.library import BPM, LibraryFormat, TaggedKeyWidget, fill_from_tags
from musicdb.imports.formats.spotify import FEATURES
from musicdb.imports.formats.widgets import SecondsWidget
from musicdb.imports.messages import RowRefusedError
from musicdb.imports.tables.documents.beets import BETWEEN_NAMES
from musicdb.music import ReleaseDate, parse_release_date


class ListedNamesWidget(Widget):
    """Several names, by one of ``separators``, or as a list that Python has written into a CSV file."""

    def __init__(self, max_length: int, separators: Sequence[str]) -> None:
        super().__init__()
        self.widget = NameWidget(max_length)
        self.separators = separators

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str, ...]:
        parts = _python_list(value)
        if parts is None:
            # What beets itself writes between names never is part of one.
            separators = [BETWEEN_NAMES] if BETWEEN_NAMES in value else self.separators
            parts = [value]
            for separator in separators:
                parts = [one for part in parts for one in part.split(separator)]
        return tuple(name for part in parts if (name := self.widget.clean(part)))


def _python_list(text: str) -> list[str] | None:
    """Return the texts of a list as Python writes it, or None where ``text`` is none. A band may be called “[x]”."""
    if not text.startswith("["):
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(part, str) for part in found) else None


# One artist. The name may contain any character that separates artists elsewhere.
_ONE_ARTIST, _ARTISTS = NamesWidget("\n", 300), ListedNamesWidget(300, ("; ",))


class Beets(LibraryFormat):
    """A track a row. Only “spotify_track_id” is a Spotify id: “mb_trackid” may look like one."""

    name = "beets"
    label = "beets library"
    source = "beets"
    artist_column = "one_artist"

    # Two files of one title on an album are two tracks, such as the introductions of its discs.
    own_keys = Column("path", NamesWidget("\n", 4_000))
    recording = Column("mb_trackid", NameWidget(200), required=True)
    spotify_id = Column("spotify_track_id", spotify.TRACK_ID)
    title = Column("title", spotify.TITLE, required=True)
    one_artist = Column("artist", _ONE_ARTIST, required=True)
    artists = Column("artists", _ARTISTS)
    album = Column("album", spotify.ALBUM)
    album_id = Column("spotify_album_id", spotify.ALBUM_ID)
    one_album_artist = Column("albumartist", _ONE_ARTIST, required=True)
    album_artists = Column("albumartists", _ARTISTS)
    album_type = Column("albumtype", spotify.ALBUM_TYPE)
    compilation = Column("comp", spotify.YES_NO)
    # The column “date” is not read: it has the first of January where only the year is known.
    year = Column("year", WholeNumberWidget(0, 9999, zero_is_unknown=True))
    month = Column("month", WholeNumberWidget(0, 12, zero_is_unknown=True))
    day = Column("day", WholeNumberWidget(0, 31, zero_is_unknown=True))
    labels = Column("label", spotify.LABEL)
    upc = Column("barcode", spotify.UPC)
    genres = Column("genres", ListedNamesWidget(200, ("; ", ", ")))
    more_genres = Column("genre", ListedNamesWidget(200, ("; ", ", ")))
    isrc = Column("isrc", spotify.ISRC)
    duration_ms = Column("length", SecondsWidget(), required=True)
    disc_number = Column("disc", spotify.NUMBER_IN_ORDER)
    track_number = Column("track", spotify.NUMBER_IN_ORDER)
    added_at = Column("added", TimeWidget(epoch_is_unknown=True))
    popularity = Column("spotify_track_popularity", spotify.POPULARITY)
    plays = Column("play_count", WholeNumberWidget(), also=["lastfm_play_count"])
    bpm = Column("bpm", BPM)
    initial_key = Column("initial_key", TaggedKeyWidget())

    danceability = Column("spotify_danceability", FEATURES["danceability"])
    energy = Column("spotify_energy", FEATURES["energy"])
    key = Column("spotify_key", FEATURES["key"])
    loudness = Column("spotify_loudness", FEATURES["loudness"])
    mode = Column("spotify_mode", FEATURES["mode"])
    speechiness = Column("spotify_speechiness", FEATURES["speechiness"])
    acousticness = Column("spotify_acousticness", FEATURES["acousticness"])
    instrumentalness = Column("spotify_instrumentalness", FEATURES["instrumentalness"])
    liveness = Column("spotify_liveness", FEATURES["liveness"])
    valence = Column("spotify_valence", FEATURES["valence"])
    tempo = Column("spotify_tempo", FEATURES["tempo"])
    time_signature = Column("spotify_time_signature", FEATURES["time_signature"])

    def complete(self, values: dict[str, Any], cells: Sequence[str]) -> None:
        for several, one in (("artists", "one_artist"), ("album_artists", "one_album_artist")):
            # A name with a semicolon in it looks like a list.
            if self.cell(cells, several) == self.cell(cells, one) or not values.get(several):
                values[several] = values[one]
        # Newer versions have a list, and write it once more as one text.
        if values.get("genres"):
            values["more_genres"] = ()
        values["released"] = self._released(values)
        fill_from_tags(values, values.get("bpm"), values.get("initial_key"))

    def _released(self, values: dict[str, Any]) -> ReleaseDate | None:
        year, month, day = (values.get(name) for name in ("year", "month", "day"))
        if year is None:
            return None
        text = f"{year:04d}"
        if month is not None:
            text += f"-{month:02d}" if day is None else f"-{month:02d}-{day:02d}"
        try:
            return parse_release_date(text)
        except ValueError as error:
            raise RowRefusedError(self.heading("day"), str(error)) from None
