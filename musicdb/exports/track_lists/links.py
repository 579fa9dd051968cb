"""The links to Spotify, one on a line, as text to be copied: Spotify's own programs take them into a playlist."""

from typing import IO

from musicdb.exports.track_lists.track_list import TrackList, TrackListFormat


class Links(TrackListFormat):
    """Tracks that are not known on Spotify are left out."""

    extension = "txt"
    label = "Spotify links"
    purpose = "to paste into a playlist there"
    media_type = "text/plain; charset=utf-8"
    is_attachment = False

    @classmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        for track in tracks.tracks():
            if track.location:
                file.write(f"{track.location}\n".encode())
