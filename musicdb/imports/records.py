"""What a row of a file says, once it is read: values as the catalogue writes them. No database here."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from musicdb.music.release_dates import Precision


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A genre or label as a row names it. ``slug``: the address that it has where the file comes from, if it says."""

    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ArtistRecord:
    name: str
    spotify_id: str | None = None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class AlbumRecord:
    """An album as a track's row names it. None and empty mean that the row does not say."""

    title: str
    spotify_id: str | None = None
    released: tuple[date, Precision] | None = None
    image_url: str = ""
    labels: tuple[str | NamedRecord, ...] = ()
    slug: str = ""


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """An alias of a genre, artist or label; ``slug`` and ``spotify_id`` are what it had as an entity of its
    own."""

    name: str
    slug: str | None = None
    spotify_id: str | None = None


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """A genre, artist or label in a row of its own: ``model`` says which. ``values`` are of what it says only."""

    model: str
    slug: str
    name: str
    spotify_id: str | None = None
    values: tuple[tuple[str, Any], ...] = ()
    aliases: tuple[AliasRecord, ...] = ()


@dataclass(slots=True)
class TrackRecord:
    """A track. ``values`` has the columns of ``Track`` that the row says something about, and no others.

    ``says_source``: whether the row itself says where its features come from.
    """

    title: str
    artists: tuple[ArtistRecord, ...]
    spotify_id: str | None = None
    album: AlbumRecord | None = None
    genres: tuple[str | NamedRecord, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    slug: str = ""
    says_source: bool = False

    @property
    def key(self) -> Any:
        """What makes two rows one track: the Spotify id; without one, the address; without both, the title, the
        artists and the album."""
        if self.spotify_id:
            return self.spotify_id
        if self.slug:
            return self.key_of_slug(self.slug)
        names = tuple(artist.name for artist in self.artists)
        return self.key_of_names(self.title, names, self.album.title if self.album else "")

    @staticmethod
    def key_of_slug(slug: str) -> tuple[str, str]:
        return "slug", slug

    @staticmethod
    def key_of_names(title: str, artists: tuple[str, ...], album: str) -> tuple[str, tuple[str, ...], str]:
        return title, artists, album


def name_of(named: str | NamedRecord) -> str:
    return named if isinstance(named, str) else named.name


def slug_of(named: str | NamedRecord) -> str:
    return "" if isinstance(named, str) else named.slug


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where a row stands: the file within the upload, and the row's number as a spreadsheet counts, header first."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: where, in which column ("" for the row as a whole), and what to do about it."""

    ref: RowRef
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.ref}{self.column and f', {self.column}'}: {self.message}"


class ImportRefusedError(Exception):
    """A file, or the library's state, that makes an import impossible; says what to do. Nothing was changed."""


class RowRefusedError(ValueError):
    """A cell that cannot be stored; ``column`` is its heading in the file."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


class RowSkipped(Exception):  # noqa: N818 (it is no error)
    """A row that holds no track, and says nothing wrong either."""
