"""Export, wipe, import: the same library, whatever is in it."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from musicdb.imports import ImportOptions, preview
from musicdb.models import (
    Album,
    AlbumAlias,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackAlias,
    TrackArtist,
)
from tests.imports.files import sample
from tests.imports.library import awkward_library, exported, run, state, wipe

pytestmark = pytest.mark.django_db
KINDS = [".zip", ".xlsx"]


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

    @pytest.mark.slow
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
        assert not outcome.problems
        assert {name: count["unchanged"] for name, count in outcome.counts.items()} == {
            "Genre": 2,
            "Artist": 3,
            "Label": 2,
            "Album": 4,
            "Track": 10,
            "Playlist": 2,
        }

    def test_what_is_written_is_valid(self, kind: str) -> None:
        awkward_library()
        source = exported(kind)
        wipe()
        run(source)
        aliases = (GenreAlias, ArtistAlias, LabelAlias, AlbumAlias, TrackAlias)
        for model in (Genre, Artist, Label, Album, Track, *aliases):
            for row in model._default_manager.all():
                row.full_clean()

    def test_restored_after_some_of_it_was_lost(self, kind: str) -> None:
        awkward_library()
        before, source = state(), exported(kind)
        Track.objects.filter(title__in=["-1", "NA"]).delete()
        TrackArtist.objects.filter(position=1).delete()
        for alias in (ArtistAlias, AlbumAlias, TrackAlias):
            alias.objects.filter(spotify_id=None).delete()
        Artist.objects.update(visibility="hidden")
        Album.objects.filter(slug="best-3").update(title="Worst", release_date=None, release_precision="")
        Genre.objects.update(description="changed")
        Label.objects.filter(slug="x").update(name="Renamed")
        run(source)
        assert state() == before


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_look_alike_come_back_as_they_were(kind: str) -> None:
    genre = Genre.objects.create(name="k‐pop")
    GenreAlias.objects.create(target=genre, name="Seoul’s sound")
    for name in ("Guns N’ Roses", "Guns N' Roses", "Ｇｕｎｓ Ｎ＇ Ｒｏｓｅｓ"):
        artist, label = Artist.objects.create(name=name), Label.objects.create(name=name)
        (
            ArtistAlias.objects.create(target=artist, name=f"{name}…"),
            LabelAlias.objects.create(target=label, name=f"{name}…"),
        )
        album = Album.objects.create(title=name)
        AlbumAlias.objects.create(target=album, name=f"{name}…")
        track = Track.objects.create(title=name, album=album)
        TrackArtist.objects.create(track=track, artist=artist)
        TrackAlias.objects.create(target=track, name=f"{name}…")
        album.album_labels.create(label=label)
        track.genres.add(genre)
    before, source = state(), exported(kind)
    assert not run(source).changes_anything
    wipe()
    run(source)
    assert state() == before


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
