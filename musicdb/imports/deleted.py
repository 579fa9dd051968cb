"""Finds out which of the rows that an import would create an editor has deleted before."""

from dataclasses import dataclass, field
from typing import Any

from musicdb import history
from musicdb.imports.entities import Entity
from musicdb.models import Album, SluggedModel, Track
from musicdb.music import name_key


@dataclass
class _DeletedRows:
    """The deleted rows of a model, by what would lead to them."""

    ids: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    # Of rows without an id: what identifies them then.
    names: set[Any] = field(default_factory=set)


class DeletedByEditors:
    """The rows that editors have deleted, one query a model, at the first question about it."""

    def __init__(self) -> None:
        self._by_model: dict[type[SluggedModel], _DeletedRows] = {}

    def has(self, entity: Entity) -> bool:
        """Return whether a new ``entity`` is one that an editor has deleted: by its id, else its slug, else its name.

        A name says enough of a genre, label, artist or playlist. A track needs its artists too, which must exist, and
        an album is known by its id or slug alone.
        """
        deleted = self._of(entity.model)
        if entity.spotify_id:
            return entity.spotify_id in deleted.ids
        if entity.values.get("slug"):
            return entity.values["slug"] in deleted.slugs
        return bool(deleted.names) and _name_of_entity(entity) in deleted.names

    def _of(self, model: type[SluggedModel]) -> _DeletedRows:
        if model not in self._by_model:
            rows = self._by_model[model] = _DeletedRows()
            for version in history.deleted_by_people(model):
                rows.slugs.add(version.slug)
                if spotify_id := getattr(version, "spotify_id", None):
                    rows.ids.add(spotify_id)
                elif model is Track:
                    rows.names.add((version.title, tuple(version.artists)))
                elif model is not Album:
                    rows.names.add(name_key(version.name))
        return self._by_model[model]


def _name_of_entity(entity: Entity) -> Any:
    if entity.model is Track:
        return entity.name, tuple(artist.pk for artist in entity.values["artists"])
    return name_key(entity.name)
