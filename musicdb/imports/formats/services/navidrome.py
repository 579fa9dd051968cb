"""Navidrome's table of tracks, ``media_file``, as SQLite writes it to a CSV file, perhaps with what listeners said.

Navidrome keeps all artists and the tags in columns of JSON. Older versions have neither.
"""

import json
from collections.abc import Sequence
from typing import Any

from import_export.widgets import Widget

from musicdb.exports.cell_text import is_unknown
from musicdb.exports.widgets import NamesWidget, WholeNumberWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.services.library import BPM, LibraryFormat, TaggedKeyWidget, fill_from_tags
from musicdb.imports.formats.widgets import SecondsWidget, UnlessWidget
from musicdb.imports.messages import RowRefusedError, RowSkipped
from musicdb.imports.tables.documents.navidrome import BETWEEN_ARTISTS
from musicdb.music import ReleaseDate

_YEAR = UnlessWidget(spotify.RELEASED, frozenset({"0"}))
_ARTISTS = NamesWidget(BETWEEN_ARTISTS, 300)
_NAME, _GENRE = NamesWidget("\n", 300), NamesWidget("\n", 200)


class ListsWidget(Widget):
    """Lists of texts by their names, in a cell of JSON. Each text is the ``member`` of an object."""

    def __init__(self, member: str) -> None:
        super().__init__()
        self.member = member

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dict[str, tuple[str, ...]]:
        if is_unknown(value):
            return {}
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON, as Navidrome writes it.") from None
        lists = found.items() if isinstance(found, dict) else ()
        return {name: self._texts(items) for name, items in lists if isinstance(items, list)}

    def _texts(self, items: list[Any]) -> tuple[str, ...]:
        texts = (item.get(self.member) for item in items if isinstance(item, dict))
        return tuple(text for text in texts if isinstance(text, str) and text.strip())


class ExplicitWidget(Widget):
    """Whether a track is explicit (``e``) or a clean version (``c``), else None."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        return {"e": True, "c": False}.get(value.strip().lower())


class Navidrome(LibraryFormat):
    """A track a row. Navidrome's ids are as long as Spotify's, and are none."""

    name = "navidrome"
    label = "Navidrome library"
    source = "Navidrome"

    own_keys = Column("id", NamesWidget("\n", 100), required=True)
    title = Column("title", spotify.TITLE, required=True)
    artists = Column("artist", _ARTISTS, required=True)
    participants = Column("participants", ListsWidget("name"))
    tags = Column("tags", ListsWidget("value"))
    album = Column("album", spotify.ALBUM, required=True)
    album_artists = Column("album_artist", _ARTISTS, required=True)
    compilation = Column("compilation", spotify.YES_NO)
    album_type = Column("mbz_album_type", spotify.ALBUM_TYPE)
    release_date = Column("release_date", _YEAR)
    date = Column("date", _YEAR)
    year = Column("year", _YEAR)
    genres = Column("genre", _GENRE)
    duration_ms = Column("duration", SecondsWidget(), required=True)
    disc_number = Column("disc_number", spotify.NUMBER_IN_ORDER)
    track_number = Column("track_number", spotify.NUMBER_IN_ORDER)
    explicit = Column("explicit_status", ExplicitWidget())
    # Only Navidrome has this beside the names.
    has_cover_art = Column("has_cover_art", Widget(), required=True)
    missing = Column("missing", spotify.YES_NO)
    added_at = Column("created_at", spotify.ADDED_AT)
    bpm = Column("bpm", BPM)
    # From the table ``annotation``.
    liked = Column("starred", spotify.YES_NO)
    plays = Column("play_count", WholeNumberWidget())

    def complete(self, values: dict[str, Any], cells: Sequence[str]) -> None:
        if values.get("missing"):
            raise RowSkipped("its music file is missing")
        people = values.get("participants") or {}
        for column, role in (("artists", "artist"), ("album_artists", "albumartist")):
            if names := people.get(role):
                values[column] = self._read_in("participants", _NAME, *names)
        tags = values.get("tags") or {}
        if tags.get("genre"):
            values["genres"] = self._read_in("tags", _GENRE, *tags["genre"])
        values["labels"] = self._read_in("tags", spotify.LABEL, *tags.get("recordlabel", ()))
        values["copyrights"] = "\n".join(tags.get("copyright", ()))
        # A track has one of each. Where a file has several, the first counts.
        for column, tag, widget in (("isrc", "isrc", spotify.ISRC), ("upc", "barcode", spotify.UPC)):
            values[column] = next(iter(self._read_each("tags", widget, *tags.get(tag, ())[:1])), "")
        types = self._read_each("tags", spotify.ALBUM_TYPE, *tags.get("releasetype", ()))
        values["album_type"] = next(filter(None, types), values.get("album_type") or "")
        values["released"] = self._released(values)
        key = next(iter(self._read_each("tags", TaggedKeyWidget(), *tags.get("key", ())[:1])), None)
        fill_from_tags(values, values.get("bpm"), key)

    def _released(self, values: dict[str, Any]) -> ReleaseDate | None:
        # The date of a recording may be older than its release.
        said = (values.get(name) for name in ("release_date", "date", "year"))
        return next((found for found in said if found is not None), None)

    def _read_in(self, column: str, widget: NamesWidget, *texts: str) -> tuple[str, ...]:
        return tuple(name for names in self._read_each(column, widget, *texts) for name in names)

    def _read_each(self, column: str, widget: Widget, *texts: str) -> list[Any]:
        """Return what ``widget`` reads in each text of a cell. Raises RowRefusedError, with the column's heading."""
        try:
            return [widget.clean(text) for text in texts]
        except ValueError as error:
            raise RowRefusedError(self.heading(column), str(error)) from None
