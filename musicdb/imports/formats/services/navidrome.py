"""Navidrome's table of tracks, ``media_file``, as SQLite writes it to a CSV file, perhaps with what listeners said.

They say it in the table ``annotation``, which may be a file of its own in the same upload.
Navidrome keeps all artists and the tags in columns of JSON. Older versions have neither.
"""

import json
from collections.abc import Sequence
from typing import Any

from import_export.widgets import Widget

from musicdb.exports.cell_text import is_unknown
from musicdb.exports.widgets import NamesWidget, NameWidget, WholeNumberWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, FileFormat, Sniffer
from musicdb.imports.formats.listening.plays import RATED_RULE
from musicdb.imports.formats.services.library import BPM, LibraryFormat, TaggedKeyWidget, fill_from_tags
from musicdb.imports.formats.widgets import SecondsWidget, UnlessWidget
from musicdb.imports.messages import Note, RowRefusedError, RowSkipped
from musicdb.imports.options import ParseOptions
from musicdb.imports.plays import Plays
from musicdb.imports.records import TrackRecord
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


# From one to five stars. 0 is unrated.
RATING = WholeNumberWidget(0, 5)


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
    rating = Column("rating", RATING)

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


class SeveralListeners(Sniffer):
    """Says it if a file has what several people starred, rated and played."""

    file_format: "NavidromeAnnotations"

    def __init__(self, file_format: "NavidromeAnnotations") -> None:
        super().__init__(file_format)
        self._users: set[str] = set()

    def observe(self, cells: Sequence[str]) -> None:
        self._users.add(self.file_format.cell(cells, "user_id"))

    def decide(self) -> None:
        if len(self._users) > 1:
            text = (
                f"The file is of {len(self._users)} listeners. Of each track the highest number counts, and it is "
                "liked if one of them has starred it. Export the rows of one user_id to take only these."
            )
            self.file_format.notes.append(Note("", text, (), self.file_format.file))


class NavidromeAnnotations(FileFormat):
    """What a listener has starred, rated and played, a track a row. The table of tracks in the upload names these."""

    name = "navidrome-annotations"
    label = "Navidrome’s stars, ratings and plays"
    has_mentions = True
    sniffers = (SeveralListeners,)

    user_id = Column("user_id", NameWidget(255), required=True)
    own_keys = Column("item_id", NamesWidget("\n", 255), required=True)
    item_type = Column("item_type", NameWidget(255), required=True)
    plays = Column("play_count", WholeNumberWidget(), required=True)
    rating = Column("rating", RATING, required=True)
    liked = Column("starred", spotify.YES_NO, required=True)

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        self.notes.append(Note("", RATED_RULE, (), file))

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        if values["item_type"] != "media_file":
            raise RowSkipped("about an album, an artist or a playlist")
        plays = max(values["plays"] or 0, values["rating"] or 0)
        if not plays and not values["liked"]:
            raise RowSkipped("neither starred nor rated nor played")
        return TrackRecord(
            "",
            (),
            own_keys=values["own_keys"],
            values={"liked": True} if values["liked"] else {},
            plays=Plays(stated=plays) if plays else None,
            must_exist=True,
            is_mention=True,
        )
