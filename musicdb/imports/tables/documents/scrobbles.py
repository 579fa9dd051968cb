"""What was played, as Last.fm and ListenBrainz know it. They count a track that was heard for half its length."""

from typing import Any

from musicdb.imports.tables.documents.sheet import Sheet, dict_in, dicts_in, first_text, text_of
from musicdb.imports.tables.documents.spotify_download import PLAYS

LAST_FM = "Last.fm"
LISTENBRAINZ = "ListenBrainz"
_SPOTIFY = "https://open.spotify.com/track/"


def read_scrobbles(document: Any) -> list[Sheet] | None:
    """Return the plays of an export of Last.fm or ListenBrainz, or None where it is none."""
    listens = dict_in(dict_in(document).get("payload")).get("listens") if isinstance(document, dict) else document
    items = dicts_in(listens) or [dict_in(document)]
    if {"listened_at", "track_metadata"} <= items[0].keys():
        return [Sheet(PLAYS, [_listen(item) for item in items])]
    scrobbles = _scrobbles(document)
    return [Sheet(PLAYS, [_scrobble(item) for item in scrobbles])] if scrobbles else None


def _listen(item: dict[str, Any]) -> list[str]:
    track = dict_in(item.get("track_metadata"))
    more = dict_in(track.get("additional_info"))
    link = next((text for name in ("spotify_id", "origin_url") if (text := first_text(more, name))), "")
    names = [text_of(track.get(name)) for name in ("track_name", "artist_name", "release_name")]
    return [text_of(item.get("listened_at")), "", link if link.startswith(_SPOTIFY) else "", *names, LISTENBRAINZ]


def _scrobbles(document: Any) -> list[dict[str, Any]]:
    """Return the scrobbles in Last.fm's answers, in a list of these, or in a list of scrobbles."""
    pages = document if isinstance(document, list) else [document]
    found: list[dict[str, Any]] = []
    for page in dicts_in(pages):
        answer = dict_in(page.get("recenttracks")) or page
        listed = dicts_in(answer.get("track")) or dicts_in(answer.get("scrobbles"))
        found += listed or [page]
    return found if found and _is_scrobble(found[0]) else []


def _is_scrobble(item: dict[str, Any]) -> bool:
    is_now_playing = "nowplaying" in dict_in(item.get("@attr"))
    return bool(_name(item.get("artist")) and _title(item) and (_time(item) or is_now_playing))


def _scrobble(item: dict[str, Any]) -> list[str]:
    return [_time(item), "", "", _title(item), _name(item.get("artist")), _name(item.get("album")), LAST_FM]


def _title(item: dict[str, Any]) -> str:
    return first_text(item, "name", "track")


def _name(value: Any) -> str:
    """Return the name of an artist or album, which Last.fm has as an object."""
    return first_text(value, "#text", "name") if isinstance(value, dict) else text_of(value)


def _time(item: dict[str, Any]) -> str:
    date = item.get("date")
    return first_text(date, "uts") if isinstance(date, dict) else text_of(date) or first_text(item, "uts")
