"""Merging: what pointed at any of several things points at one, and nothing that led to the others is lost."""

from importlib import import_module
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from clusters.models import Run
from musicdb.editing import MergeError, merge
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Label, LabelAlias, Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
    clustered_genre,
)

# The package exports the function of this name.
merge_module = import_module("musicdb.editing.merge")

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]


@pytest.fixture
def user() -> User:
    return User.objects.create_user("editor")


def owners_of(thing: Any) -> set[Any]:
    """The tracks of a genre or artist, the albums of a label."""
    return set(thing.albums.all() if isinstance(thing, Label) else thing.tracks.all())


def make_owner(*members: Any) -> Any:
    """A track by these artists or in these genres, or an album of these labels."""
    if isinstance(members[0], Label):
        return AlbumFactory(labels=members)
    return TrackFactory(**{"artists" if isinstance(members[0], Artist) else "genres": members})


def places(owner: Any) -> list[tuple[int, str]]:
    rows = owner.album_labels if isinstance(owner, Album) else owner.track_artists
    member = "label__name" if isinstance(owner, Album) else "artist__name"
    return list(rows.order_by("position").values_list("position", member))


def spellings(thing: Any) -> set[tuple[str, str | None]]:
    return set(thing.aliases.values_list("name", "slug"))


# --- What points at them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_everything_is_the_survivors(factory: Any, user: User) -> None:
    survivor, one, two, bystander = (factory() for _ in range(4))
    owners = {make_owner(survivor), make_owner(one), make_owner(two), make_owner(one, two)}
    owners.add(make_owner(two, survivor, one))
    untouched = make_owner(bystander)

    merged = merge(survivor, [one, two], user)

    assert owners_of(survivor) == owners
    assert owners_of(bystander) == {untouched}
    assert set(type(survivor).objects.all()) == {survivor, bystander}
    assert (merged.survivor, merged.others, merged.moved, merged.shared) == (survivor, 2, 3, 2)


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("acb", "acb"),
        ("cx", "ca"),
        ("xay", "a"),
        ("bxcay", "bac"),
        ("abxcyd", "abcd"),
        ("xby", "ab"),
        ("dcbxy", "dcba"),
    ],
)
def test_the_order_stays_without_gaps_or_doubles(factory: Any, user: User, before: str, after: str) -> None:
    things = {name: factory(name=name) for name in "abcdxy"}
    owner = make_owner(*(things[name] for name in before))
    neighbour = make_owner(things["c"], things["x"], things["d"])

    merge(things["a"], [things["x"], things["y"]], user)

    assert places(owner) == list(enumerate(after))
    assert places(neighbour) == list(enumerate("cad"))


def test_a_track_of_several_of_the_genres_is_in_the_survivor_once(user: User) -> None:
    survivor, one, two, other = (GenreFactory() for _ in range(4))
    track = TrackFactory(genres=[one, other, two])
    merge(survivor, [one, two], user)
    assert set(track.genres.all()) == {survivor, other}
    assert Track.genres.through.objects.count() == 2


def test_the_clusters_of_a_merged_genre_go_and_the_survivors_stay(user: User) -> None:
    (survivor, run), (other, _) = clustered_genre(tracks=6), clustered_genre(tracks=6)
    merge(survivor, [other], user)
    assert list(Run.objects.all()) == [run]
    assert run.memberships.count() == 6
    assert survivor.tracks.count() == 12


# --- What they were called, and where ----------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_names_and_addresses_become_other_spellings_and_theirs_are_handed_on(factory: Any, user: User) -> None:
    first, second, third = factory(name="First"), factory(name="Second"), factory(name="Third")
    merge(second, [first], user)
    merge(third, [second], user)
    assert spellings(third) == {("First", "first"), ("Second", "second")}


@pytest.mark.parametrize(("model", "factory"), [(LabelAlias, LabelFactory), (GenreAlias, GenreFactory)])
def test_a_spelling_that_is_there_already_gets_the_address(model: Any, factory: Any, user: User) -> None:
    survivor, other = factory(name="Stone Music"), factory(name="Stone")
    model.objects.create(name="Stone", target=survivor)
    merge(survivor, [other], user)
    assert spellings(survivor) == {("Stone", "stone")}


@pytest.mark.parametrize("factory", [LabelFactory, GenreFactory])
def test_no_address_is_lost_where_a_name_was_merged_before(factory: Any, user: User) -> None:
    survivor = factory(name="Stone Music")
    merge(survivor, [factory(name="Stone")], user)
    merge(survivor, [factory(name="Stone")], user)
    assert spellings(survivor) == {("Stone", "stone"), ("stone-2", "stone-2")}


