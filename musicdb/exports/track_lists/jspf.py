"""JSPF, which is XSPF in JSON: https://xspf.org/jspf"""

import json
from typing import IO, Any

from musicdb.exports.track_lists.fields import fields_of_heading, fields_of_track
from musicdb.exports.track_lists.track_list import TrackList, TrackListFormat


class Jspf(TrackListFormat):
    extension = "jspf"
    label = "JSPF"
    purpose = "the same as JSON"
    # Nobody has registered one. This is what programs use.
    media_type = "application/jspf+json"

    @classmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        head = _json({**fields_of_heading(tracks.heading), "track": []})
        # The tracks come within the last bracket, one by one.
        file.write(f'{{"playlist": {head.removesuffix("]}")}'.encode())
        separator = "\n"
        for track in tracks.tracks():
            file.write(f"{separator}{_json(fields_of_track(track, tracks.heading))}".encode())
            separator = ",\n"
        file.write(b"\n]}}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
