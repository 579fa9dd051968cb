"""What an import would change, or has changed, in words: for the preview, the command line and the record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from musicdb.history.diff import ValueChange
from musicdb.imports.entities import ThingPlan
from musicdb.imports.plan import Plan, TrackPlan
from musicdb.imports.records import Place
from musicdb.imports.resolvers import AlbumThing, Spelling, Thing
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

    place: Place
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
    told = {id(row.thing) for row in plan.things}
    for row in plan.things:
        yield _thing_report(row, told)
    for track in plan.tracks:
        action: Literal["new", "changed"] = "new" if track.pk is None else "changed"
        changes = (*_track_changes(track), *_album_changes(track.album, told))
        yield RowReport(track.place, action, track.title, changes, tuple(_creates(track, told)))


def _thing_report(row: ThingPlan, told: set[int]) -> RowReport:
    thing = row.thing
    action: Literal["new", "changed"] = "new" if thing.pk is None else "changed"
    changes = _changed_columns(thing) if thing.pk else _first_columns(thing)
    labels = thing.labels if isinstance(thing, AlbumThing) else []
    created = tuple(_told_once([("label", labels)], told))
    return RowReport(row.place, action, thing.name, tuple(changes), created, row.model.lower())


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


def _album_changes(album: AlbumThing | None, told: set[int]) -> Iterator[ValueChange]:
    if album is None or not album.before or id(album) in told:
        return
    told.add(id(album))
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


def _changed_columns(thing: Thing) -> Iterator[ValueChange]:
    for name, old in thing.before.items():
        if name != "spellings":
            yield ValueChange(_WHAT[name], in_words(old), in_words(_value(thing, name)))
    if thing.spellings:
        yield ValueChange("more other spellings", "", _names(thing.spellings))


def _first_columns(thing: Thing) -> Iterator[ValueChange]:
    """Yield what a new thing has besides its name."""
    columns = ("spotify_id", *thing.values, *(("released", "image_url", "labels") if _is_album(thing) else ()))
    for name in columns:
        if value := _value(thing, name):
            yield ValueChange(_WHAT[name], "", in_words(value))
    if thing.spellings:
        yield ValueChange("other spellings", "", _names(thing.spellings))


def _is_album(thing: Thing) -> bool:
    return isinstance(thing, AlbumThing)


def _value(thing: Thing, name: str) -> Any:
    return thing.values[name] if name in thing.values else getattr(thing, name)


def _creates(track: TrackPlan, told: set[int]) -> Iterator[str]:
    album = track.album
    made: list[tuple[str, Sequence[Thing]]] = [
        ("album", [album] if album else []),
        ("label", album.labels if album else []),
        ("artist", track.artists or []),
        ("genre", track.genres),
    ]
    return _told_once(made, told)


def _told_once(made: Iterable[tuple[str, Sequence[Thing]]], told: set[int]) -> Iterator[str]:
    for kind, things in made:
        for thing in things:
            if thing.pk is None and id(thing) not in told:
                told.add(id(thing))
                yield f"{kind} “{thing.name}”"


def _names(things: Iterable[Thing | Spelling]) -> str:
    return ", ".join(thing.name for thing in things)


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
