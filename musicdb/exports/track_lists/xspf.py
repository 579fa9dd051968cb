"""XSPF, version 1: https://xspf.org/spec"""

import io
from typing import IO
from xml.sax.saxutils import XMLGenerator

from musicdb.exports.track_lists.fields import Fields, fields_of_heading, fields_of_track
from musicdb.exports.track_lists.track_list import TrackList, TrackListFormat

NAMESPACE = "http://xspf.org/ns/0/"


class Xspf(TrackListFormat):
    extension = "xspf"
    label = "XSPF"
    purpose = "for players, with all that is known"
    media_type = "application/xspf+xml"

    @classmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        # The generator's own wrapper would pass each bracket on by itself.
        text = io.TextIOWrapper(file, "utf-8", newline="")
        xml = XMLGenerator(text, "utf-8")
        xml.startDocument()
        xml.startElement("playlist", {"version": "1", "xmlns": NAMESPACE})  # type: ignore[arg-type]
        _write_fields(xml, fields_of_heading(tracks.heading))
        xml.startElement("trackList", {})  # type: ignore[arg-type]
        for track in tracks.tracks():
            xml.characters("\n")
            xml.startElement("track", {})  # type: ignore[arg-type]
            _write_fields(xml, fields_of_track(track, tracks.heading))
            xml.endElement("track")
        xml.characters("\n")
        xml.endElement("trackList")
        xml.endElement("playlist")
        xml.endDocument()
        text.detach()


def _write_fields(xml: XMLGenerator, fields: Fields) -> None:
    """Write an element for each value of ``fields``."""
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            xml.startElement(name, {})  # type: ignore[arg-type]
            xml.characters(str(each))
            xml.endElement(name)