def test_no_address_is_lost_where_name_and_address_are_spelt_as_what_was_merged_before(user: User) -> None:
    kept, other = GenreFactory(name="Kept"), GenreFactory(name="Goes", slug="goes")
    kept.aliases.create(name="goes", slug="gone-before")
    kept.aliases.create(name="GOES-2")
    merge(kept, [other], user)
    assert spellings(kept) == {("goes", "gone-before"), ("GOES-2", None), ("goes-3", "goes")}


def test_artists_of_one_name_each_keep_their_address(user: User) -> None:
    survivor = ArtistFactory(name="Gemini")
    merge(survivor, [ArtistFactory(name="Gemini"), ArtistFactory(name="Gemini")], user)
    assert spellings(survivor) == {("Gemini", "gemini-2"), ("Gemini", "gemini-3")}


@pytest.mark.parametrize(("model", "factory"), [(LabelAlias, LabelFactory), (GenreAlias, GenreFactory)])
def test_a_name_that_another_thing_goes_by_is_refused_and_nothing_changes(model: Any, factory: Any, user: User) -> None:
    survivor, other, third = factory(), factory(name="Stone"), factory(name="Third")
    model.objects.create(name="Stone", target=third)
    owner = make_owner(other)
    with pytest.raises(MergeError, match="“Stone” is an alias of “Third” already"):
        merge(survivor, [other], user)
    assert owners_of(other) == {owner}
    assert not LogEntry.objects.exists()


def test_genres_compare_spellings_whatever_their_case(user: User) -> None:
    survivor, other = GenreFactory(name="korean pop"), GenreFactory(name="k-pop")
    GenreAlias.objects.create(name="K-POP", target=survivor)
    merge(survivor, [other], user)
    assert spellings(survivor) == {("k-pop", "k-pop")}


def test_an_address_of_a_merged_thing_leads_to_the_survivor_whatever_an_alias_said(user: User) -> None:
    survivor, other, third = (LabelFactory(name=name) for name in ("Survivor", "Other", "Third"))
    alias = LabelAlias.objects.create(name="Old", slug="other", target=third)
    merge(survivor, [other], user)
    assert spellings(survivor) == {("Other", "other")}
    alias.refresh_from_db()
    assert (alias.name, alias.slug, alias.target) == ("Old", None, third)


# --- What only one can have --------------------------------------------------------------------------------------


def test_spotify_ids_go_on_and_a_survivor_without_one_takes_the_first(user: User) -> None:
    survivor = ArtistFactory(spotify_id=None)
    one, two, three = ArtistFactory(), ArtistFactory(spotify_id=None), ArtistFactory()
    merge(survivor, [two, three, one], user)
    survivor.refresh_from_db()
    assert survivor.spotify_id == three.spotify_id
    assert set(survivor.aliases.values_list("name", "spotify_id")) == {
        (one.name, one.spotify_id),
        (two.name, None),
        (three.name, None),
    }


def test_a_survivors_own_spotify_id_stays(user: User) -> None:
    survivor, other = ArtistFactory(), ArtistFactory()
    ArtistAlias.objects.create(name="Old", spotify_id=other.spotify_id, target=survivor)
    kept = survivor.spotify_id
    merge(survivor, [other], user)
    survivor.refresh_from_db()
    assert survivor.spotify_id == kept
    assert set(survivor.aliases.values_list("name", "spotify_id")) == {("Old", None), (other.name, other.spotify_id)}


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
@pytest.mark.parametrize(
    ("visibilities", "expected"),
    [
        (["shown", "automatic"], "shown"),
        (["shown", "hidden"], "shown"),
        (["hidden", "shown"], "hidden"),
        (["automatic", "shown"], "shown"),
        (["automatic", "hidden"], "hidden"),
        (["automatic", "automatic", "hidden", "shown"], "hidden"),
        (["automatic", "automatic"], "automatic"),
    ],
)
def test_a_decision_about_visibility_stays_and_is_taken_over_only_where_there_is_none(
    factory: Any, user: User, visibilities: list[str], expected: str
) -> None:
    survivor, *others = (factory(visibility=visibility) for visibility in visibilities)
    merge(survivor, others, user)
    survivor.refresh_from_db()
    assert survivor.visibility == expected


