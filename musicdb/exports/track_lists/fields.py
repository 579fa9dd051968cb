"""What XSPF says of a list and of a track. JSPF is the same in JSON."""

from collections.abc import Mapping

from django.utils.encoding import iri_to_uri

from musicdb.exports.track_lists.track_list import Heading, ListedTrack, one_line

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


def fields_of_track(track: ListedTrack, heading: Heading) -> Fields:
    """Return what is known of ``track``. Its length is in milliseconds."""
    return _known(
        {
            "location": [track.location] if track.location else [],
            "identifier": track.identifiers,
            "title": track.title,
            "creator": track.artists,
            "info": heading.absolute(track.track.get_absolute_url()),
            "image": track.image,
            "album": track.album,
            "trackNum": track.track.track_number,
            "duration": track.track.duration_ms,
        }
    )


def _known(fields: Mapping[str, str | int | list[str] | None]) -> Fields:
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}
