"""What to tell the person whose file has no format that musicdb knows."""

import re
from collections.abc import Sequence

from musicdb.imports.formats.base import FileFormat, heading_key
from musicdb.music import FEATURE_NAMES

# What a column of a track is, in words. All others are called by their names.
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
    "more_genres": "the genre",
    "isrc": "the ISRC",
    "duration_ms": "the duration",
    "explicit": "explicit or not",
    "liked": "liked or not",
    "slug": "the address",
    "playlist": "the playlist",
    **dict.fromkeys(FEATURE_NAMES, "audio features"),
}
# Columns that mean something in their own format only.
_OWN = frozenset({"type", "analysis_url", "track_href"})
# What a track cannot do without.
_NEEDED = {"the title": "a title", "the artists": "an artist"}
# Headings that no format has, but that people use.
_ALSO = {
    **dict.fromkeys(("song", "songname", "songtitle", "track", "tracktitle"), "the title"),
    **dict.fromkeys(("artist", "artistname", "band", "performer", "interpret", "singer"), "the artists"),
    **dict.fromkeys(("spotifyuri", "spotifyurl", "spotifytrackid", "uri", "trackuri"), "the Spotify id"),
}
# What stands in the cells of tracks, and in no heading: an id, a link, a date, a number or a file.
_VALUE = re.compile(
    r"spotify:\w+:\w+|https?://\S+|(?=\w*\d)[A-Za-z0-9]{22}|\d{4}-\d\d(-\d\d)?|-?\d+([.,:]\d+)*|.*\.(mp3|flac|m4a|ogg|opus|wav|wma)",
    re.IGNORECASE,
)
_MAX_NAMED = 20


def describe_unknown(
    file: str, header: Sequence[str], formats: Sequence[type[FileFormat]], simplest: type[FileFormat]
) -> str:
    """Return which columns of ``header`` are understood, as what, what is missing for an import, and what helps.

    ``formats`` are those whose columns are looked up, and ``simplest`` is the one whose headings are recommended.
    """
    headings = [heading for heading in header if heading]
    meanings = _meanings(formats)
    understood: dict[str, list[str]] = {}
    unknown: list[str] = []
    for heading in headings:
        if meaning := meanings.get(heading_key(heading)):
            understood.setdefault(meaning, []).append(heading)
        else:
            unknown.append(heading)
    parts = [f"{file} has no format that musicdb knows."]
    values = [heading for heading in headings if _VALUE.fullmatch(heading)]
    if values and not understood:
        parts.append(f"Its first row looks like data, not like headings: {_named(values)}. Add a row of headings.")
    else:
        if understood:
            parts.append(
                f"Understood: {', '.join(f'{_named(of)} as {meaning}' for meaning, of in understood.items())}."
            )
        if unknown:
            parts.append(f"Not understood: {_named(unknown)}.")
        lacking = [word for meaning, word in _NEEDED.items() if meaning not in understood]
        if lacking:
            parts.append(f"A track needs {_listed(list(_NEEDED.values()))}; the file has no column for {_or(lacking)}.")
    if set(understood) == {"the artists"}:
        parts.append("To import artists without tracks, name the file artists.csv, with the columns “slug” and “name”.")
    wanted = _listed([f"“{heading}”" for heading in simplest.missing_columns(())])
    parts.append(
        f"Export the tracks with Exportify (exportify.net) or from musicdb, or make a table with the columns {wanted}."
    )
    return " ".join(parts)


def _meanings(formats: Sequence[type[FileFormat]]) -> dict[str, str]:
    """Return what each heading of a format of tracks means, by the heading's key. The first format counts."""
    meanings: dict[str, str] = {}
    for file_format in formats:
        columns = file_format.columns()
        if "title" in columns and "artists" in columns:
            for name, column in columns.items():
                for heading in column.headings if name not in _OWN else ():
                    meanings.setdefault(heading, _WORDS.get(name, f"“{name.replace('_', ' ')}”"))
    return {**_ALSO, **meanings}


def _named(headings: Sequence[str]) -> str:
    named = [f"“{heading[:60]}”" for heading in headings[:_MAX_NAMED]]
    if len(headings) > _MAX_NAMED:
        named.append(f"{len(headings) - _MAX_NAMED} others")
    return _listed(named)


def _listed(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _or(words: Sequence[str]) -> str:
    return _listed(words, "or")
