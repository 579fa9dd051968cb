"""Finds the genres, labels and artists that records mention or have rows about."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Protocol

from musicdb.imports.entities import Entity
from musicdb.imports.messages import RowRefusedError
from musicdb.imports.records import Mention, key_of, name_of, slug_of, spotify_id_of
from musicdb.imports.resolvers.lookup import Lookup
from musicdb.models import SluggedModel


class SlugResolver(Protocol):
    def knows_slug(self, slug: str) -> bool:
        """Return whether the file means something by ``slug``."""


class NamedResolver:
    """The genres, labels or artists of an import: existing rows, and new ones."""

    def __init__(self, model: type[SluggedModel], earlier: Container[int | None] = frozenset()) -> None:
        self.lookup = Lookup(model, earlier)
        self.created: list[Entity] = []
        self._may_share_names = self.lookup.aggregate.unique_name is None
        # What the file means by a slug of its own. It need not be the row that has this slug here.
        self._by_file_slug: dict[str, Entity] = {}
        self._with_file_slug: set[Entity] = set()

    def entities(self) -> Iterator[Entity]:
        yield from self.lookup.rows.values()
        yield from self.created

    # --- What rows mention -------------------------------------------------------------------------------------

    def load(self, mentions: Iterable[Mention]) -> None:
        """Load what ``mentions`` may mean."""
        wanted = [one for one in dict.fromkeys(mentions) if key_of(one) is None]
        slugs = dict.fromkeys(slug for one in wanted if (slug := slug_of(one)) and slug not in self._by_file_slug)
        self.lookup.load(slugs=slugs)
        for slug in slugs:
            if entity := self.lookup.by_slug.get(slug) or self.lookup.by_alias_slug.get(slug):
                self.assign_slug(slug, entity)
        open_ones = [one for one in wanted if slug_of(one) not in self._by_file_slug]
        self.lookup.load(ids=map(spotify_id_of, open_ones), names=map(name_of, open_ones))

    def find(self, mention: Mention, likely: Sequence[Entity] = ()) -> Entity:
        """Return what ``mention`` means, a new entity if there is nothing like it.

        ``likely`` are those that the track has now. They come before others of the same name.
        """
        if (key := key_of(mention)) is not None:
            return self.lookup.rows[key]
        name, slug, spotify_id = name_of(mention), slug_of(mention), spotify_id_of(mention)
        if spotify_id and (entity := self.with_id(spotify_id)):
            return entity
        if slug and (entity := self._by_file_slug.get(slug)):
            return entity
        # A name with a slug of its own is another one than a name that differs in case.
        candidates = self.lookup.named(name, exact=bool(slug) and not self.lookup.ignores_case)
        if self._may_share_names:
            if slug:
                candidates = [one for one in candidates if one not in self._with_file_slug]
            if spotify_id:
                # An artist without an id gets this one. An artist with another id is somebody else.
                candidates = [one for one in candidates if one.spotify_id is None]
        entity = next((one for one in likely if one in candidates), None) if likely else None
        if entity is None and candidates:
            entity = candidates[0]
        if entity is None:
            entity = self.create(name, slug, spotify_id)
        elif spotify_id:
            entity.set("spotify_id", spotify_id)
            self.lookup.by_id[spotify_id] = entity
        if slug:
            self.assign_slug(slug, entity)
        return entity

    def knows_slug(self, slug: str) -> bool:
        return slug in self._by_file_slug

    def meant_by_slug(self, slug: str) -> Entity | None:
        """Return what the file means by ``slug``, as far as that is known."""
        return self._by_file_slug.get(slug)

    def assign_slug(self, slug: str, entity: Entity) -> None:
        """Let the file mean ``entity`` by ``slug``."""
        self._by_file_slug[slug] = entity
        self._with_file_slug.add(entity)

    def create(self, name: str, slug: str = "", spotify_id: str | None = None, **values: object) -> Entity:
        columns = {"name": name, "slug": slug, **({"spotify_id": spotify_id} if spotify_id else {}), **values}
        entity = Entity(self.lookup.model, columns, is_new=True)
        self.created.append(entity)
        self.lookup.add(entity, by_key=self.lookup.ignores_case)
        return entity

    def with_id(self, spotify_id: str) -> Entity | None:
        """Return what has this Spotify id, or an alias that has it."""
        return self.lookup.by_id.get(spotify_id) or self.lookup.by_alias_id.get(spotify_id)


def refuse_unknown(name: str, slug: str, kind: str, heading: str, resolver: SlugResolver) -> None:
    """Raise RowRefusedError where a row mentions something by its slug alone, and nothing has this slug."""
    if not name and not resolver.knows_slug(slug):
        raise RowRefusedError(heading, f"There is no {kind} “{slug}”, neither in the file nor in the library.")
