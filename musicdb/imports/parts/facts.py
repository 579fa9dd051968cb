"""Collects what all records of a large import say together, in little memory."""

from contextlib import ExitStack, closing

from musicdb.imports.earlier import Facts
from musicdb.imports.key_numbers import Hashes
from musicdb.imports.parts.scratch import Scratch
from musicdb.imports.records import TrackRecord, names_of
from musicdb.imports.resolvers.facts import (
    Dated,
    add_finest,
    dated,
    is_coarse,
    is_known_by_names,
)
from musicdb.music import ReleaseDate, plain_spelling


class FactsCollector:
    """Sees record after record, and then has the facts that ``facts_of`` would find in all of them.

    Of dates it keeps in memory only those of titles that have several.
    """

    def __init__(self, scratch: ExitStack) -> None:
        self._ids, self._names = Hashes(), Hashes()
        self._dates = scratch.enter_context(closing(Scratch[Dated]()))
        # By the hash of an album's title: whether it has a date that is not a day, the hash of its first date, and
        # whether it has others.
        self._coarse: set[int] = set()
        self._first_date: dict[int, int] = {}
        self._with_several: set[int] = set()

    def add(self, record: TrackRecord) -> None:
        if record.spotify_id:
            self._ids.add(record.spotify_id)
        if is_known_by_names(record):
            self._names.add(names_of(record))
        if record.album is None or record.album.released is None:
            return
        title = hash(plain_spelling(record.album.title))
        if is_coarse(record.album):
            self._coarse.add(title)
        if one := dated(record):
            self._dates.add(one)
            date = hash(one[1])
            if self._first_date.setdefault(title, date) != date:
                self._with_several.add(title)

    def facts(self) -> Facts:
        finest: dict[tuple[str, str], ReleaseDate | None] = {}
        mixed = self._coarse & self._with_several
        for one in self._dates if mixed else ():
            if hash(one[0]) in mixed:
                add_finest(finest, one)
        self._dates.close()
        return Facts(self._ids, self._names, finest)
