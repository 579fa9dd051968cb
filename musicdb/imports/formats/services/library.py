"""The libraries of programs that play music: what their formats share."""

from collections.abc import Sequence
from typing import Any, ClassVar

from import_export.widgets import Widget

from musicdb.imports.formats.listening.plays import RATED_RULE, STATED_RULE
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat
from musicdb.imports.formats.widgets import KeyWidget, UnlessWidget
from musicdb.imports.messages import Note, RowSkipped
from musicdb.imports.options import ParseOptions
from musicdb.imports.plays import Plays
from musicdb.imports.records import TrackRecord

# What such programs call the artist of an album that they know to be a compilation.
VARIOUS_ARTISTS = "Various Artists"

# Programs write 0 where a file has no such tag.
BPM = UnlessWidget(FEATURES["tempo"], frozenset({"0"}))
# The columns whose highest number becomes the score.
_COUNTED = frozenset({"plays", "rating"})
# What taggers write for a recording without a key.
_NO_KEY = frozenset({"o", "all"})


class TaggedKeyWidget(Widget):
    """A key as taggers write it, with its mode: (9, 0) for Am and 8A, (9, 1) for A. None if it is unknown.

    A number has no mode.
    """

    _key = KeyWidget()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[int, int | None] | None:
        text = value.strip()
        key = None if text.lower() in _NO_KEY else self._key.clean(text)
        if key is None:
            return None
        if text.isdecimal():
            return int(key), None
        is_camelot = text[0].isdigit()
        return int(key), 0 if text.endswith(("a", "A") if is_camelot else ("m", "min", "minor")) else 1


def fill_from_tags(values: dict[str, Any], bpm: float | None, key: tuple[int, int | None] | None) -> None:
    """Take tempo, key and mode from the tags of a file, where the row has none from an analysis."""
    if values.get("tempo") is None and bpm is not None:
        values["tempo"] = bpm
    if values.get("key") is None and key is not None:
        values["key"], values["mode"] = key


class LibraryFormat(SpotifyFormat):
    """A track a row, with its tags, how often it was played, and what the program itself calls it.

    A subclass declares own_keys and plays besides the columns of ``SpotifyFormat``, and may declare compilation and
    rating.
    """

    # The column that has the artist of every track.
    artist_column: ClassVar[str] = "artists"

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        if not self.is_playlist and not self.positions.keys().isdisjoint(_COUNTED):
            self.notes.append(Note("", RATED_RULE if "rating" in self.positions else STATED_RULE, (), file))

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        if not self.cell(cells, "title").strip() or not self.cell(cells, self.artist_column).strip():
            raise RowSkipped("no title or no artist")
        values = super().read(cells)
        self.complete(values, cells)
        if values.get("compilation"):
            values["album_type"] = "compilation"
            values["album_artists"] = values.get("album_artists") or (VARIOUS_ARTISTS,)
        return values

    def complete(self, values: dict[str, Any], cells: Sequence[str]) -> None:
        """Set the values that several columns of the program say together."""

    def record(self, cells: Sequence[str]) -> TrackRecord:
        record = super().record(cells)
        record.own_keys = self.columns()["own_keys"].widget.clean(self.cell(cells, "own_keys"))
        record.only_fills_features = True
        counted = [
            self.columns()[name].widget.clean(self.cell(cells, name)) for name in _COUNTED & self.positions.keys()
        ]
        if plays := max(filter(None, counted), default=0):
            record.plays = Plays(stated=plays)
        return record
