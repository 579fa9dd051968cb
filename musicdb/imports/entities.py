"""Genres, artists, labels and albums that have rows of their own: which row of the catalogue each is, what changes.

Each is found by its Spotify id, else by its address, and by its name if the row has no address, or if only one can
have the name. Where it has been merged into something, it is that, and what its row says of it is of no interest any
more.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models

from musicdb.db.bulk import in_batches
from musicdb.imports.aliases import Spellings, same_genre
from musicdb.imports.records import (
    AlbumFacts,
    Place,
    Problem,
    RowRefusedError,
    ThingFacts,
    TrackFacts,
    name_of,
    slug_of,
)
from musicdb.imports.resolvers import AlbumThing, Thing
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias

if TYPE_CHECKING:
    from musicdb.imports.parse import Parsed, ParsedThing
    from musicdb.imports.plan import Plan


@dataclass(eq=False, slots=True)
class ThingPlan:
    """A row about a genre, artist, label or album that is new or changes."""

    place: Place
    model: str
    thing: Thing


@dataclass(frozen=True)
class _Kind:
    """What is told apart how. ``columns``: what a row can say besides name and Spotify id."""

    model: type[models.Model]
    aliases: type[models.Model]
    columns: tuple[str, ...]
    # As the database compares names; and whether only one can have a name.
    same: Callable[[str], str] = str
    is_unique: bool = True

    @property
    def read(self) -> tuple[str, ...]:
        return ("pk", "slug", "name", *(["spotify_id"] if self.model is Artist else []), *self.columns)


KINDS = (
    _Kind(Genre, GenreAlias, ("description",), same_genre),
    _Kind(Label, LabelAlias, ("is_public",)),
    _Kind(Artist, ArtistAlias, ("is_public",), is_unique=False),
)


@dataclass
class _Found:
    """What the catalogue has that rows may mean: keys by what leads to them, and the columns of each."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    by_slug: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    # What was merged into something, or spells it otherwise.
    merged_id: dict[str, int] = field(default_factory=dict)
    merged_slug: dict[str, int] = field(default_factory=dict)
    merged_name: dict[str, int] = field(default_factory=dict)


def plan_things(made: "Plan", parsed: "Parsed") -> None:
    """Add to ``made`` what the rows about things change. Rows that cannot be are added to ``parsed.problems``."""
    by_model: dict[str, list[ParsedThing]] = {}
    for row in parsed.things:
        by_model.setdefault(row.model, []).append(row)
    for kind in KINDS:
        if rows := by_model.get(kind.model.__name__):
            _Planner(made, parsed, kind, rows).plan()
    if rows := by_model.get("Album"):
        _plan_albums(made, parsed, rows)


