"""An import in parts does what the same import does as a whole."""

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from musicdb import history
from musicdb.imports import BadRowsError, ImportOptions, Outcome, Source, run_import
from musicdb.imports.column_mapping import ColumnMapping, MappedColumn
from musicdb.imports.options import Existing
from musicdb.imports.service import Parts
from musicdb.models import Album, Artist, Genre, Playlist, Track
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType
from tests.imports.files import as_csv, net_row, track_id
from tests.imports.library import state

pytestmark = pytest.mark.django_db

WHOLE = Parts(from_rows=1_000_000)
IN_PARTS = Parts(from_rows=10, tracks=9)
MAPPING = ColumnMapping(
    (
        MappedColumn("Id", "spotify_id"),
        MappedColumn("Song", "title"),
        MappedColumn("By", "artists", "semicolon"),
        MappedColumn("Ids", "artist_ids", "semicolon"),
        MappedColumn("On", "album"),
        MappedColumn("On id", "album_id"),
        MappedColumn("On by", "album_artists", "semicolon"),
        MappedColumn("Bar code", "upc"),
        MappedColumn("Out", "released"),
        MappedColumn("On label", "labels", "semicolon"),
        MappedColumn("Kind", "genres", "semicolon"),
        MappedColumn("Code", "isrc"),
        MappedColumn("Long", "duration_ms", "milliseconds"),
        MappedColumn("Fast", "tempo"),
        MappedColumn("Dances", "danceability", "0-1"),
        MappedColumn("Picture", "image_url"),
    )
)
HEADINGS = [column.heading for column in MAPPING.columns]
TUNES = ("Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC")


def varied_rows(seed: int, number: int) -> Iterator[list[str]]:
    """Rows that mention few names often, in other cases, with and without ids, with dates that are more or less fine."""
    chance = random.Random(seed)
    titles = ["Intro", "INTRO", "One", "one", "Two", "Three (Live)", "Ночь", "Four", "5", "Six"]
    artists = ["Sia", "SIA", "Queen", "Björk", "Bjork", "A feat. B", "Kid", "Nobody", "IU", "Mina"]
    albums = ["Best", "Gold", "best", "Live", "Ram", "Hits"]

    def maybe(share: float, value: Callable[[], str]) -> str:
        return value() if chance.random() < share else ""

    for _ in range(number):
        names = chance.sample(artists, chance.choice((1, 1, 1, 2, 3)))
        with_ids = chance.random() < 0.4
        song = chance.randrange(1, 90)
        has_id = chance.random() < 0.6
        album = chance.choice(albums)
        yield [
            track_id(song) if has_id else "",
            titles[song % len(titles)] if has_id and chance.random() < 0.97 else chance.choice(titles),
            ";".join(names) if not has_id else ";".join(artists[(song + place) % 10] for place in range(song % 3 + 1)),
            ";".join(track_id(500 + artists.index(name)) for name in names) if with_ids and not has_id else "",
            albums[song % len(albums)] if has_id else maybe(0.8, lambda: album),
            maybe(0.2, lambda: track_id(800 + chance.randrange(9))) if not has_id else "",
            maybe(0.3, lambda: chance.choice(artists)),
            maybe(0.15, lambda: f"0060243{chance.randrange(5)}"),
            maybe(0.7, lambda: chance.choice(("1983", "1983-05", "1983-05-12", "1984", "2001-07-02"))),
            maybe(0.4, lambda: chance.choice(("Harbour", "HARBOUR", "Pier"))),
            maybe(0.7, lambda: chance.choice(("k-pop", "K-Pop", "jazz", "jazz;soul"))),
            maybe(0.1, lambda: f"KRA38100{chance.randrange(1000, 1020)}"),
            maybe(0.5, lambda: str(chance.choice((200_000, 201_000, 300_000)))),
            maybe(0.3, lambda: chance.choice(("120", "90", "fast"))) if not has_id else "",
            maybe(0.3, lambda: "0.5"),
            maybe(0.3, lambda: f"https://a.example/{chance.randrange(3)}.jpg"),
        ]


def sources(seed: int) -> list[Source]:
    chance = random.Random(seed)
    names = [f"Song {number}" for number in range(1, 60)]
    tunes = [
        [name, f"Singer {number % 7}", "", chance.choice(("Road", "Home", "Gone")), "Playlist", ""]
        for number, name in enumerate(chance.choices(names, k=60))
    ]
    nets = [
        net_row(number, **{"Added At": f"2024-05-{day:02}T10:00:00Z", "Added By": "mina", "Popularity": str(day)})
        for day, number in enumerate(chance.choices(range(1, 40), k=28), start=1)
    ]
    return [
        Source("own.csv", as_csv(varied_rows(seed, 120), HEADINGS).encode()),
        Source("tunes.csv", as_csv(tunes, TUNES).encode()),
        Source("Road trip.csv", as_csv(nets).encode()),
        Source("Liked Songs.csv", as_csv(reversed(nets[:14])).encode()),
    ]


