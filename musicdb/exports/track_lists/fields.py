"""What XSPF says of a list and of a track. JSPF is the same in JSON."""

from collections.abc import Mapping

from django.utils.encoding import iri_to_uri

from musicdb.exports.track_lists.track_list import (
    Heading,
    artists_of,
    identifiers_of,
    image_of,
    location_of,
    one_line,
)
from musicdb.models import Track

# What is unknown is left out.
Fields = Mapping[str, str | int | list[str]]


def fields_of_heading(heading: Heading) -> Fields:
    return _known(
        {
            "title": one_line(heading.title),
            "creator": one_line(heading.creator),
            "annotation": one_line(heading.annotation),
            "info": iri_to_uri(heading.page),
            "image": iri_to_uri(heading.image),
            "date": heading.date.isoformat(timespec="seconds") if heading.date else "",
        }
    )


def fields_of_track(track: Track, heading: Heading) -> Fields:
    """Return what is known of ``track``. Its length is in milliseconds."""
    location = location_of(track)
    return _known(
        {
            "location": [location] if location else [],
            "identifier": identifiers_of(track),
            "title": one_line(track.title),
            "creator": artists_of(track),
            "info": heading.absolute(track.get_absolute_url()),
            "image": image_of(track),
            "album": one_line(track.album.title) if track.album else "",
            "trackNum": track.track_number,
            "duration": track.duration_ms,
        }
    )


def _known(fields: Mapping[str, str | int | list[str] | None]) -> Fields:
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}
