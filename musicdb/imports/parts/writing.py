"""Compares the parts of a large import with the library and writes them, one after the other."""

import gc
from collections.abc import Sequence

from musicdb import history
from musicdb.db import DIRECT
from musicdb.imports.apply import apply_plan
from musicdb.imports.confirm import plan_that_holds
from musicdb.imports.earlier import Earlier
from musicdb.imports.entities import Entity
from musicdb.imports.options import ImportOptions
from musicdb.imports.parsed import LEFT_OUT, UNKNOWN, Parsed
from musicdb.imports.parts.reading import Divided, Place
from musicdb.imports.parts.totals import Totals
from musicdb.imports.plan import Plan, make_plan
from musicdb.imports.resolvers import AlbumResolver, resolve
from musicdb.imports.settle import settle
from musicdb.progress import Progress


def write_parts(divided: Divided, options: ImportOptions, progress: Progress) -> Totals:
    """Write a large import. Must run in a transaction, with imports locked. The caller records it in the history.

    Where rows are bad, the others are written: the caller decides whether to roll back.
    """
    writer = _Writer(divided, options)
    number = len(divided.parts)
    for place, part in enumerate(divided.parts, start=1):
        parsed, places = part.load()
        writer.write(parsed, places, _of_part(progress, place, number))
        part.tracks.close()
        # Only so much as a part makes is ever in memory, the garbage included.
        del parsed, places
        gc.collect()
    if divided.entries:
        writer.write(divided.load_playlists(), (), progress)
    return writer.totals


class _Writer:
    def __init__(self, divided: Divided, options: ImportOptions) -> None:
        self._divided = divided
        self._options = options
        self._earlier = Earlier(divided.facts)
        self.totals = Totals(self._earlier)

    def write(self, parsed: Parsed, places: Sequence[Sequence[Place]], progress: Progress) -> None:
        albums: AlbumResolver

        def plan_part() -> Plan:
            nonlocal albums
            resolution = resolve(parsed, self._options, self._earlier)
            albums = resolution.albums
            plan = make_plan(resolution, parsed, self._options, self._earlier, progress)
            return settle(plan, self._options, self._earlier)

        plan = plan_that_holds(plan_part)
        for model, keys in plan.changed_keys().items():
            earlier = self._earlier.created[model], self._earlier.changed[model]
            history.baseline(model, [key for key in keys if not any(key in known for known in earlier)])
        apply_plan(plan, DIRECT, "Writing", progress)
        for track, of_track in zip(parsed.tracks, places, strict=False):
            self._put(_key(plan.track_of.get(id(track.record))), of_track)
        self.totals.add(plan, albums)

    def _put(self, key: int, places: Sequence[Place]) -> None:
        """Let the entries of playlists know their track."""
        for number, place in places:
            self._divided.entries[number].tracks[place] = key


def _key(track: Entity | int | None) -> int:
    if isinstance(track, Entity):
        return LEFT_OUT if track.pk is None else track.pk
    return track or UNKNOWN


def _of_part(progress: Progress, place: int, number: int) -> Progress:
    return lambda stage, done, total: progress(f"{stage}, part {place} of {number}", done, total)