def correct(user: User) -> None:
    """Do what editors do: set values, empty and delete them, merge nothing."""
    edit = history.Change(ChangeType.EDIT, user)
    tracks = list(Track.objects.order_by("pk"))
    for track in tracks[::3]:
        track.title = f"{track.title} (corrected)"
        track.save()
    for album in Album.objects.order_by("pk")[::2]:
        album.image_url, album.title = "", album.title
        album.save()
    for artist in Artist.objects.order_by("pk")[::4]:
        artist.spotify_id = None
        artist.save()
    for model, keys in ((Track, [track.pk for track in tracks[::3]]), (Album, None), (Artist, None)):
        chosen = keys or list(model._default_manager.values_list("pk", flat=True))
        history.record_updates(model, chosen, edit)
    history.delete(Track.objects.filter(pk__in=[track.pk for track in tracks[1::7]]), edit)
    genre = Genre.objects.order_by("pk").last()
    history.delete(Genre.objects.filter(pk=genre and genre.pk), edit)


def story(outcome: Outcome) -> dict[str, Any]:
    """All that an import leaves behind, without keys: the catalogue, the history, and what is said of it."""
    slugs = {model.model: dict(model.model._default_manager.values_list("pk", "slug")) for model in CATALOGUE}
    found: dict[str, Any] = {"state": state()}
    for aggregate in CATALOGUE:
        found[f"order of {aggregate.name}"] = list(slugs[aggregate.model].values())
        found[f"history of {aggregate.name}"] = sorted(versions(aggregate, slugs), key=str)
    record = outcome.record
    found["record"] = (record.rows, record.counts, record.skipped, record.bad_rows, record.file_format, record.file_digest)
    found["said"] = (outcome.counts, list(map(str, outcome.notes)), list(map(str, outcome.problems)))
    found["kept"] = sorted((one.name, one.label, sorted(one.reasons), one.number, one.taken) for one in outcome.kept_fields)
    found["left deleted"] = sorted((str(one), str(one.ref), one.returns) for one in outcome.plan.left_deleted)
    found["playlists"] = sorted(map(str, outcome.plan.playlists))
    return found


def versions(aggregate: Any, slugs: Any) -> Iterator[Any]:
    for version in aggregate.versions.order_by("history_id"):
        stated = {column.name: getattr(version, column.attname) for column in aggregate.columns if not column.is_relation}
        for relation in aggregate.child_relations:
            members = [child for child in relation.stated(version)]
            stated[relation.name] = [(slugs[relation.member_model].get(one.member), one.values) for one in members]
            if not relation.is_ordered:
                stated[relation.name].sort(key=str)
        yield version.history_type, version.change_type, version.source_import_id is not None, stated


def run(files: list[Source], parts: Parts, prepare: Callable[[], object], path: Path, **options: Any) -> dict[str, Any]:
    """Import in a library that is taken back afterwards."""
    with transaction.atomic():
        prepare()
        chosen = ImportOptions(skip_bad=True, mappings=(MAPPING,), **options)
        found = story(run_import(files, chosen, None, bad_rows_path=lambda record: path, parts=parts))
        found["bad rows"] = path.read_text()
        print(found["record"], len(found["state"]))
        transaction.set_rollback(True)
    return found


def compare(one: Any, other: Any, where: str = "") -> list[str]:
    """Return what differs, in words."""
    if isinstance(one, dict):
        return [said for key in one.keys() | other.keys() for said in compare(one.get(key), other.get(key), f"{where} {key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [said for place, pair in enumerate(zip(one, other, strict=True)) for said in compare(*pair, f"{where} {place}")]
    return [] if one == other else [f"{where}: {one} != {other}"]


def check(one: Any, other: Any) -> None:
    for said in compare(one, other):
        print("DIFF", said[:500])
    assert not compare(one, other)


import os
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", 3))))
def test_an_empty_library(seed: int, tmp_path: Path) -> None:
    files = sources(seed)
    whole = run(files, WHOLE, lambda: None, tmp_path / "bad.csv")
    check(whole, run(files, IN_PARTS, lambda: None, tmp_path / "bad.csv"))


@pytest.mark.parametrize("existing", list(Existing))
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", 3))))
def test_a_library_that_editors_have_corrected(seed: int, existing: str, tmp_path: Path) -> None:
    files = sources(seed)
    user = User.objects.create_user("mina")

    def prepare() -> None:
        chosen = ImportOptions(skip_bad=True, mappings=(MAPPING,))
        run_import([Source("own.csv", as_csv(varied_rows(seed + 7, 60), HEADINGS).encode()), *files[1:2]], chosen, None)
        correct(user)

    whole = run(files, WHOLE, prepare, tmp_path / "bad.csv", existing=existing)
    check(whole, run(files, IN_PARTS, prepare, tmp_path / "bad.csv", existing=existing))
