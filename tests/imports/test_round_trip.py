"""Export, wipe, import: the same library, whatever is in it."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.exports import library
from musicdb.exports.library import FORMATS, ExportRefusedError
from musicdb.exports.lists import TrackResource
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.imports.parse import ImportOptions, Source
from musicdb.imports.service import preview
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackArtist,
)
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import sample, track_id
from tests.imports.library import exported, run, state, wipe
from tests.processes import own_database, python

pytestmark = pytest.mark.django_db
KINDS = [".zip", ".xlsx"]


def awkward_library() -> None:
    """A few rows, each with something that a careless export would lose."""
    pop = Genre.objects.create(name="Pop; rock\\", description='=1+1\r\n "quoted",\n\n\tend \x0c_x000D_')
    Genre.objects.create(name="'n roll", description="'")
    GenreAlias.objects.create(name="POP;ROCK", slug="pop-rock-old", target=pop)
    GenreAlias.objects.create(name="=pop", target=pop)
    crush = Artist.objects.create(name="Crush", spotify_id=track_id(1), is_public=True)
    Artist.objects.create(name="Crush")
    small = Artist.objects.create(name="CRUSH", slug="xyz")
    for slug, spotify_id in (("crush-old", track_id(2)), (None, None), (None, None), (None, track_id(3))):
        ArtistAlias.objects.create(name="크러쉬", slug=slug, spotify_id=spotify_id, target=crush)
    label = Label.objects.create(name="@x", is_public=True)
    other = Label.objects.create(name="高橋")
    LabelAlias.objects.create(name="髙橋", slug="old", target=other)
    LabelAlias.objects.create(name="New", target=other)
    albums = [
        Album.objects.create(title="Best", release_date=date(1983, 1, 1), release_precision=precision)
        for precision in ("year", "month", "day")
    ]
    bare = Album.objects.create(title="1", spotify_id=track_id(9), image_url="https://a.example/b,c;d.jpg")
    for position, one in enumerate((other, label)):
        AlbumLabel.objects.create(album=bare, label=one, position=position)
    for number, title in enumerate(["-1", "NA", "true", "#N/A", "1983-05", "0012", "=LOVE", "'Til", "+1", "-1"]):
        track = Track.objects.create(
            title=title, album=[*albums, bare, None][number % 5], liked=number % 2 == 0, score=[None, 0, 7][number % 3]
        )
        track.genres.set([pop] if number % 2 else [])
        for position, one in enumerate([small, crush][number % 3 :]):
            TrackArtist.objects.create(track=track, artist=one, position=position)
    Track.objects.filter(title="NA").update(
        spotify_id=track_id(4),
        isrc="KRA381001057",
        duration_ms=0,
        explicit=False,
        tempo=0.1 + 119.2,
        valence=0.1 + 0.2,
        loudness=-4.721000000000001,
        energy=5e-324,
        key=-1,
        mode=0,
        time_signature=4,
        features_source="\t=source ",
    )


@pytest.mark.parametrize("kind", KINDS)
class TestCommand:
    def round_trip(self, path: Path) -> dict[str, Any]:
        before = state()
        call_command("exportlibrary", str(path))
        wipe()
        assert not state()
        call_command("importlibrary", str(path))
        assert state() == before
        return before

    def test_the_sample_library(self, seed_library: None, kind: str, tmp_path: Path) -> None:
        assert len(self.round_trip(tmp_path / f"library{kind}")) == 220 + 88 + 129 + 54 + 62

    def test_an_awkward_library(self, kind: str, tmp_path: Path) -> None:
        awkward_library()
        before = self.round_trip(tmp_path / f"library{kind}")
        assert before["Track na"]["valence"] == 0.30000000000000004
        assert before["Genre pop-rock"]["description"].startswith("=1+1\r\n")

    def test_a_second_import_finds_all_unchanged(self, kind: str) -> None:
        awkward_library()
        outcome = preview([exported(kind)], ImportOptions())
        assert not outcome.changes_anything
        assert not outcome.parsed.problems
        assert {name: count["unchanged"] for name, count in outcome.counts.items()} == {
            "Genre": 2,
            "Artist": 3,
            "Label": 2,
            "Album": 4,
            "Track": 10,
        }

    def test_what_is_written_is_valid(self, kind: str) -> None:
        awkward_library()
        source = exported(kind)
        wipe()
        run(source)
        for model in (Genre, Artist, Label, Album, Track, GenreAlias, ArtistAlias, LabelAlias):
            for row in model._default_manager.all():
                row.full_clean()

    def test_restored_after_some_of_it_was_lost(self, kind: str) -> None:
        awkward_library()
        before, source = state(), exported(kind)
        Track.objects.filter(title__in=["-1", "NA"]).delete()
        TrackArtist.objects.filter(position=1).delete()
        ArtistAlias.objects.filter(spotify_id=None).delete()
        Artist.objects.update(is_public=False)
        Album.objects.filter(slug="best-3").update(title="Worst", release_date=None, release_precision="")
        Genre.objects.update(description="changed")
        Label.objects.filter(slug="x").update(name="Renamed")
        run(source)
        assert state() == before


class TestFile:
    def test_a_summary(self, seed_library: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "library.zip"
        call_command("exportlibrary", str(path))
        assert capsys.readouterr().out == f"{path}: 62 genres, 129 artists, 54 labels, 88 albums, 220 tracks.\n"
        assert [path.name] == [left.name for left in tmp_path.iterdir()]

    @pytest.mark.parametrize(
        ("name", "message"),
        [("library.csv", "neither a .zip nor an .xlsx"), ("none/library.zip", "cannot be written: No such file")],
    )
    def test_a_file_that_cannot_be(self, tmp_path: Path, name: str, message: str) -> None:
        with pytest.raises(CommandError, match=message):
            call_command("exportlibrary", str(tmp_path / name))
        assert not list(tmp_path.iterdir())

    def test_what_a_workbook_cannot_hold(self, tmp_path: Path) -> None:
        GenreFactory(name="Long", description="x" * 32_767)
        path = tmp_path / "library.xlsx"
        path.write_bytes(b"the last one")
        with pytest.raises(CommandError, match=r"The description of “Long” is longer than .* Export a .zip"):
            call_command("exportlibrary", str(path))
        assert path.read_bytes() == b"the last one"
        before, source = state(), exported(".zip")
        wipe()
        run(source)
        assert state() == before

    def test_larger_than_an_import_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        TrackFactory()
        for kind, limits in (
            (".zip", ("MAX_UNPACKED_SIZE", "MAX_FILE_SIZE", "MAX_ROWS")),
            (".xlsx", ("MAX_WORKBOOK_UNPACKED_SIZE", "MAX_SHEET_ROWS")),
        ):
            for limit in limits:
                with monkeypatch.context() as smaller:
                    smaller.setattr(library, limit, 1)
                    with pytest.raises(ExportRefusedError):
                        FORMATS[kind](io.BytesIO())

    def test_no_cell_is_a_formula(self) -> None:
        awkward_library()
        with zipfile.ZipFile(io.BytesIO(exported(".zip").data)) as archive:
            for name in archive.namelist():
                for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                    for cell in row:
                        assert not cell.startswith(("=", "+", "@", "\t", "\r")), name
                        assert not cell.startswith("-") or float(cell) < 0

    def test_each_table_reads_all_that_it_writes(self) -> None:
        written = {name: header for name, header, _ in library.tables()}
        read = {one.holds: {str(column.column_name) for column in one.columns().values()} for one in NATIVE_FORMATS}
        assert {name: set(header) for name, header in written.items()} == read
        # The admin's list of tracks is the same table.
        assert written["tracks"] == TrackResource.Meta.fields

    @pytest.mark.parametrize("kind", KINDS)
    def test_queries_grow_with_batches_not_with_rows(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                FORMATS[kind](io.BytesIO())
            return len(queries)

        def add(rows: int) -> None:
            for _ in range(rows):
                album = AlbumFactory(labels=[LabelFactory()])
                TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()], album=album)

        add(1)
        # Genres, artists, labels and albums: rows, what hangs on them, and nothing more; tracks have two that hang.
        assert count() == 4 * 3 + 4
        add(3)
        assert count() == 16
        monkeypatch.setattr(library, "BATCH", 2)
        assert count() == 16 + 4 * 2 + 3

    @pytest.mark.parametrize("kind", KINDS)
    def test_memory_grows_with_batches_not_with_rows(
        self, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def peak(rows: int) -> int:
            Track.objects.bulk_create(Track(title=f"T{number}", slug=f"t{rows}-{number}") for number in range(rows))
            tracemalloc.start()
            library.export_to(tmp_path / f"library{kind}")
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return used

        monkeypatch.setattr(library, "BATCH", 25)
        peak(1)  # What is loaded once.
        few = peak(50)
        assert peak(600) < 1.5 * few

    def test_all_of_one_moment(self, tmp_path: Path) -> None:
        """What is written while it reads is not in it, and neither waits for the other."""
        with own_database(tmp_path) as environment:
            said = python(environment, "-c", MEANWHILE, str(tmp_path / "library.zip"))
        assert said.splitlines() == ["{'genres': 0, 'artists': 0, 'labels': 0, 'albums': 0, 'tracks': 1}", "2"]


MEANWHILE = """
import sys
from pathlib import Path
from threading import Thread
import django
django.setup()
from django.db import connections
from musicdb.models import Track
from musicdb.exports import library

