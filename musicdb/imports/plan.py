"""What an import would change: the entities that are created and changed, row by row. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any

from musicdb.imports.columns import Columns, as_dict
from musicdb.imports.earlier import Earlier
from musicdb.imports.entities import Entity
from musicdb.imports.existing import Kept
from musicdb.imports.messages import Note, Problem, RowRef
from musicdb.imports.options import ImportOptions
from musicdb.imports.parsed import Parsed
from musicdb.imports.playlists import PlannedPlaylist, plan_playlists
from musicdb.imports.resolvers import Resolution, ResolvedRow, ResolvedTrack, UnknownTrack
from musicdb.imports.track_notes import TrackNotes
from musicdb.models import SluggedModel, Track
from musicdb.models.aggregates import CATALOGUE
from musicdb.music import ESSENTIAL_FEATURES, FEATURE_NAMES
from musicdb.progress import Progress, no_progress

PROGRESS_EVERY = 5_000


@dataclass(slots=True)
class PlannedRow:
    """A row of a file, and the entity that it creates or changes. See ``TrackRecord.is_mention``."""

    ref: RowRef
    entity: Entity
    is_mention: bool = False


@dataclass(frozen=True)
class LeftDeleted:
    """A row that an editor has deleted and a file mentions. ``returns`` is whether a track needs it back."""

    entity: Entity
    ref: RowRef | None
    returns: bool

    def __str__(self) -> str:
        return f"{self.entity.model._meta.verbose_name} “{self.entity.name}”"


@dataclass
class Plan:
    """All that an import would write.

    ``rows`` are those that create or change something. ``created`` and ``changed`` also have the entities that rows
    only mention. ``unchanged`` counts the rows that change nothing, by the name of the model. ``problems`` are those
    that only the catalogue shows, as are ``notes`` and what is said ``about_tracks``. ``playlists`` are those whose
    tracks the files list. ``kept`` are values of the library that the files would change, and ``left_deleted`` rows
    that they would bring back. ``track_of`` has the track of each record by the ``id`` of the record, where files list
    the tracks of playlists.
    """

    rows: list[PlannedRow] = field(default_factory=list)
    created: dict[type[SluggedModel], list[Entity]] = field(default_factory=dict)
    changed: dict[type[SluggedModel], list[Entity]] = field(default_factory=dict)
    unchanged: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    playlists: list[PlannedPlaylist] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    left_deleted: list[LeftDeleted] = field(default_factory=list)
    about_tracks: TrackNotes = field(default_factory=TrackNotes)
    track_of: dict[int, Entity | int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return count_rows(self.created, self.changed, self.unchanged)

    def changed_keys(self) -> dict[type[SluggedModel], list[int]]:
        """Return the keys of the existing rows that the plan changes, by model."""
        return {model: [one.pk for one in entities if one.pk] for model, entities in self.changed.items()}


def count_rows(
    created: Mapping[type[SluggedModel], Sized], changed: Mapping[type[SluggedModel], Sized], unchanged: Counter[str]
) -> dict[str, dict[str, int]]:
    """Return how many rows are created, changed and left unchanged, by the name of the model."""
    return {
        one.name: {
            "created": len(created[one.model]),
            "updated": len(changed[one.model]),
            "unchanged": unchanged[one.name],
        }
        for one in CATALOGUE
    }


def make_plan(
    resolution: Resolution, parsed: Parsed, options: ImportOptions, earlier: Earlier, progress: Progress = no_progress
) -> Plan:
    """Compare the resolved records of ``parsed`` with the catalogue."""
    tracks = len(parsed.tracks)
    plan = Plan()
    collected: set[int] = set()
    for model in (aggregate.model for aggregate in CATALOGUE):
        plan.created[model], plan.changed[model] = [], []
    for row in resolution.rows:
        if isinstance(row, ResolvedRow):
            has_change = not row.is_merged and (row.entity.is_new or row.entity.is_changed)
            _add(plan, PlannedRow(row.ref, row.entity), has_change)
        else:
            plan.problems.append(row)
    for done, track in enumerate(resolution.tracks, start=1):
        plan.about_tracks.see(track.ref)
        if isinstance(track, ResolvedTrack):
            entity = _plan_track(track, options.liked is True)
            if parsed.lists_tracks:
                plan.track_of[id(track.record)] = entity.pk or entity
            has_change = entity.is_new or entity.is_changed or entity.pk in earlier.changed[Track]
            _add(plan, PlannedRow(track.ref, entity, track.record.is_mention), has_change)
            # Several rows without an id can mean one track.
            if entity.pk is None or entity.pk not in collected:
                _collect(plan, [entity])
                if entity.pk and entity.is_changed:
                    collected.add(entity.pk)
            if track.is_unsure:
                plan.about_tracks.see_unsure(track)
            if not plan.about_tracks.has_features:
                plan.about_tracks.has_features = any(entity.values.get(name) is not None for name in ESSENTIAL_FEATURES)
        elif isinstance(track, UnknownTrack):
            plan.about_tracks.see_unknown(track)
        else:
            plan.problems.append(track)
        if done % PROGRESS_EVERY == 0 or done == tracks:
            progress("Comparing", done, tracks)
    _plan_playlists(plan, resolution, parsed)
    _collect(plan, resolution.entities())
    return plan


def _plan_playlists(plan: Plan, resolution: Resolution, parsed: Parsed) -> None:
    with_rows = {id(row.entity) for row in resolution.rows if isinstance(row, ResolvedRow)}
    for planned in plan_playlists(list(parsed.playlists.values()), resolution.playlists, plan.track_of):
        if isinstance(planned, Problem):
            plan.problems.append(planned)
        elif isinstance(planned, Note):
            plan.notes.append(planned)
        else:
            plan.playlists.append(planned)
            is_unchanged = not planned.is_new and not planned.entity.is_changed
            plan.unchanged["Playlist"] += is_unchanged and id(planned.entity) not in with_rows


def _add(plan: Plan, row: PlannedRow, has_change: bool) -> None:
    if has_change:
        plan.rows.append(row)
    else:
        plan.unchanged[row.entity.model.__name__] += 1


def _collect(plan: Plan, entities: Iterable[Entity]) -> None:
    for entity in entities:
        if entity.is_new:
            plan.created[entity.model].append(entity)
        elif entity.is_changed:
            plan.changed[entity.model].append(entity)


def _plan_track(row: ResolvedTrack, liked: bool) -> Entity:
    """Return the track of a row with the values that it gets. Of an existing one, what is not known stays."""
    record, stored = row.record, row.stored
    if row.is_merged and stored is not None:
        return stored.entity
    values = {**as_dict(record.values), "title": row.title}
    if record.spotify_id or stored is None:
        values["spotify_id"] = record.spotify_id
    if liked:
        values["liked"] = True
    if record.plays:
        # Never less than now, so that a history can be imported again, and a part of it after the whole.
        score = stored.entity.values["score"] if stored else None
        values["score"] = max(record.plays.number, score or 0)
    if stored is None:
        links = {"album": row.album, "artists": row.artists, "genres": row.genres}
        columns = Columns({**values, "slug": record.slug, **links})
        return Entity(Track, columns, aliases=row.aliases, is_new=True)
    track = stored.entity
    if row.aliases:
        track.aliases = row.aliases
    if record.is_mention:
        _plan_mention(track, values)
        return track
    if record.only_fills_features:
        _leave_known_features(track, values)
    source = values.pop("features_source", None)
    if (added_at := track.values.get("added_at")) and "added_at" in values:
        values["added_at"] = min(added_at, values["added_at"])
    for column, value in values.items():
        track.set(column, value)
    # The source of the features matters once one of them changes.
    if source is not None and (record.says_source or not track.before.keys().isdisjoint(FEATURE_NAMES)):
        track.set("features_source", source)
    if row.artists:
        track.set("artists", row.artists)
    if row.album:
        track.set("album", row.album)
    # An import adds genres, and takes none away.
    track.set("genres", [genre for genre in row.genres if genre.pk not in stored.genres] or None)
    return track


def _plan_mention(track: Entity, values: dict[str, Any]) -> None:
    """Give an existing track what a mention of it says. Names only led to it, and stay."""
    del values["title"]
    if track.spotify_id:
        values.pop("spotify_id", None)
    _leave_known_features(track, values)
    if track.values.get("isrc"):
        values.pop("isrc", None)
    for column, value in values.items():
        track.set(column, value)


def _leave_known_features(track: Entity, values: dict[str, Any]) -> None:
    """Take from ``values`` the audio features that an existing track is not to get.

    Features of two sources do not mix, and those that the track has stay, but for two cases. What one source says in
    several files belongs together. And where a track has no more than a tempo, a key and the like, such as its file's
    tags have, an analysis that knows them all and the essential features takes their place.
    """
    known = {name for name in FEATURE_NAMES if track.values.get(name) is not None}
    offered = {name for name in FEATURE_NAMES if values.get(name) is not None}
    if known and track.values.get("features_source") == values.get("features_source"):
        left = known
    elif not known or (known.isdisjoint(ESSENTIAL_FEATURES) and offered.issuperset({*known, *ESSENTIAL_FEATURES})):
        left = set()
    else:
        left = {*FEATURE_NAMES, "features_source"}
    for name in left:
        values.pop(name, None)
