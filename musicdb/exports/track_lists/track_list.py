"""What the files of every format are made from: the heading of a list, and its tracks in order."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, ClassVar

from django.utils.encoding import iri_to_uri

from musicdb.db import one_of
from musicdb.models import Track
from musicdb.music import normalise_name

# So many tracks are read at once, so that the memory that a file needs does not grow with the list.
BATCH = 1_000
# What is left of the characters that XML 1.0 forbids (section 2.2) once the controls and the halves of pairs are gone.
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True)
class Heading:
    """What a list says of itself: its title, the site that made it, and the address of the page that shows it.

    ``date`` is when the list was made, None if that is unknown. ``absolute`` turns a path of the site into an address
    that works elsewhere.
    """

    title: str
    creator: str
    page: str
    absolute: Callable[[str], str]
    annotation: str = ""
    image: str = ""
    date: datetime | None = None


@dataclass(frozen=True)
class TrackList:
    """A heading and the keys of the tracks in order. A track may be in the list twice."""

    heading: Heading
    keys: Sequence[int]

    def tracks(self) -> Iterator[Track]:
        """Yield the tracks in order, each with its album and artists. Two queries for BATCH tracks."""
        for start in range(0, len(self.keys), BATCH):
            batch = self.keys[start : start + BATCH]
            found = {track.pk: track for track in Track.objects.filter(pk__in=one_of(set(batch))).for_track_list()}
            yield from (found[key] for key in batch if key in found)


class TrackListFormat(ABC):
    """A kind of file. ``extension`` ends its name; ``label`` and ``purpose`` are what visitors read."""

    extension: ClassVar[str]
    label: ClassVar[str]
    purpose: ClassVar[str]
    media_type: ClassVar[str]
    # Whether a browser saves the file and does not show it.
    is_attachment: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        """Write the list to ``file``, track by track."""


def one_line(text: str) -> str:
    """Return ``text`` on one line, of characters that every format can hold.

    >>> one_line("a\\nb\\x00\\uffff")
    'a b'
    """
    return _NO_CHARACTERS.sub("", normalise_name(text)).strip()


def artists_of(track: Track) -> str:
    return ", ".join(one_line(artist.name) for artist in track.artists_in_order)


def identifiers_of(track: Track) -> list[str]:
    """Return the URIs that name the track wherever it is.

    There is no registered name space for ISRCs. ``urn:isrc:`` is what other programs write and read.
    """
    identifiers = [f"spotify:track:{track.spotify_id}"] if track.spotify_id else []
    return [iri_to_uri(uri) for uri in [*identifiers, *([f"urn:isrc:{track.isrc}"] if track.isrc else [])]]


def location_of(track: Track) -> str:
    """Return where the track can be heard, "" if that is unknown."""
    return iri_to_uri(track.spotify_url)


def image_of(track: Track) -> str:
    return iri_to_uri(track.album.art) if track.album else ""
