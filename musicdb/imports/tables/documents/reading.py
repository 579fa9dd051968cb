"""Finds out what a document is, and reads the tables in it."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from musicdb.exports.limits import MAX_ROWS
from musicdb.imports.messages import ImportRefusedError, Note
from musicdb.imports.tables.documents.acousticbrainz import read_acousticbrainz
from musicdb.imports.tables.documents.apple_library import STARTS_PLIST, read_apple_library
from musicdb.imports.tables.documents.audiomuse import STARTS_SQL_DUMP, read_audiomuse, read_audiomuse_backup
from musicdb.imports.tables.documents.beets import read_beets
from musicdb.imports.tables.documents.feature_lists import read_features
from musicdb.imports.tables.documents.json_text import STARTS_JSON, parse_json
from musicdb.imports.tables.documents.navidrome import is_smart_playlist, without_comments
from musicdb.imports.tables.documents.playlist_files import (
    STARTS_M3U,
    STARTS_XSPF,
    read_jspf,
    read_m3u,
    read_xspf,
)
from musicdb.imports.tables.documents.scrobbles import read_scrobbles
from musicdb.imports.tables.documents.sheet import Sheet, dicts_in
from musicdb.imports.tables.documents.spotify_download import read_spotify_download
from musicdb.imports.tables.encodings import UTF_8, unicode_encoding
from musicdb.imports.tables.table import Table
from musicdb.music import normalise_name

# The suffixes of documents, by which a zip's are known.
SUFFIXES = frozenset({".json", ".jsonl", ".m3u", ".m3u8", ".xspf", ".jspf", ".xml", ".sql"})
_LOOKED_AT = 2_000
_STARTS = (STARTS_JSON, STARTS_M3U, STARTS_SQL_DUMP, STARTS_PLIST, STARTS_XSPF)
# A playlist’s name has at most as many characters.
MAX_NAME = 300
# Each returns the tables of what a JSON file says, or None where it is of another kind.
_JSON_KINDS: tuple[Callable[[Any], list[Sheet] | None], ...] = (
    read_spotify_download,
    read_jspf,
    read_features,
    read_audiomuse,
    read_acousticbrainz,
    read_beets,
    read_scrobbles,
)
_JSON_THAT_IS_READ = (
    "Spotify’s own data (StreamingHistory, YourLibrary, Playlist), the plays and loved tracks of Last.fm and "
    "ListenBrainz, the library of beets, playlists as JSPF, and audio features: by Spotify id or ISRC, of "
    "AcousticBrainz, and of AudioMuse-AI"
)


class NoMusicError(ImportRefusedError):
    """A document of a kind that musicdb does not read. In a zip it is left out, and the others are read."""


def is_document(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in SUFFIXES


def may_be_document(name: str, head: bytes) -> bool:
    """Return whether a file that begins with ``head`` may be a document, so that its content is worth reading."""
    text = head[:_LOOKED_AT].decode(unicode_encoding(head) or UTF_8, errors="replace")
    return name.lower().endswith(".nsp") or any(starts.match(text) for starts in _STARTS)


def read_document(name: str, read: Callable[[], bytes]) -> list[Table] | None:
    """Return the tables of a document whose content ``read`` returns, or None where it is none.

    Raises NoMusicError for one that has no music, and ImportRefusedError for one that is damaged.
    """
    sheets = _sheets(name, read())
    if sheets is None:
        return None
    if len(sheets) == 1:
        # Most are long. They are read once more, so that not all files of a zip are in memory at once.
        return [_table(name, sheets[0], lambda: _rows_of(name, read()))]
    return [_table(name, sheet, lambda rows=sheet.rows: iter(rows)) for sheet in sheets]  # type: ignore[misc]


def _table(name: str, sheet: Sheet, rows: Callable[[], Iterator[Any]]) -> Table:
    header = list(sheet.header)
    if len(sheet.rows) > MAX_ROWS:
        raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")

    def numbered() -> Iterator[tuple[int, list[str]]]:
        # The header comes before the document is read, since it is all that many callers want.
        yield 0, header
        for number, row in enumerate(rows(), start=1):
            # What is no entry is left out, but its number counts, as that of a blank line.
            if row:
                yield number, list(row)

    notes = tuple(Note("", text, (), name) for text in sheet.notes)
    playlist = normalise_name(sheet.playlist)[:MAX_NAME]
    return Table(sheet.name or name, numbered, notes=notes, playlist=playlist, has_entries=True)


def _rows_of(name: str, data: bytes) -> Iterator[Any]:
    return iter((_sheets(name, data) or [])[0].rows)


def _sheets(name: str, data: bytes) -> list[Sheet] | None:
    # JSON is always Unicode.
    encoding = unicode_encoding(data) or UTF_8
    head = data[:_LOOKED_AT].decode(encoding, errors="replace")
    if STARTS_JSON.match(head):
        return _json_sheets(name, data.decode(encoding, errors="replace"))
    if name.lower().endswith(".nsp"):
        return _json_sheets(name, without_comments(data.decode(encoding, errors="replace")))
    if STARTS_M3U.match(head):
        return read_m3u(_text_of_players(data, encoding)) or None
    if STARTS_SQL_DUMP.match(head):
        return _dump_sheets(name, data.decode(encoding, errors="replace"))
    if STARTS_PLIST.match(head):
        return read_apple_library(name, data)
    if STARTS_XSPF.match(head):
        return read_xspf(name, data) or None
    return None


def _dump_sheets(name: str, text: str) -> list[Sheet]:
    if sheets := read_audiomuse_backup(text):
        return sheets
    raise NoMusicError(
        f"{name} is a dump of a PostgreSQL database that has no table of AudioMuse-AI’s tracks. Export the tracks of "
        "the database as CSV, and import them. If it is musicdb’s, export the library in the admin."
    )


def _text_of_players(data: bytes, encoding: str) -> str:
    """Return the text of an M3U file, which old players write in the code page of Windows."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _json_sheets(name: str, text: str) -> list[Sheet]:
    document = parse_json(name, text)
    if is_smart_playlist(document):
        raise NoMusicError(
            f"{name} is a smart playlist of Navidrome: it has rules, and no tracks. Open the playlist in Navidrome, "
            "choose Export, and import the M3U file."
        )
    if isinstance(document, list) and document and not dicts_in(document):
        raise NoMusicError(
            f"{name} is a JSON list without objects, so nothing in it says what is a title and what an artist. Import "
            "a list of objects, or a table with a header."
        )
    for read in _JSON_KINDS if isinstance(document, (list, dict)) else ():
        if sheets := read(document):
            return sheets
    raise NoMusicError(
        f"{name} is a JSON file of a kind that musicdb does not read. It reads {_JSON_THAT_IS_READ}. "
        "Import one of these, or a table, such as a CSV file of Exportify (exportify.net)."
    )
