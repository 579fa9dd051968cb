"""Splitting an artist that is several: who has what afterwards, what leads where, the undo, and what is refused."""

from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from musicdb.editing import (
    Split,
    SplitChangedError,
    SplitError,
    SplitPart,
    merge,
    plan_edit_undo,
    preview_split,
    split_artist,
    undo_edit,
    undo_merge,
)
from musicdb.history import set_by_people
from musicdb.models import Album, Artist, ArtistAlias, GroupedChange, Track, Visibility
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType
from tests.editing.test_undo_merge import everything
from tests.factories import AlbumFactory, ArtistFactory, PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db
ID = "x" * 22


@pytest.fixture
def user() -> User:
    return User.objects.create_user("curator")


def joint(*names: str) -> Split:
    return Split([SplitPart(name=name) for name in names], is_joint=True)


def artists_of(owner: Any) -> list[str]:
    return [artist.name for artist in type(owner).objects.get(pk=owner.pk).artists_in_order]


def aliases_of(artist: Artist) -> list[tuple[Any, ...]]:
    return sorted(artist.aliases.values_list("name", "slug", "spotify_id", "joint_position"), key=str)


# --- Several artists under one name ------------------------------------------------------------------------------


def test_all_parts_stand_in_order_where_the_artist_stood(user: User) -> None:
    both, other, b = ArtistFactory(name="A feat. B"), ArtistFactory(name="C"), ArtistFactory(name="B")
    alone, between, with_b = (TrackFactory(artists=of) for of in ([both], [other, both], [both, other, b]))
    untouched = TrackFactory(artists=[other])
    album = AlbumFactory(artists=[other, both])

    done = split_artist(both, Split([SplitPart(name="A"), SplitPart(b.pk)], is_joint=True), user)

    assert [artists_of(track) for track in (alone, between, with_b, untouched)] == [
        ["A", "B"],
        ["C", "A", "B"],
        ["A", "B", "C"],
        ["C"],
    ]
    assert artists_of(album) == ["C", "A", "B"]
    assert (done.tracks, done.albums, list(done.parts)) == (3, 1, [Artist.objects.get(name="A"), b])
    assert not Artist.objects.filter(pk=both.pk).exists()


def test_the_name_becomes_a_joint_name_and_the_address_and_ids_lead_to_the_first_part(
    user: User, client: Client
) -> None:
    both = ArtistFactory(name="A & B", slug="a-b", spotify_id=ID)
    both.aliases.create(name="A and B", slug="a-and-b", spotify_id="y" * 22)
    TrackFactory(artists=[both])

    done = split_artist(both, joint("A", "B"), user)

    a, b = done.parts
    assert aliases_of(a) == [("A & B", "a-b", ID, 0), ("A and B", "a-and-b", "y" * 22, 0)]
    assert aliases_of(b) == [("A & B", None, None, 1), ("A and B", None, None, 1)]
    for slug in ("a-b", "a-and-b"):
        assert client.get(reverse("artist", args=[slug]))["Location"] == a.get_absolute_url()
    for search in ("a & b", "A and B"):
        assert set(Artist.objects.search(search)) == {a, b}


def test_the_artist_may_stay_under_a_part_of_its_name(user: User) -> None:
    artist = ArtistFactory(name="A feat. B", spotify_id=ID)
    track = TrackFactory(artists=[artist])
    split_artist(artist, Split([SplitPart(artist.pk, "A"), SplitPart(name="B")], is_joint=True), user)
    artist.refresh_from_db()
    assert (artist.name, artist.slug, artist.spotify_id) == ("A", "a-feat-b", ID)
    assert artists_of(track) == ["A", "B"]
    assert aliases_of(artist) == [("A feat. B", None, None, 0)]


def test_a_joint_name_that_contains_the_artist_gets_its_parts(user: User) -> None:
    trio = ArtistFactory(name="A, B, C")
    c = ArtistFactory(name="C")
    split_artist(trio, Split([SplitPart(name="A, B"), SplitPart(c.pk)], is_joint=True), user)
    pair = Artist.objects.get(name="A, B")
    split_artist(pair, joint("A", "B"), user)
    standing = ArtistAlias.objects.joint().filter(name="A, B, C").values_list("target__name", flat=True)
    assert list(standing) == ["A", "B", "C"]


