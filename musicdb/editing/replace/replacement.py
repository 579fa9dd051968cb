"""What a find and replace does with a row or an alias."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True)
class Replacement:
    """A row, or one of its aliases, whose texts change: ``before`` and ``after`` by the column.

    ``row`` is the primary key of the row, ``alias`` that of the alias or None. ``name`` is the name of what changes.
    ``problem`` says why it cannot change, or is empty.
    """

    row: int
    name: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    problem: str = ""
    alias: int | None = None

    @property
    def key(self) -> str:
        """What tells it from all others: "7" is the row 7, "7.12" its alias 12."""
        return f"{self.row}" if self.alias is None else f"{self.row}.{self.alias}"

    @property
    def digest(self) -> str:
        """What tells this change from another one of the same texts."""
        return blake2b(repr((self.before, self.after)).encode(), digest_size=5).hexdigest()


def is_alias(key: str) -> bool:
    """Return whether the key of a replacement is that of an alias."""
    return "." in key


def row_of(key: str) -> int:
    """Return the primary key of the row in the key of a replacement."""
    return int(key.partition(".")[0])
