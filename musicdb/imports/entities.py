"""The rows of the catalogue that an import is about: as they are now, and as the import leaves them."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from musicdb.models import SluggedModel
from musicdb.models.aggregates import Child

_NOTHING: Any = MappingProxyType({})


@dataclass(eq=False, slots=True)
class Entity:
    """A genre, artist, label, album or track: an existing row, or a new one.

    ``values`` has the columns of the row by name, with entities in the place of the keys of other rows. ``before`` has
    the former values of the columns that the import changes in an existing row. ``aliases`` are those that are added
    or completed. A new row has no ``pk`` until it is written.
    """

    model: type[SluggedModel]
    values: MutableMapping[str, Any]
    pk: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    aliases: Sequence["AliasEntity"] = ()
    is_new: bool = False

    def __post_init__(self) -> None:
        if self.is_new:
            # A new row has no former values, and a large import has a million new rows.
            self.before = _NOTHING

    @property
    def name(self) -> str:
        name: str = self.values[self.model.slug_source]
        return name

    @property
    def spotify_id(self) -> str | None:
        spotify_id: str | None = self.values.get("spotify_id")
        return spotify_id

    @property
    def is_changed(self) -> bool:
        """Whether the import changes a row that exists."""
        return not self.is_new and bool(self.before or self.aliases)

    def set(self, column: str, value: Any) -> None:
        """Give a column a value, and keep the one that an existing row has now."""
        old = self.values.get(column)
        if value == old:
            return
        if not self.is_new:
            self.before.setdefault(column, old)
        self.values[column] = value

    def keep(self, column: str) -> None:
        """Leave a column that the import would change as the existing row has it."""
        self.values[column] = self.before.pop(column)

    def keep_all(self) -> None:
        """Leave an existing row as it is."""
        for column in list(self.before):
            self.keep(column)
        self.aliases = ()

    def drop(self, column: str, members: Sequence["Entity"]) -> None:
        """Take ``members`` out of what the import gives the row by ``column``."""
        self.values[column] = [member for member in self.values[column] if member not in members]
        if not self.is_new and not self.values[column]:
            self.keep(column)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a playlist: its track, by key or as an entity, and when it was added and by whom."""

    track: Entity | int
    values: tuple[Any, ...]

    @property
    def child(self) -> Child:
        """The row to write, once the track has a key."""
        key = self.track.pk if isinstance(self.track, Entity) else self.track
        if key is None:
            raise ValueError("The track of this entry has not been written yet.")
        return Child(key, self.values)


@dataclass(eq=False, slots=True)
class AliasEntity:
    """An alias: an existing row, or a new one without ``pk``."""

    name: str
    slug: str | None = None
    spotify_id: str | None = None
    upc: str = ""
    isrc: str = ""
    joint_position: int | None = None
    pk: int | None = None
