"""An import in parts does what the same import does as a whole."""

import random
from collections.abc import Callable, Iterator
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
from musicdb.models import Album, Artist, ArtistAlias, Genre, Import, Playlist, Track
from musicdb.models.aggregates import CATALOGUE, Aggregate
from musicdb.models.history import ChangeType
from tests.imports.files import as_csv, net_file, net_row, track_id
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
RECORDED = ("rows", "counts", "skipped", "bad_rows", "file_format", "file_name", "file_digest", "options")
TUNES = ("Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC")


def varied_rows(seed: int, number: int, ids: float = 0.6) -> Iterator[list[str]]:
    """Rows that mention few names often: in other cases, with and without ids, with coarse dates and fine ones."""
    chance = random.Random(seed)
    titles = ["Intro", "INTRO", "One", "one", "Two", "Three (Live)", "Ночь", "Four", "5", "Six", "Don't", "Don’t"]
    artists = [
        "Sia",
        "SIA",
        "Queen",
        "Björk",
        "Bjork",
        "A feat. B",
        "Kid",
        "Nobody",
        "IU",
        "Mina",
        "JAY-Z",
        "JAY‐Z",
        "Jay–Z",
    ]
    albums = ["Best", "Gold", "best", "Live", "Ram", "Hits", "It's", "It’s"]

    def maybe(share: float, value: Callable[[], str]) -> str:
        return value() if chance.random() < share else ""

    for _ in range(number):
        names = chance.sample(artists, chance.choice((1, 1, 1, 2, 3)))
        with_ids = chance.random() < 0.4
        song = chance.randrange(1, 90)
        has_id = chance.random() < ids
        album = chance.choice(albums)
        yield [
            track_id(song) if has_id else "",
            titles[song % len(titles)] if has_id and chance.random() < 0.97 else chance.choice(titles),
            ";".join(names) if not has_id else ";".join(artists[(song + place) % 10] for place in range(song % 3 + 1)),
            ";".join(track_id(500 + artists.index(name)) for name in names) if with_ids and not has_id else "",
            albums[song % len(albums)] if has_id else maybe(0.8, lambda album=album: album),  # type: ignore[misc]
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


def sources(seed: int, ids: float = 0.6) -> list[Source]:
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
        Source("own.csv", as_csv(varied_rows(seed, 120, ids), HEADINGS).encode()),
        Source("tunes.csv", as_csv(tunes, TUNES).encode()),
        Source("Road trip.csv", as_csv(nets).encode()),
        Source("Liked Songs.csv", as_csv(reversed(nets[:14])).encode()),
    ]


def correct(user: User) -> None:
    """Do what editors do: set values, empty and delete them, and split an artist."""
    edit = history.Change(ChangeType.EDIT, user)
    tracks = list(Track.objects.order_by("pk"))
    for track in tracks[::3]:
        track.title = f"{track.title} (corrected)"
        track.save()
    for album in Album.objects.order_by("pk")[::2]:
        album.image_url = ""
        album.save()
    for artist in Artist.objects.order_by("pk")[::4]:
        artist.spotify_id = None
        artist.save()
    for model in (Track, Album, Artist):
        history.record_updates(model, list(model._default_manager.values_list("pk", flat=True)), edit)
    history.delete(Track.objects.filter(pk__in=[track.pk for track in tracks[1::7]]), edit)
    history.delete(Genre.objects.filter(name="soul"), edit)
    for position, name in enumerate(("Kid", "Mina")):
        artist = Artist.objects.filter(name=name).earliest("pk")
        ArtistAlias.objects.create(name="Nobody", target=artist, joint_position=position)


def story(outcome: Outcome) -> dict[str, Any]:
    """All that an import leaves behind, without keys: the catalogue, the history, and what is said of it."""
    slugs = {one.model: dict(one.model._default_manager.order_by("pk").values_list("pk", "slug")) for one in CATALOGUE}
    record = outcome.record
    left = ((str(one), str(one.ref), one.returns) for one in outcome.plan.left_deleted)
    return {
        "state": state(),
        "order": {model.__name__: list(of_model.values()) for model, of_model in slugs.items()},
        "history": {one.name: sorted(versions(one, slugs), key=str) for one in CATALOGUE},
        "record": [getattr(record, name) for name in RECORDED],
        "counts": outcome.counts,
        "notes": list(map(str, outcome.notes)),
        "problems": list(map(str, outcome.problems)),
        "kept": sorted((one.label, sorted(one.reasons), one.number, one.taken) for one in outcome.kept_fields),
        "left deleted": sorted(left),
        "playlists": sorted(map(str, outcome.plan.playlists)),
    }


