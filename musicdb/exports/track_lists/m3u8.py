"""M3U in UTF-8, which most players open."""

import io
from collections.abc import Iterator
from typing import IO

from musicdb.exports.track_lists.track_list import ListedTrack, TrackList, TrackListFormat, one_line

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


def _lines(track: ListedTrack) -> Iterator[str]:
    name = f"{track.artists} - {track.title}" if track.artists else track.title
    if not track.location:
        yield f"# Not on Spotify: {name}"
        return
    length = track.track.duration_ms
    yield f"#EXTINF:{UNKNOWN_LENGTH if length is None else round(length / 1000)},{name}"
    facts = {"EXTALB": track.album, "EXTART": track.artists, "EXTIMG": track.image}
    yield from (f"#{tag}:{value}" for tag, value in facts.items() if value)
    yield track.location
