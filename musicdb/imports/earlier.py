"""What an import that is made in parts must know in one part of the others, beyond what the database shows by then."""

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from musicdb.imports.deleted import DeletedByEditors
from musicdb.imports.key_numbers import KeyNumbers
from musicdb.models import SluggedModel
from musicdb.music import ReleaseDate


@dataclass(frozen=True)
class Facts:
    """What all records of an import say together.

    ``ids`` are the Spotify ids of tracks. ``names`` are the titles, artists and albums of those that have neither an id
    nor a slug, folded. ``finest_dates`` are by the plain title of an album and the name key of an artist.
    """

    ids: Container[str] = frozenset()
    names: Container[Any] = frozenset()
    finest_dates: Mapping[tuple[str, str], ReleaseDate | None] = field(default_factory=dict)


def _key_numbers() -> defaultdict[type[SluggedModel], KeyNumbers]:
    return defaultdict(KeyNumbers)


@dataclass
class Earlier:
    """What the earlier parts of an import have done. Where it has no other parts, nothing, and there are no ``facts``.

    ``created`` has the keys of the rows that they created, by model, and ``changed`` of those that they found and
    changed. ``given`` says which columns their records gave to albums, as bits, and ``more_artists`` the name keys of
    artists that they gave to albums which had others. ``identified`` are the existing tracks to which they gave a
    Spotify id.
    """

    facts: Facts | None = None
    created: defaultdict[type[SluggedModel], KeyNumbers] = field(default_factory=_key_numbers)
    changed: defaultdict[type[SluggedModel], KeyNumbers] = field(default_factory=_key_numbers)
    given: KeyNumbers = field(default_factory=KeyNumbers)
    more_artists: dict[int, set[str]] = field(default_factory=dict)
    identified: KeyNumbers = field(default_factory=KeyNumbers)
    deleted: DeletedByEditors = field(default_factory=DeletedByEditors)
