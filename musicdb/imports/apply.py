"""A plan made true: new entities first, then what points at them. Must run in a transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db import models

from musicdb.db.bulk import in_batches, insert, reserve_keys, update
from musicdb.imports.parse import Progress, no_progress
from musicdb.imports.plan import COLUMNS, Plan, TrackPlan
from musicdb.imports.resolvers import AlbumEntity, Entity
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
    """The keys of the rows that an import created and changed, by model."""

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


def apply_plan(plan: Plan, progress: Progress = no_progress) -> Written:
    """Write all of ``plan``. The number of statements grows with batches, not with rows."""
    written = Written(updated=changed_keys(plan))
    blanks: dict[type[SluggedModel], dict[str, Any]] = {
        Genre: {"description": ""},
        Label: {"is_public": False},
        Artist: {"is_public": False},
    }
    entities: dict[type[SluggedModel], list[Entity]] = {
        Genre: plan.genres.new(),
        Label: plan.labels.new(),
        Artist: plan.artists.new(),
    }
    changed: dict[type[SluggedModel], list[Entity]] = {
        Genre: plan.genres.changed(),
        Label: plan.labels.changed(),
        Artist: plan.artists.changed(),
    }
    for model, new in entities.items():
        written.created[model] = _give_keys(model, new)
        _insert_named(model, new, blanks[model])
        _update_named(model, changed[model])
        _write_aliases(model, chain(new, changed[model]))
    written.created[Album] = _write_albums(plan)
    written.created[Track] = _write_tracks(plan, progress)
    return written


def _give_keys(model: type[models.Model], new: Sequence[Any]) -> list[int]:
    keys = list(reserve_keys(model, len(new)))
    for row, key in zip(new, keys, strict=True):
        row.pk = key
    return keys


def _insert_named(model: type[SluggedModel], new: Sequence[Entity], blanks: dict[str, Any]) -> None:
    if not new:
        return
    former = (alias.slug for entity in new for alias in entity.aliases if alias.slug)
    slugs = SlugMaker(model).slugs(((entity.slug, entity.name) for entity in new), reserved=former)
    has_id = model is Artist
    fields = ["id", "name", "slug", *(["spotify_id"] if has_id else []), *blanks]
    insert(
        model,
        fields,
        (
            (
                *(entity.pk, entity.name, slug, *((entity.spotify_id,) if has_id else ())),
                *(entity.values.get(column, blank) for column, blank in blanks.items()),
            )
            for entity, slug in zip(new, slugs, strict=True)
        ),
    )


def _update_named(model: type[SluggedModel], changed: Iterable[Entity]) -> None:
    """Write the columns that change. Those that a row of its own says are in ``values``."""
    groups: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for entity in changed:
        now = {**entity.values, "name": entity.name, "spotify_id": entity.spotify_id}
        if columns := tuple(column for column in entity.before if column != "aliases"):
            groups[columns].append((*(now[column] for column in columns), entity.pk))
    for columns, rows in groups.items():
        update(model, columns, rows)


def _write_aliases(model: type[SluggedModel], entities: Iterable[Entity]) -> None:
    aliases = {Genre: GenreAlias, Label: LabelAlias, Artist: ArtistAlias}[model]
    columns = ("name", "slug", "spotify_id") if model is Artist else ("name", "slug")
    rows = [(entity.pk, alias) for entity in entities for alias in entity.aliases]

    def values(alias: Any) -> tuple[Any, ...]:
        return tuple(getattr(alias, column) for column in columns)

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


def _date(album: AlbumEntity) -> tuple[str | None, str]:
    if album.released is None:
        return None, ""
    day, precision = album.released
    return day.isoformat(), precision


def _replace(
    through: type[models.Model],
    owner: str,
    member: str,
    changed: Iterable[Any],
    lists: Iterable[tuple[int | None, Sequence[Entity]]],
) -> None:
    """Give owners the members of ``lists``, in order; those in ``changed`` lose what they had."""
    for batch in in_batches(row.pk for row in changed):
        through._default_manager.filter(**{f"{owner}__in": batch}).delete()
    insert(
        through,
        [owner, member, "position"],
        ((pk, entity.pk, position) for pk, entities in lists for position, entity in enumerate(entities)),
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
