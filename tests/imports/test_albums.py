"""Which rows mean one album, and which date it has."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from musicdb.imports import Source
from musicdb.models import Album, Track
from tests.factories import AlbumFactory, ArtistFactory, LabelFactory, TrackFactory
from tests.imports.files import as_csv, net_file, net_row, track_id
from tests.imports.library import run, wipe

pytestmark = pytest.mark.django_db


def row(number: int, title: str, artist: str, released: str, label: str = "") -> list[str]:
    cells = {"Album Name": title, "Artist Name(s)": artist, "Release Date": released, "Record Label": label}
    return net_row(number, **cells)


def albums() -> list[tuple[str, str, int]]:
    """Return the title, the date and the number of tracks of each album, sorted."""
    return sorted((album.title, album.released, album.tracks.count()) for album in Album.objects.all())


class TestDates:
    @pytest.mark.parametrize("dates", list(permutations(["1989", "1989-10", "1989-10-16"])))
    def test_the_finest_of_dates_that_agree_stays_whichever_row_is_first(self, dates: tuple[str, ...]) -> None:
        run(net_file(*(row(number, "Same Album", "Queen", text, "EMI") for number, text in enumerate(dates))))
        assert albums() == [("Same Album", "1989-10-16", 3)]

    @pytest.mark.parametrize("dates", list(permutations(["1989", "1989-10-16"])))
    def test_nor_does_it_matter_which_file_is_first(self, dates: tuple[str, ...]) -> None:
        for number, text in enumerate(dates):
            run(net_file(row(number, "Same Album", "Queen", text)))
        assert albums() == [("Same Album", "1989-10-16", 2)]

    @pytest.mark.parametrize("dates", list(permutations(["1989", "1989-10-16"])))
    def test_nor_which_of_two_rows_about_one_track(self, dates: tuple[str, ...]) -> None:
        run(net_file(*(row(1, "Same Album", "Queen", text) for text in dates)))
        assert albums() == [("Same Album", "1989-10-16", 1)]

    def test_a_coarser_file_takes_no_day_away(self) -> None:
        album = AlbumFactory(title="War", spotify_id=None, release_date=date(1983, 5, 12), release_precision="day")
        TrackFactory(title="Song 1", spotify_id=track_id(1), album=album, artists=[ArtistFactory(name="U2")])
        for text in ("1983", "1983-05"):
            assert run(net_file(row(1, "War", "U2", text))).counts["Album"]["updated"] == 0
        run(Source("albums.csv", f"slug,title,released\n{album.slug},War,1983\n".encode()))
        album.refresh_from_db()
        assert album.released == "1983-05-12"

    def test_a_date_that_contradicts_the_librarys_is_taken_and_then_made_finer(self) -> None:
        album = AlbumFactory(title="War", spotify_id=None, release_date=date(1984, 1, 1), release_precision="year")
        for number in (1, 2):
            TrackFactory(spotify_id=track_id(number), album=album, artists=[ArtistFactory(name=f"U{number}")])
        run(net_file(row(1, "War", "U1", "1983"), row(2, "War", "U2", "1983-05-12")))
        assert albums() == [("War", "1983-05-12", 2)]


class TestOneAlbumOfManyArtists:
    BARBIE = ["Dua Lipa", "Lizzo", "Billie Eilish", "Charli XCX"]

    @pytest.mark.parametrize("label", ["", "Atlantic Records"])
    def test_the_same_full_date_makes_them_one(self, label: str) -> None:
        run(net_file(*(row(n, "Barbie The Album", one, "2023-07-21", label) for n, one in enumerate(self.BARBIE))))
        assert albums() == [("Barbie The Album", "2023-07-21", 4)]

    @pytest.mark.parametrize("order", list(permutations([("A", "2023"), ("B", "2023-07-21"), ("A", "2023-07-21")])))
    def test_in_any_order_even_where_some_rows_know_less(self, order: tuple[tuple[str, str], ...]) -> None:
        run(net_file(*(row(n, "Barbie", artist, released) for n, (artist, released) in enumerate(order))))
        assert albums() == [("Barbie", "2023-07-21", 3)]

    def test_a_file_that_comes_later_finds_it(self) -> None:
        run(net_file(row(1, "Barbie", "Lizzo", "2023-07-21")))
        run(net_file(row(2, "Barbie", "HAIM", "2023-07-21")))
        assert albums() == [("Barbie", "2023-07-21", 2)]

    @pytest.mark.parametrize("released", ["1981", "1981-11", "1981-01-01", ""])
    @pytest.mark.parametrize("labels", [("", ""), ("EMI", "Capitol")])
    def test_a_year_alone_does_not(self, released: str, labels: tuple[str, str]) -> None:
        bands = [("Queen", labels[0]), ("Dr. Hook", labels[1])]
        run(net_file(*(row(n, "Greatest Hits", one, released, label) for n, (one, label) in enumerate(bands))))
        assert albums() == [("Greatest Hits", released, 1)] * 2

    def test_nor_does_a_year_and_a_label(self) -> None:
        run(net_file(*(row(n, "Greatest Hits", one, "1981", "EMI") for n, one in enumerate(["Queen", "Dr. Hook"]))))
        assert albums() == [("Greatest Hits", "1981", 1)] * 2

    @pytest.mark.parametrize("released", ["1965-02", "2012-01-01"])
    def test_a_month_or_the_first_of_january_does_together_with_the_label(self, released: str) -> None:
        run(net_file(*(row(n, "A Film", one, released, "Loma Vista") for n, one in enumerate(["Dege", "Bacalov"]))))
        assert albums() == [("A Film", released, 2)]

    def test_other_labels_speak_against_it(self) -> None:
        run(net_file(*(row(n, "Alive", one, "2021-07-02", f"{one} Music") for n, one in enumerate(["Mina", "Zoë"]))))
        assert albums() == [("Alive", "2021-07-02", 1)] * 2

    def test_an_artist_in_common_comes_before_a_date_in_common(self) -> None:
        album = {"title": "Home", "spotify_id": None, "release_date": date(2021, 7, 2), "release_precision": "day"}
        TrackFactory(album=AlbumFactory(**album), artists=[ArtistFactory(name="Mina")])
        zoes = TrackFactory(album=AlbumFactory(**album), artists=[ArtistFactory(name="Zoë")]).album
        run(net_file(row(1, "Home", "Zoë", "2021-07-02")))
        assert Track.objects.get(spotify_id=track_id(1)).album == zoes


APP = (
    *("Track URI", "Track Name", "Artist URI(s)", "Artist Name(s)", "Album URI", "Album Name", "Album Artist URI(s)"),
    *("Album Artist Name(s)", "Album Release Date", "Album Type", "UPC"),
)


class TestWhatElseTellsAlbums:
    def app(self, *rows: dict[str, str], start: int = 1) -> None:
        """Import rows of exportify.app's. Each is a track of its own by an artist of its own, but for its cells."""
        cells = []
        for number, row in enumerate(rows, start):
            usual = {
                "Track URI": track_id(number),
                "Track Name": f"Song {number}",
                "Artist Name(s)": f"Singer {number}",
            }
            cells.append([{**usual, **row}.get(heading, "") for heading in APP])
        run(Source("app.csv", as_csv(cells, APP).encode()))

    def test_an_artist_of_the_album_makes_them_one(self) -> None:
        hits = {"Album Name": "Hits", "Album Release Date": "1981"}
        queen, hook = {"Album Artist Name(s)": "Queen"}, {"Album Artist Name(s)": "Dr. Hook"}
        named = [{"Artist Name(s)": name} for name in ("Bowie", "Mercury", "Locorriere")]
        self.app(hits | queen | named[0], hits | queen | named[1], hits | hook | named[2])
        assert albums() == [("Hits", "1981", 1), ("Hits", "1981", 2)]
        queens = Track.objects.get(artists__name="Bowie").album
        assert queens is not None
        assert [artist.name for artist in queens.artists_in_order] == ["Queen"]

    def test_other_artists_of_the_album_speak_against_it(self) -> None:
        album = {"Album Name": "Alive", "Album Release Date": "2021-07-02"}
        self.app(*(album | {"Album Artist Name(s)": artist} for artist in ("Mina", "Zoë")))
        assert albums() == [("Alive", "2021-07-02", 1)] * 2

    @pytest.mark.parametrize("second", ["602435971889", "0602435971889", "0 602435-97188 9"])
    def test_a_upc_makes_them_one_whatever_the_title(self, second: str) -> None:
        self.app({"Album Name": "Hits", "UPC": "602435971889"})
        self.app({"Album Name": "Hits (Remastered)", "UPC": second}, start=2)
        assert [(title, tracks) for title, _, tracks in albums()] == [("Hits", 2)]

    def test_two_upcs_speak_against_it(self) -> None:
        same = {"Album Name": "Hits", "Artist Name(s)": "A"}
        self.app(same | {"UPC": "602435971889"}, same | {"UPC": "602435971890"})
        assert [tracks for _, _, tracks in albums()] == [1, 1]

    def test_one_upc_and_two_ids_are_two(self) -> None:
        same = {"Album Name": "Hits", "UPC": "602435971889"}
        self.app(same | {"Album URI": "a" * 22}, same | {"Album URI": "b" * 22})
        assert [tracks for _, _, tracks in albums()] == [1, 1]

    @pytest.mark.parametrize(("types", "number"), [(("single", "album"), 2), (("single", "ep"), 1), (("album", ""), 1)])
    def test_a_single_is_not_the_album_of_its_name(self, types: tuple[str, str], number: int) -> None:
        same = {"Album Name": "Alive", "Artist Name(s)": "A"}
        self.app(*(same | {"Album Type": one} for one in types))
        assert len(albums()) == number


def test_the_rows_of_a_file_say_the_same_in_every_order() -> None:
    rows: list[Any] = [
        row(1, "Hits", "Queen", "1981", "EMI"),
        row(2, "Hits", "Queen", "1981-11-02", "EMI"),
        row(3, "Hits", "Dr. Hook", "1981", "EMI"),
    ]
    for order in permutations(rows):
        run(net_file(*order))
        assert albums() == [("Hits", "1981", 1), ("Hits", "1981-11-02", 2)]
        wipe()


def test_labels_of_an_album_of_the_library_count_as_those_of_a_row() -> None:
    label = LabelFactory(name="EMI")
    album = AlbumFactory(
        title="Hits", spotify_id=None, labels=[label], release_date=date(1981, 11, 1), release_precision="month"
    )
    TrackFactory(album=album, artists=[ArtistFactory(name="Queen")])
    run(net_file(row(1, "Hits", "Bowie", "1981-11", "EMI"), row(2, "Hits", "Cher", "1981-11", "Decca")))
    assert sorted(Album.objects.values_list("title", "labels__name")) == [("Hits", "Decca"), ("Hits", "EMI")]
