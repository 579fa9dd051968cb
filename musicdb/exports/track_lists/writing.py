"""Write a list of tracks to a file, as it is at one moment."""

from typing import IO, Any

from django.db.models import QuerySet

from musicdb.db import repeatable_read
from musicdb.exports.lists import keys_of
from musicdb.exports.track_lists.track_list import Heading, TrackList, TrackListFormat


def write_track_list(
    file: IO[bytes], heading: Heading, tracks: QuerySet[Any], file_format: type[TrackListFormat]
) -> None:
    """Write ``tracks`` to ``file`` in their order: one query for the order, then some for each batch of tracks."""
    with repeatable_read():
        file_format.write(file, TrackList(heading, keys_of(tracks)))
