"""The library of Apple Music or iTunes, as “Export Library” writes it: a property list with tracks and playlists."""

import plistlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from musicdb.imports.messages import ImportRefusedError, counted
from musicdb.imports.tables.documents.sheet import Sheet, dict_in, dicts_in, list_in, text_of

STARTS_PLIST = re.compile(
    r"[\ufeff\s]*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE\s+plist\b([^>\[]*\[.*?\]\s*>|[^>\[]*>)\s*)?<plist\b",
    re.DOTALL,
)
# What is read, by the names that Apple gives it.
_READ = (
    *("Persistent ID", "Name", "Artist", "Album Artist", "Album", "Genre", "Total Time", "Disc Number"),
    *("Track Number", "Play Count", "Rating", "BPM", "Date Added", "Explicit", "Compilation"),
)
# What is read before there are rows, or says nothing of the music.
_ALSO_READ = frozenset(
    {"Track ID", "Loved", "Favorited", "Year", "Release Date", "Track Type", "Has Video", "Rating Computed"}
)
_OF_THE_FILE = frozenset(
    (
        *("Kind", "Size", "Date Modified", "Bit Rate", "Sample Rate", "Location", "File Folder Count"),
        *("Library Folder Count", "File Type", "File Creator", "Artwork Count", "Normalization", "Protected"),
        *("Purchased", "Apple Music", "Matched", "Playlist Only", "Part Of Gapless Album", "Track Count", "Disc Count"),
    )
)
LIBRARY = ("In Apple Library", "Other Kind", "Loved", "Released", *_READ)
# What a track is that is no piece of music, by the flag that says so.
_OTHER_KINDS = {
    "Podcast": "a podcast’s episode",
    "iTunesU": "a lecture",
    "Audiobook": "an audiobook",
    "Audiobooks": "an audiobook",
    "Movie": "a video",
    "TV Show": "a video",
    "Music Video": "a video",
    "Has Video": "a video",
}
_AUDIOBOOKS = 5
# Lists that the program keeps itself. Those of newer versions have a kind.
_BUILT_IN = ("Master", "Distinguished Kind", "Music", "Movies", "TV Shows", "Podcasts", "Audiobooks", "Purchased Music")
# Two copies of a recording that are both in the library may differ by as much.
_SAME_LENGTH_MS = 5_000