def test_a_name_stands_for_one_list_of_artists_only(user: User) -> None:
    first, again = ArtistFactory(name="A & B"), ArtistFactory(name="a & b")
    track = TrackFactory(artists=[again])
    a, b = split_artist(first, joint("A", "B"), user).parts
    with pytest.raises(SplitError, match="“A & B” stands for “A” and “B” already"):
        split_artist(again, joint("C", "D"), user)
    assert artists_of(track) == ["a & b"]
    split_artist(again, Split([SplitPart(a.pk), SplitPart(b.pk)], is_joint=True), user)
    assert artists_of(track) == ["A", "B"]


def test_new_parts_of_a_hidden_artist_are_hidden_and_a_hidden_part_stays_hidden(user: User, client: Client) -> None:
    both = ArtistFactory(name="A & B", slug="a-b", visibility=Visibility.HIDDEN)
    TrackFactory(artists=[both])
    a, b = split_artist(both, joint("A", "B"), user).parts
    assert {a.visibility, b.visibility} == {Visibility.HIDDEN}
    pair = ArtistFactory(name="B & C", slug="b-c")
    TrackFactory(artists=[pair])
    split_artist(pair, Split([SplitPart(b.pk), SplitPart(name="C")], is_joint=True), user)
    assert Artist.objects.get(pk=b.pk).visibility == Visibility.HIDDEN
    assert client.get(reverse("artist", args=["b-c"])).status_code == 404


# --- Several artists of one name ---------------------------------------------------------------------------------


def test_each_track_and_album_goes_to_one_part(user: User) -> None:
    nirvana = ArtistFactory(name="Nirvana", slug="nirvana")
    seattle, london = AlbumFactory(artists=[nirvana]), AlbumFactory(artists=[nirvana])
    grunge, psychedelic, odd, loose = (
        TrackFactory(album=album, artists=[nirvana]) for album in (seattle, london, london, None)
    )
    parts = [SplitPart(nirvana.pk), SplitPart(name="Nirvana"), SplitPart(name="Nirvana 2002")]

    done = split_artist(nirvana, Split(parts, False, rest=0, albums={london.pk: 1}, tracks={odd.pk: 2}), user)

    by_album = {row.pk: row.artists_in_order[0].slug for row in [*Album.objects.all(), *Track.objects.all()]}
    assert [by_album[row.pk] for row in (grunge, psychedelic, odd, loose)] == [
        "nirvana",
        "nirvana-2",
        "nirvana-2002",
        "nirvana",
    ]
    assert [album.artists.get().slug for album in (seattle, london)] == ["nirvana", "nirvana-2"]
    assert (done.tracks, done.albums) == (2, 1)
    # The file says Nirvana in each case.
    assert [aliases_of(part) for part in done.parts] == [[], [], [("Nirvana", None, None, None)]]


def test_what_led_to_an_artist_that_goes_leads_to_the_part_with_the_rest(user: User) -> None:
    artist = ArtistFactory(name="Nirvana", slug="nirvana", spotify_id=ID)
    artist.aliases.create(name="NIRVANA!", slug="n")
    one, two = TrackFactory(artists=[artist]), TrackFactory(artists=[artist])
    split = Split([SplitPart(name="Nirvana UK"), SplitPart(name="Nirvana US")], False, rest=1, tracks={one.pk: 0})
    uk, us = split_artist(artist, split, user).parts
    assert (artists_of(one), artists_of(two)) == (["Nirvana UK"], ["Nirvana US"])
    assert aliases_of(us) == [("NIRVANA!", "n", None, None), ("Nirvana", "nirvana", ID, None)]
    assert aliases_of(uk) == [("NIRVANA!", None, None, None), ("Nirvana", None, None, None)]


# --- History and undo --------------------------------------------------------------------------------------------


