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
from musicdb.imports.aliases import AliasResolver
from musicdb.imports.records import (
    AlbumRecord,
    EntityRecord,
    Problem,
    RowRef,
    RowRefusedError,
    TrackRecord,
    name_of,
    slug_of,
)
from musicdb.imports.resolvers import AlbumEntity, Entity
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias
from musicdb.music.names import name_key

if TYPE_CHECKING:
    from musicdb.imports.parse import Parsed, ParsedEntity
    from musicdb.imports.plan import Plan


@dataclass(eq=False, slots=True)
class EntityPlan:
    """A row about a genre, artist, label or album that is new or changes."""

    ref: RowRef
    model: str
    entity: Entity


@dataclass(frozen=True)
class _Kind:
    """How each model is told apart. ``columns``: what a row can say besides name and Spotify id."""

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
    _Kind(Genre, GenreAlias, ("description",), name_key),
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


def plan_entities(new_plan: "Plan", parsed: "Parsed") -> None:
    """Add to ``new_plan`` what the rows about entities change. Rows that cannot be are added to ``parsed.problems``."""
    by_model: dict[str, list[ParsedEntity]] = {}
    for row in parsed.entities:
        by_model.setdefault(row.model, []).append(row)
    for kind in KINDS:
        if rows := by_model.get(kind.model.__name__):
            _Planner(new_plan, parsed, kind, rows).plan()
    if rows := by_model.get("Album"):
        _plan_albums(new_plan, parsed, rows)


class _Planner:
    def __init__(self, new_plan: "Plan", parsed: "Parsed", kind: _Kind, rows: "Sequence[ParsedEntity]") -> None:
        self.new_plan, self.parsed, self.kind, self.rows = new_plan, parsed, kind, rows
        resolvers: dict[type[models.Model], Any] = {
            Genre: new_plan.genres,
            Label: new_plan.labels,
            Artist: new_plan.artists,
        }
        self.resolver = resolvers[kind.model]
        record: list[Any] = [row.record for row in rows]
        self.record: list[EntityRecord] = record
        self.ids = {one.spotify_id for one in self.record if one.spotify_id}
        self.found = _load(kind, self.record)
        self.aliases = AliasResolver(kind.aliases)
        self.aliases.load(self.record, self.found.rows)
        # Who takes a row of the catalogue, or a name that only one can have.
        self.takers: dict[int, RowRef] = {}
        self.names: dict[str, int | Entity] = {name: keys[0] for name, keys in self.found.by_name.items()}

    def plan(self) -> None:
        # What is found by its name alone is none of those that are found otherwise.
        rows = sorted(zip(self.rows, self.record, strict=True), key=lambda row: not row[1].slug)
        for row, record in rows:
            try:
                self._plan(row.ref, record)
            except RowRefusedError as error:
                self.parsed.problems.append(Problem(row.ref, error.column, error.message))

    def _plan(self, ref: RowRef, record: EntityRecord) -> None:
        pk, was_merged = self._find(record)
        if was_merged and pk:
            self._address(record, self._known(pk))
            self.new_plan.entities_unchanged[record.model] += 1
            return
        if pk in self.takers:
            raise RowRefusedError("", f"is the same {record.model.lower()} as {self.takers[pk]}.")
        self._refuse_taken_name(record, pk)
        aliases = self.aliases.plan(record, pk)
        entity = self._known(pk) if pk else self._new(record)
        if pk:
            self.takers[pk] = ref
            self._change(entity, record, aliases)
        self.names[self.kind.same(record.name)] = entity
        entity.aliases = aliases
        self._address(record, entity)
        if pk is None or entity.before:
            self.new_plan.entities.append(EntityPlan(ref, record.model, entity))
        else:
            self.new_plan.entities_unchanged[record.model] += 1

    def _find(self, record: EntityRecord) -> tuple[int | None, bool]:
        """Return the key of the catalogue's row, and whether it is what the entity was merged into."""
        found = self.found
        if record.spotify_id:
            if pk := found.by_id.get(record.spotify_id):
                return pk, False
            if pk := found.merged_id.get(record.spotify_id):
                return pk, True
        for by_slug, was_merged in ((found.by_slug, False), (found.merged_slug, True)):
            pk = by_slug.get(record.slug)
            if pk and _ids_agree(found.rows[pk].get("spotify_id"), record.spotify_id, self.ids):
                return pk, was_merged
        if not self.kind.is_unique and record.slug:
            return None, False
        name = self.kind.same(record.name)
        for pk in found.by_name.get(name, ()):
            its_id = found.rows[pk].get("spotify_id")
            if self.kind.is_unique or (pk not in self.takers and _ids_agree(its_id, record.spotify_id, self.ids)):
                return pk, False
        return found.merged_name.get(name), True

    def _refuse_taken_name(self, record: EntityRecord, pk: int | None) -> None:
        if not self.kind.is_unique:
            return
        holder = self.names.get(self.kind.same(record.name))
        key = holder.pk if isinstance(holder, Entity) else holder
        if holder is not None and (pk is None or key != pk):
            raise RowRefusedError("name", f"“{record.name}” is what another {record.model.lower()} is called.")

    def _known(self, pk: int) -> Entity:
        row = self.found.rows[pk]
        extra = (row["spotify_id"],) if self.kind.model is Artist else ()
        return self.resolver.known(pk, row["name"], *extra)

    def _new(self, record: EntityRecord) -> Entity:
        entity = Entity(record.name, spotify_id=record.spotify_id, slug=record.slug, values=dict(record.values))
        self.resolver.make(entity)
        return entity

    def _change(self, entity: Entity, record: EntityRecord, aliases: list[Any]) -> None:
        row = self.found.rows[entity.pk or 0]
        said = {"name": record.name, "spotify_id": record.spotify_id, **dict(record.values)}
        for column, value in said.items():
            if value is None or value == row.get(column):
                continue
            entity.before[column] = row.get(column)
            if column in ("name", "spotify_id"):
                setattr(entity, column, value)
            else:
                entity.values[column] = value
        if aliases:
            entity.before["aliases"] = []
        if record.spotify_id:
            self.resolver.by_id[record.spotify_id] = entity
        if "name" in entity.before and self.kind.is_unique:
            # Whoever speaks of it by its new name means it.
            self.resolver.entities[name_key(record.name) if self.kind.model is Genre else record.name] = entity

    def _address(self, record: EntityRecord, entity: Entity) -> None:
        if record.slug:
            _address(self.resolver, record.slug, entity)


