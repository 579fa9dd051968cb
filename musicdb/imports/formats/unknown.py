"""What to tell the person whose file has no format that musicdb knows."""

import re
from collections.abc import Mapping, Sequence

from musicdb.imports.column_mapping import IGNORE, ColumnMapping
from musicdb.imports.formats.base import FileFormat
from musicdb.imports.formats.mapped import FIELDS, NEEDED
from musicdb.imports.formats.mapped.names import fields_of
from musicdb.music import FEATURE_NAMES

# What a column of a track is, in words. All others are called as forms call them.
_WORDS = {
    "title": "the title",
    "artists": "the artists",
    "spotify_id": "the Spotify id",
    "artist_ids": "the artists’ ids",
    "album_id": "the album’s id",
    "album": "the album",
    "released": "the release date",
    "image_url": "the album’s art",
    "labels": "the label",
    "genres": "the genre",
    "isrc": "the ISRC",
    "duration_ms": "the duration",
    "explicit": "explicit or not",
    "liked": "liked or not",
    "score": "the score",
    "popularity": "the popularity",
    **dict.fromkeys(FEATURE_NAMES, "audio features"),
}
# What stands in the cells of tracks, and in no heading: an id, a link, a date, a number or a file.
_VALUE = re.compile(
    r"spotify:\w+:\w+|https?://\S+|(?=\w*\d)[A-Za-z0-9]{22}|\d{4}-\d\d(-\d\d)?|-?\d+([.,:]\d+)*|.*\.(mp3|flac|m4a|ogg|opus|wav|wma)",
    re.IGNORECASE,
)
_MAX_NAMED = 20
NO_FORMAT = "{} has no format that musicdb knows."
NO_HEADINGS = "{} has no format that musicdb knows. Its first row looks like data, not like headings: {}."


def values_without_headings(header: Sequence[str], more: Mapping[str, str]) -> list[str]:
    """Return what stands in a header, but in no heading, of a table without headings; nothing for any other table.

    ``more`` has the fields of more headings, by their keys.
    """
    if any(any(fields_of(heading, more)) for heading in header):
        return []
    return [heading for heading in header if heading and _VALUE.fullmatch(heading)]


def looks_like_header(header: Sequence[str], more: Mapping[str, str]) -> bool:
    """Return whether most cells of the first row are headings that mean a field. ``more`` has more, by their keys."""
    cells = [cell for cell in header if cell]
    return sum(any(fields_of(cell, more)) for cell in cells) * 2 > len(cells)


def can_be_mapped(guess: ColumnMapping) -> bool:
    # A title and an artist are two columns.
    return len(guess.columns) >= len(NEEDED)


def describe_columns(guess: ColumnMapping) -> str:
    """Return which columns are understood, and as what, and which are not."""
    unknown = [column.heading for column in guess.columns if column.field == IGNORE and column.heading]
    understood = ", ".join(f"{name_headings(of)} as {meaning}" for meaning, of in _understood(guess).items())
    parts = [
        f"Understood: {understood}." if understood else "",
        f"Not understood: {name_headings(unknown)}." if unknown else "",
    ]
    return " ".join(filter(None, parts))


def advise(guess: ColumnMapping, simplest: type[FileFormat]) -> str:
    """Return what is missing for an import, and what helps. ``simplest`` has the headings that are recommended."""
    understood = _understood(guess)
    lacking = [word for name, word in NEEDED.items() if _WORDS[name] not in understood]
    if not lacking:
        return "Say what each of its columns is."
    parts = [f"A track needs {_listed(list(NEEDED.values()))}; no column looks like {_listed(lacking, 'or')}."]
    if set(understood) == {"the artists"}:
        parts.append("To import artists without tracks, name the file artists.csv, with the columns “slug” and “name”.")
    last = ", or say what each of its columns is" if can_be_mapped(guess) else ""
    parts.append(f"{_other_ways(simplest)}{last}.")
    return " ".join(parts)


def _understood(guess: ColumnMapping) -> dict[str, list[str]]:
    """Return the headings that mean something, by what they mean."""
    found: dict[str, list[str]] = {}
    for column in guess.columns:
        if column.field != IGNORE:
            meaning = _WORDS.get(column.field, f"“{FIELDS[column.field].label.lower()}”")
            found.setdefault(meaning, []).append(column.heading)
    return found


def _other_ways(simplest: type[FileFormat]) -> str:
    wanted = _listed([f"“{heading}”" for heading in simplest.missing_columns(())])
    export = "Export the tracks with Exportify (exportify.net) or from musicdb"
    return f"{export}, or make a table with the columns {wanted}"


def name_headings(headings: Sequence[str]) -> str:
    """Return headings as a message names them: the first of many, each of a bearable length."""
    named = [f"“{heading[:60]}”" for heading in headings[:_MAX_NAMED]]
    if len(headings) > _MAX_NAMED:
        named.append(f"{len(headings) - _MAX_NAMED} others")
    return _listed(named)


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