class _Planner:
    def __init__(self, made: "Plan", parsed: "Parsed", kind: _Kind, rows: "Sequence[ParsedThing]") -> None:
        self.made, self.parsed, self.kind, self.rows = made, parsed, kind, rows
        shelves: dict[type[models.Model], Any] = {
            Genre: made.genres,
            Label: made.labels,
            Artist: made.artists,
        }
        self.shelf = shelves[kind.model]
        facts: list[Any] = [row.facts for row in rows]
        self.facts: list[ThingFacts] = facts
        self.ids = {one.spotify_id for one in self.facts if one.spotify_id}
        self.found = _load(kind, self.facts)
        self.spellings = Spellings(kind.aliases)
        self.spellings.load(self.facts, self.found.rows)
        # Who takes a row of the catalogue, or a name that only one can have.
        self.takers: dict[int, Place] = {}
        self.names: dict[str, int | Thing] = {name: keys[0] for name, keys in self.found.by_name.items()}

    def plan(self) -> None:
        # What is found by its name alone is none of those that are found otherwise.
        rows = sorted(zip(self.rows, self.facts, strict=True), key=lambda row: not row[1].slug)
        for row, facts in rows:
            try:
                self._plan(row.place, facts)
            except RowRefusedError as error:
                self.parsed.problems.append(Problem(row.place, error.column, error.message))

    def _plan(self, place: Place, facts: ThingFacts) -> None:
        pk, was_merged = self._find(facts)
        if was_merged and pk:
            self._address(facts, self._known(pk))
            self.made.things_unchanged[facts.model] += 1
            return
        if pk in self.takers:
            raise RowRefusedError("", f"is the same {facts.model.lower()} as {self.takers[pk]}.")
        self._refuse_taken_name(facts, pk)
        spellings = self.spellings.plan(facts, pk)
        thing = self._known(pk) if pk else self._new(facts)
        if pk:
            self.takers[pk] = place
            self._change(thing, facts, spellings)
        self.names[self.kind.same(facts.name)] = thing
        thing.spellings = spellings
        self._address(facts, thing)
        if pk is None or thing.before:
            self.made.things.append(ThingPlan(place, facts.model, thing))
        else:
            self.made.things_unchanged[facts.model] += 1

    def _find(self, facts: ThingFacts) -> tuple[int | None, bool]:
        """Return the key of the catalogue's row, and whether it is what the thing was merged into."""
        found = self.found
        if facts.spotify_id:
            if pk := found.by_id.get(facts.spotify_id):
                return pk, False
            if pk := found.merged_id.get(facts.spotify_id):
                return pk, True
        for by_slug, was_merged in ((found.by_slug, False), (found.merged_slug, True)):
            pk = by_slug.get(facts.slug)
            if pk and _ids_agree(found.rows[pk].get("spotify_id"), facts.spotify_id, self.ids):
                return pk, was_merged
        if not self.kind.is_unique and facts.slug:
            return None, False
        name = self.kind.same(facts.name)
        for pk in found.by_name.get(name, ()):
            its_id = found.rows[pk].get("spotify_id")
            if self.kind.is_unique or (pk not in self.takers and _ids_agree(its_id, facts.spotify_id, self.ids)):
                return pk, False
        return found.merged_name.get(name), True

    def _refuse_taken_name(self, facts: ThingFacts, pk: int | None) -> None:
        if not self.kind.is_unique:
            return
        holder = self.names.get(self.kind.same(facts.name))
        key = holder.pk if isinstance(holder, Thing) else holder
        if holder is not None and (pk is None or key != pk):
            raise RowRefusedError("name", f"“{facts.name}” is what another {facts.model.lower()} is called.")

    def _known(self, pk: int) -> Thing:
        row = self.found.rows[pk]
        extra = (row["spotify_id"],) if self.kind.model is Artist else ()
        return self.shelf.known(pk, row["name"], *extra)

    def _new(self, facts: ThingFacts) -> Thing:
        thing = Thing(facts.name, spotify_id=facts.spotify_id, slug=facts.slug, values=dict(facts.values))
        self.shelf.make(thing)
        return thing

    def _change(self, thing: Thing, facts: ThingFacts, spellings: list[Any]) -> None:
        row = self.found.rows[thing.pk or 0]
        said = {"name": facts.name, "spotify_id": facts.spotify_id, **dict(facts.values)}
        for column, value in said.items():
            if value is None or value == row.get(column):
                continue
            thing.before[column] = row.get(column)
            if column in ("name", "spotify_id"):
                setattr(thing, column, value)
            else:
                thing.values[column] = value
        if spellings:
            thing.before["spellings"] = []
        if facts.spotify_id:
            self.shelf.by_id[facts.spotify_id] = thing
        if "name" in thing.before and self.kind.is_unique:
            # Whoever speaks of it by its new name means it.
            self.shelf.things[facts.name.lower() if self.kind.model is Genre else facts.name] = thing

    def _address(self, facts: ThingFacts, thing: Thing) -> None:
        if facts.slug:
            _address(self.shelf, facts.slug, thing)


def _address(shelf: Any, slug: str, thing: Thing) -> None:
    if hasattr(shelf, "address"):
        shelf.address(slug, thing)
    else:
        shelf.by_slug[slug] = thing


def _ids_agree(its: str | None, said: str | None, all_said: Container[str]) -> bool:
    """Return whether what has the address can be meant: it has no other id, nor one that another row has."""
    return its is None or its == said or (said is None and its not in all_said)


def _load(kind: _Kind, facts: Sequence[ThingFacts]) -> _Found:
    """Four to seven queries a batch."""
    found = _Found()

    def add(**lookup: Any) -> None:
        rows = kind.model._default_manager.filter(**lookup).order_by("pk").values_list(*kind.read)
        for pk, *values in rows:
            row = dict(zip(kind.read[1:], values, strict=True))
            found.rows[pk] = row
            found.by_slug[row["slug"]] = pk
            if row.get("spotify_id"):
                found.by_id[row["spotify_id"]] = pk
            homonyms = found.by_name.setdefault(kind.same(row["name"]), [])
            if pk not in homonyms:
                homonyms.append(pk)

    merged: set[int] = set()

    def add_merged(column: str, into: dict[str, int], **lookup: Any) -> None:
        for held, pk in kind.aliases._default_manager.filter(**lookup).order_by().values_list(column, "target"):
            into[kind.same(held) if column == "name" else held] = pk
            merged.add(pk)

    slugs = dict.fromkeys(one.slug for one in facts if one.slug)
    for batch in in_batches(slugs):
        add(slug__in=batch)
        add_merged("slug", found.merged_slug, slug__in=batch)
    for batch in in_batches(dict.fromkeys(one.spotify_id for one in facts if one.spotify_id)):
        add(spotify_id__in=batch)
        add_merged("spotify_id", found.merged_id, spotify_id__in=batch)
    if kind.model is Genre:
        add()
        add_merged("name", found.merged_name)
    else:
        for batch in in_batches(dict.fromkeys(one.name for one in facts if kind.is_unique or not one.slug)):
            add(name__in=batch)
            add_merged("name", found.merged_name, name__in=batch)
    for batch in in_batches(pk for pk in merged if pk not in found.rows):
        add(pk__in=batch)
    return found


# --- Albums ------------------------------------------------------------------------------------------------------