def _address(resolver: Any, slug: str, entity: Entity) -> None:
    if hasattr(resolver, "address"):
        resolver.address(slug, entity)
    else:
        resolver.by_slug[slug] = entity


def _ids_agree(its: str | None, said: str | None, all_said: Container[str]) -> bool:
    """Return whether what has the address can be meant: it has no other id, nor one that another row has."""
    return its is None or its == said or (said is None and its not in all_said)


def _load(kind: _Kind, record: Sequence[EntityRecord]) -> _Found:
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

    slugs = dict.fromkeys(one.slug for one in record if one.slug)
    for batch in in_batches(slugs):
        add(slug__in=batch)
        add_merged("slug", found.merged_slug, slug__in=batch)
    for batch in in_batches(dict.fromkeys(one.spotify_id for one in record if one.spotify_id)):
        add(spotify_id__in=batch)
        add_merged("spotify_id", found.merged_id, spotify_id__in=batch)
    if kind.model is Genre:
        add()
        add_merged("name", found.merged_name)
    else:
        for batch in in_batches(dict.fromkeys(one.name for one in record if kind.is_unique or not one.slug)):
            add(name__in=batch)
            add_merged("name", found.merged_name, name__in=batch)
    for batch in in_batches(pk for pk in merged if pk not in found.rows):
        add(pk__in=batch)
    return found


# --- Albums ------------------------------------------------------------------------------------------------------


def _plan_albums(new_plan: "Plan", parsed: "Parsed", rows: "Sequence[ParsedEntity]") -> None:
    record: list[Any] = [row.record for row in rows]
    labels = dict.fromkeys(label for one in record for label in one.labels)
    new_plan.labels.load(dict.fromkeys(name_of(label) for label in labels))
    _load_slugs(new_plan.labels, Label, LabelAlias, [slug_of(label) for label in labels])
    ids = dict.fromkeys(one.spotify_id for one in record if one.spotify_id)
    by_id = _keys_by(Album, "spotify_id", ids)
    by_slug = _keys_by(Album, "slug", (one.slug for one in record if one.slug))
    new_plan.albums.load_keys(dict.fromkeys([*by_id.values(), *by_slug.values()]))
    new_plan.albums.load(one for one in record if not one.slug)
    takers: dict[AlbumEntity, RowRef] = {}
    for row, one in sorted(zip(rows, record, strict=True), key=lambda pair: not pair[1].slug):
        pk = by_id.get(one.spotify_id) or by_slug.get(one.slug)
        if pk:
            candidates = [new_plan.albums.by_pk[pk]]
        else:
            same_title = [] if one.slug else new_plan.albums.by_title.get(one.title, [])
            candidates = [known for known in same_title if known.pk and known not in takers]
        album = next((known for known in candidates if _ids_agree(known.spotify_id, one.spotify_id, ids)), None)
        try:
            if album in takers:
                raise RowRefusedError("", f"is the same album as {takers[album]}.")
            _refuse_unknown_labels(new_plan, one)
        except RowRefusedError as error:
            parsed.problems.append(Problem(row.ref, error.column, error.message))
            continue
        _plan_album(new_plan, row.ref, one, album)
        if album:
            takers[album] = row.ref


