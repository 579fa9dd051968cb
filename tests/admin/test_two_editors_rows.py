"""Two editors on one form: rows that one adds, removes or moves, an import in between, a third, a deletion."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from clusters.models import Collection
from musicdb.imports import ImportOptions, run_import
from musicdb.models import Artist, Genre, Label, Playlist, Track
from tests.admin.helpers import messages_of, page_of, run_action, track_data
from tests.admin.screens import Screen, login, said, saved
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
)
from tests.imports.files import net_file, net_row

pytestmark = pytest.mark.django_db


# --- Child rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Genre, Artist, Label, Playlist], ids=lambda model: model.__name__)
def test_aliases_are_merged_row_by_row(mina: Client, otto: Client, model: Any) -> None:
    row = model.objects.create(name="Any")
    for name in ("one", "two", "three"):
        row.aliases.create(name=name)
    hers, his = Screen(mina, row), Screen(otto, row)
    number = {name: hers.number_of("aliases", name=name) for name in ("one", "two", "three")}
    hers.type(**{f"aliases-{number['one']}-name": "first", f"aliases-{number['two']}-DELETE": "on"})
    saved(hers.add("aliases", name="hers"))
    his.type(**{f"aliases-{number['three']}-DELETE": "on"})
    answer = saved(his.add("aliases", name="his"))
    assert sorted(row.aliases.values_list("name", flat=True)) == ["first", "hers", "his"]
    (kept,) = (text for level, text in messages_of(answer) if level == "warning")
    assert kept.endswith("These changes are kept: Aliases.")


def test_an_alias_that_one_changed_and_the_other_deleted_is_asked(mina: Client, otto: Client) -> None:
    label = LabelFactory()
    label.aliases.create(name="old")
    hers, his = Screen(mina, label), Screen(otto, label)
    saved(hers.type(**{"aliases-0-name": "new"}))
    his.type(**{"aliases-0-DELETE": "on"})
    assert his.save().status_code == 200
    assert his.questions == [["Aliases", "old", "Keep new", "Save not there"]]
    assert label.aliases.get().name == "new"
    saved(his.choose("theirs"))
    assert label.aliases.get().name == "new"
    # The other way round.
    hers, his = Screen(mina, label), Screen(otto, label)
    saved(hers.type(**{"aliases-0-DELETE": "on"}))
    his.type(**{"aliases-0-name": "newest"})
    assert his.save().status_code == 200
    assert his.questions == [["Aliases", "new", "Keep not there", "Save newest"]]
    saved(his.choose("mine"))
    assert label.aliases.get().name == "newest"
    hers, his = Screen(mina, label), Screen(otto, label)
    saved(hers.type(**{"aliases-0-DELETE": "on"}))
    his.type(**{"aliases-0-name": "lost"}).save()
    saved(his.choose("theirs"))
    assert not label.aliases.exists()


def names_of(track: Track) -> str:
    return "".join(artist.name for artist in Track.objects.get(pk=track.pk).artists_in_order)


@pytest.fixture
def abc() -> Track:
    return TrackFactory(artists=[ArtistFactory(name=name) for name in "ABC"])


def test_artists_that_the_other_added_removed_and_moved_stay_so(mina: Client, otto: Client, abc: Track) -> None:
    hers, his = Screen(mina, abc), Screen(otto, abc)
    hers.type(**{"track_artists-0-DELETE": "on", "track_artists-1-ORDER": "9"})
    saved(hers.add("track_artists", artist=ArtistFactory(name="D").pk, ORDER="1"))
    assert names_of(abc) == "DCB"
    saved(his.type(title="New").add("track_artists", artist=ArtistFactory(name="E").pk))
    assert names_of(abc) == "DCBE"


def test_an_order_that_both_changed_is_asked(mina: Client, otto: Client, abc: Track) -> None:
    for choice in ("theirs", "mine"):
        hers, his = Screen(mina, abc), Screen(otto, abc)
        before = names_of(abc)
        saved(hers.type(**{"track_artists-2-ORDER": "1", "track_artists-0-ORDER": "2", "track_artists-1-ORDER": "3"}))
        stored = names_of(abc)
        his.type(**{"track_artists-2-ORDER": "1", "track_artists-1-ORDER": "2", "track_artists-0-ORDER": "3"}).save()
        typed = before[::-1]
        assert his.questions == [
            ["Artists, in order", ", ".join(before), f"Keep {', '.join(stored)}", f"Save {', '.join(typed)}"]
        ]
        saved(his.choose(choice))
        assert names_of(abc) == (stored if choice == "theirs" else typed)


def test_both_may_add_the_same_artist(mina: Client, otto: Client, abc: Track) -> None:
    added = ArtistFactory(name="D")
    hers, his = Screen(mina, abc), Screen(otto, abc)
    saved(hers.add("track_artists", artist=added.pk))
    saved(his.add("track_artists", artist=added.pk))
    assert names_of(abc) == "ABCD"


def test_rows_that_an_import_has_written_anew_are_the_same_rows(mina: Client, abc: Track) -> None:
    his = Screen(mina, abc)
    artists = list(abc.track_artists.order_by("position").values_list("artist", flat=True))
    abc.track_artists.all().delete()
    for position, artist in enumerate(artists):
        abc.track_artists.create(artist_id=artist, position=position)
    saved(his.type(**{"track_artists-2-ORDER": "1"}))
    assert names_of(abc) == "CAB"


@pytest.mark.parametrize("member", ["labels", "artists"])
def test_labels_and_artists_of_an_album_are_merged(mina: Client, otto: Client, member: str) -> None:
    make = LabelFactory if member == "labels" else ArtistFactory
    one, two, three = make(), make(), make()
    album = AlbumFactory(**{member: [one, two]})
    hers, his = Screen(mina, album), Screen(otto, album)
    prefix, column = f"album_{member}", member.removesuffix("s")
    saved(hers.add(prefix, **{column: three.pk}))
    saved(his.type(**{f"{prefix}-0-DELETE": "on"}))
    assert list(getattr(album, prefix).order_by("position").values_list(column, flat=True)) == [two.pk, three.pk]


def test_the_review_of_a_genre_is_merged(mina: Client, otto: Client) -> None:
    genre = GenreFactory(description="Old")
    hers, his = Screen(mina, genre), Screen(otto, genre)
    saved(hers.type(**{"collection-0-requires_review": "on"}))
    saved(his.type(description="New"))
    assert Collection.objects.get(genre=genre).requires_review
    genre.refresh_from_db()
    assert genre.description == "New"


# --- What becomes of a rule --------------------------------------------------------------------------------------


def test_a_rule_that_the_other_removed_is_not_kept_in_silence(mina: Client, otto: Client) -> None:
    playlist = Playlist.objects.create(name="By rule", rule="min_score=5")
    hers, his = Screen(mina, playlist), Screen(otto, playlist)
    saved(hers.type(kind="hand"))
    answer = saved(his.type(name="New"))
    playlist.refresh_from_db()
    assert (playlist.name, playlist.rule) == ("New", None)
    assert "Its tracks are (chosen by hand, or by an import)" in messages_of(answer)[1][1]


# --- Others than editors, and a third ----------------------------------------------------------------------------


def test_what_an_import_changed_meanwhile_stays(mina: Client) -> None:
    run_import([net_file(net_row(1, Popularity="10"))], ImportOptions(), None)
    track = Track.objects.get()
    his = Screen(mina, track)
    run_import([net_file(net_row(1, Popularity="20"))], ImportOptions(), None)
    answer = saved(his.type(title="Typed"))
    track.refresh_from_db()
    assert (track.title, track.popularity) == ("Typed", 20)
    assert "“import” has changed" in messages_of(answer)[1][1]


def test_a_third_who_saves_before_the_answer_is_asked_about_again(mina: Client, otto: Client, abc: Track) -> None:
    hers, his = Screen(mina, abc), Screen(otto, abc)
    saved(hers.type(score="1"))
    his.type(score="2").save()
    saved(Screen(mina, abc).type(score="3"))
    assert his.choose("mine").save().status_code == 200
    assert his.questions == [["Score", "1", "Keep 3", "Save 2"]]
    saved(his.choose("theirs"))
    abc.refresh_from_db()
    assert abc.score == 3


def test_an_error_elsewhere_loses_neither_the_merge_nor_what_was_typed(mina: Client, otto: Client, abc: Track) -> None:
    hers, his = Screen(mina, abc), Screen(otto, abc)
    saved(hers.type(isrc="USS1Z9900001"))
    assert his.type(title="", popularity="7").save().status_code == 200
    assert (his.shown("isrc"), his.shown("popularity")) == (["USS1Z9900001"], ["7"])
    saved(his.type(title="New"))
    abc.refresh_from_db()
    assert (abc.title, abc.isrc, abc.popularity) == ("New", "USS1Z9900001", 7)


def test_one_editor_alone_is_asked_nothing_and_told_nothing(mina: Client, abc: Track) -> None:
    answer = saved(Screen(mina, abc).type(title="New", genres=[GenreFactory().pk]))
    assert [level for level, _ in messages_of(answer)] == ["success"]
    assert Track.objects.get().genres.count() == 1


def test_a_form_whose_state_is_not_the_sites_own_is_asked_to_be_looked_at(mina: Client, abc: Track) -> None:
    his = Screen(mina, abc).type(title="New", _opened="eJxT:forged")
    assert his.save().status_code == 200
    assert "The site cannot tell any more what this form showed" in his.page.text
    assert his.shown("title") == ["New"]
    saved(his)
    abc.refresh_from_db()
    assert abc.title == "New"


# --- A row that is gone ------------------------------------------------------------------------------------------


def test_after_a_merge_it_says_into_what(mina: Client, otto: Client) -> None:
    lost, kept = LabelFactory(name="Lost"), LabelFactory(name="Kept")
    his = Screen(otto, lost).type(name="Typed")
    question = run_action(mina, "merge_selected", [kept, lost])
    assert mina.post(question["Location"], {"survivor": kept.pk}).status_code == 302
    text = said(his.save())
    assert "It was merged since you opened the form." in text
    assert "Typed" in text


# --- At the same moment ------------------------------------------------------------------------------------------


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_saves_at_the_same_moment_lose_nothing() -> None:
    track = TrackFactory(score=None)
    screens = [Screen(login(name), track) for name in ("mina", "otto")]
    screens[0].type(score="5")
    screens[1].type(isrc="USS1Z9900001")
    ready = threading.Barrier(2)
    answers: list[int] = []

    def save(screen: Screen) -> None:
        ready.wait()
        answers.append(screen.save().status_code)
        connection.close()

    threads = [threading.Thread(target=save, args=[screen]) for screen in screens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    track.refresh_from_db()
    assert answers == [302, 302]
    assert (track.score, track.isrc) == (5, "USS1Z9900001")


def test_a_program_that_sends_no_state_saves_what_it_sends(mina: Client, abc: Track) -> None:
    abc.track_artists.all().delete()
    assert mina.post(page_of(Track, "change", abc.pk), track_data(title="Sent")).status_code == 302
    abc.refresh_from_db()
    assert abc.title == "Sent"
