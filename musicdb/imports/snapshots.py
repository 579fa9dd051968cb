"""The state of rows of the catalogue: what an import compares to know whether a row was touched since."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from musicdb.db.bulk import in_batches
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackArtist,
)

MODELS: dict[str, type[models.Model]] = {
    "Genre": Genre,
    "Artist": Artist,
    "Label": Label,
    "Album": Album,
    "Track": Track,
}
TrackGenre = Track.genres.through

# What hangs on a row: its name in the state, the model that joins, its two keys, and the order that matters.
HANGING: dict[type[models.Model], tuple[tuple[str, type[models.Model], str, str, str], ...]] = {
    Album: (("labels", AlbumLabel, "album", "label", "position"),),
    Track: (("artists", TrackArtist, "track", "artist", "position"), ("genres", TrackGenre, "track", "genre", "genre")),
}

# The models of other spellings, and what a state has of one.
SPELLINGS: dict[type[models.Model], tuple[type[models.Model], tuple[str, ...]]] = {
    Genre: (GenreAlias, ("name", "slug")),
    Label: (LabelAlias, ("name", "slug")),
    Artist: (ArtistAlias, ("name", "slug", "spotify_id")),
}


def states(model: type[models.Model], keys: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the key and the state of each row that exists: its columns, the keys of what hangs on it, and its other
    spellings, if there are any."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    for batch in in_batches(keys):
        found: dict[int, dict[str, Any]] = {}
        for pk, *values in model._default_manager.filter(pk__in=batch).order_by("pk").values_list("pk", *columns):
            found[pk] = dict(zip(columns, values, strict=True))
        for name, through, owner, member, order in HANGING.get(model, ()):
            for state in found.values():
                state[name] = []
            rows = through._default_manager.filter(**{f"{owner}__in": batch}).order_by(owner, order)
            for pk, key in rows.values_list(owner, member):
                found[pk][name].append(key)
        if model in SPELLINGS:
            aliases, parts = SPELLINGS[model]
            spelt = aliases._default_manager.filter(target__in=batch).order_by("target", "pk")
            for pk, *spelling in spelt.values_list("target", *parts):
                found[pk].setdefault("spellings", []).append(spelling)
        yield from found.items()


def digest(state: dict[str, Any]) -> str:
    """Return a hash of ``state`` that the same state always has."""
    return hashlib.sha256(as_json(state).encode()).hexdigest()[:32]


def as_json(state: dict[str, Any]) -> str:
    return json.dumps(state, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
