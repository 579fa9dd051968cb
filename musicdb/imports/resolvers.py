"""What the catalogue has already of the entities that files name, and what is new. Reads only.

A resolver is asked for many entities at once (``load``) and then answers for each (``get``), so that the number of
queries grows with batches and not with rows. What it has not got it makes, unsaved, once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from musicdb.db.bulk import in_batches
from musicdb.imports.records import AlbumRecord, ArtistRecord, NamedRecord, name_of, slug_of
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    TrackArtist,
)
from musicdb.music.names import name_key
from musicdb.music.release_dates import format_release_date

Released = tuple[date, str]


@dataclass(eq=False, slots=True)
class Entity:
    """A genre, artist or label of the plan: a row that exists (``pk``), or one to be created.

    ``before``: the values that an existing row had where the plan changes them. ``slug``: the address that a new row
    asks for. ``values``: the columns that a row of its own says something about. ``aliases``: aliases to be
    new_plan or completed.
    """

    name: str
    pk: int | None = None
    spotify_id: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    slug: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    aliases: list["PlannedAlias"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class PlannedAlias:
    """An alias of an entity: a row that exists (``pk``), or one to be created."""

    name: str
    slug: str | None = None
    spotify_id: str | None = None
    pk: int | None = None


@dataclass(eq=False, slots=True)
class AlbumEntity(Entity):
    """An album of the plan. ``artists``: who has a track on it, as far as that had to be known."""

    released: Released | None = None
    image_url: str = ""
    labels: list[Entity] = field(default_factory=list)
    artists: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def learn(self, column: str, value: Any) -> None:
        """Take over what a file says. Of what a file says twice, the first counts."""
        if not value or column in self.said:
            return
        self.said.add(column)
        if value != (old := getattr(self, column)):
            if self.pk is not None:
                self.before[column] = old
            setattr(self, column, value)


class NamedResolver:
    """Things of a kind of which no two share a name: by their names, folded, and by their aliases.

    ``by_slug`` has those that the file gives an address.
    """

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.by_pk: dict[int, Entity] = {}
        self.by_slug: dict[str, Entity] = {}
        self.new_plan: list[Entity] = []

    @staticmethod
    def fold(name: str) -> str:
        return name

    def known(self, pk: int, name: str) -> Entity:
        if (entity := self.by_pk.get(pk)) is None:
            entity = self.by_pk[pk] = Entity(name, pk)
        return entity

    def make(self, entity: Entity) -> Entity:
        self.new_plan.append(entity)
        self.entities.setdefault(self.fold(entity.name), entity)
        return entity

    def get(self, named: str | NamedRecord) -> Entity:
        name, slug = name_of(named), slug_of(named)
        entity = self.by_slug.get(slug) or self.entities.get(self.fold(name)) or self.make(Entity(name, slug=slug))
        if slug:
            self.by_slug.setdefault(slug, entity)
        return entity

    def new(self) -> list[Entity]:
        return self.new_plan

    def changed(self) -> list[Entity]:
        return [entity for entity in self.by_pk.values() if entity.before]


class GenreResolver(NamedResolver):
    """Genres, which differ in their names without regard to case."""

    @staticmethod
    def fold(name: str) -> str:
        return name_key(name)

    def load(self) -> None:
        """Load all. A library has some thousands at the most. Two queries."""
        for pk, name in Genre.objects.order_by("pk").values_list("pk", "name"):
            self.entities.setdefault(self.fold(name), self.known(pk, name))
        for name, pk in GenreAlias.objects.values_list("name", "target"):
            self.entities.setdefault(self.fold(name), self.by_pk[pk])


class LabelResolver(NamedResolver):
    """Labels, by their names to the letter."""

    def load(self, names: Iterable[str]) -> None:
        """Two queries a batch."""
        for batch in in_batches(names):
            for pk, name in Label.objects.filter(name__in=batch).order_by().values_list("pk", "name"):
                self.entities[name] = self.known(pk, name)
            aliases = LabelAlias.objects.filter(name__in=batch).order_by()
            for name, pk, target in aliases.values_list("name", "target", "target__name"):
                self.entities.setdefault(name, self.known(pk, target))


class ArtistResolver:
    """Artists, by their Spotify ids; by their addresses or names where a file has no more.

    ``by_slug`` has those that the file gives an address: none of them is meant by another address of their name.
    """

    def __init__(self) -> None:
        self.by_pk: dict[int, Entity] = {}
        self.by_slug: dict[str, Entity] = {}
        self.by_id: dict[str, Entity] = {}
        self.by_name: dict[str, list[Entity]] = {}
        self.new_plan: list[Entity] = []
        self._addressed: set[Entity] = set()

    def load(self, artists: Iterable[ArtistRecord]) -> None:
        """Four queries a batch."""
        wanted = list(artists)
        for batch in in_batches(dict.fromkeys(artist.spotify_id for artist in wanted if artist.spotify_id)):
            self._load(Artist.objects.filter(spotify_id__in=batch))
            aliases = ArtistAlias.objects.filter(spotify_id__in=batch).order_by()
            for row in aliases.values_list("spotify_id", "target", "target__name", "target__spotify_id"):
                alias, pk, name, spotify_id = row
                self.by_id.setdefault(str(alias), self.known(pk, name, spotify_id))
        for batch in in_batches(dict.fromkeys(artist.name for artist in wanted)):
            self._load(Artist.objects.filter(name__in=batch))
            aliases = ArtistAlias.objects.filter(name__in=batch).order_by("pk")
            for row in aliases.values_list("name", "target", "target__name", "target__spotify_id"):
                alias, pk, name, spotify_id = row
                entity = self.known(pk, name, spotify_id)
                if entity not in (homonyms := self.by_name.setdefault(alias, [])):
                    homonyms.append(entity)

    def _load(self, artists: Any) -> None:
        for columns in artists.order_by("pk").values_list("pk", "name", "spotify_id"):
            self.known(*columns)

    def known(self, pk: int, name: str, spotify_id: str | None) -> Entity:
        """Return the artist of a row; several rows of one name stand in the order in which they are first met."""
        if (entity := self.by_pk.get(pk)) is None:
            entity = self.by_pk[pk] = Entity(name, pk, spotify_id)
            self._put(entity)
        return entity

    def _put(self, entity: Entity) -> None:
        self.by_name.setdefault(entity.name, []).append(entity)
        if entity.spotify_id:
            self.by_id[entity.spotify_id] = entity

    def get(self, record: ArtistRecord, likely: Sequence[Entity] = ()) -> Entity:
        """Return the artist of ``record``. ``likely``: those that the track has so far, who come before homonyms."""
        if record.spotify_id and (entity := self.by_id.get(record.spotify_id)):
            return entity
        if entity := self.by_slug.get(record.slug):
            return entity
        homonyms = self.by_name.get(record.name, [])
        if record.slug:
            homonyms = [entity for entity in homonyms if entity not in self._addressed]
        if record.spotify_id:
            # Somebody who was known by name alone now gets the id; whoever has another id is another.
            homonyms = [entity for entity in homonyms if entity.spotify_id is None]
        entity = next((entity for entity in likely if entity in homonyms), None) or next(iter(homonyms), None)
        if entity is None:
            entity = self.make(Entity(record.name, spotify_id=record.spotify_id, slug=record.slug))
        elif record.spotify_id:
            if entity.pk is not None:
                entity.before["spotify_id"] = None
            entity.spotify_id = record.spotify_id
            self.by_id[record.spotify_id] = entity
        if record.slug:
            self.address(record.slug, entity)
        return entity

    def make(self, entity: Entity) -> Entity:
        self.new_plan.append(entity)
        self._put(entity)
        return entity

    def address(self, slug: str, entity: Entity) -> None:
        self.by_slug[slug] = entity
        self._addressed.add(entity)

    def new(self) -> list[Entity]:
        return self.new_plan

    def changed(self) -> list[Entity]:
        return [entity for entity in self.by_pk.values() if entity.before]


class AlbumResolver:
    """Albums, by their Spotify ids or addresses; else by title, as far as date, labels and artists do not tell them
    apart."""

    def __init__(self, labels: LabelResolver) -> None:
        self.labels = labels
        self.by_pk: dict[int, AlbumEntity] = {}
        self.by_id: dict[str, AlbumEntity] = {}
        self.by_title: dict[str, list[AlbumEntity]] = {}
        self.by_slug: dict[str, AlbumEntity] = {}
        # By title those that have rows of their own: who says no more than a title means one of them.
        self.reported: dict[str, list[AlbumEntity]] = {}
        self.new_plan: list[AlbumEntity] = []
        self._addressed: set[AlbumEntity] = set()

    def load(self, albums: Iterable[AlbumRecord]) -> None:
        """Four queries a batch."""
        wanted = list(albums)
        for batch in in_batches(dict.fromkeys(album.spotify_id for album in wanted if album.spotify_id)):
            self._load(Album.objects.filter(spotify_id__in=batch))
        for batch in in_batches(dict.fromkeys(album.title for album in wanted)):
            self._load(Album.objects.filter(title__in=batch))

    def load_keys(self, keys: Iterable[int]) -> None:
        for batch in in_batches(key for key in keys if key not in self.by_pk):
            self._load(Album.objects.filter(pk__in=batch))

    def _load(self, albums: Any) -> None:
        columns = ("pk", "title", "spotify_id", "release_date", "release_precision", "image_url")
        loaded: list[int] = []
        for pk, title, spotify_id, day, precision, image_url in albums.order_by("pk").values_list(*columns):
            if pk not in self.by_pk:
                released = (day, precision) if day else None
                self.by_pk[pk] = album = AlbumEntity(title, pk, spotify_id, released=released, image_url=image_url)
                self._put(album)
                loaded.append(pk)
        for batch in in_batches(loaded):
            rows = AlbumLabel.objects.filter(album__in=batch).order_by("album", "position")
            for pk, label, name in rows.values_list("album", "label", "label__name"):
                self.by_pk[pk].labels.append(self.labels.known(label, name))
            names = TrackArtist.objects.filter(track__album__in=batch).order_by()
            for pk, name in names.values_list("track__album", "artist__name").distinct():
                self.by_pk[pk].artists.add(name)

    def _put(self, album: AlbumEntity) -> None:
        self.by_title.setdefault(album.name, []).append(album)
        if album.spotify_id:
            self.by_id[album.spotify_id] = album

    def get(self, record: AlbumRecord, artists: Sequence[str], current: AlbumEntity | None) -> AlbumEntity:
        """Return the album of ``record``, and have it learn from them.

        ``artists``: the names of a track's; ``current``: the album that the track is on so far.
        """
        labels = [self.labels.get(name) for name in record.labels]
        labels = list(dict.fromkeys(labels))
        album = self.by_id.get(record.spotify_id) if record.spotify_id else self.by_slug.get(record.slug)
        free = [one for one in self.by_title.get(record.title, ()) if not record.slug or one not in self._addressed]
        if (
            album is None
            and record == AlbumRecord(record.title)
            and len(reported := self.reported.get(record.title, [])) == 1
        ):
            album = reported[0]
        if album is None and current in free and _ids_agree(current, record):
            album = current
        if album is None:
            album = next((one for one in free if _is_meant(one, record, labels, artists)), None)
        if album is None:
            album = self.make(AlbumEntity(record.title, spotify_id=record.spotify_id, slug=record.slug))
        if record.slug:
            self.address(record.slug, album)
        self.teach(album, record, labels)
        album.artists.update(artists)
        return album

    def make(self, album: AlbumEntity) -> AlbumEntity:
        self.new_plan.append(album)
        self._put(album)
        return album

    def address(self, slug: str, album: AlbumEntity) -> None:
        self.by_slug[slug] = album
        self._addressed.add(album)

    def teach(self, album: AlbumEntity, record: AlbumRecord, labels: list[Entity]) -> None:
        if record.spotify_id and album.spotify_id is None:
            album.learn("spotify_id", record.spotify_id)
            self.by_id[record.spotify_id] = album
        album.learn("released", record.released)
        album.learn("image_url", record.image_url)
        album.learn("labels", labels)

    def new(self) -> list[AlbumEntity]:
        return self.new_plan

    def changed(self) -> list[AlbumEntity]:
        return [album for album in self.by_pk.values() if album.before]


def _ids_agree(album: AlbumEntity, record: AlbumRecord) -> bool:
    return record.spotify_id is None or album.spotify_id in (None, record.spotify_id)


def _is_meant(album: AlbumEntity, record: AlbumRecord, labels: list[Entity], artists: Sequence[str]) -> bool:
    """Return whether ``album``, of the same title, can be the one of ``record``.

    Date and labels must not speak against it; and both must speak for it, or else an artist must be on both.
    """
    if not _ids_agree(album, record):
        return False
    if album.released and record.released and not _dates_agree(album.released, record.released):
        return False
    if album.labels and labels and set(album.labels) != set(labels):
        return False
    if album.released and record.released and album.labels and labels:
        return True
    return not album.artists.isdisjoint(artists)


def _dates_agree(one: Released, other: Released) -> bool:
    shorter, longer = sorted((format_release_date(*one), format_release_date(*other)), key=len)
    return longer.startswith(shorter)
