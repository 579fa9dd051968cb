"""The files of a list of tracks: their addresses, and how one is sent."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter

from musicdb.exports.track_lists import TRACK_LIST_FORMATS, Heading, TrackListFormat, write_track_list
from musicdb.music import normalise_name
from musicdb.pages.context import site_of
from musicdb.pages.downloads import written

_FORMATS = {one.extension: one for one in TRACK_LIST_FORMATS}
# What a name of a file cannot have on some systems.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
# The kinds of characters that turn the text beside them round.
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# Systems take 255 bytes for a name with its ending.
MAX_NAME = 200


class TrackListFormatConverter(StringConverter):
    """The ending of an address that says in which format its tracks are."""

    regex = "|".join(_FORMATS)


register_converter(TrackListFormatConverter, "track_list_format")


@dataclass(frozen=True)
class TrackFile:
    """A file that a page offers: its format and its address."""

    format: type[TrackListFormat]
    address: str

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.format.media_type.split(";")[0]


def files_of(view: str, *arguments: str | int, query: str = "") -> list[TrackFile]:
    """Return the files of the list at the address of this name with these arguments, one for each format."""
    ending = f"?{query}" if query else ""
    return [TrackFile(one, reverse(view, args=[*arguments, one.extension]) + ending) for one in TRACK_LIST_FORMATS]


def heading_of(request: HttpRequest, title: str, page: str, **facts: Any) -> Heading:
    """Return the heading of the list that ``page``, a path, shows. One query, for the name of the site."""
    absolute = request.build_absolute_uri
    return Heading(title, site_of(request).name, absolute(page), absolute, **facts)


def send_tracks(request: HttpRequest, heading: Heading, tracks: QuerySet[Any], extension: str) -> HttpResponseBase:
    """Send ``tracks`` in their order as a file."""
    file_format = _FORMATS[extension]
    file = written(lambda file: write_track_list(file, heading, tracks, file_format))
    return FileResponse(
        file,
        as_attachment=file_format.is_attachment,
        filename=f"{_file_name(heading.title)}.{extension}",
        content_type=file_format.media_type,
    )


def _file_name(title: str) -> str:
    """Return ``title`` as the name of a file on any system: short enough, with no sign that turns its ending round."""
    name = _NOT_IN_NAMES.sub(" ", title)
    name = "".join(one for one in name if unicodedata.bidirectional(one) not in _TURNING)
    name = normalise_name(name).encode()[:MAX_NAME].decode(errors="ignore").strip(". ")
    return name or "tracks"