def test_the_history_of_every_row_says_so(user: User) -> None:
    both, b = ArtistFactory(name="A & B", slug="a-b"), ArtistFactory(name="B", slug="b")
    track, album = TrackFactory(artists=[both]), AlbumFactory(artists=[both])
    done = split_artist(both, Split([SplitPart(name="A"), SplitPart(b.pk)], is_joint=True), user)
    last = {
        (type(row).__name__, version.id): (version.history_type, version.history_change_reason)
        for row in (track, album, b)
        for aggregate in CATALOGUE
        if aggregate.model is type(row)
        for version in aggregate.versions.filter(change_type=ChangeType.SPLIT).order_by("history_id")
    }
    assert last == {
        ("Track", track.pk): ("~", "Artist “A & B” split into “A” and “B”."),
        ("Album", album.pk): ("~", "Artist “A & B” split into “A” and “B”."),
        ("Artist", both.pk): ("-", "Split into “A” (a) and “B” (b)."),
        ("Artist", b.pk): ("~", "Split from “A & B” (a-b)."),
        ("Artist", done.parts[0].pk): ("+", "Split from “A & B” (a-b)."),
    }
    assert GroupedChange.objects.get().summary == "Artist “A & B” (a-b): Split into “A” (a) and “B” (b)."
    assert "artists" in set_by_people(Track, [track.pk])[track.pk].values
    flags = LogEntry.objects.values_list("object_repr", "action_flag")
    assert set(flags) == {("A & B", DELETION), ("A", ADDITION)}


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("is_joint", [True, False])
def test_the_library_is_what_it_was_after_the_undo(user: User, is_joint: bool, stays: bool) -> None:
    artist = ArtistFactory(name="A & B", spotify_id=ID)
    artist.aliases.create(name="A and B", slug="a-and-b")
    b, c = ArtistFactory(name="B"), ArtistFactory(name="C")
    album = AlbumFactory(artists=[artist, c])
    TrackFactory(artists=[c, artist], album=album)
    track, _ = TrackFactory(artists=[artist, b]), TrackFactory(artists=[artist])
    before = everything()
    first = SplitPart(artist.pk, "A") if stays else SplitPart(name="A")
    split = Split([first, SplitPart(b.pk), SplitPart(name="D")], is_joint, tracks={track.pk: 1}, albums={album.pk: 2})

    done = split_artist(artist, split, user)
    assert everything() != before
    plan = plan_edit_undo(done.change)
    undone = undo_edit(done.change, user)

    assert everything() == before
    assert (plan.kept, undone.kept) == ([], [])


def test_what_others_have_changed_since_stays_and_is_named(user: User) -> None:
    both = ArtistFactory(name="A & B", slug="a-b")
    mine, theirs = TrackFactory(artists=[both]), TrackFactory(artists=[both], title="Theirs")
    done = split_artist(both, joint("A", "B"), user)
    c = ArtistFactory(name="C")
    with_c = merge(c, [done.parts[1]], user)
    undo_merge(with_c.change, user)
    theirs.track_artists.filter(artist__name="B").update(artist=c)

    undone = undo_edit(done.change, user)

    assert artists_of(mine) == ["A & B"]
    assert artists_of(theirs) == ["A", "C"]
    assert "Track “Theirs”: artists changed since." in undone.kept
    a = Artist.objects.get(name="A")
    # It stays, since a track has it, and no longer has what led to the artist that is back.
    assert (aliases_of(a), Artist.objects.get(name="A & B").slug) == ([], "a-b")


def test_a_part_that_was_changed_and_changed_back_goes(user: User) -> None:
    both = ArtistFactory(name="A & B", slug="a-b")
    TrackFactory(artists=[both])
    before = everything()
    first = split_artist(both, joint("A", "B"), user)
    later = everything()
    second = split_artist(first.parts[1], joint("B", "C"), user)
    assert undo_edit(second.change, user).kept == []
    assert everything() == later
    assert undo_edit(first.change, user).kept == []
    assert everything() == before


def test_a_merge_of_two_parts_keeps_the_joint_name(user: User) -> None:
    both = ArtistFactory(name="A & B")
    TrackFactory(artists=[both])
    a, b = split_artist(both, joint("A", "B"), user).parts
    before = everything()
    done = merge(a, [b], user)
    assert list(ArtistAlias.objects.joint().values_list("target__name", "joint_position")) == [("A", 0), ("A", 1)]
    undo_merge(done.change, user)
    assert everything() == before


