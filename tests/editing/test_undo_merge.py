"""Undoing a merge: all of it comes back, what others did since stays, and what cannot come back is named."""

import random
import threading
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.db import connection

from clusters.models import ExcludedTrack, Membership
from musicdb import history
from musicdb.editing import Merged, UndoRefusedError, merge, plan_undo, undo_merge
from musicdb.history.restore import restore_deleted
from musicdb.models import (
    Album,
    Artist,
    ArtistAlias,
    GroupedChange,
    Label,
    Playlist,
    PlaylistEntry,
    Track,
)
from musicdb.models.aggregates import CATALOGUE, aggregate_of
from musicdb.models.history import ChangeType
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory, AlbumFactory, TrackFactory, PlaylistFactory]
ID_A, ID_B = "a" * 22, "b" * 22


@pytest.fixture
def user() -> User:
    return User.objects.create_user("curator")


def everything() -> dict[str, list[Any]]:
    """All rows of the catalogue, with their keys, and what belongs to them, without keys of its own."""
    found: dict[str, list[Any]] = {}
    for aggregate in CATALOGUE:
        found[aggregate.name] = list(aggregate.model._default_manager.order_by("pk").values())
        tables = {relation.through for relation in aggregate.child_relations} | {aggregate.alias}
        for table in filter(None, tables):
            columns = [field.attname for field in table._meta.concrete_fields if not field.primary_key]
            found[table.__name__] = sorted(table._default_manager.values_list(*columns), key=str)
    for places in (Membership, ExcludedTrack):
        found[places.__name__] = sorted(places.objects.values_list())
    return found


def make_owner(*members: Any) -> Any:
    """What has these rows: a track of genres, artists or an album; an album of labels; a playlist of tracks."""
    kind = type(members[0])
    if kind is Label:
        return AlbumFactory(labels=members)
    if kind is Track:
        return PlaylistFactory(tracks=members)
    if kind is Album:
        return [TrackFactory(album=album) for album in members]
    return TrackFactory(**{"artists" if kind is Artist else "genres": members})


def artists_of(track: Track) -> list[str]:
    return list(track.track_artists.order_by("position").values_list("artist__name", flat=True))


def tracks_of(playlist: Playlist) -> list[str]:
    return list(playlist.entries.order_by("position").values_list("track__title", flat=True))


