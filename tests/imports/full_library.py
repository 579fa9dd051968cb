"""A library with a value in every column, which only an import has set, and the means to correct it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from musicdb import history
from musicdb.imports import Source
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import CATALOGUE, Aggregate, aggregate_of
from musicdb.models.history import ChangeType
from tests.imports.files import track_id
from tests.imports.library import exported, run, wipe

# Pairs of values for columns that do not take any value of their kind.
VALUES: dict[str, tuple[Any, Any]] = {
    "spotify_id": (track_id(100), track_id(101)),
    "isrc": ("KRA381001057", "KRA381001058"),
    "upc": ("00602435", "00602436"),
    "release_date": (date(2024, 1, 1), date(2022, 1, 1)),
    "release_precision": ("day", "year"),
    "mode": (0, 1),
    "tempo": (100.0, 120.0),
    "rule": ("liked=true", "liked=false"),
}


def value_of(column: Any, number: int) -> Any:
    """Return the first or second of two values that ``column`` can have, neither of them its default."""
    if column.name in VALUES:
        return VALUES[column.name][number]
    if column.choices:
        return [value for value, _ in column.choices if value not in ("", column.get_default())][number]
    if isinstance(column, models.URLField):
        return f"https://a.example/{number}"
    if isinstance(column, models.DateTimeField):
        return datetime(2024, 5, 6 + number, tzinfo=UTC)
    if isinstance(column, models.BooleanField):
        return number == 0
    if isinstance(column, models.FloatField):
        return (0.25, 0.5)[number]
    if isinstance(column, models.IntegerField):
        return number + 1
    return f"Text {number}"


def full(model: Any, **more: Any) -> Any:
    """A row with a value in every column."""
    columns = [column for column in aggregate_of(model).columns if not column.is_relation]
    values = {column.name: value_of(column, 0) for column in columns if column.name not in ("slug", "rule")}
    return model.objects.create(**{**values, **more})


def full_library() -> Source:
    """Import a library that is full of values, and return the file of it."""
    genres = [full(Genre), Genre.objects.create(name="second")]
    artists = [full(Artist), Artist.objects.create(name="Second")]
    labels = [full(Label), Label.objects.create(name="Second")]
    album = full(Album)
    track, other = full(Track, album=album), Track.objects.create(title="Second", album=Album.objects.create(title="B"))
    playlist = full(Playlist)
    Playlist.objects.create(name="Rule", rule=VALUES["rule"][0])
    for owner, name, members in (
        (album, "labels", labels),
        (album, "artists", artists),
        (track, "artists", artists),
        (track, "genres", genres),
        (playlist, "tracks", [track, other]),
    ):
        give(owner, name, members)
    for aggregate in CATALOGUE:
        if aggregate.alias:
            first: Any = aggregate.model._default_manager.order_by("pk")[0]
            first.aliases.create(name="Alias")
    source = exported(".zip")
    wipe()
    run(source)
    return source


def give(owner: Any, name: str, members: Sequence[Any]) -> None:
    relation = aggregate_of(type(owner)).child_relation(name)
    relation.replace({owner.pk: [member.pk for member in members]})


def edit(row: Any, user: User | None, change_type: ChangeType = ChangeType.EDIT, /, **values: Any) -> None:
    """Change a row as an editor does: columns, or the members of a relation."""
    model = type(row)
    history.baseline(model, [row.pk])
    for name, value in values.items():
        if isinstance(value, list):
            give(row, name, value)
        else:
            setattr(row, name, value)
    with history.signals_disabled():
        row.save()
    history.record_updates(model, [row.pk], history.Change(change_type, user))


def target(aggregate: Aggregate, column: str) -> Any:
    """The row with a value in every column; of playlists, the one with a rule where that is asked for."""
    rows: Any = aggregate.model._default_manager.order_by("pk")
    return rows.exclude(rule=None).get() if column == "rule" else rows.get(slug="text-0")
