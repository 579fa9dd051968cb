"""Where a link to Spotify, one of its ids or an ISRC leads: straight to the page of what it names."""

import re
from typing import Any

from musicdb.models import Album, Artist, Track
from musicdb.music import is_isrc, normalise_isrc

_ID = "[0-9A-Za-z]{22}"
_LINK = re.compile(
    rf"(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?(track|album|artist)/({_ID})(?:[/?#].*)?",
    re.IGNORECASE,
)
_URI = re.compile(rf"spotify:(track|album|artist):({_ID})", re.IGNORECASE)
_BARE = re.compile(f"()({_ID})")
_MODELS: dict[str, Any] = {"track": Track, "album": Album, "artist": Artist}
# No link or code is longer.
_MOST = 500


def found_directly(typed: str) -> Any:
    """Return the track, album or artist that ``typed`` names by a link, an id or an ISRC, if it has a page; else None.

    An id may be that of a former entry, which is now an alias. Several tracks may have one ISRC: the most loved of
    these. Text that can be neither costs no query.
    """
    text = typed[:_MOST].strip()
    if found := _LINK.fullmatch(text) or _URI.fullmatch(text) or _BARE.fullmatch(text):
        kind, spotify_id = found.groups()
        models = [_MODELS[kind.lower()]] if kind else _MODELS.values()
        return next((row for model in models if (row := _with_id(model, spotify_id))), None)
    if text.isascii() and is_isrc(isrc := normalise_isrc(text)):
        tracks = Track.objects.most_loved_first()
        return tracks.filter(isrc=isrc).first() or tracks.filter(aliases__isrc=isrc).first()
    return None


def _with_id(model: Any, spotify_id: str) -> Any:
    rows = model.objects.visible(of_few=True) if model is Artist else model.objects.all()
    found = rows.filter(spotify_id=spotify_id).first()
    return found or rows.filter(aliases__spotify_id=spotify_id).first()