# --- What is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "is_joint", "message"),
    [
        ([SplitPart(name="A")], True, "Name at least two artists."),
        ([], False, "Name at least two artists."),
        ([SplitPart(name="A"), SplitPart(name="a")], True, "An artist is there twice."),
        ([SplitPart(name="A"), SplitPart()], True, "Artist 2 has no name."),
        ([SplitPart(name=str(number)) for number in range(11)], True, "Name at most 10 artists."),
        ([SplitPart(name="A"), SplitPart(name="B")], False, "Artist 2 would get no track and no album."),
        ([SplitPart(name="A"), SplitPart(artist=10**9)], True, "no longer exist"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    user: User, parts: list[SplitPart], is_joint: bool, message: str
) -> None:
    artist = ArtistFactory(name="A & B")
    TrackFactory(artists=[artist])
    before = everything()
    split = Split(parts, is_joint)
    with pytest.raises(SplitError, match=message):
        split_artist(artist, split, user)
    with pytest.raises(SplitError, match=message):
        preview_split(artist, split)
    assert everything() == before
    assert not GroupedChange.objects.exists()


def test_another_artist_cannot_be_renamed_by_the_way_or_be_there_twice(user: User) -> None:
    artist, other = ArtistFactory(name="A & B"), ArtistFactory(name="B")
    for second, message in ((SplitPart(other.pk, "Bee"), "not both"), (SplitPart(artist.pk), "twice")):
        with pytest.raises(SplitError, match=message):
            split_artist(artist, Split([SplitPart(artist.pk), second], is_joint=True), user)
    assert Artist.objects.get(pk=other.pk).name == "B"


@pytest.mark.parametrize("what", ["another track", "another album", "another name", "merged"])
def test_a_split_that_was_previewed_before_a_change_is_not_done(user: User, what: str) -> None:
    artist, other = ArtistFactory(name="A & B"), ArtistFactory()
    TrackFactory(artists=[artist])
    seen = preview_split(artist, joint("A", "B")).seen
    if what == "another name":
        Artist.objects.filter(pk=artist.pk).update(name="Simon")
    elif what == "merged":
        merge(other, [artist], user)
    else:
        (TrackFactory if what == "another track" else AlbumFactory)(artists=[artist])
    before = everything()
    with pytest.raises(SplitError if what == "merged" else SplitChangedError):
        split_artist(artist, joint("A", "B"), user, seen)
    assert everything() == before


# --- The preview -------------------------------------------------------------------------------------------------


def test_the_preview_says_what_changes_and_changes_nothing(user: User) -> None:
    artist = ArtistFactory(name="A & B", slug="a-b")
    known = ArtistFactory(name="A")
    TrackFactory(title="Song", artists=[ArtistFactory(name="C"), artist])
    AlbumFactory(title="Album", artists=[artist])
    playlist = PlaylistFactory(name="Rule", rule="artist=a-b&liked=true")
    PlaylistFactory(rule="artist=c")
    before = everything()

    found = preview_split(artist, joint("A", "B"))

    assert everything() == before
    assert (found.tracks, found.albums, found.heir, found.stays) == (1, 1, "A", False)
    assert [(part.name, part.tracks, part.albums, list(part.same_name)) for part in found.parts] == [
        ("A", 1, 1, [known]),
        ("B", 1, 1, []),
    ]
    assert [(str(one.row), one.kind, one.before, one.after) for one in found.rows] == [
        ("Song", "track", "C, A & B", "C, A, B"),
        ("Album", "album", "A & B", "A, B"),
    ]
    assert found.playlists == [playlist]


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_tracks(
    user: User, number: int, django_assert_num_queries: Any
) -> None:
    artist = ArtistFactory(name="A & B")
    for _ in range(number):
        TrackFactory(artists=[artist], album=AlbumFactory(artists=[artist]))
    split = joint("A", "B")
    with django_assert_num_queries(12):
        preview_split(artist, split)
    with django_assert_num_queries(43):
        done = split_artist(artist, split, user)
    with django_assert_num_queries(104):
        undo_edit(done.change, user)