def _plan_album(new_plan: "Plan", ref: RowRef, record: AlbumRecord, album: AlbumEntity | None) -> None:
    if album is None:
        album = new_plan.albums.make(AlbumEntity(record.title, spotify_id=record.spotify_id, slug=record.slug))
    album.learn("name", record.title)
    new_plan.albums.reported.setdefault(record.title, []).append(album)
    new_plan.albums.teach(album, record, list(dict.fromkeys(new_plan.labels.get(label) for label in record.labels)))
    if record.slug:
        new_plan.albums.address(record.slug, album)
    if album.pk is None or album.before:
        new_plan.entities.append(EntityPlan(ref, "Album", album))
    else:
        new_plan.entities_unchanged["Album"] += 1


def _keys_by(model: type[models.Model], column: str, values: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in in_batches(values):
        rows = model._default_manager.filter(**{f"{column}__in": batch}).order_by()
        found.update(rows.values_list(column, "pk"))
    return found


# --- What is only spoken of --------------------------------------------------------------------------------------


def load_by_slug(new_plan: "Plan", parsed: "Parsed") -> None:
    """Find what tracks name by an address and no row is about. Two to four queries a batch, of each kind."""
    record = [row.record for row in parsed.tracks]
    _load_slugs(new_plan.genres, Genre, GenreAlias, [slug_of(genre) for one in record for genre in one.genres])
    _load_slugs(new_plan.artists, Artist, ArtistAlias, [artist.slug for one in record for artist in one.artists])
    wanted = dict.fromkeys(one.album.slug for one in record if one.album and one.album.slug)
    keys = _keys_by(Album, "slug", (slug for slug in wanted if slug not in new_plan.albums.by_slug))
    new_plan.albums.load_keys(keys.values())
    for slug, pk in keys.items():
        new_plan.albums.address(slug, new_plan.albums.by_pk[pk])


def _load_slugs(resolver: Any, model: type[models.Model], aliases: type[models.Model], slugs: Iterable[str]) -> None:
    columns = ("name", "spotify_id") if model is Artist else ("name",)
    wanted = dict.fromkeys(slug for slug in slugs if slug and slug not in resolver.by_slug)
    for batch in in_batches(wanted):
        # What was merged first: an address that something has for its own comes before.
        merged = aliases._default_manager.filter(slug__in=batch).order_by()
        for slug, *row in merged.values_list("slug", "target", *(f"target__{column}" for column in columns)):
            _address(resolver, slug, resolver.known(*row))
        for slug, *row in model._default_manager.filter(slug__in=batch).order_by().values_list("slug", "pk", *columns):
            _address(resolver, slug, resolver.known(*row))


def refuse_unknown(new_plan: "Plan", record: TrackRecord) -> None:
    """Raise RowRefusedError where a track's row knows something by its address alone, and nothing has it."""
    for artist in record.artists:
        _refuse_nameless("artist", artist.name, artist.slug, new_plan.artists.by_slug)
    for genre in record.genres:
        _refuse_nameless("genre", name_of(genre), slug_of(genre), new_plan.genres.by_slug)
    if record.album:
        _refuse_nameless("album", record.album.title, record.album.slug, new_plan.albums.by_slug)


def _refuse_unknown_labels(new_plan: "Plan", record: AlbumRecord) -> None:
    for label in record.labels:
        _refuse_nameless("label", name_of(label), slug_of(label), new_plan.labels.by_slug)


def _refuse_nameless(what: str, name: str, slug: str, known: dict[str, Any]) -> None:
    if not name and slug not in known:
        heading = "album_slug" if what == "album" else f"{what}_slugs"
        raise RowRefusedError(heading, f"There is no {what} “{slug}”, neither in the file nor in the library.")
