"""Spotify's own download of a person's data: what was played, the saved tracks, the playlists.

The short history has ``StreamingHistory_music_0.json`` and the like: titles and artists, of a year. The extended one
has ``Streaming_History_Audio_2019_1.json``, earlier ``endsong_0.json``: ids and albums too, of all years.
"""

from typing import Any
from urllib.parse import unquote_plus

from musicdb.imports.tables.documents.sheet import (
    Sheet,
    dict_in,
    dicts_in,
    first_dict,
    first_text,
    list_in,
    rows_of,
    text_of,
)

PLAYS = ("Played At", "Milliseconds Played", "Track URI", "Track Name", "Artist Name", "Album Name", "Played On")
SAVED = ("Track URI", "Track Name", "Artist Name", "Album Name", "Saved In Library")
ENTRIES = ("Track URI", "Track Name", "Artist Name", "Album Name", "Added To Playlist")
SERVICE = "Spotify"

# What else a library has, by its key and in words.
_OTHER_SECTIONS = {
    "albums": "albums",
    "artists": "artists",
    "shows": "podcasts",
    "episodes": "episodes",
    "bannedTracks": "hidden tracks",
    "bannedArtists": "hidden artists",
    "audiobooks": "audiobooks",
    "other": "others",
}


def read_spotify_download(document: Any) -> list[Sheet] | None:
    """Return the tables of one file of the download, or None where it is none that has tracks."""
    if isinstance(document, list):
        return _history(document)
    if "tracks" in document and ("bannedTracks" in document or "shows" in document or "episodes" in document):
        return [_library(document)]
    playlists = document.get("playlists")
    if isinstance(playlists, list) and all("items" in dict_in(playlist) for playlist in playlists):
        return [_playlist(playlist) for playlist in dicts_in(playlists)]
    return None


def _history(document: list[Any]) -> list[Sheet] | None:
    first = first_dict(document)
    if {"endTime", "msPlayed"} <= first.keys():
        return [Sheet(PLAYS, rows_of(document, _played))]
    if {"ts", "ms_played"} <= first.keys():
        return [Sheet(PLAYS, rows_of(document, _played_extended))]
    return None


def _played(item: dict[str, Any]) -> list[str]:
    # Rows about podcasts and audiobooks have other names than these two.
    is_other = "podcastName" in item or "episodeName" in item or "audiobookName" in item
    uri = "spotify:episode:" if is_other else ""
    title, artist = text_of(item.get("trackName")), text_of(item.get("artistName"))
    return [text_of(item.get("endTime")), text_of(item.get("msPlayed")), uri, title, artist, "", SERVICE]


def _played_extended(item: dict[str, Any]) -> list[str]:
    episode = first_text(item, "spotify_episode_uri", "audiobook_chapter_uri", "audiobook_uri")
    is_episode = episode or first_text(item, "episode_name", "audiobook_title")
    return [
        text_of(item.get("ts")),
        text_of(item.get("ms_played")),
        first_text(item, "spotify_track_uri") or ("spotify:episode:" if is_episode else ""),
        text_of(item.get("master_metadata_track_name")),
        text_of(item.get("master_metadata_album_artist_name")),
        text_of(item.get("master_metadata_album_album_name")),
        SERVICE,
    ]


def _library(document: dict[str, Any]) -> Sheet:
    others = [
        f"{len(section):,} {words if len(section) > 1 else words.removesuffix('s')}"
        for key, words in _OTHER_SECTIONS.items()
        if isinstance(section := document.get(key), list) and section
    ]
    rows = rows_of(list_in(document["tracks"]), _saved)
    return Sheet(SAVED, rows, notes=(f"Not read: {', '.join(others)}.",) if others else ())


def _saved(item: dict[str, Any]) -> list[str]:
    return [first_text(item, "uri"), *(text_of(item.get(name)) for name in ("track", "artist", "album")), "yes"]


def _playlist(playlist: dict[str, Any]) -> Sheet:
    name = text_of(playlist.get("name")).strip() or "Playlist without a name"
    return Sheet(ENTRIES, rows_of(list_in(playlist.get("items")), _entry), name=name, playlist=name)


def _entry(item: dict[str, Any]) -> list[str]:
    track, local = dict_in(item.get("track")), dict_in(item.get("localTrack"))
    added = text_of(item.get("addedDate"))
    if track:
        names = [text_of(track.get(name)) for name in ("trackName", "artistName", "albumName")]
        return [text_of(track.get("trackUri")), *names, added]
    if local:
        return ["", *_local_names(text_of(local.get("uri"))), added]
    return ["spotify:episode:", "", "", "", added]


def _local_names(uri: str) -> list[str]:
    """Return title, artist and album of a local file, whose URI is made of them."""
    parts = [unquote_plus(part) for part in uri.split(":")]
    artist, album, title = parts[2:5] if len(parts) >= 5 else ("", "", "")
    return [title, artist, album]