def read_apple_library(name: str, data: bytes) -> list[Sheet] | None:
    """Return the library and its playlists, or None where the property list is no library.

    Raises ImportRefusedError for damaged or hostile XML.
    """
    try:
        document = plistlib.loads(data, fmt=plistlib.FMT_XML)
    except plistlib.InvalidFileException:
        # No entity is ever read.
        raise ImportRefusedError(f"{name} contains XML that may expand itself. No music library needs that.") from None
    except (ExpatError, ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
        raise ImportRefusedError(f"{name} is a damaged XML file ({error}). Export it again.") from None
    library = dict_in(document)
    tracks = {key: dict_in(track) for key, track in dict_in(library.get("Tracks")).items()}
    return _sheets(tracks, dicts_in(library.get("Playlists"))) if any(tracks.values()) else None


def _sheets(tracks: dict[str, dict[str, Any]], playlists: list[dict[str, Any]]) -> list[Sheet]:
    kinds = dict(zip(tracks, _kinds(tracks, playlists), strict=True))
    music = {key: track for key, track in tracks.items() if not kinds[key]}
    first = _first_copies(music)
    dates, undated = _release_dates(music)
    rows: dict[str, list[str]] = {}
    for key, track in tracks.items():
        if first.get(key, key) == key:
            loved = track.get("Loved") is True or track.get("Favorited") is True
            values = (text_of(track.get(column)) for column in _READ)
            rows[key] = ["yes", kinds[key], "yes" if loved else "", dates.get(_album_of(track), ""), *values]
            rows[key][LIBRARY.index("Rating")] = text_of(_rating(track))
            rows[key][LIBRARY.index("Persistent ID")] = text_of(track.get("Persistent ID")) or f"track {key}"
    lists, notes = _playlists(playlists)
    sheets = [Sheet(LIBRARY, [rows.get(key, ()) for key in tracks], notes=(*notes, *_notes(music, first, undated)))]
    for title, keys in lists:
        entries = [rows[first[key]] if key in first else () for key in keys]
        if any(entries):
            sheets.append(Sheet(("In Apple Playlist", *LIBRARY[1:]), entries, name=title, playlist=title))
    return sheets


def _notes(music: Mapping[str, dict[str, Any]], first: Mapping[str, str], undated: int) -> Iterator[str]:
    known = {*_READ, *_ALSO_READ, *_OF_THE_FILE, *_OTHER_KINDS}
    unread = dict.fromkeys(key for track in music.values() for key in track if key not in known)
    if unread:
        yield f"Not read: {', '.join(sorted(unread))}."
    if copies := sum(key != one for key, one in first.items()):
        are = "is" if copies == 1 else "are"
        yield f"{counted(copies, 'track')} of the library {are} there twice, and counted once."
    if undated:
        yield f"{counted(undated, 'album')} with tracks of several years {'has' if undated == 1 else 'have'} no date."


def _kinds(tracks: Mapping[str, dict[str, Any]], playlists: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what each track is where it is no music, and an empty text where it is."""
    books = {key for one in playlists if one.get("Distinguished Kind") == _AUDIOBOOKS for key in _items(one)}
    for key, track in tracks.items():
        kind = next((words for flag, words in _OTHER_KINDS.items() if track.get(flag) is True), "")
        if not kind and track.get("Track Type") == "URL":
            kind = "a radio station"
        yield kind or ("an audiobook" if key in books else "")


def _first_copies(music: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Return the track that counts for each: the first one with its names and length. It gets the plays of all."""
    found: dict[str, str] = {}
    by_names: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, track in music.items():
        same = by_names[tuple(text_of(track.get(name)) for name in ("Name", "Artist", "Album"))]
        length = _whole(track, "Total Time")
        found[key] = next(
            (one for one in same if abs(_whole(music[one], "Total Time") - length) <= _SAME_LENGTH_MS), key
        )
        if found[key] == key:
            same.append(key)
        else:
            kept = music[found[key]]
            kept["Play Count"] = _whole(kept, "Play Count") + _whole(track, "Play Count")
            kept["Rating"], kept["Rating Computed"] = max(_rating(kept), _rating(track)), False
            kept["Loved"] = any(one.get(flag) is True for one in (kept, track) for flag in ("Loved", "Favorited"))
    return found


def _rating(track: Mapping[str, Any]) -> int:
    """Return what a person has rated a track, from 0 to 100. The program computes one from the rating of the album."""
    return 0 if track.get("Rating Computed") is True else _whole(track, "Rating")


def _whole(track: Mapping[str, Any], name: str) -> int:
    value = track.get(name)
    return value if isinstance(value, int) else 0


_Album = tuple[str, str]


def _album_of(track: Mapping[str, Any]) -> _Album:
    artist = text_of(track.get("Album Artist"))
    return text_of(track.get("Album")), artist or ("" if track.get("Compilation") else text_of(track.get("Artist")))


def _release_dates(music: Mapping[str, dict[str, Any]]) -> tuple[dict[_Album, str], int]:
    """Return the year or the day of each album that its tracks agree on, and how many do not agree."""
    years: defaultdict[_Album, set[str]] = defaultdict(set)
    days: defaultdict[_Album, set[str]] = defaultdict(set)
    for track in music.values():
        if track.get("Album") and (number := _whole(track, "Year")):
            years[_album_of(track)].add(f"{number:04d}")
            days[_album_of(track)].add(text_of(track.get("Release Date"))[:10])
    dates = {}
    for album, said in years.items():
        if len(said) == 1:
            (year,), (day, *others) = said, days[album]
            dates[album] = day if not others and day.startswith(f"{year}-") else year
    return dates, len(years) - len(dates)


def _items(playlist: Mapping[str, Any]) -> list[str]:
    return [text_of(dict_in(item).get("Track ID")) for item in list_in(playlist.get("Playlist Items"))]


def _playlists(playlists: list[dict[str, Any]]) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Return the name and the tracks of each playlist that a person has made, and a note on the others."""
    found: list[tuple[str, list[str]]] = []
    names: Counter[str] = Counter()
    folders = 0
    for playlist in playlists:
        if any(playlist.get(name) for name in _BUILT_IN):
            continue
        if playlist.get("Folder"):
            folders += 1
            continue
        title = text_of(playlist.get("Name")).strip() or "Playlist without a name"
        names[title] += 1
        found.append((title if names[title] == 1 else f"{title} ({names[title]})", _items(playlist)))
    notes = [f"Not read: {counted(folders, 'folder')} of playlists. The playlists in them are."] if folders else []
    return found, notes