def edited(row: Any, user: User, **values: Any) -> None:
    """Save values of a row as an edit."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


# --- All of it comes back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_library_is_what_it_was_before_the_merge(factory: Any, user: User) -> None:
    kept, one, two, bystander = (factory() for _ in range(4))
    for row in (kept, one):
        row.aliases.create(name=f"{row} too", slug=f"{row.slug}-too")
    if factory is not PlaylistFactory:
        for members in ([kept], [one], [two], [one, two], [two, bystander, kept, one], [one, kept], [bystander]):
            make_owner(*members)
    before = everything()

    merged = merge(kept, [two, one], user)
    assert everything() != before
    plan = undo_merge(merged.change, user)

    assert everything() == before
    assert plan.left == []
    assert GroupedChange.objects.get().undone_by == user


def test_a_track_gets_its_values_genres_playlists_and_places_in_clusters_back(user: User) -> None:
    genre, house = GenreFactory(), GenreFactory()
    kept = TrackFactory(album=None, score=1, isrc="", liked=False, spotify_id=None, features=False, genres=[genre])
    other = TrackFactory(score=9, isrc="GBUM71029604", liked=True, genres=[genre, house], artists=[ArtistFactory()])
    third = TrackFactory(genres=[genre])
    PlaylistFactory(tracks=[other, third, kept, other])
    stored_run(genre, {1: [kept, other], 2: [third]}, is_published=True)
    stored_run(genre, {1: [third, other]})
    ExcludedTrack.objects.create(run=stored_run(genre, {1: [third]}), track=other, reason="no tempo")
    before = everything()

    merged = merge(kept, [other], user, {"title": other.pk})
    assert undo_merge(merged.change, user).left == []

    assert everything() == before


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_merges_that_are_undone_in_the_reverse_order_leave_nothing(user: User, seed: int) -> None:
    source = random.Random(seed)
    artists, genres = [ArtistFactory() for _ in range(5)], [GenreFactory() for _ in range(4)]
    albums = [AlbumFactory(artists=source.sample(artists, 2)) for _ in range(3)]
    tracks = [
        TrackFactory(
            album=source.choice([*albums, None]),
            artists=source.sample(artists, source.randint(1, 4)),
            genres=source.sample(genres, source.randint(0, 3)),
            liked=source.random() < 0.5,
        )
        for _ in range(8)
    ]
    for _ in range(3):
        PlaylistFactory(tracks=source.choices(tracks, k=6))
    states, done = [], []
    for rows in source.sample([artists, genres, albums, tracks] * 2, 8):
        living = [row for row in rows if type(row).objects.filter(pk=row.pk).exists()]
        if len(living) > 1:
            survivor, *others = source.sample(living, source.randint(2, min(3, len(living))))
            states.append(everything())
            done.append(merge(survivor, others, user).change)

    while done:
        assert undo_merge(done.pop(), user).left == []
        assert everything() == states.pop()


@pytest.mark.parametrize("factory", [ArtistFactory, AlbumFactory, TrackFactory])
def test_an_alias_that_both_had_returns_to_both(user: User, factory: Any) -> None:
    kept, other, third = factory(), factory(), factory()
    for row in (kept, other, third):
        row.aliases.create(name="Same")
    before = everything()
    change = merge(kept, [other, third], user).change
    assert undo_merge(change, user).left == []
    assert everything() == before


def test_history_and_log_say_who_undid_it(user: User) -> None:
    kept, other = ArtistFactory(name="Kept"), ArtistFactory(name="Other")
    track = TrackFactory(artists=[other])
    change = merge(kept, [other], user).change
    second = User.objects.create_user("second")
    undo_merge(change, second)

    made = {type(row).__name__ + str(row.pk): row.history.first() for row in (kept, other, track)}
    assert {version.change_type for version in made.values()} == {ChangeType.UNMERGE}
    assert {version.history_user for version in made.values()} == {second}
    assert [made[type(row).__name__ + str(row.pk)].history_change_reason for row in (kept, other, track)] == [
        "The merge of artist “Other” into this was undone.",
        "Came back: the merge into “Kept” (kept) was undone.",
        "The merge of artist “Other” into “Kept” (kept) was undone.",
    ]
    assert LogEntry.objects.filter(user=second, action_flag=ADDITION, object_id=str(other.pk)).exists()


def test_what_a_person_had_set_before_the_merge_counts_as_theirs_again(user: User) -> None:
    kept, other = TrackFactory(liked=False), TrackFactory(liked=True)
    change = merge(kept, [other], user).change
    assert "liked" in history.set_by_people(Track, [kept.pk])[kept.pk].values
    undo_merge(change, user)
    assert "liked" not in history.set_by_people(Track, [kept.pk])[kept.pk].values


# --- What others did since stays ---------------------------------------------------------------------------------


def test_a_value_that_somebody_has_changed_since_stays_and_is_named(user: User) -> None:
    kept, other = TrackFactory(title="Kept", isrc="", score=None), TrackFactory(isrc="GBUM71029604", score=9)
    change = merge(kept, [other], user).change
    kept.refresh_from_db()
    edited(kept, user, score=10)

    assert plan_undo(change).left == ["Score of Track “Kept” has been changed since, and stays as it is."]
    undo_merge(change, user)

    kept.refresh_from_db()
    assert (kept.score, kept.isrc) == (10, "")
    change.refresh_from_db()
    assert change.left_behind == ["Score of Track “Kept” has been changed since, and stays as it is."]


def test_an_artist_returns_to_its_place_though_another_was_added_since(user: User) -> None:
    kept, other, new = (ArtistFactory(name=name) for name in ("Kept", "Other", "New"))
    one, both, without = TrackFactory(artists=[other]), TrackFactory(artists=[kept, other]), TrackFactory(title="Song")
    without.track_artists.create(artist=other)
    change = merge(kept, [other], user).change
    one.track_artists.create(artist=new, position=1)
    both.track_artists.create(artist=new, position=1)
    without.track_artists.update(artist=new)

    left = undo_merge(change, user).left

    assert artists_of(one) == ["Other", "New"]
    assert sorted(artists_of(both)) == ["Kept", "New", "Other"]
    assert artists_of(without) == ["New"]
    assert left == ["The artists of Track “Song” have been changed since, and stay as they are."]


def test_a_playlist_that_was_edited_since_gets_its_entries_back(user: User) -> None:
    a, b, c, d = (TrackFactory(title=title) for title in "abcd")
    playlist = PlaylistFactory(tracks=[a, b, c, b])
    change = merge(a, [b], user).change
    assert tracks_of(playlist) == ["a", "a", "c", "a"]
    PlaylistEntry.objects.filter(playlist=playlist, position=2).delete()
    PlaylistEntry.objects.create(playlist=playlist, position=5, track=d)

    assert undo_merge(change, user).left == []
    assert tracks_of(playlist) == ["a", "b", "b", "d"]


def test_a_genre_that_was_taken_off_a_track_since_stays_off(user: User) -> None:
    kept, other, new = GenreFactory(), GenreFactory(), GenreFactory()
    added, taken = TrackFactory(genres=[other]), TrackFactory(title="Song", genres=[other])
    change = merge(kept, [other], user).change
    added.genres.add(new)
    taken.genres.clear()
    assert undo_merge(change, user).left == [
        "The genres of Track “Song” have been changed since, and stay as they are."
    ]
    assert (set(added.genres.all()), set(taken.genres.all())) == ({other, new}, set())


def test_an_album_gets_the_tracks_back_that_are_still_where_the_merge_put_them(user: User) -> None:
    kept, other, new = AlbumFactory(), AlbumFactory(), AlbumFactory()
    stays, moved = TrackFactory(album=other), TrackFactory(title="Song", album=other)
    change = merge(kept, [other], user).change
    moved.refresh_from_db()
    edited(moved, user, album=new)
    assert undo_merge(change, user).left == ["The album of Track “Song” has been changed since, and stays as it is."]
    assert (list(other.tracks.all()), list(new.tracks.all())) == ([stays], [moved])


def test_an_alias_that_was_renamed_since_stays_and_gives_up_the_address(user: User) -> None:
    kept, other = ArtistFactory(name="Kept"), ArtistFactory(name="Other")
    change = merge(kept, [other], user).change
    alias = kept.aliases.get()
    alias.name = "Renamed"
    alias.save()
    kept.aliases.create(name="New")

    (sentence,) = undo_merge(change, user).left

    assert sentence.startswith("The alias “Renamed” of Artist “Kept” has been changed since. It stays")
    assert set(kept.aliases.values_list("name", "slug", "spotify_id")) == {
        ("New", None, None),
        ("Renamed", None, None),
    }
    assert Artist.objects.get(slug="other").spotify_id == other.spotify_id


def test_an_alias_that_was_deleted_since_stays_deleted(user: User) -> None:
    kept, other = LabelFactory(), LabelFactory(name="Other")
    other.aliases.create(name="Too")
    change = merge(kept, [other], user).change
    kept.aliases.get(name="Too").delete()
    assert undo_merge(change, user).left == ["The alias “Too” of “Other” has been changed or deleted since."]
    assert not Label.objects.get(name="Other").aliases.exists()


# --- What is taken or gone ---------------------------------------------------------------------------------------


def test_an_address_and_an_id_that_others_have_now_do_not_come_back(user: User) -> None:
    kept, other = ArtistFactory(name="Kept", spotify_id=ID_A), ArtistFactory(name="Other", spotify_id=ID_B)
    change = merge(kept, [other], user).change
    kept.aliases.all().delete()
    ArtistFactory(name="Other", spotify_id=None)
    new = ArtistFactory(name="New", spotify_id=ID_B)

    assert sorted(undo_merge(change, user).left) == [
        "The Spotify id “bbbbbbbbbbbbbbbbbbbbbb” of Artist “Other” is that of “New” now.",
        "The address “other” of Artist “Other” is that of “Other” now: it gets “other-2”.",
    ]
    back = Artist.objects.get(pk=other.pk)
    assert (back.slug, back.spotify_id, new.spotify_id) == ("other-2", None, ID_B)


def test_a_genre_whose_name_another_has_now_does_not_come_back(user: User) -> None:
    kept, dub, house = (GenreFactory(name=name) for name in ("kept", "dub", "house"))
    tracks = [TrackFactory(genres=[dub]), TrackFactory(genres=[house])]
    change = merge(kept, [dub, house], user).change
    kept.aliases.filter(name="dub").delete()
    GenreFactory(name="Dub")

    assert undo_merge(change, user).left == ["Genre “dub” does not come back: its name is that of “Dub” (dub) now."]
    assert [set(track.genres.all()) for track in tracks] == [{kept}, {house}]


def test_nothing_changes_where_no_row_can_come_back(user: User) -> None:
    kept, dub = GenreFactory(name="kept"), GenreFactory(name="dub")
    TrackFactory(genres=[dub])
    change = merge(kept, [dub], user).change
    kept.aliases.all().delete()
    GenreFactory(name="Dub")
    before = everything()
    with pytest.raises(UndoRefusedError, match="Genre “dub” does not come back: its name is that of “Dub”"):
        undo_merge(change, user)
    assert everything() == before
    assert not GroupedChange.objects.get().is_undone


def test_rows_that_were_deleted_since_are_named_and_the_rest_comes_back(user: User) -> None:
    kept, other, member = ArtistFactory(), ArtistFactory(name="Other"), ArtistFactory(name="Member")
    gone, there = TrackFactory(title="Gone", artists=[other]), TrackFactory(artists=[other])
    change = merge(kept, [other], user).change
    gone.delete()
    assert undo_merge(change, user).left == ["Track “Gone” has been deleted since."]
    assert artists_of(there) == ["Other"]

    track, double = TrackFactory(artists=[member]), TrackFactory(title="Double", artists=[member], album=AlbumFactory())
    change = merge(track, [double], user).change
    Track.objects.get(pk=track.pk).track_artists.all().delete()
    member.delete()
    album = double.album
    Track.objects.filter(pk=track.pk).update(album=None)
    album.delete()
    assert sorted(undo_merge(change, user).left) == [
        "The album of Track “Double” has been deleted since.",
        "Track “Double” comes back without “Member” among its artists: deleted since.",
    ]


def test_rows_come_back_where_the_one_that_stayed_was_deleted_since(user: User) -> None:
    kept, other = GenreFactory(name="kept"), GenreFactory(name="other")
    other.aliases.create(name="another")
    track = TrackFactory(title="Song", genres=[other])
    change = merge(kept, [other], user).change
    kept.delete()
    assert undo_merge(change, user).left == [
        "Genre “kept”, into which they were merged, has been deleted since, and stays deleted.",
        "The genres of Track “Song” have been changed since, and stay as they are.",
    ]
    assert list(other.aliases.values_list("name", flat=True)) == ["another"]
    assert not track.genres.exists()


# --- Several merges ----------------------------------------------------------------------------------------------


def refused(change: GroupedChange, user: User) -> UndoRefusedError:
    before = everything()
    with pytest.raises(UndoRefusedError) as error:
        plan_undo(change)
    with pytest.raises(UndoRefusedError):
        undo_merge(change, user)
    assert everything() == before
    return error.value


def merges(user: User, *pairs: tuple[Any, Any]) -> list[Merged]:
    return [merge(kept, [other], user) for kept, other in pairs]


def test_a_merge_is_undone_once(user: User) -> None:
    (merged,) = merges(user, (ArtistFactory(), ArtistFactory()))
    undo_merge(merged.change, user)
    assert str(refused(GroupedChange.objects.get(), user)) == "This merge was undone already, by curator."


def test_the_newer_of_two_merges_into_one_row_is_undone_first(user: User) -> None:
    kept, one, two = (ArtistFactory() for _ in range(3))
    TrackFactory(artists=[one, two])
    before = everything()
    first, second = merges(user, (kept, one), (kept, two))
    assert refused(first.change, user).first == second.change
    undo_merge(second.change, user)
    undo_merge(first.change, user)
    assert everything() == before


def test_a_merge_of_what_stayed_is_undone_first(user: User) -> None:
    one, kept, last = (LabelFactory() for _ in range(3))
    first, second = merges(user, (kept, one), (last, kept))
    assert refused(first.change, user).first == second.change
    undo_merge(second.change, user)
    assert undo_merge(first.change, user).left == []


def test_a_merge_can_be_done_and_undone_again(user: User) -> None:
    kept, other = ArtistFactory(), ArtistFactory()
    TrackFactory(artists=[other])
    before = everything()
    for _ in range(2):
        undo_merge(merge(kept, [other], user).change, user)
    assert everything() == before


def test_a_track_comes_back_with_the_artist_that_its_own_was_merged_into_meanwhile(user: User) -> None:
    kept, other = ArtistFactory(name="Kept"), ArtistFactory(name="Other")
    track, double = TrackFactory(), TrackFactory(artists=[other, kept])
    of_tracks, _ = merges(user, (track, double), (kept, other))
    assert undo_merge(of_tracks.change, user).left == []
    assert artists_of(Track.objects.get(pk=double.pk)) == ["Kept"]


def test_a_row_that_was_restored_by_hand_stays_as_it_is(user: User) -> None:
    kept, one, two = (ArtistFactory(name=name) for name in ("Kept", "One", "Two"))
    track = TrackFactory(artists=[one, two])
    change = merge(kept, [one, two], user).change
    ArtistAlias.objects.filter(slug="one").delete()
    restore_deleted(one.history.first(), user)
    assert "Artist “One” has been restored already, and stays as it is." in undo_merge(change, user).left
    assert artists_of(track) == ["One", "Two"]


def test_a_run_that_was_made_or_deleted_since_is_no_hindrance(user: User) -> None:
    genre = GenreFactory()
    kept, other, third = (TrackFactory(genres=[genre]) for _ in range(3))
    deleted, stays = stored_run(genre, {1: [third, other]}), stored_run(genre, {1: [kept, other], 2: [third]})
    change = merge(kept, [other], user).change
    deleted.delete()
    newer = stored_run(genre, {1: [kept, third]}, is_published=True)

    assert undo_merge(change, user).left == []

    assert set(stays.memberships.values_list("track", "rank")) == {(kept.pk, 1), (other.pk, 2), (third.pk, 1)}
    assert set(newer.memberships.values_list("track", flat=True)) == {kept.pk, third.pk}


# --- At once, and at scale ---------------------------------------------------------------------------------------


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_undo_a_merge_at_once_one_does(user: User) -> None:
    kept, other = ArtistFactory(), ArtistFactory()
    tracks = [TrackFactory(artists=[other]) for _ in range(5)]
    change = merge(kept, [other], user).change
    start, results = threading.Barrier(2), []

    def undo() -> None:
        try:
            start.wait(10)
            undo_merge(change, user)
            results.append("undone")
        except UndoRefusedError as error:
            results.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=undo) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["This merge was undone already, by curator.", "undone"]
    assert set(other.tracks.all()) == set(tracks)
    assert other.history.filter(change_type=ChangeType.UNMERGE).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("factory", "queries"),
    # The change, locked; what stayed, and what merges of it came later; the merged rows, their last versions, which of
    # them are there, what is taken, their members; of the survivor its versions and its state; of the owners their
    # versions, locks, members and what these became. Then baselines, writing, versions, the log. Entries of playlists
    # keep their keys: these are read, and such entries are written by a statement of their own.
    [(GenreFactory, 37), (ArtistFactory, 39), (LabelFactory, 39), (AlbumFactory, 40), (TrackFactory, 45)],
)
def test_many_owners_ask_as_much_as_few(
    django_assert_num_queries: Any, user: User, factory: Any, queries: int, rows: int
) -> None:
    undo_merge(merge(factory(), [factory()], user).change, user)
    kept, other = factory(), factory()
    for _ in range(rows):
        make_owner(other)
        make_owner(other, kept)
    change = merge(kept, [other], user).change
    with django_assert_num_queries(queries):
        undo_merge(change, user)
    assert aggregate_of(type(kept)).model._default_manager.filter(pk=other.pk).exists()
