"""Aliases that a row of a genre, artist or label says it has: which are there, which are to be created."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from musicdb.db.bulk import in_batches
from musicdb.imports.records import AliasRecord, EntityRecord, RowRefusedError
from musicdb.imports.resolvers import PlannedAlias
from musicdb.models import ArtistAlias, GenreAlias
from musicdb.music.names import name_key


class AliasResolver:
    """The aliases of a kind of entity, as far as a file has to do with them."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.has_id = model is ArtistAlias
        # Artists may share their aliases, the others may not.
        self.are_unique = model is not ArtistAlias
        self._of: defaultdict[int, list[PlannedAlias]] = defaultdict(list)
        self._holders: dict[tuple[str, str], PlannedAlias] = {}
        self._loaded: set[int] = set()

    def load(self, rows: Sequence[EntityRecord], keys: Iterable[int]) -> None:
        """Load the aliases of the entities with ``keys``, and those that hold what ``rows`` ask for.

        The queries grow with batches.
        """
        said = [alias for row in rows for alias in row.aliases]
        self._load(target__in=keys)
        if self.are_unique:
            if self.model is GenreAlias and said:
                self._add(Q())
            else:
                self._load(name__in=dict.fromkeys(one.name for one in said))
        self._load(slug__in=dict.fromkeys(one.slug for one in said if one.slug))
        if self.has_id:
            self._load(spotify_id__in=dict.fromkeys(one.spotify_id for one in said if one.spotify_id))

    def _load(self, **lookup: Iterable[Any]) -> None:
        ((name, values),) = lookup.items()
        for batch in in_batches(values):
            self._add(Q(**{name: batch}))

    def _add(self, condition: Q) -> None:
        columns = ("pk", "target", "name", "slug", *(["spotify_id"] if self.has_id else []))
        rows = self.model._default_manager.filter(condition).order_by("pk").values_list(*columns)
        for pk, target, name, slug, *more in rows:
            if pk not in self._loaded:
                self._loaded.add(pk)
                alias = PlannedAlias(name, slug, more[0] if more else None, pk)
                self._of[target].append(alias)
                self._hold(alias)

    def _hold(self, alias: PlannedAlias) -> None:
        for key in self._keys(alias):
            self._holders[key] = alias

    def _keys(self, alias: PlannedAlias | AliasRecord) -> list[tuple[str, str]]:
        """Return what nobody else may hold."""
        keys = [("slug", alias.slug or ""), ("spotify_id", alias.spotify_id or "")]
        if self.are_unique:
            keys.append(("name", self.folded(alias.name)))
        return [key for key in keys if key[1]]

    def folded(self, name: str) -> str:
        return name_key(name) if self.model is GenreAlias else name

    def plan(self, record: EntityRecord, pk: int | None, heading: str = "other_spellings") -> list[PlannedAlias]:
        """Return the aliases that the row's entity lacks, or has less of; the entity is the one with the key ``pk``.

        Raises RowRefusedError where one is another entity's.
        """
        own = list(self._of.get(pk, ())) if pk else []
        asked: list[AliasRecord] = []
        for said in record.aliases:
            if (same := next((one for one in own if _is_exactly(one, said)), None)) is None:
                asked.append(said)
            else:
                own.remove(same)
        planned = []
        taken: set[tuple[str, str]] = set()
        for said in asked:
            match = next((one for one in own if self._is_meant(one, said)), None)
            for key in self._keys(said):
                if key in taken or self._holders.get(key, match) is not match:
                    raise RowRefusedError(heading, f"“{said.name}”: {_TAKEN[key[0]]}")
            taken.update(self._keys(said))
            if match is None:
                planned.append(PlannedAlias(said.name, said.slug, said.spotify_id))
                continue
            own.remove(match)
            completed = PlannedAlias(said.name, said.slug or match.slug, said.spotify_id or match.spotify_id, match.pk)
            if not _is_exactly(completed, match):
                planned.append(completed)
        for alias in planned:
            self._hold(alias)
        return planned

    def _is_meant(self, one: PlannedAlias, said: AliasRecord) -> bool:
        agree = all(
            mine is None or its is None or mine == its
            for mine, its in ((one.slug, said.slug), (one.spotify_id, said.spotify_id))
        )
        named = self.folded(one.name) == self.folded(said.name)
        held = (one.slug and one.slug == said.slug) or (one.spotify_id and one.spotify_id == said.spotify_id)
        return agree and bool(named or held)


_TAKEN = {
    "name": "this is an alias of something else already.",
    "slug": "its address leads to something else already.",
    "spotify_id": "its Spotify id leads to something else already.",
}


def _is_exactly(one: PlannedAlias, said: PlannedAlias | AliasRecord) -> bool:
    return (one.name, one.slug, one.spotify_id) == (said.name, said.slug, said.spotify_id)
