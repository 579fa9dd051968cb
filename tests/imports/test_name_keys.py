"""A file finds what the library has under a name that differs in case only, on every database."""

import pytest

from musicdb.models import Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias, Track
from tests.factories import ArtistFactory, GenreFactory, LabelFactory
from tests.imports.files import net_file, net_row
from tests.imports.library import run, zipped

pytestmark = pytest.mark.django_db
SPELLINGS = [("Électro", "électro"), ("Straße", "STRASSE"), ("İstanbul", "istanbul"), ("POP", "pop")]


def net(name: str, number: int = 1) -> list[str]:
    """Return a row whose genre, artist and label have this name."""
    return net_row(number, Genres=name, **{"Artist Name(s)": name, "Record Label": name})


@pytest.mark.parametrize(("stored", "given"), SPELLINGS)
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


class TestTheExactSpellingComesFirst:
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
