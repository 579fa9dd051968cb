"""M3U in UTF-8, which most players open."""

import io
from collections.abc import Iterator
from typing import IO

from musicdb.exports.track_lists.track_list import (
    TrackList,
    TrackListFormat,
    artists_of,
    image_of,
    location_of,
    one_line,
)
from musicdb.models import Track

UNKNOWN_LENGTH = -1


class M3u8(TrackListFormat):
    """Extended M3U. It is no stream (RFC 8216), so its media type is the one that players have for M3U.

    A player takes each line that is no comment for a place to play from. So a track that has none is a comment.
    """

    extension = "m3u8"
    label = "M3U8"
    purpose = "for players"
    media_type = "audio/x-mpegurl; charset=utf-8"

    @classmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        text.write(f"#EXTM3U\n#PLAYLIST:{one_line(tracks.heading.title)}\n")
        for track in tracks.tracks():
            text.writelines(f"{line}\n" for line in _lines(track))
        text.detach()


def _lines(track: Track) -> Iterator[str]:
    title, artists = one_line(track.title), artists_of(track)
    name = f"{artists} - {title}" if artists else title
    location = location_of(track)
    if not location:
        yield f"# Not on Spotify: {name}"
        return
    seconds = UNKNOWN_LENGTH if track.duration_ms is None else round(track.duration_ms / 1000)
    yield f"#EXTINF:{seconds},{name}"
    if track.album:
        yield f"#EXTALB:{one_line(track.album.title)}"
    if artists:
        yield f"#EXTART:{artists}"
    if image := image_of(track):
        yield f"#EXTIMG:{image}"
    yield location