def _plan_albums(made: "Plan", parsed: "Parsed", rows: "Sequence[ParsedThing]") -> None:
    facts: list[Any] = [row.facts for row in rows]
    labels = dict.fromkeys(label for one in facts for label in one.labels)
    made.labels.load(dict.fromkeys(name_of(label) for label in labels))
    _load_slugs(made.labels, Label, LabelAlias, [slug_of(label) for label in labels])
    ids = dict.fromkeys(one.spotify_id for one in facts if one.spotify_id)
    by_id = _keys_by(Album, "spotify_id", ids)
    by_slug = _keys_by(Album, "slug", (one.slug for one in facts if one.slug))
    made.albums.load_keys(dict.fromkeys([*by_id.values(), *by_slug.values()]))
    made.albums.load(one for one in facts if not one.slug)
    takers: dict[AlbumThing, Place] = {}
    for row, one in sorted(zip(rows, facts, strict=True), key=lambda pair: not pair[1].slug):
        pk = by_id.get(one.spotify_id) or by_slug.get(one.slug)
        if pk:
            candidates = [made.albums.by_pk[pk]]
        else:
            same_title = [] if one.slug else made.albums.by_title.get(one.title, [])
            candidates = [known for known in same_title if known.pk and known not in takers]
        album = next((known for known in candidates if _ids_agree(known.spotify_id, one.spotify_id, ids)), None)
        try:
            if album in takers:
                raise RowRefusedError("", f"is the same album as {takers[album]}.")
            _refuse_unknown_labels(made, one)
        except RowRefusedError as error:
            parsed.problems.append(Problem(row.place, error.column, error.message))
            continue
        _plan_album(made, row.place, one, album)
        if album:
            takers[album] = row.place


def _plan_album(made: "Plan", place: Place, facts: AlbumFacts, album: AlbumThing | None) -> None:
    if album is None:
        album = made.albums.make(AlbumThing(facts.title, spotify_id=facts.spotify_id, slug=facts.slug))
    album.learn("name", facts.title)
    made.albums.told.setdefault(facts.title, []).append(album)
    made.albums.teach(album, facts, list(dict.fromkeys(made.labels.get(label) for label in facts.labels)))
    if facts.slug:
        made.albums.address(facts.slug, album)
    if album.pk is None or album.before:
        made.things.append(ThingPlan(place, "Album", album))
    else:
        made.things_unchanged["Album"] += 1


def _keys_by(model: type[models.Model], column: str, values: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in in_batches(values):
        rows = model._default_manager.filter(**{f"{column}__in": batch}).order_by()
        found.update(rows.values_list(column, "pk"))
    return found


# --- What is only spoken of --------------------------------------------------------------------------------------


def load_addressed(made: "Plan", parsed: "Parsed") -> None:
    """Find what tracks name by an address and no row is about. Two to four queries a batch, of each kind."""
    facts = [row.facts for row in parsed.tracks]
    _load_slugs(made.genres, Genre, GenreAlias, [slug_of(genre) for one in facts for genre in one.genres])
    _load_slugs(made.artists, Artist, ArtistAlias, [artist.slug for one in facts for artist in one.artists])
    wanted = dict.fromkeys(one.album.slug for one in facts if one.album and one.album.slug)
    keys = _keys_by(Album, "slug", (slug for slug in wanted if slug not in made.albums.by_slug))
    made.albums.load_keys(keys.values())
    for slug, pk in keys.items():
        made.albums.address(slug, made.albums.by_pk[pk])


def _load_slugs(shelf: Any, model: type[models.Model], aliases: type[models.Model], slugs: Iterable[str]) -> None:
    columns = ("name", "spotify_id") if model is Artist else ("name",)
    wanted = dict.fromkeys(slug for slug in slugs if slug and slug not in shelf.by_slug)
    for batch in in_batches(wanted):
        # What was merged first: an address that something has for its own comes before.
        merged = aliases._default_manager.filter(slug__in=batch).order_by()
        for slug, *row in merged.values_list("slug", "target", *(f"target__{column}" for column in columns)):
            _address(shelf, slug, shelf.known(*row))
        for slug, *row in model._default_manager.filter(slug__in=batch).order_by().values_list("slug", "pk", *columns):
            _address(shelf, slug, shelf.known(*row))


def refuse_unknown(made: "Plan", facts: TrackFacts) -> None:
    """Raise RowRefusedError where a track's row knows something by its address alone, and nothing has it."""
    for artist in facts.artists:
        _refuse_nameless("artist", artist.name, artist.slug, made.artists.by_slug)
    for genre in facts.genres:
        _refuse_nameless("genre", name_of(genre), slug_of(genre), made.genres.by_slug)
    if facts.album:
        _refuse_nameless("album", facts.album.title, facts.album.slug, made.albums.by_slug)


def _refuse_unknown_labels(made: "Plan", facts: AlbumFacts) -> None:
    for label in facts.labels:
        _refuse_nameless("label", name_of(label), slug_of(label), made.labels.by_slug)


def _refuse_nameless(what: str, name: str, slug: str, known: dict[str, Any]) -> None:
    if not name and slug not in known:
        heading = "album_slug" if what == "album" else f"{what}_slugs"
        raise RowRefusedError(heading, f"There is no {what} “{slug}”, neither in the file nor in the library.")
