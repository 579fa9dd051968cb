"""Takes out of a plan what the import is not to do: change what editors set, bring back what they deleted."""

from collections.abc import Iterable, Iterator

from musicdb.imports.deleted import DeletedByEditors
from musicdb.imports.earlier import Earlier
from musicdb.imports.entities import Entity
from musicdb.imports.existing import keep_existing
from musicdb.imports.options import Existing, ImportOptions
from musicdb.imports.plan import LeftDeleted, Plan
from musicdb.imports.playlists import TRACKS, without_tracks
from musicdb.models import Genre, Playlist, Track

# What an import leaves deleted. An artist, label or album comes back where a track needs it: nobody could delete it
# while a track had it, so that was no decision about the tracks.
_STAYS_DELETED = (Track, Genre, Playlist)


def settle(plan: Plan, options: ImportOptions, earlier: Earlier) -> Plan:
    """Return ``plan`` without what the import is not to do. What was taken out is listed in the plan."""
    gone = set() if options.restore_deleted else _leave_deleted(plan, earlier.deleted)
    # What an earlier part has created is not the library's.
    existed = {
        model: [one for one in entities if one.pk not in earlier.created[model]]
        for model, entities in plan.changed.items()
    }
    plan.kept = keep_existing(existed, options)
    if gone or plan.kept or options.existing is Existing.SKIP:
        _clear(plan, gone)
    return plan


def _leave_deleted(plan: Plan, deleted: DeletedByEditors) -> set[Entity]:
    """Return the new entities that are not to be created, and list them."""
    mentions = {row.entity for row in plan.rows if row.is_mention}
    new = (entity for entities in plan.created.values() for entity in entities)
    found = [entity for entity in new if deleted.has(entity, by_mention=entity in mentions)]
    gone = {entity for entity in found if entity.model in _STAYS_DELETED}
    if found:
        refs = {id(row.entity): row.ref for row in plan.rows}
        needed = _reached(plan, (one for one in _roots(plan, gone) if one not in found), gone)
        gone |= {entity for entity in found if entity not in needed}
        plan.left_deleted = [LeftDeleted(one, refs.get(id(one)), one not in gone) for one in found]
    return gone


def _roots(plan: Plan, gone: set[Entity]) -> Iterator[Entity]:
    """Yield what the import writes for its own sake and not because something else points at it."""
    for row in plan.rows:
        if row.entity not in gone:
            yield row.entity
    for entities in plan.changed.values():
        yield from entities
    yield from (planned.entity for planned in plan.playlists if planned.entity not in gone)


def _reached(plan: Plan, roots: Iterable[Entity], gone: set[Entity]) -> set[Entity]:
    """Return ``roots`` and the new entities that they point at, directly or not."""
    reached: set[Entity] = set()
    waiting = list(roots)
    while waiting:
        entity = waiting.pop()
        if entity in reached or entity in gone:
            continue
        reached.add(entity)
        for column in entity.values if entity.is_new else entity.before:
            value = entity.values[column]
            members = value if isinstance(value, list) else [value]
            waiting += (one for one in members if isinstance(one, Entity) and one.is_new)
    return reached


def _clear(plan: Plan, gone: set[Entity]) -> None:
    """Take out what is not done any more: ``gone``, rows without a change, new rows that nothing points at."""
    for entity in (*plan.created[Track], *plan.changed[Track]):
        if any(genre in gone for genre in entity.values.get("genres") or ()):
            entity.drop("genres", [genre for genre in entity.values["genres"] if genre in gone])
    plan.playlists = [without_tracks(one, gone) for one in plan.playlists if one.entity not in gone]
    changed_before = {one for entities in plan.changed.values() for one in entities}
    for model, entities in plan.changed.items():
        plan.changed[model] = [one for one in entities if one.is_changed]
    reached = _reached(plan, _roots(plan, gone), gone)
    for model, entities in plan.created.items():
        plan.created[model] = [one for one in entities if one in reached]
    with_rows = {row.entity for row in plan.rows}
    for row in plan.rows:
        plan.unchanged[row.entity.model.__name__] += not row.entity.is_new and not row.entity.is_changed
    plan.rows = [row for row in plan.rows if row.entity in reached and (row.entity.is_new or row.entity.is_changed)]
    stay = {one.entity for one in plan.kept if one.column == TRACKS.name and not one.is_taken}
    stay |= {one for one in changed_before if one.model is Playlist and not one.is_changed}
    plan.unchanged["Playlist"] += sum(one.entity in stay and one.entity not in with_rows for one in plan.playlists)
    # Those whose changes are not made. The others of which nothing changes are shown as they were.
    plan.playlists = [one for one in plan.playlists if one.entity not in stay or not one.changes]
