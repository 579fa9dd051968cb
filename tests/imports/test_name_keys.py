"""A file finds what the library has under a name that differs in case or signs only, on every database."""

import pytest

from musicdb.imports import Source
from musicdb.imports.column_mapping import ColumnMapping, MappedColumn
from musicdb.models import (
    Album,
    AlbumAlias,
    AlbumArtist,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackAlias,
)
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import as_csv, net_file, net_row, track_id
from tests.imports.library import run, wipe, zipped

pytestmark = pytest.mark.django_db
SPELLINGS = [("Électro", "électro"), ("Straße", "STRASSE"), ("İstanbul", "istanbul"), ("POP", "pop")]
LOOK_ALIKE = [("JAY-Z", "JAY‐Z"), ("Guns N' Roses", "Guns N’ Roses"), ("AKB48", "ＡＫＢ４８"), ("k-pop", "k–pop")]
LOOK_ALIKE += [(given, stored) for stored, given in LOOK_ALIKE]
MAPPING = ColumnMapping(
    (
        MappedColumn("Song", "title"),
        MappedColumn("By", "artists", "semicolon"),
        MappedColumn("By id", "artist_ids", "semicolon"),
        MappedColumn("On", "album"),
        MappedColumn("On by", "album_artists", "semicolon"),
    )
)


def mapped(*rows: list[str]) -> Source:
    return Source("mapped.csv", as_csv(rows, [column.heading for column in MAPPING.columns]).encode())


def net(name: str, number: int = 1) -> list[str]:
    """Return a row whose genre, artist and label have this name."""
    return net_row(number, Genres=name, **{"Artist Name(s)": name, "Record Label": name})


@pytest.mark.parametrize(("stored", "given"), SPELLINGS + LOOK_ALIKE)
class TestARowMentions:
    def test_the_name(self, stored: str, given: str) -> None:
        genre, artist, label = GenreFactory(name=stored), ArtistFactory(name=stored), LabelFactory(name=stored)
        outcome = run(net_file(net(given)))
        track = Track.objects.get()
        assert list(track.genres.all()) == [genre]
        assert track.artists_in_order == [artist]
        assert track.labels_in_order == [label]
        assert [outcome.counts[name]["created"] for name in ("Genre", "Artist", "Label")] == [0, 0, 0]
        # The library's spelling stays.
        assert {Genre.objects.get().name, Artist.objects.get().name, Label.objects.get().name} == {stored}

    def test_an_alias(self, stored: str, given: str) -> None:
        genre, artist, label = GenreFactory(name="g"), ArtistFactory(name="a"), LabelFactory(name="l")
        GenreAlias.objects.create(target=genre, name=stored)
        ArtistAlias.objects.create(target=artist, name=stored)
        LabelAlias.objects.create(target=label, name=stored)
        run(net_file(net(given)))
        track = Track.objects.get()
        assert (list(track.genres.all()), track.artists_in_order, track.labels_in_order) == ([genre], [artist], [label])

    def test_a_genre_in_both_spellings_is_one(self, stored: str, given: str) -> None:
        run(net_file(net_row(1, Genres=stored), net_row(2, Genres=given)), genre=given)
        assert Genre.objects.count() == 1
        assert Genre.objects.get().tracks.count() == 2


@pytest.mark.parametrize(("first", "other"), LOOK_ALIKE)
class TestTwinsThatAreNew:
    def test_are_one_in_one_file(self, first: str, other: str) -> None:
        outcome = run(net_file(net(first, 1), net(other, 2), net(first, 3)))
        for model in (Genre, Artist, Label):
            assert [(row.name, outcome.counts[model.__name__]["created"]) for row in model.objects.all()] == [
                (first, 1)
            ]
        assert Artist.objects.get().tracks.count() == 3

    def test_are_one_in_files_one_after_the_other(self, first: str, other: str) -> None:
        run(net_file(net(first, 1)))
        run(net_file(net(other, 2)))
        assert [row.name for model in (Genre, Artist, Label) for row in model.objects.all()] == [first] * 3

    def test_are_two_artists_where_their_ids_say_so(self, first: str, other: str) -> None:
        rows = [["Song", first, track_id(1), "", ""], ["Other", other, track_id(2), "", ""]]
        run(mapped(*rows), mappings=(MAPPING,))
        assert set(Artist.objects.values_list("name", "spotify_id")) == {(row[1], row[2]) for row in rows}


