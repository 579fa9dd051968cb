"""Audio features by id, as ReccoBeats and Spotify answer and as programs save these answers."""

from typing import Any

from musicdb.imports.tables.documents.sheet import Sheet, first_dict, first_text, rows_of, text_of
from musicdb.music import FEATURE_NAMES

HEADER = ("Spotify ID", "ISRC", "Track Name", "Features From", *FEATURE_NAMES)
# What an object with features has at least.
_NEEDED = {"danceability", "energy", "tempo"}
_IDS = ("spotify_id", "spotifyId", "track_id", "trackId", "track_uri", "uri", "href", "track_href", "id")
_SPOTIFY = ("spotify:track:", "https://open.spotify.com/track/")


def read_features(document: Any) -> list[Sheet] | None:
    """Return the features in a list or in an answer, or None where the document has none."""
    items: Any = document
    if isinstance(document, dict):
        items = next((document[key] for key in ("content", "audio_features") if key in document), [document])
    first = first_dict(items)
    if not first.keys() >= _NEEDED or "artists" in first or "artist" in first:
        return None
    return [Sheet(HEADER, rows_of(items, _row))]


def _row(item: dict[str, Any]) -> list[str]:
    names = [first_text(item, name) for name in ("isrc", "ISRC")]
    return [
        _spotify_id(item),
        names[0] or names[1],
        first_text(item, "trackTitle", "title", "name"),
        _source(item),
        *(text_of(item.get(name)) for name in FEATURE_NAMES),
    ]


def _spotify_id(item: dict[str, Any]) -> str:
    """Return the id, the URI or the link of a track on Spotify. ReccoBeats has a number of its own as the id."""
    found = [text for name in _IDS if (text := first_text(item, name))]
    return next((text for text in found if text.startswith(_SPOTIFY) or (len(text) == 22 and text.isalnum())), "")


def _source(item: dict[str, Any]) -> str:
    if stated := first_text(item, "features_source", "source"):
        return stated
    if first_text(item, "type") == "audio_features":
        return "Spotify"
    # ReccoBeats' ids are UUIDs, beside the link to the track on Spotify.
    return "ReccoBeats" if len(first_text(item, "id")) == 36 and first_text(item, "href") else ""
