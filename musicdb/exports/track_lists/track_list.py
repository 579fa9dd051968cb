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
class ListedTrack:
    """A track with its album, and the names of its artists in order, with commas between."""

    track: Track
    artists: str

    @property
    def title(self) -> str:
        return one_line(self.track.title)

    @property
    def album(self) -> str:
        return one_line(self.track.album.title) if self.track.album else ""

    @property
    def location(self) -> str:
        """Where the track can be heard, "" if that is unknown."""
        return iri_to_uri(self.track.spotify_url)

    @property
    def identifiers(self) -> list[str]:
        """The URIs that name the track wherever it is.

        There is no registered name space for ISRCs. ``urn:isrc:`` is what other programs write and read.
        """
        spotify = [f"spotify:track:{self.track.spotify_id}"] if self.track.spotify_id else []
        return [iri_to_uri(uri) for uri in [*spotify, *([f"urn:isrc:{self.track.isrc}"] if self.track.isrc else [])]]

    @property
    def image(self) -> str:
        return iri_to_uri(self.track.album.art) if self.track.album else ""


@dataclass(frozen=True)
class TrackList:
    """A heading and the keys of the tracks in order. A track may be in the list twice."""

    heading: Heading
    keys: Sequence[int]

    def tracks(self) -> Iterator[ListedTrack]:
        """Yield the tracks in order. Two queries for BATCH tracks."""
        for start in range(0, len(self.keys), BATCH):
            batch = self.keys[start : start + BATCH]
            # The artists are names, not rows: rows that name each other stay in memory until Python looks for such.
            names = Track.objects.artist_names_of(set(batch))
            rows = Track.objects.filter(pk__in=one_of(set(batch))).with_listed_columns()
            found = {track.pk: ListedTrack(track, ", ".join(map(one_line, names.get(track.pk, ())))) for track in rows}
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
