"""Find and replace in aliases and in codes: what cannot be changed and why, what is written, and that it is undone."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.editing import Replaced, ReplacePlan, Search, find_replace, plan_replacements, undo_edit
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db

SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("zoë")


def planned(model: Any, find: str, by: str, *fields: str) -> ReplacePlan:
    return plan_replacements(model.objects.all(), fields or ["aliases"], Search(find, by))


def problems(model: Any, find: str, by: str, *fields: str) -> dict[str, str]:
    plan = planned(model, find, by, *fields)
    return {row.name: row.problem for row in [*plan.possible, *plan.refused]}


def carry_out(plan: ReplacePlan, user: User, *, keeps: bool = True) -> Replaced:
    return find_replace(plan, {row.key: row.digest for row in plan.possible}, user, keeps_former_names=keeps)


def aliases_of(row: Any, *columns: str) -> list[Any]:
    return list(row.aliases.order_by("pk").values_list("name", *columns, flat=not columns))


# --- Aliases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track, Playlist])
def test_aliases_change_by_themselves_and_the_change_is_undone(user: User, model: Any) -> None:
    row = model.objects.create(**{model.slug_source: "Mispelt"})
    for name, slug in (("Mispelt one", "one"), ("Mispelt two", None), ("Other", None)):
        row.aliases.create(name=name, slug=slug)
    done = carry_out(planned(model, "mispelt", "Misspelt"), user)

    assert (done.changed, done.aliases) == (0, 2)
    assert done.change is not None
    assert done.change.summary == "Replaced “mispelt” by “Misspelt” in 2 aliases."
    row.refresh_from_db()
    assert str(row) == "Mispelt"
    assert aliases_of(row, "slug") == [("Misspelt one", "one"), ("Misspelt two", None), ("Other", None)]
    assert row.aliases.first().search_key.startswith("misspelt")
    last = row.history.first()
    assert (last.change_type, last.history_user, last.grouped_change) == ("action", user, done.change)
    assert "Misspelt one" in {alias["name"] for alias in last.aliases}
    assert LogEntry.objects.get().change_message == '[{"changed": {"fields": ["Aliases"]}}]'

    undone = undo_edit(done.change, user)
    assert (undone.restored, undone.kept) == (1, [])
    assert set(aliases_of(row, "slug")) == {("Mispelt one", "one"), ("Mispelt two", None), ("Other", None)}


def test_a_name_and_its_aliases_change_together(user: User) -> None:
    row = GenreFactory(name="old one")
    row.aliases.create(name="old alias")
    done = carry_out(planned(Genre, "old", "new", "name", "aliases"), user)
    assert (done.changed, done.aliases) == (1, 1)
    assert done.change is not None
    assert done.change.summary == "Replaced “old” by “new” in 1 genre and 1 alias: name."
    row.refresh_from_db()
    assert (row.name, aliases_of(row)) == ("new one", ["new alias", "old one"])
    assert row.history.filter(grouped_change=done.change).count() == 1
    undo_edit(done.change, user)
    row.refresh_from_db()
    assert (row.name, aliases_of(row)) == ("old one", ["old alias"])


@pytest.mark.parametrize("model", [Genre, Label, Playlist])
def test_an_alias_does_not_become_what_another_row_is_found_by(model: Any) -> None:
    kind = model._meta.verbose_name
    soul, funk = (model.objects.create(name=name) for name in ("Soul", "Funk"))
    for name in ("Old soul", "Old funk", "Old dub", "Old ska", "Old-ska", "Old"):
        soul.aliases.create(name=name)
    funk.aliases.create(name="Dub")
    assert plan_problems(model) == {
        "Old ska": "",
        "Old soul": "This is already the name itself." if model is not Label else "",
        "Old funk": f"There is a {kind} “Funk” (funk). Merge the two instead." if model is not Label else "",
        "Old dub": "It is already an alias of “Funk” (funk)." if model is not Label else "",
        "Old-ska": "“Old ska” gets the same name.",
        "Old": "Alias: Enter at least one visible character.",
    }


def plan_problems(model: Any) -> dict[str, str]:
    plan = plan_replacements(model.objects.all(), ["aliases"], Search("^Old[ -]?", is_regex=True))
    return {row.name: row.problem for row in [*plan.possible, *plan.refused]}


def test_names_of_labels_clash_as_they_are_written() -> None:
    LabelFactory(name="Soul").aliases.create(name="Old Soul")
    LabelFactory(name="Funk").aliases.create(name="Old Rock")
    LabelFactory(name="Rock")
    assert problems(Label, "Old ", "") == {
        "Old Soul": "This is already the name itself.",
        "Old Rock": "There is a label “Rock” (rock). Merge the two instead.",
    }


def test_an_alias_does_not_become_the_name_that_a_row_gets_at_once() -> None:
    GenreFactory(name="dub old"), GenreFactory(name="ska").aliases.create(name="dub  Old?")
    plan = plan_replacements(Genre.objects.all(), ["name", "aliases"], Search(r" old\??", is_regex=True))
    assert [row.name for row in plan.possible] == ["dub old"]
    assert [(row.name, row.problem) for row in plan.refused] == [("dub Old?", "“dub old” gets the same name.")]


def test_rows_that_may_share_a_name_may_share_an_alias_and_none_becomes_useless() -> None:
    artist = ArtistFactory(name="Gemini")
    artist.aliases.create(name="Old twin"), artist.aliases.create(name="Old gemini"), artist.aliases.create(name="Pair")
    artist.aliases.create(name="Old pair"), artist.aliases.create(name="Old Gemini", spotify_id=SPOTIFY_ID)
    ArtistFactory(name="Twin").aliases.create(name="Twin")
    assert problems(Artist, "old ", "") == {
        "Old twin": "",
        "Old Gemini": "",
        "Old gemini": "This is already the name itself.",
        "Old pair": "It has this alias already.",
    }


def test_joint_names_of_artists_stay() -> None:
    for position, artist in enumerate((ArtistFactory(), ArtistFactory())):
        artist.aliases.create(name="Old A feat. B", joint_position=position)
    assert problems(Artist, "Old", "New") == {}


def test_an_alias_that_was_changed_or_deleted_since_is_left_out_and_its_row_named(user: User) -> None:
    names = ("Edited", "Gone", "Kept")
    edited, gone, kept = (ArtistFactory(name=name).aliases.create(name=f"Old {name}") for name in names)
    plan = planned(Artist, "Old", "New")
    edited.name = "Mine"
    edited.save()
    gone.delete()
    done = carry_out(plan, user)
    assert (done.aliases, sorted(done.stale)) == (1, ["Edited", "Gone"])
    kept.refresh_from_db()
    assert kept.name == "New Kept"


@pytest.mark.parametrize("model", [Genre, Label, Playlist])
def test_an_alias_that_another_row_has_by_now_stays_at_the_undo_and_the_others_return(user: User, model: Any) -> None:
    one, two, taker = (model.objects.create(name=name) for name in ("One", "Two", "Taker"))
    one.aliases.create(name="Old one"), two.aliases.create(name="Old two")
    change = carry_out(planned(model, "Old", "New"), user).change
    assert change is not None
    taker.aliases.create(name="Old one")
    undone = undo_edit(change, user)
    assert undone.restored == 1
    kind = model._meta.verbose_name.capitalize()
    assert undone.kept == [f"{kind} “One”: The alias “Old one” leads to “Taker” now."]
    assert [aliases_of(row) for row in (one, two, taker)] == [["New one"], ["Old two"], ["Old one"]]


def test_the_number_of_queries_does_not_depend_on_the_number_of_aliases(user: User) -> None:
    def queries(number: int, find: str) -> int:
        for count in range(number):
            LabelFactory().aliases.create(name=f"{find} {count}")
        with CaptureQueriesContext(connection) as captured:
            assert carry_out(planned(Label, find, f"new {find}"), user).aliases == number
        return len(captured)

    queries(1, "warm up")
    assert queries(1, "one") == queries(3, "three")


# --- Codes -------------------------------------------------------------------------------------------------------


def test_the_prefix_of_isrcs_is_corrected_and_the_old_ones_still_find_their_tracks(user: User) -> None:
    one, two, three = (TrackFactory(title=f"Song {n}", isrc=f"KRA38100105{n}") for n in (1, 2, 3))
    two.aliases.create(name="Song 2", isrc="KRA380000000")
    AlbumFactory(upc="602435971889")
    done = carry_out(planned(Track, "KRA38", "QMA38", "isrc"), user)
    assert (done.changed, done.aliases) == (3, 1)
    rows = [one, two, three]
    for row in rows:
        row.refresh_from_db()
    assert [row.isrc for row in rows] == ["QMA381001051", "QMA381001052", "QMA381001053"]
    assert aliases_of(one, "isrc") == [("Song 1", "KRA381001051")]
    assert aliases_of(two, "isrc") == [("Song 2", "QMA380000000"), ("Song 2", "KRA381001052")]
    assert done.change is not None
    undo_edit(done.change, user)
    one.refresh_from_db()
    assert (one.isrc, aliases_of(one), aliases_of(two, "isrc")) == ("KRA381001051", [], [("Song 2", "KRA380000000")])


def test_a_code_stays_one() -> None:
    TrackFactory(title="Song", isrc="KRA381001057"), AlbumFactory(title="Record", upc="602435971889")
    assert problems(Track, "KRA", "1", "isrc") == {
        "Song": "ISRC: An ISRC has two letters, three letters or digits, and seven digits, such as KRA381001057."
    }
    assert problems(Album, "6024", "x", "upc") == {"Record": "UPC: A UPC has 8 to 14 digits, such as 602435971889."}


def test_a_former_code_that_leads_to_another_row_is_no_alias(user: User) -> None:
    one, other = AlbumFactory(upc="602435971889"), AlbumFactory(upc="602435971880")
    other.aliases.create(name="Also", upc="602435971889")
    done = carry_out(planned(Album, "602435971889", "702435971889", "upc"), user)
    # The alias of the other album is corrected with it, so that nothing has the former code.
    assert (done.changed, done.aliases, done.not_kept) == (1, 1, [])
    TrackFactory(isrc="KRA381001057", title="Twin"), TrackFactory(isrc="KRA381001057", title="Song")
    plan = plan_replacements(Track.objects.filter(title="Song"), ["isrc"], Search("KRA", "QMA"))
    assert carry_out(plan, user).not_kept == ["“KRA381001057” was not kept as an alias, because it leads to “Twin”."]
    assert aliases_of(one, "upc") == [(one.title, "602435971889")]
