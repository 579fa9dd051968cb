"""Playlists as players keep them: M3U, XSPF, and JSPF, which is XSPF as JSON."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.tables.documents.navidrome import BETWEEN_ARTISTS
from musicdb.imports.tables.documents.sheet import Sheet, dict_in, list_in, rows_of, text_of

LISTED = ("Track URI", "ISRC", "Track Name", "Artist Name", "Album Name", "Track Location")
STARTS_M3U = re.compile(r"[\ufeff\s]*#EXT(M3U|INF)")
STARTS_XSPF = re.compile(r"[\ufeff\s]*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE.*?\]>\s*)*<playlist\b", re.DOTALL)
_SPOTIFY = re.compile(r"spotify:track:\w+|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?track/\w+")
_ISRC = re.compile(r"isrc:\s*([A-Za-z0-9-]{12,15})", re.IGNORECASE)
_EXTINF = re.compile(r"#EXTINF:[^,]*,(.*)")


def read_m3u(text: str) -> list[Sheet]:
    """Return the playlist, or nothing where it has no entries."""
    name, said, rows = "", "", []
    for line in filter(None, map(str.strip, text.lstrip("\ufeff").splitlines())):
        if line.startswith("#"):
            if found := _EXTINF.match(line):
                said = found[1].strip()
            elif line.startswith("#PLAYLIST:"):
                name = line.removeprefix("#PLAYLIST:").strip()
            continue
        artist, title = _artist_and_title(said or _stem(line))
        rows.append(_row([line], title, artist.replace(BETWEEN_ARTISTS, "\n"), ""))
        said = ""
    return _playlist(name, rows)


def read_xspf(name: str, data: bytes) -> list[Sheet]:
    """Return the playlist, or nothing where it has no tracks. Raises ImportRefusedError for damaged or hostile XML."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise ImportRefusedError(f"{name} contains XML that may expand itself. No playlist needs that.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise ImportRefusedError(f"{name} is a damaged XML file ({error}). Export it again.") from None
    rows = []
    for track in root.iter():
        if _tag(track) == "track":
            places = [*_texts(track, "identifier"), *_texts(track, "location")]
            title, creator, album = (next(iter(_texts(track, tag)), "") for tag in ("title", "creator", "album"))
            rows.append(_row(places, title, creator, album))
    return _playlist(next(iter(_texts(root, "title")), ""), rows)


def read_jspf(document: Any) -> list[Sheet] | None:
    playlist = dict_in(dict_in(document).get("playlist"))
    rows = rows_of(list_in(playlist.get("track")), _jspf_row)
    return _playlist(text_of(playlist.get("title")), rows) or None


def _jspf_row(track: dict[str, Any]) -> list[str]:
    places = [text for key in ("identifier", "location") for text in _list_of(track.get(key))]
    return _row(places, *(text_of(track.get(key)) for key in ("title", "creator", "album")))


def _playlist(name: str, rows: Sequence[Sequence[str]]) -> list[Sheet]:
    return [Sheet(LISTED, rows, playlist=name)] if any(rows) else []


def _row(places: Sequence[str], title: str, artist: str, album: str) -> list[str]:
    uri = next((found[0] for place in places if (found := _SPOTIFY.match(place))), "")
    isrc = next((found[1] for place in places if (found := _ISRC.search(place))), "")
    if not title and places:
        artist, title = _artist_and_title(_stem(places[0]))
    return [uri, isrc, title, artist, album, next(iter(places), "")]


def _artist_and_title(text: str) -> tuple[str, str]:
    artist, dash, title = text.partition(" - ")
    return (artist.strip(), title.strip()) if dash else ("", text.strip())


def _stem(place: str) -> str:
    """Return the name of a file, from its path or address, without the suffix."""
    return PurePosixPath(PureWindowsPath(unquote(place)).name).stem or place


def _list_of(value: Any) -> list[str]:
    return [text for one in (value if isinstance(value, list) else [value]) if (text := text_of(one))]


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _texts(element: Element, tag: str) -> list[str]:
    return [text for child in element if _tag(child) == tag and (text := (child.text or "").strip())]