Track.objects.create(title="Before")
told = library._genres

def write():
    Track.objects.create(title="Meanwhile")
    connections.close_all()

def meanwhile():
    yield from told()
    writer = Thread(target=write)
    writer.start()
    writer.join(timeout=5)
    assert not writer.is_alive()

library._genres = meanwhile
print(library.export_to(Path(sys.argv[1])))
print(Track.objects.count())
"""


def unpacked(source: Source) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_sample(db: None) -> None:
    run(sample("musicdb.zip"))
    track = Track.objects.get(slug="paper-lanterns")
    assert [artist.name for artist in track.artists_in_order] == ["Mina Seo", "The Low Tides"]
    assert (track.score, track.liked, track.key) == (12, True, -1)
    assert Genre.objects.get(slug="dream-pop").description == "Slow; bright.\n\n= loud only live"
    assert Artist.objects.get(slug="mina-seo").aliases.get().slug == "mina"
    before, source = state(), exported(".zip")
    wipe()
    run(source)
    assert state() == before
    with (
        zipfile.ZipFile(io.BytesIO(source.data)) as ours,
        zipfile.ZipFile(io.BytesIO(sample("musicdb.zip").data)) as its,
    ):
        assert {name: ours.read(name) for name in ours.namelist()} == {name: its.read(name) for name in its.namelist()}
