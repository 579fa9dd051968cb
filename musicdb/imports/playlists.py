"""What an import would change in playlists: which tracks are added, removed and moved. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from musicdb.db import in_batches
from musicdb.history.list_changes import ListChanges, list_changes
from musicdb.imports.entities import Entity, Entry
from musicdb.imports.messages import Note, Problem
from musicdb.imports.parsed import LEFT_OUT, ParsedEntry, ParsedPlaylist
from musicdb.imports.resolvers.named import NamedResolver
from musicdb.models import Playlist, Track, TrackAlias
from musicdb.models.aggregates import Child, aggregate_of

TRACKS = aggregate_of(Playlist).child_relation("tracks")
# Where an existing track is, or the track that the import creates.
TrackKey = Entity | int


@dataclass(frozen=True)
class PlannedPlaylist:
    """A playlist that the import creates or updates, with what becomes of its tracks."""

    entity: Entity
    tracks: int
    changes: ListChanges

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def is_new(self) -> bool:
        return self.entity.is_new

    def __str__(self) -> str:
        if self.is_new:
            return f"Playlist “{self.name}”: new, {self.tracks:,} {'track' if self.tracks == 1 else 'tracks'}"
        numbers = {"added": len(self.changes.added), "removed": len(self.changes.removed), "moved": self.changes.moved}
        said = [f"{number:,} {what}" for what, number in numbers.items() if number]
        return f"Playlist “{self.name}”: {', '.join(said) or 'its tracks as they were'}"


def plan_playlists(
    parsed: Sequence[ParsedPlaylist], playlists: NamedResolver, tracks: Mapping[int, TrackKey]
) -> Iterator[PlannedPlaylist | Note | Problem]:
    """Give each playlist the tracks that the files list, in their order, and yield what that changes.

    ``tracks`` has the tracks by the ``id`` of the record that means them. Those of rows that are bad are missing. What
    an entry states stays where the file does not say it.
    """
    if not parsed:
        return
    playlists.load(playlist.mention for playlist in parsed)
    by_slug = _tracks_by_slug(parsed)
    found: dict[Entity, list[Entry]] = {}
    for playlist in parsed:
        slug = playlist.mention.slug
        if slug and not playlists.knows_slug(slug):
            yield from (_unknown(entry, "playlist", slug) for entry in playlist.entries[:1])
            continue
        if slug and slug not in playlists.lookup.by_slug and slug in playlists.lookup.by_alias_slug:
            text = f"The playlist “{slug}” has been merged into another, so its tracks were left out."
            yield Note("", text, (), playlist.entries[0].ref.file)
            continue
        entries = []
        for entry in playlist.entries:
            track = _track_of(entry, by_slug, tracks)
            if track:
                entries.append(Entry(track, (entry.entry.added_at, entry.entry.added_by)))
            elif isinstance(entry.track, str):
                yield _unknown(entry, "track", entry.track)
        if entries or any(entry.track == LEFT_OUT for entry in playlist.entries):
            entity = playlists.find(playlist.mention)
            if entity.is_new and playlist.source:
                entity.values["source"] = playlist.source[:500]
            found.setdefault(entity, []).extend(entries)
    existing = [entity.pk for entity in found if entity.pk is not None]
    ruled = set(Playlist.objects.filter(pk__in=existing).exclude(rule=None).values_list("pk", flat=True))
    present = TRACKS.children(existing)
    for entity, entries in found.items():
        if entity.pk in ruled or entity.values.get("rule"):
            text = f"A rule finds the tracks of the playlist “{entity.name}”, so they were left as they are."
            yield Note("", text, (), entity.name)
        else:
            yield _update(entity, entries, present.get(entity.pk or 0, []))


def _track_of(entry: ParsedEntry, by_slug: Mapping[str, int], tracks: Mapping[int, TrackKey]) -> TrackKey | None:
    if isinstance(entry.track, str):
        return by_slug.get(entry.track)
    if isinstance(entry.track, int):
        return max(entry.track, 0)
    return tracks.get(id(entry.track.record))


def _update(entity: Entity, entries: list[Entry], present: Sequence[Child]) -> PlannedPlaylist:
    before = [Entry(child.member, child.values) for child in present]
    after = _with_known_facts(entries, before)
    entity.values.setdefault(TRACKS.name, before)
    entity.set(TRACKS.name, after)
    return PlannedPlaylist(
        entity, len(after), list_changes([entry.track for entry in before], [entry.track for entry in after])
    )


def without_tracks(planned: PlannedPlaylist, gone: Collection[Entity]) -> PlannedPlaylist:
    """Return ``planned`` without the entries of new tracks that are not created after all."""
    entity = planned.entity
    entries = entity.values.get(TRACKS.name, [])
    if not any(entry.track in gone for entry in entries):
        return planned
    before = entity.before.get(TRACKS.name, [])
    if not entity.is_new:
        entity.keep(TRACKS.name)
    after = [entry for entry in entries if entry.track not in gone]
    entity.set(TRACKS.name, after)
    changes = list_changes([entry.track for entry in before], [entry.track for entry in after])
    return PlannedPlaylist(entity, len(after), changes)


def _with_known_facts(entries: Sequence[Entry], before: Sequence[Entry]) -> list[Entry]:
    """Return ``entries``, with what those before state of the same track where these do not say it."""
    known: defaultdict[TrackKey, list[tuple[Any, ...]]] = defaultdict(list)
    for entry in reversed(before):
        known[entry.track].append(entry.values)
    found = []
    for entry in entries:
        former = known[entry.track].pop() if known[entry.track] else (None, "")
        values = tuple(new or old for new, old in zip(entry.values, former, strict=True))
        found.append(Entry(entry.track, values))
    return found


def _tracks_by_slug(parsed: Sequence[ParsedPlaylist]) -> dict[str, int]:
    """Return the existing tracks that only their slugs name, or their former ones. Two queries a batch at most."""
    slugs = {entry.track for playlist in parsed for entry in playlist.entries if isinstance(entry.track, str)}
    found: dict[str, int] = {}
    for batch in in_batches(sorted(slugs)):
        found.update(Track.objects.filter(slug__in=batch).values_list("slug", "pk"))
        if merged := [slug for slug in batch if slug not in found]:
            aliases = TrackAlias.objects.filter(slug__in=merged).values_list("slug", "target")
            found.update((slug, pk) for slug, pk in aliases if slug)
    return found


def _unknown(entry: ParsedEntry, kind: str, slug: str) -> Problem:
    message = f"There is no {kind} “{slug}”, neither in the file nor in the library."
    return Problem(entry.ref, f"{kind}_slug", message)