def test_a_blank_description_is_filled_and_another_stays(user: User) -> None:
    blank, one, two = (GenreFactory(description=text) for text in ("", "One.", "Two."))
    merge(blank, [GenreFactory(), one], user)
    merge(two, [blank], user)
    assert list(Genre.objects.values_list("description", flat=True)) == ["Two."]


# --- Who did it, and how -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_history_of_each_says_who_merged_what(factory: Any, user: User) -> None:
    survivor, one, two = (factory(name=name) for name in ("Kept", "One", "Two"))
    keys = [str(one.pk), str(two.pk)]
    merge(survivor, [one, two], user)
    entries = {entry.object_id: entry for entry in LogEntry.objects.all()}
    assert {entry.user for entry in entries.values()} == {user}
    kept = entries.pop(str(survivor.pk))
    assert (kept.action_flag, kept.get_change_message()) == (CHANGE, "Merged into this: “One” (one), “Two” (two).")
    assert sorted(entries) == sorted(keys)
    for entry in entries.values():
        assert (entry.action_flag, entry.get_change_message()) == (DELETION, "Merged into “Kept” (kept).")
        assert entry.object_repr in {"One", "Two"}


@pytest.mark.parametrize("factory", FACTORIES)
def test_what_cannot_be_merged_is_refused_in_words(factory: Any, user: User) -> None:
    one, gone = factory(name="One"), factory(name="Gone")
    with pytest.raises(MergeError, match=r"^Select at least two \w+ to merge them\.$"):
        merge(one, [], user)
    with pytest.raises(MergeError, match=r"^“One” cannot be merged with itself\.$"):
        merge(one, [gone, one], user)
    type(gone).objects.filter(pk=gone.pk).delete()
    for survivor, other in ((one, gone), (gone, one)):
        with pytest.raises(MergeError, match="no longer exist"):
            merge(survivor, [other], user)
    assert list(type(one).objects.all()) == [one]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("factory", "queries"),
    [
        # The rows of all that is merged; doubles gone and rows moved; spellings handed on, addresses freed, names
        # compared, old ones gone, new ones in; what else points at the others, and they themselves; two lines of the
        # log; the change itself. Versions: the survivor's and its owners' before and after, with which owners; the
        # others', and of genres which tracks still have them.
        # Artists have two kinds of owners.
        (GenreFactory, 27),
        (ArtistFactory, 36),
        (LabelFactory, 29),
    ],
)
def test_many_rows_ask_as_much_as_few(
    django_assert_num_queries: Any, user: User, factory: Any, queries: int, rows: int
) -> None:
    survivor, others = factory(), [factory(), factory()]
    for _ in range(rows):
        make_owner(others[0], survivor, factory())
        make_owner(*others)
        make_owner(others[1])
    User.objects.get()
    LogEntry.objects.log_actions(user.pk, [survivor], CHANGE, "The content type is known.")
    with django_assert_num_queries(queries):
        merge(survivor, others, user)
    assert len(owners_of(survivor)) == 3 * rows


class _DeadlockError(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(("failures", "error"), [(2, _DeadlockError()), (3, _DeadlockError()), (1, Exception())])
def test_a_deadlock_is_tried_again_twice_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, user: User, failures: int, error: Exception
) -> None:
    survivor, other = LabelFactory(), LabelFactory()
    really, calls = merge_module._merge, []

    def merge_after_failures(*args: Any) -> Any:
        calls.append(args)
        if len(calls) <= failures:
            raise OperationalError from error
        return really(*args)

    monkeypatch.setattr(merge_module, "_merge", merge_after_failures)
    if failures == 2:
        merge(survivor, [other], user)
        assert not Label.objects.filter(pk=other.pk).exists()
    else:
        with pytest.raises(OperationalError):
            merge(survivor, [other], user)
        assert Label.objects.filter(pk=other.pk).exists()
    assert len(calls) == min(failures + (failures == 2), 3)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks the whole database")
def test_rows_are_locked_in_the_order_of_their_keys(user: User) -> None:
    survivor, others = ArtistFactory(), [ArtistFactory(), ArtistFactory()]
    TrackFactory(artists=[others[1], survivor, ArtistFactory()])
    with CaptureQueriesContext(connection) as queries:
        merge(survivor, list(reversed(others)), user)
    locking = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert [sql.rpartition("ORDER BY ")[2] for sql in locking] == [
        '"musicdb_artist"."id" ASC FOR UPDATE',
        "3 ASC FOR UPDATE",  # the third column that is read: the key
    ]
