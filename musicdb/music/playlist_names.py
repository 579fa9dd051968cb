"""The name of a playlist that a file is, and whether it is the list of liked songs. No Django here."""

import re

from musicdb.music.names import normalise_name
from musicdb.music.search_keys import search_key

_SUFFIX = re.compile(r"\.(?:csv|tsv|txt|xlsx|json|m3u8?|xspf|jspf)\Z", re.IGNORECASE)
# What browsers and file managers add to the second file of a name.
_COPY = re.compile(r"\s*(?:\(\d+\)|- Copy)\Z", re.IGNORECASE)
_IGNORED = re.compile(r"[\W_]+")

# What Spotify calls the list of liked songs, by language, and what programs call the file.
_LIKED = (
    "Liked",
    "Liked Songs",
    "Liked Tracks",
    "My Liked Songs",
    "الأغاني التي أعجبتك",
    "Oblíbené skladby",
    "Likede sange",
    "Lieblingssongs",
    "Αγαπημένα τραγούδια",
    "Canciones que te gustan",
    "Tykätyt kappaleet",
    "Titres likés",
    "שירים שאהבת",
    "Kedvelt dalok",
    "Lagu yang Disukai",
    "Brani che ti piacciono",
    "お気に入りの曲",
    "좋아요 표시한 곡",
    "Likte sanger",
    "Nummers die je leuk vindt",
    "Gelikete nummers",
    "Polubione utwory",
    "Músicas Curtidas",
    "Músicas de que gostaste",
    "Melodii apreciate",
    "Любимые треки",
    "Gillade låtar",
    "เพลงที่ถูกใจ",
    "Beğenilen Şarkılar",
    "Уподобані пісні",
    "Bài hát đã thích",
    "已点赞的歌曲",
    "已按讚的歌曲",
)


def playlist_name(file: str) -> str:
    """Return the name of the playlist that ``file`` is: its name without suffix, with blanks for underscores.

    >>> playlist_name("Road_trip (1).csv")
    'Road trip'
    """
    stem = _COPY.sub("", _SUFFIX.sub("", file))
    return normalise_name(stem.replace("_", " "))[:300]


def means_liked_songs(name: str) -> bool:
    """Return whether a playlist of this name is the list of liked songs, in any language that we know.

    >>> means_liked_songs("liked_songs"), means_liked_songs("Titres likes"), means_liked_songs("Songs")
    (True, True, False)
    """
    return _key(name) in _KEYS


def _key(name: str) -> str:
    return _IGNORED.sub("", search_key(name))


_KEYS = frozenset(map(_key, _LIKED))
