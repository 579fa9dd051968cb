"""A plan made true: new things first, then what points at them. Must run in a transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import models

from musicdb.db.bulk import in_batches, insert, reserve_keys, update
from musicdb.imports.parse import Progress, no_progress
from musicdb.imports.plan import COLUMNS, Plan, TrackPlan
from musicdb.imports.resolvers import AlbumThing, Thing
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    SluggedModel,
    Track,
    TrackArtist,
)
from musicdb.models.slugs import SlugMaker

TrackGenre = Track.genres.through
# What a new track has where the file says nothing.
DEFAULTS = {name: Track._meta.get_field(name).get_default() for name in COLUMNS}  # type: ignore[union-attr]


@dataclass
class Written:
    """The keys of the rows that an import made and changed, by model."""

    created: dict[type[models.Model], list[int]] = field(default_factory=dict)
    updated: dict[type[models.Model], list[int]] = field(default_factory=dict)


def changed_keys(plan: Plan) -> dict[type[models.Model], list[int]]:
    """Return the keys of the existing rows that ``plan`` changes, by model."""
    return {
        Genre: [genre.pk for genre in plan.genres.changed() if genre.pk],
        Label: [label.pk for label in plan.labels.changed() if label.pk],
        Artist: [artist.pk for artist in plan.artists.changed() if artist.pk],
        Album: [album.pk for album in plan.albums.changed() if album.pk],
        Track: [track.pk for track in plan.tracks if track.pk],
    }


def write(plan: Plan, progress: Progress = no_progress) -> Written:
    """Write all of ``plan``. The number of statements grows with batches, not with rows."""
    written = Written(updated=changed_keys(plan))
    blanks: dict[type[SluggedModel], dict[str, Any]] = {
        Genre: {"description": ""},
        Label: {"is_public": False},
        Artist: {"is_public": False},
    }
    things: dict[type[SluggedModel], list[Thing]] = {
        Genre: plan.genres.new(),
        Label: plan.labels.new(),
        Artist: plan.artists.new(),
    }
    changed: dict[type[SluggedModel], list[Thing]] = {
        Genre: plan.genres.changed(),
        Label: plan.labels.changed(),
        Artist: plan.artists.changed(),
    }
    for model, new in things.items():
        written.created[model] = _give_keys(model, new)
        _insert_named(model, new, blanks[model])
        _update_named(model, changed[model])
        _write_spellings(model, chain(new, changed[model]))
    written.created[Album] = _write_albums(plan)
    written.created[Track] = _write_tracks(plan, progress)
    return written


def _give_keys(model: type[models.Model], new: Sequence[Any]) -> list[int]:
    keys = list(reserve_keys(model, len(new)))
    for row, key in zip(new, keys, strict=True):
        row.pk = key
    return keys


def _insert_named(model: type[SluggedModel], new: Sequence[Thing], blanks: dict[str, Any]) -> None:
    if not new:
        return
    former = (spelling.slug for thing in new for spelling in thing.spellings if spelling.slug)
    slugs = SlugMaker(model).slugs(((thing.slug, thing.name) for thing in new), reserved=former)
    has_id = model is Artist
    fields = ["id", "name", "slug", *(["spotify_id"] if has_id else []), *blanks]
    insert(
        model,
        fields,
        (
            (
                *(thing.pk, thing.name, slug, *((thing.spotify_id,) if has_id else ())),
                *(thing.values.get(column, blank) for column, blank in blanks.items()),
            )
            for thing, slug in zip(new, slugs, strict=True)
        ),
    )


def _update_named(model: type[SluggedModel], changed: Iterable[Thing]) -> None:
    """Write the columns that change. Those that a row of its own says are in ``values``."""
    groups: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for thing in changed:
        now = {**thing.values, "name": thing.name, "spotify_id": thing.spotify_id}
        if columns := tuple(column for column in thing.before if column != "spellings"):
            groups[columns].append((*(now[column] for column in columns), thing.pk))
    for columns, rows in groups.items():
        update(model, columns, rows)


def _write_spellings(model: type[SluggedModel], things: Iterable[Thing]) -> None:
    aliases = {Genre: GenreAlias, Label: LabelAlias, Artist: ArtistAlias}[model]
    columns = ("name", "slug", "spotify_id") if model is Artist else ("name", "slug")
    rows = [(thing.pk, spelling) for thing in things for spelling in thing.spellings]

    def values(spelling: Any) -> tuple[Any, ...]:
        return tuple(getattr(spelling, column) for column in columns)

    insert(aliases, ["target", *columns], ((pk, *values(one)) for pk, one in rows if one.pk is None))
    update(aliases, columns, ((*values(one), one.pk) for _, one in rows if one.pk is not None))


def _write_albums(plan: Plan) -> list[int]:
    new, changed = plan.albums.new(), plan.albums.changed()
    keys = _give_keys(Album, new)
    if new:
        slugs = SlugMaker(Album).slugs((album.slug, album.name) for album in new)
        insert(
            Album,
            ["id", "title", "slug", "spotify_id", "release_date", "release_precision", "image_url"],
            (
                (album.pk, album.name, slug, album.spotify_id, *_date(album), album.image_url)
                for album, slug in zip(new, slugs, strict=True)
            ),
        )
    update(
        Album,
        ["title", "spotify_id", "release_date", "release_precision", "image_url"],
        ((album.name, album.spotify_id, *_date(album), album.image_url, album.pk) for album in changed),
    )
    relabelled = [album for album in changed if "labels" in album.before]
    _replace(AlbumLabel, "album", "label", relabelled, ((album.pk, album.labels) for album in chain(new, relabelled)))
    return keys


def _date(album: AlbumThing) -> tuple[str | None, str]:
    if album.released is None:
        return None, ""
    day, precision = album.released
    return day.isoformat(), precision


def _replace(
    through: type[models.Model],
    owner: str,
    member: str,
    changed: Iterable[Any],
    lists: Iterable[tuple[int | None, Sequence[Thing]]],
) -> None:
    """Give owners the members of ``lists``, in order; those in ``changed`` lose what they had."""
    for batch in in_batches(row.pk for row in changed):
        through._default_manager.filter(**{f"{owner}__in": batch}).delete()
    insert(
        through,
        [owner, member, "position"],
        ((pk, thing.pk, position) for pk, things in lists for position, thing in enumerate(things)),
    )


def _write_tracks(plan: Plan, progress: Progress) -> list[int]:
    new = [track for track in plan.tracks if track.pk is None]
    changed = [track for track in plan.tracks if track.pk is not None]
    keys = _give_keys(Track, new)
    if new:
        slugs = SlugMaker(Track).slugs((track.slug, track.title) for track in new)
        insert(Track, ["id", "slug", "album", *COLUMNS], _counted(_new_rows(new, slugs), len(new), progress))
    for fields, tracks in _by_what_changes(changed).items():
        update(Track, fields, ((*_values(track), track.pk) for track in tracks))
    rebilled = [track for track in changed if track.artists is not None]
    _replace(
        TrackArtist, "track", "artist", rebilled, ((track.pk, track.artists or []) for track in chain(new, rebilled))
    )
    insert(TrackGenre, ["track", "genre"], ((track.pk, genre.pk) for track in plan.tracks for genre in track.genres))
    return keys


def _new_rows(new: Iterable[TrackPlan], slugs: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    for track, slug in zip(new, slugs, strict=True):
        values = {**DEFAULTS, **track.values}
        album = track.album.pk if track.album else None
        yield track.pk, slug, album, *(values[name] for name in COLUMNS)


def _by_what_changes(changed: Iterable[TrackPlan]) -> dict[tuple[str, ...], list[TrackPlan]]:
    groups: defaultdict[tuple[str, ...], list[TrackPlan]] = defaultdict(list)
    for track in changed:
        if fields := (*sorted(track.values), *(("album",) if track.album else ())):
            groups[fields].append(track)
    return groups


def _values(track: TrackPlan) -> tuple[Any, ...]:
    album = (track.album.pk,) if track.album else ()
    return (*(track.values[name] for name in sorted(track.values)), *album)


def _counted(rows: Iterator[Any], total: int, progress: Progress) -> Iterator[Any]:
    for number, row in enumerate(rows, start=1):
        if number % 1_000 == 0 or number == total:
            progress("Writing", number, total)
        yield row
