"""What was played and what is loved, as Last.fm and ListenBrainz know it.

They count a track that was heard for half its length.
"""

from collections.abc import Iterator
from typing import Any

from musicdb.imports.tables.documents.sheet import (
    Sheet,
    dict_in,
    first_dict,
    first_text,
    list_in,
    rows_of,
    text_of,
)
from musicdb.imports.tables.documents.spotify_download import PLAYS

LAST_FM = "Last.fm"
LISTENBRAINZ = "ListenBrainz"
LISTENS = (*PLAYS, "Recording IDs")
LOVED = ("Loved", "Track URI", "Track Name", "Artist Name", "Album Name", "Recording IDs")
_SPOTIFY = "https://open.spotify.com/track/"
_IDS = ("recording_msid", "recording_mbid")


def read_scrobbles(document: Any) -> list[Sheet] | None:
    """Return the plays or the loved tracks of an export of Last.fm or ListenBrainz, or None where it is none."""
    return _listenbrainz(document) or _last_fm(document)


# --- ListenBrainz ------------------------------------------------------------------------------------------------


def _listenbrainz(document: Any) -> list[Sheet] | None:
    answer = dict_in(document)
    items = dict_in(answer.get("payload")).get("listens") or answer.get("feedback") or document
    items = items if isinstance(items, list) else [items]
    first = first_dict(items)
    if {"listened_at", "track_metadata"} <= first.keys():
        return [Sheet(LISTENS, rows_of(items, _listen))]
    if "score" in first and not first.keys().isdisjoint(_IDS):
        return [Sheet(LOVED, rows_of(items, _feedback))]
    return None


def _listen(item: dict[str, Any]) -> list[str]:
    link, *names = _track(item)
    return [text_of(item.get("listened_at")), "", link, *names, LISTENBRAINZ, _recording_ids(item)]


def _feedback(item: dict[str, Any]) -> list[str]:
    # 1 is loved, -1 is hated, and 0 takes either back.
    return ["yes" if text_of(item.get("score")) == "1" else "no", *_track(item), _recording_ids(item)]


def _track(item: dict[str, Any]) -> list[str]:
    """Return the link, the title, the artist and the album."""
    track = dict_in(item.get("track_metadata"))
    more = dict_in(track.get("additional_info"))
    link = next((text for name in ("spotify_id", "origin_url") if (text := first_text(more, name))), "")
    names = (text_of(track.get(name)) for name in ("track_name", "artist_name", "release_name"))
    return [link if link.startswith(_SPOTIFY) else "", *names]


def _recording_ids(item: dict[str, Any]) -> str:
    """Return what ListenBrainz calls the recording, by which feedback means one of the listens."""
    track = dict_in(item.get("track_metadata"))
    places = (item, track, dict_in(track.get("additional_info")), dict_in(track.get("mbid_mapping")))
    return " ".join(dict.fromkeys(text for place in places for name in _IDS if (text := first_text(place, name))))


# --- Last.fm -----------------------------------------------------------------------------------------------------


def _last_fm(document: Any) -> list[Sheet] | None:
    pages = document if isinstance(document, list) else [document]
    items = [item for page in pages for item in _items_of(page)]
    first = first_dict(items)
    if not _title(first) or not _name(first.get("artist")):
        return None
    if "lovedtracks" in first_dict(pages) or _is_loved(first):
        return [Sheet(LOVED, rows_of(items, _loved))]
    if _time(first) or "nowplaying" in dict_in(first.get("@attr")):
        return [Sheet(PLAYS, rows_of(items, _scrobble))]
    return None


def _items_of(page: Any) -> Iterator[Any]:
    """Yield the tracks in one of Last.fm's answers, or in a file of a program that has saved them."""
    answer = dict_in(page)
    answer = next((found for name in ("recenttracks", "lovedtracks") if (found := dict_in(answer.get(name)))), answer)
    tracks = answer.get("track")
    if isinstance(tracks, dict):
        # Last.fm's answer for a list of one.
        yield tracks
    else:
        yield from list_in(tracks) or list_in(answer.get("scrobbles")) or [page]


def _is_loved(item: dict[str, Any]) -> bool:
    """Return whether a track is loved, and was not played: Last.fm has an album with each play."""
    return "album" not in item and "name" in dict_in(item.get("artist"))


def _scrobble(item: dict[str, Any]) -> list[str]:
    return [_time(item), "", "", _title(item), _name(item.get("artist")), _name(item.get("album")), LAST_FM]


def _loved(item: dict[str, Any]) -> list[str]:
    return ["yes", "", _title(item), _name(item.get("artist")), _name(item.get("album")), ""]


def _title(item: dict[str, Any]) -> str:
    return first_text(item, "name", "track")


def _name(value: Any) -> str:
    """Return the name of an artist or album, which Last.fm has as an object."""
    return first_text(value, "#text", "name") if isinstance(value, dict) else text_of(value)


def _time(item: dict[str, Any]) -> str:
    date = item.get("date")
    return first_text(date, "uts") if isinstance(date, dict) else text_of(date) or first_text(item, "uts")
