"""What an import would change, or has changed, in words: for the preview, the command line and the record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from musicdb.history.diff import ValueChange
from musicdb.imports.entities import EntityPlan
from musicdb.imports.plan import Plan, TrackPlan
from musicdb.imports.records import RowRef
from musicdb.imports.resolvers import AlbumEntity, Entity, PlannedAlias
from musicdb.models import Track
from musicdb.music.audio_features import AUDIO_FEATURES, FEATURE_NAMES
from musicdb.music.release_dates import format_release_date

_LABELS = {
    **{field.name: str(field.verbose_name) for field in Track._meta.concrete_fields},
    **{feature.name: feature.label.lower() for feature in AUDIO_FEATURES},
}
_FEATURES = frozenset(FEATURE_NAMES)
# What an editor is not told of a new track one by one: its title heads the row, and features are counted.
_NOT_SHOWN = _FEATURES | {"title"}


@dataclass(frozen=True)
class RowReport:
    """A row of a file and what comes of it. ``creates``: what it makes besides, such as "label “Kompakt”"."""

    ref: RowRef
    action: Literal["new", "changed"]
    title: str
    changes: tuple[ValueChange, ...]
    creates: tuple[str, ...]
    # What the row is about.
    kind: str = "track"


def row_reports(plan: Plan) -> Iterator[RowReport]:
    """Yield what comes of each row that changes something, in the order of the files.

    What several rows make together is told with the first of them.
    """
    # What has a row of its own is told of there.
    reported = {id(row.entity) for row in plan.entities}
    for row in plan.entities:
        yield _entity_report(row, reported)
    for track in plan.tracks:
        action: Literal["new", "changed"] = "new" if track.pk is None else "changed"
        changes = (*_track_changes(track), *_album_changes(track.album, reported))
        yield RowReport(track.ref, action, track.title, changes, tuple(_creates(track, reported)))


def _entity_report(row: EntityPlan, reported: set[int]) -> RowReport:
    entity = row.entity
    action: Literal["new", "changed"] = "new" if entity.pk is None else "changed"
    changes = _changed_columns(entity) if entity.pk else _first_columns(entity)
    labels = entity.labels if isinstance(entity, AlbumEntity) else []
    created = tuple(_report_once([("label", labels)], reported))
    return RowReport(row.ref, action, entity.name, tuple(changes), created, row.model.lower())


def album_reports(plan: Plan) -> list[tuple[str, tuple[ValueChange, ...]]]:
    """Return the albums that are there already and change, by title, with what changes."""
    return [(album.name, tuple(_changed_columns(album))) for album in plan.albums.changed()]


def _track_changes(track: TrackPlan) -> Iterator[ValueChange]:
    for name, new in track.values.items():
        if new in (None, "") and not track.before.get(name):
            continue
        if track.pk is not None or name not in _NOT_SHOWN:
            yield ValueChange(_LABELS[name], in_words(track.before.get(name)), in_words(new))
    if track.pk is None and (known := len(track.values.keys() & _FEATURES)):
        yield ValueChange("audio features", "", f"{known} of {len(_FEATURES)}")
    if track.artists is not None and (track.artists or track.artists_before):
        yield ValueChange("artists", ", ".join(track.artists_before), _names(track.artists))
    if track.album is not None:
        yield ValueChange("album", track.album_before.name if track.album_before else "", track.album.name)
    if track.genres:
        yield ValueChange("more genres" if track.pk else "genres", "", _names(track.genres))


def _album_changes(album: AlbumEntity | None, reported: set[int]) -> Iterator[ValueChange]:
    if album is None or not album.before or id(album) in reported:
        return
    reported.add(id(album))
    for change in _changed_columns(album):
        yield ValueChange(f"album’s {change.what}", change.old, change.new)


_WHAT = {
    "name": "name",
    "spotify_id": "Spotify id",
    "description": "description",
    "is_public": "public",
    "released": "release date",
    "image_url": "art",
    "labels": "labels",
}


def _changed_columns(entity: Entity) -> Iterator[ValueChange]:
    for name, old in entity.before.items():
        if name != "aliases":
            yield ValueChange(_WHAT[name], in_words(old), in_words(_value(entity, name)))
    if entity.aliases:
        yield ValueChange("more aliases", "", _names(entity.aliases))


def _first_columns(entity: Entity) -> Iterator[ValueChange]:
    """Yield what a new entity has besides its name."""
    columns = ("spotify_id", *entity.values, *(("released", "image_url", "labels") if _is_album(entity) else ()))
    for name in columns:
        if value := _value(entity, name):
            yield ValueChange(_WHAT[name], "", in_words(value))
    if entity.aliases:
        yield ValueChange("aliases", "", _names(entity.aliases))


def _is_album(entity: Entity) -> bool:
    return isinstance(entity, AlbumEntity)


def _value(entity: Entity, name: str) -> Any:
    return entity.values[name] if name in entity.values else getattr(entity, name)


def _creates(track: TrackPlan, reported: set[int]) -> Iterator[str]:
    album = track.album
    new_plan: list[tuple[str, Sequence[Entity]]] = [
        ("album", [album] if album else []),
        ("label", album.labels if album else []),
        ("artist", track.artists or []),
        ("genre", track.genres),
    ]
    return _report_once(new_plan, reported)


def _report_once(new_plan: Iterable[tuple[str, Sequence[Entity]]], reported: set[int]) -> Iterator[str]:
    for kind, entities in new_plan:
        for entity in entities:
            if entity.pk is None and id(entity) not in reported:
                reported.add(id(entity))
                yield f"{kind} “{entity.name}”"


def _names(entities: Iterable[Entity | PlannedAlias]) -> str:
    return ", ".join(entity.name for entity in entities)


def in_words(value: Any) -> str:
    """Return a value as a person would write it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return format_release_date(*value)
    if isinstance(value, list):
        return _names(value)
    return str(value)
