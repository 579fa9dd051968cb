"""What a row of a file says, as values that the catalogue can store. No database here."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from musicdb.imports.plays import Plays
from musicdb.music import Precision, search_key


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A genre or label as a row mentions it. ``slug`` is its slug in the library that the file comes from."""

    name: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class ArtistRecord:
    """An artist as a row mentions it.

    One of several artists for whom a joint name stands has the ``key`` of its row in the library, and the ``joint``
    mention that the file has in their place.
    """

    name: str
    spotify_id: str | None = None
    slug: str = ""
    key: int | None = None
    joint: "ArtistRecord | None" = None


@dataclass(frozen=True, slots=True)
class AliasRecord:
    """An alias of a row of the catalogue. ``slug`` is the one that it had as a row of its own.

    The Spotify id, the UPC and the ISRC lead to the row as well: it had them before, or a row that was merged into it.
    ``joint_position`` is the place of the artist among those for whom a joint name stands.
    """

    name: str
    slug: str | None = None
    spotify_id: str | None = None
    upc: str = ""
    isrc: str = ""
    joint_position: int | None = None


@dataclass(frozen=True, slots=True)
class AlbumRecord:
    """An album as a track's row mentions it, or in a row of its own. None and empty mean that the row does not say."""

    title: str
    spotify_id: str | None = None
    released: tuple[date, Precision] | None = None
    image_url: str = ""
    labels: tuple[str | NamedRecord, ...] = ()
    slug: str = ""
    artists: tuple[ArtistRecord, ...] = ()
    album_type: str = ""
    upc: str = ""
    copyrights: str = ""
    aliases: tuple[AliasRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """A genre, artist or label in a row of its own. ``values`` has the columns that the row says something about."""

    model: str
    slug: str
    name: str
    spotify_id: str | None = None
    values: tuple[tuple[str, Any], ...] = ()
    aliases: tuple[AliasRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """When the track of a row was added to the playlist that the file is, and by whom."""

    added_at: datetime | None = None
    added_by: str = ""


NO_FACTS = EntryRecord()


@dataclass(frozen=True, slots=True)
class PlaylistEntryRecord:
    """An entry of a playlist in a row of its own. Both are named by their slugs."""

    playlist: str
    track: str
    position: int
    entry: EntryRecord


@dataclass(slots=True)
class TrackRecord:
    """A track. ``values`` has the columns of ``Track`` that the row says something about.

    ``says_source`` is whether the row itself says where its audio features come from. ``entry`` is what the row says
    of the track's place in the playlist. ``must_exist`` is whether the row says too little to create a track.
    ``playlist`` is the name of the playlist that the row says the track is in, where one file has several. ``plays``
    are those that the row knows of.

    ``own_keys`` are what the file itself calls the track, by which other rows of the import mean it.

    ``only_fills_features`` is whether the audio features are for a track that has none.

    ``is_mention`` is whether the row names the track only to say something else, such as that it was played. The names
    then lead to a track, and are those of a new one. An existing track keeps its own.
    """

    title: str
    artists: tuple[ArtistRecord, ...]
    spotify_id: str | None = None
    album: AlbumRecord | None = None
    genres: tuple[str | NamedRecord, ...] = ()
    values: MutableMapping[str, Any] = field(default_factory=dict)
    slug: str = ""
    says_source: bool = False
    entry: EntryRecord = NO_FACTS
    must_exist: bool = False
    playlist: str = ""
    plays: Plays | None = None
    is_mention: bool = False
    own_keys: tuple[str, ...] = ()
    only_fills_features: bool = False
    aliases: tuple[AliasRecord, ...] = ()

    def add_plays(self, other: "TrackRecord") -> None:
        if self.plays and other.plays:
            self.plays.add(other.plays)
        self.plays = self.plays or other.plays

    @property
    def key(self) -> Any:
        """What makes two rows one track: the Spotify id, else the slug, else what the file calls it.

        A row that has none of them is known by title, artists and album together.
        """
        if self.spotify_id:
            return self.spotify_id
        if self.slug:
            return self.key_of_slug(self.slug)
        if self.own_keys:
            return self.own_key(self.own_keys[0])
        # Without artists, a title means little.
        if not self.artists and (isrc := self.values.get("isrc")):
            return "isrc", isrc
        names = tuple(artist.name for artist in self.artists)
        return self.key_of_names(self.title, names, self.album.title if self.album else "")

    @staticmethod
    def key_of_slug(slug: str) -> tuple[str, str]:
        return "slug", slug

    @staticmethod
    def own_key(own: str) -> tuple[str, str]:
        return "own", own

    @staticmethod
    def key_of_names(title: str, artists: tuple[str, ...], album: str) -> tuple[str, tuple[str, ...], str]:
        return title, artists, album


# The title, artists and album of a track, folded.
Names = tuple[str, tuple[str, ...], str]


def names_of(record: TrackRecord) -> Names:
    """Return the title, artists and album of a record, folded."""
    artists = tuple(search_key(artist.name) for artist in record.artists)
    return search_key(record.title), artists, search_key(record.album.title) if record.album else ""


Record = TrackRecord | AlbumRecord | EntityRecord | PlaylistEntryRecord
# Files mostly give genres and labels by name alone. A text then takes less memory than a record.
Mention = str | NamedRecord | ArtistRecord


def name_of(mention: Mention) -> str:
    return mention if isinstance(mention, str) else mention.name


def slug_of(mention: Mention) -> str:
    return "" if isinstance(mention, str) else mention.slug


def key_of(mention: Mention) -> int | None:
    return mention.key if isinstance(mention, ArtistRecord) else None


def spotify_id_of(mention: Mention) -> str | None:
    return mention.spotify_id if isinstance(mention, ArtistRecord) else None