class TestTwinsOfAlbums:
    @pytest.mark.parametrize(("stored", "given"), [("It's On", "It’s On"), ("It’s On", "It's On")])
    def test_are_one(self, stored: str, given: str) -> None:
        artist = ArtistFactory(name="Guns N' Roses")
        album = AlbumFactory(title=stored, spotify_id=None)
        TrackFactory(album=album, artists=[artist])
        cells = {"Album Name": given, "Artist Name(s)": "Guns N’ Roses"}
        run(net_file(net_row(1, **cells)), net_file(net_row(2, **cells), name="other.csv"))
        assert [(one.title, one.tracks.count()) for one in Album.objects.all()] == [(stored, 3)]

    def test_are_one_in_one_file_with_the_finer_date(self) -> None:
        rows = [("It’s On", "JAY-Z", "1993-04-05"), ("It's On", "JAY‐Z", "1993"), ("It`s On", "jay-z", "1993-04")]
        for number, (title, artist, released) in enumerate(rows):
            cells = {"Album Name": title, "Artist Name(s)": artist, "Release Date": released}
            run(net_file(net_row(number, **cells)))
        assert [(album.title, album.released) for album in Album.objects.all()] == [("It’s On", "1993-04-05")]
        wipe()
        cells = [{"Album Name": row[0], "Artist Name(s)": row[1].upper(), "Release Date": row[2]} for row in rows]
        run(net_file(*(net_row(number, **one) for number, one in enumerate(cells))))
        assert [(album.title, album.released) for album in Album.objects.all()] == [("It’s On", "1993-04-05")]

    def test_are_two_where_the_case_differs(self) -> None:
        album = AlbumFactory(title="IT’S ON", spotify_id=None)
        artist = TrackFactory(album=album, artists=[ArtistFactory(name="Sia")]).artists_in_order[0]
        run(net_file(net_row(1, **{"Album Name": "It's On", "Artist Name(s)": artist.name})))
        assert Album.objects.count() == 2

    def test_are_found_by_a_former_title(self) -> None:
        artist = ArtistFactory(name="Sia")
        album = AlbumFactory(title="New", spotify_id=None)
        TrackFactory(album=album, artists=[artist])
        AlbumAlias.objects.create(target=album, name="It’s On")
        run(net_file(net_row(1, **{"Album Name": "It's On", "Artist Name(s)": "Sia"})))
        assert Album.objects.get().tracks.count() == 2

    def test_an_artist_of_the_album_in_another_spelling_does_not_speak_against_it(self) -> None:
        album = AlbumFactory(title="Live", spotify_id=None)
        AlbumArtist.objects.create(album=album, artist=ArtistFactory(name="Guns N' Roses"))
        run(mapped(["Song", "Guns N’ Roses", "", "Live", "GUNS N’ ROSES"]), mappings=(MAPPING,))
        assert [row.tracks.count() for row in Album.objects.all()] == [1]
        assert Artist.objects.count() == 1


def test_a_track_is_found_by_a_former_title_in_another_spelling() -> None:
    track = TrackFactory(title="New", album=None, spotify_id=None, artists=[ArtistFactory(name="JAY-Z")])
    TrackAlias.objects.create(target=track, name="Don’t")
    run(mapped(["Don't", "JAY‐Z", "", "", ""]), mappings=(MAPPING,))
    assert Track.objects.get() == track
    assert Artist.objects.count() == 1


class TestTheExactSpellingComesFirst:
    def test_then_the_one_that_looks_alike(self) -> None:
        for factory in (ArtistFactory, LabelFactory):
            factory(name="GUNS N’ ROSES")
            factory(name="Guns N’ Roses")
        run(net_file(net("Guns N' Roses")))
        track = Track.objects.get()
        assert [row.name for row in (*track.artists_in_order, *track.labels_in_order)] == ["Guns N’ Roses"] * 2

    def test_of_two_that_look_alike(self) -> None:
        for factory in (ArtistFactory, LabelFactory):
            factory(name="Guns N' Roses")
            factory(name="Guns N’ Roses")
        run(net_file(net("Guns N’ Roses")))
        track = Track.objects.get()
        assert [row.name for row in (*track.artists_in_order, *track.labels_in_order)] == ["Guns N’ Roses"] * 2

    def test_of_a_name(self) -> None:
        for factory in (ArtistFactory, LabelFactory):
            factory(name="POLYDOR")
            factory(name="Polydor")
        run(net_file(net("Polydor")))
        track = Track.objects.get()
        assert [artist.name for artist in track.artists_in_order] == ["Polydor"]
        assert [label.name for label in track.labels_in_order] == ["Polydor"]

    def test_of_an_alias(self) -> None:
        ArtistFactory(name="LISA")
        other = ArtistFactory(name="Risa Oribe")
        ArtistAlias.objects.create(target=other, name="LiSA")
        run(net_file(net_row(1, **{"Artist Name(s)": "LiSA"})))
        assert Track.objects.get().artists_in_order == [other]


def test_two_spellings_that_are_new_are_two_artists_and_two_labels() -> None:
    rows = [net_row(n, **{"Artist Name(s)": name, "Record Label": name}) for n, name in enumerate(["LISA", "LiSA"])]
    run(net_file(*rows))
    assert Artist.objects.count() == Label.objects.count() == 2
    assert not run(net_file(*rows)).changes_anything


def test_a_row_of_its_own_without_a_slug_means_the_label_in_another_case() -> None:
    label = LabelFactory(name="POLYDOR", visibility="hidden")
    run(zipped(labels="slug,name,visibility\n,Polydor,shown\n"))
    label.refresh_from_db()
    assert (label.name, label.visibility) == ("Polydor", "shown")


def test_labels_that_differ_in_case_only_keep_their_rows() -> None:
    run(zipped(labels="slug,name,visibility\na,Polydor,shown\nb,POLYDOR,hidden\n"))
    assert set(Label.objects.values_list("slug", "name", "visibility")) == {
        ("a", "Polydor", "shown"),
        ("b", "POLYDOR", "hidden"),
    }