def versions(aggregate: Aggregate, slugs: dict[Any, dict[int, str]]) -> Iterator[Any]:
    columns = [column.name for column in aggregate.columns if not column.is_relation]
    for version in aggregate.versions.all():
        stated: dict[str, Any] = {name: getattr(version, name) for name in columns}
        for relation in aggregate.child_relations:
            of_member = slugs[relation.member_model]
            members = [(of_member.get(child.member), child.values) for child in relation.stated(version)]
            stated[relation.name] = members if relation.is_ordered else sorted(members, key=str)
        yield version.history_type, version.change_type, version.source_import_id is not None, stated


def run(files: list[Source], parts: Parts, prepare: Callable[[], object], path: Path, **options: Any) -> dict[str, Any]:
    """Import into a library that is taken back afterwards."""
    with transaction.atomic():
        prepare()
        chosen = ImportOptions(skip_bad=True, **options)
        found = story(run_import(files, chosen, None, bad_rows_path=lambda record: path, parts=parts))
        found["bad rows"] = path.read_text() if path.exists() else ""
        transaction.set_rollback(True)
    return found


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Yield what differs, in words."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from differences(one.get(key), other.get(key), f"{where} {key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{where} {place}")
    elif one != other:
        yield f"{where}: {one} != {other}"


def test_into_an_empty_library(tmp_path: Path) -> None:
    whole, in_parts = (
        run(sources(1), parts, lambda: None, tmp_path / "bad.csv", mappings=(MAPPING,)) for parts in (WHOLE, IN_PARTS)
    )
    assert list(differences(whole, in_parts)) == []
    assert all(count["created"] for count in whole["counts"].values())
    assert whole["problems"]
    assert whole["bad rows"]


@pytest.mark.slow
@pytest.mark.parametrize("existing", list(Existing))
def test_into_a_library_that_editors_have_corrected(existing: str, tmp_path: Path) -> None:
    user = User.objects.create_user("mina")
    own, *others = sources(1, 1)
    # Tracks that stay as they are do not tell later parts which of several albums of one title is meant. Those of the
    # other files have albums of their own.
    files = others if existing == Existing.SKIP else [own, *others]
    options = {"existing": existing, "mappings": () if existing == Existing.SKIP else (MAPPING,)}

    def prepare() -> None:
        rows = varied_rows(8, 60, 1)
        former = Source("own.csv", as_csv(rows, HEADINGS).encode())
        run_import([former, others[0]], ImportOptions(skip_bad=True, mappings=(MAPPING,)), None)
        correct(user)

    whole, in_parts = (run(files, parts, prepare, tmp_path / "bad.csv", **options) for parts in (WHOLE, IN_PARTS))
    assert list(differences(whole, in_parts)) == []
    assert whole["left deleted"]
    if existing == Existing.FILL:
        assert whole["kept"]


def test_bad_rows_are_found_in_all_parts_and_nothing_is_imported() -> None:
    rows = [net_row(number) for number in range(1, 30)]
    rows[3] = net_row(4, Tempo="fast")
    rows += [net_row(2, **{"Track Name": "Another"}), net_row(28, **{"Track Name": "Another"})]
    with pytest.raises(BadRowsError) as refused:
        run_import([net_file(*rows)], ImportOptions(), None, parts=IN_PARTS)
    assert [problem.ref.row for problem in refused.value.problems] == [5, 31, 32]
    assert "3 of 31 rows cannot be imported" in str(refused.value)
    assert not Track.objects.exists()
    assert not Import.objects.exists()


def test_a_playlist_keeps_its_order_over_all_parts() -> None:
    numbers = random.Random(1).choices(range(1, 40), k=120)
    run_import([net_file(*map(net_row, numbers), name="Road trip.csv")], ImportOptions(), None, parts=IN_PARTS)
    entries = Playlist.objects.get(name="Road trip").entries.order_by("position")
    assert list(entries.values_list("track__title", flat=True)) == [f"Song {number}" for number in numbers]
    assert [entry.position for entry in entries] == list(range(120))
