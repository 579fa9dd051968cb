"""What the catalogue has already of the things that files name, and what is new. Reads only.

A shelf is asked for many things at once (``load``) and then answers for each (``get``), so that the number of
queries grows with batches and not with rows. What it has not got it makes, unsaved, once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from musicdb.db.bulk import in_batches
from musicdb.imports.records import AlbumFacts, ArtistFacts, NamedFacts, name_of, slug_of
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
from musicdb.music.release_dates import format_release_date

Released = tuple[date, str]


@dataclass(eq=False, slots=True)
class Thing:
    """A genre, artist or label of the plan: a row that exists (``pk``), or one to be made.

    ``before``: the values that an existing row had where the plan changes them. ``slug``: the address that a new row
    asks for. ``values``: the columns that a row of its own says something about. ``spellings``: other spellings to be
    made or completed.
    """

    name: str
    pk: int | None = None
    spotify_id: str | None = None
    before: dict[str, Any] = field(default_factory=dict)
    slug: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    spellings: list["Spelling"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Spelling:
    """Another spelling of a thing: a row that exists (``pk``), or one to be made."""

    name: str
    slug: str | None = None
    spotify_id: str | None = None
    pk: int | None = None


@dataclass(eq=False, slots=True)
class AlbumThing(Thing):
    """An album of the plan. ``artists``: who has a track on it, as far as that had to be known."""

    released: Released | None = None
    image_url: str = ""
    labels: list[Thing] = field(default_factory=list)
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


class NamedShelf:
    """Things of a kind of which no two share a name: by their names, folded, and by their other spellings.

    ``by_slug`` has those that the file gives an address.
    """

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.by_pk: dict[int, Thing] = {}
        self.by_slug: dict[str, Thing] = {}
        self.made: list[Thing] = []

    @staticmethod
    def fold(name: str) -> str:
        return name

    def known(self, pk: int, name: str) -> Thing:
        if (thing := self.by_pk.get(pk)) is None:
            thing = self.by_pk[pk] = Thing(name, pk)
        return thing

    def make(self, thing: Thing) -> Thing:
        self.made.append(thing)
        self.things.setdefault(self.fold(thing.name), thing)
        return thing

    def get(self, named: str | NamedFacts) -> Thing:
        name, slug = name_of(named), slug_of(named)
        thing = self.by_slug.get(slug) or self.things.get(self.fold(name)) or self.make(Thing(name, slug=slug))
        if slug:
            self.by_slug.setdefault(slug, thing)
        return thing

    def new(self) -> list[Thing]:
        return self.made

    def changed(self) -> list[Thing]:
        return [thing for thing in self.by_pk.values() if thing.before]


class GenreShelf(NamedShelf):
    """Genres, which are told apart by their names without regard to case."""

    @staticmethod
    def fold(name: str) -> str:
        return name.lower()

    def load(self) -> None:
        """Load all. A library has some thousands at the most. Two queries."""
        for pk, name in Genre.objects.order_by("pk").values_list("pk", "name"):
            self.things.setdefault(self.fold(name), self.known(pk, name))
        for name, pk in GenreAlias.objects.values_list("name", "target"):
            self.things.setdefault(self.fold(name), self.by_pk[pk])


class LabelShelf(NamedShelf):
    """Labels, by their names to the letter."""

    def load(self, names: Iterable[str]) -> None:
        """Two queries a batch."""
        for batch in in_batches(names):
            for pk, name in Label.objects.filter(name__in=batch).order_by().values_list("pk", "name"):
                self.things[name] = self.known(pk, name)
            aliases = LabelAlias.objects.filter(name__in=batch).order_by()
            for name, pk, target in aliases.values_list("name", "target", "target__name"):
                self.things.setdefault(name, self.known(pk, target))


class ArtistShelf:
    """Artists, by their Spotify ids; by their addresses or names where a file has no more.

    ``by_slug`` has those that the file gives an address: none of them is meant by another address of their name.
    """

    def __init__(self) -> None:
        self.by_pk: dict[int, Thing] = {}
        self.by_slug: dict[str, Thing] = {}
        self.by_id: dict[str, Thing] = {}
        self.by_name: dict[str, list[Thing]] = {}
        self.made: list[Thing] = []
        self._addressed: set[Thing] = set()

    def load(self, artists: Iterable[ArtistFacts]) -> None:
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
                thing = self.known(pk, name, spotify_id)
                if thing not in (homonyms := self.by_name.setdefault(alias, [])):
                    homonyms.append(thing)

    def _load(self, artists: Any) -> None:
        for columns in artists.order_by("pk").values_list("pk", "name", "spotify_id"):
            self.known(*columns)

    def known(self, pk: int, name: str, spotify_id: str | None) -> Thing:
        """Return the artist of a row; several rows of one name stand in the order in which they are first met."""
        if (thing := self.by_pk.get(pk)) is None:
            thing = self.by_pk[pk] = Thing(name, pk, spotify_id)
            self._put(thing)
        return thing

    def _put(self, thing: Thing) -> None:
        self.by_name.setdefault(thing.name, []).append(thing)
        if thing.spotify_id:
            self.by_id[thing.spotify_id] = thing

    def get(self, facts: ArtistFacts, likely: Sequence[Thing] = ()) -> Thing:
        """Return the artist of ``facts``. ``likely``: those that the track has so far, who come before homonyms."""
        if facts.spotify_id and (thing := self.by_id.get(facts.spotify_id)):
            return thing
        if thing := self.by_slug.get(facts.slug):
            return thing
        homonyms = self.by_name.get(facts.name, [])
        if facts.slug:
            homonyms = [thing for thing in homonyms if thing not in self._addressed]
        if facts.spotify_id:
            # Somebody who was known by name alone now gets the id; whoever has another id is another.
            homonyms = [thing for thing in homonyms if thing.spotify_id is None]
        thing = next((thing for thing in likely if thing in homonyms), None) or next(iter(homonyms), None)
        if thing is None:
            thing = self.make(Thing(facts.name, spotify_id=facts.spotify_id, slug=facts.slug))
        elif facts.spotify_id:
            if thing.pk is not None:
                thing.before["spotify_id"] = None
            thing.spotify_id = facts.spotify_id
            self.by_id[facts.spotify_id] = thing
        if facts.slug:
            self.address(facts.slug, thing)
        return thing

    def make(self, thing: Thing) -> Thing:
        self.made.append(thing)
        self._put(thing)
        return thing

    def address(self, slug: str, thing: Thing) -> None:
        self.by_slug[slug] = thing
        self._addressed.add(thing)

    def new(self) -> list[Thing]:
        return self.made

    def changed(self) -> list[Thing]:
        return [thing for thing in self.by_pk.values() if thing.before]


class AlbumShelf:
    """Albums, by their Spotify ids or addresses; else by title, as far as date, labels and artists do not tell them
    apart."""

    def __init__(self, labels: LabelShelf) -> None:
        self.labels = labels
        self.by_pk: dict[int, AlbumThing] = {}
        self.by_id: dict[str, AlbumThing] = {}
        self.by_title: dict[str, list[AlbumThing]] = {}
        self.by_slug: dict[str, AlbumThing] = {}
        # By title those that have rows of their own: who says no more than a title means one of them.
        self.told: dict[str, list[AlbumThing]] = {}
        self.made: list[AlbumThing] = []
        self._addressed: set[AlbumThing] = set()

    def load(self, albums: Iterable[AlbumFacts]) -> None:
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
                self.by_pk[pk] = album = AlbumThing(title, pk, spotify_id, released=released, image_url=image_url)
                self._put(album)
                loaded.append(pk)
        for batch in in_batches(loaded):
            rows = AlbumLabel.objects.filter(album__in=batch).order_by("album", "position")
            for pk, label, name in rows.values_list("album", "label", "label__name"):
                self.by_pk[pk].labels.append(self.labels.known(label, name))
            names = TrackArtist.objects.filter(track__album__in=batch).order_by()
            for pk, name in names.values_list("track__album", "artist__name").distinct():
                self.by_pk[pk].artists.add(name)

    def _put(self, album: AlbumThing) -> None:
        self.by_title.setdefault(album.name, []).append(album)
        if album.spotify_id:
            self.by_id[album.spotify_id] = album

    def get(self, facts: AlbumFacts, artists: Sequence[str], current: AlbumThing | None) -> AlbumThing:
        """Return the album of ``facts``, and have it learn from them.

        ``artists``: the names of a track's; ``current``: the album that the track is on so far.
        """
        labels = [self.labels.get(name) for name in facts.labels]
        labels = list(dict.fromkeys(labels))
        album = self.by_id.get(facts.spotify_id) if facts.spotify_id else self.by_slug.get(facts.slug)
        free = [one for one in self.by_title.get(facts.title, ()) if not facts.slug or one not in self._addressed]
        if album is None and facts == AlbumFacts(facts.title) and len(told := self.told.get(facts.title, [])) == 1:
            album = told[0]
        if album is None and current in free and _ids_agree(current, facts):
            album = current
        if album is None:
            album = next((one for one in free if _is_meant(one, facts, labels, artists)), None)
        if album is None:
            album = self.make(AlbumThing(facts.title, spotify_id=facts.spotify_id, slug=facts.slug))
        if facts.slug:
            self.address(facts.slug, album)
        self.teach(album, facts, labels)
        album.artists.update(artists)
        return album

    def make(self, album: AlbumThing) -> AlbumThing:
        self.made.append(album)
        self._put(album)
        return album

    def address(self, slug: str, album: AlbumThing) -> None:
        self.by_slug[slug] = album
        self._addressed.add(album)

    def teach(self, album: AlbumThing, facts: AlbumFacts, labels: list[Thing]) -> None:
        if facts.spotify_id and album.spotify_id is None:
            album.learn("spotify_id", facts.spotify_id)
            self.by_id[facts.spotify_id] = album
        album.learn("released", facts.released)
        album.learn("image_url", facts.image_url)
        album.learn("labels", labels)

    def new(self) -> list[AlbumThing]:
        return self.made

    def changed(self) -> list[AlbumThing]:
        return [album for album in self.by_pk.values() if album.before]


def _ids_agree(album: AlbumThing, facts: AlbumFacts) -> bool:
    return facts.spotify_id is None or album.spotify_id in (None, facts.spotify_id)


def _is_meant(album: AlbumThing, facts: AlbumFacts, labels: list[Thing], artists: Sequence[str]) -> bool:
    """Return whether ``album``, of the same title, can be the one of ``facts``.

    Date and labels must not speak against it; and both must speak for it, or else an artist must be on both.
    """
    if not _ids_agree(album, facts):
        return False
    if album.released and facts.released and not _dates_agree(album.released, facts.released):
        return False
    if album.labels and labels and set(album.labels) != set(labels):
        return False
    if album.released and facts.released and album.labels and labels:
        return True
    return not album.artists.isdisjoint(artists)


def _dates_agree(one: Released, other: Released) -> bool:
    shorter, longer = sorted((format_release_date(*one), format_release_date(*other)), key=len)
    return longer.startswith(shorter)
