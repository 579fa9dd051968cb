"""Finds out which aliases the row about something adds to it, and which ones it completes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from musicdb.db import in_batches
from musicdb.imports.entities import AliasEntity
from musicdb.imports.messages import RowRefusedError
from musicdb.imports.records import AliasRecord
from musicdb.models.aggregates import Aggregate
from musicdb.music import name_key

_KEYS = ("slug", "spotify_id", "upc", "isrc")
_TAKEN = {
    "name": "this is an alias of something else already.",
    "slug": "its address leads to something else already.",
    "spotify_id": "its Spotify id leads to something else already.",
}


class AliasResolver:
    """The aliases of one model that the rows of a file have to do with."""

    def __init__(self, aggregate: Aggregate) -> None:
        self._alias: Any = aggregate.alias
        self._columns = aggregate.alias_columns
        # Artists, albums and tracks may share the names of their aliases.
        self._unique_name = aggregate.unique_name
        self._ignores_case = aggregate.unique_name == "name_key"
        self._of_target: defaultdict[int, list[AliasEntity]] = defaultdict(list)
        self._holders: dict[tuple[str, str], AliasEntity] = {}
        self._loaded: set[int] = set()

    def load(self, asked: Sequence[AliasRecord], targets: Iterable[int]) -> None:
        """Load the aliases of ``targets``, and those that hold what rows have ``asked`` for.

        Up to four queries a batch, and none where the rows ask for nothing.
        """
        if not asked:
            return
        self._load("target", targets)
        if self._unique_name:
            self._load(self._unique_name, dict.fromkeys(self._fold(alias.name) for alias in asked))
        for column in ("slug", "spotify_id"):
            if column in self._columns:
                self._load(column, dict.fromkeys(value for alias in asked if (value := getattr(alias, column))))

    def _load(self, column: str, values: Iterable[Any]) -> None:
        for batch in in_batches(values):
            rows = self._alias._default_manager.filter(Q(**{f"{column}__in": batch})).order_by("pk")
            for pk, target, *parts in rows.values_list("pk", "target", *self._columns):
                if pk not in self._loaded:
                    self._loaded.add(pk)
                    alias = AliasEntity(**dict(zip(self._columns, parts, strict=True)), pk=pk)
                    self._of_target[target].append(alias)
                    self._hold(alias)

    def resolve(self, aliases: Iterable[AliasRecord], pk: int | None) -> list[AliasEntity]:
        """Return which of ``aliases`` the row ``pk`` lacks, and those of its own that they complete.

        Raises RowRefusedError where an alias belongs to another row.
        """
        own = list(self._of_target.get(pk, ())) if pk else []
        missing: list[AliasRecord] = []
        for asked in aliases:
            if (same := next((alias for alias in own if _parts(alias) == _parts(asked)), None)) is None:
                missing.append(asked)
            else:
                own.remove(same)
        resolved = []
        claimed: set[tuple[str, str]] = set()
        for asked in missing:
            match = next((alias for alias in own if self._is_meant(alias, asked)), None)
            for key in self._unique_keys(asked):
                if key in claimed or self._holders.get(key, match) is not match:
                    raise RowRefusedError("other_spellings", f"“{asked.name}”: {_TAKEN[key[0]]}")
            claimed.update(self._unique_keys(asked))
            if match is None:
                resolved.append(AliasEntity(*_parts(asked)))
                continue
            own.remove(match)
            keys = {key: getattr(asked, key) or getattr(match, key) for key in _KEYS}
            position = match.joint_position if asked.joint_position is None else asked.joint_position
            completed = replace(match, name=asked.name, joint_position=position, **keys)
            if _parts(completed) != _parts(match):
                resolved.append(completed)
        for alias in resolved:
            self._hold(alias)
        return resolved

    def _is_meant(self, alias: AliasEntity, asked: AliasRecord) -> bool:
        pairs = [(getattr(alias, key), getattr(asked, key)) for key in _KEYS]
        contradict = any(one and other and one != other for one, other in pairs)
        share_one = any(one and one == other for one, other in pairs)
        return not contradict and (share_one or self._fold(alias.name) == self._fold(asked.name))

    def _hold(self, alias: AliasEntity) -> None:
        for key in self._unique_keys(alias):
            self._holders[key] = alias

    def _unique_keys(self, alias: AliasEntity | AliasRecord) -> list[tuple[str, str]]:
        """Return what no two aliases may share."""
        keys = [("slug", alias.slug or ""), ("spotify_id", alias.spotify_id or "")]
        if self._unique_name:
            keys.append(("name", self._fold(alias.name)))
        return [key for key in keys if key[1]]

    def _fold(self, name: str) -> str:
        return name_key(name) if self._ignores_case else name


def _parts(alias: AliasEntity | AliasRecord) -> tuple[Any, ...]:
    return tuple(getattr(alias, part) for part in ("name", *_KEYS, "joint_position"))
