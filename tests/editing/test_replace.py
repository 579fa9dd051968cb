"""Find and replace: what is found, what cannot be changed and why, what is written, and that it can be undone."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.editing import (
    BulkEditError,
    Part,
    Replaced,
    ReplacePlan,
    Search,
    SearchError,
    find_replace,
    marked,
    plan_replacements,
    undo_edit,
)
from musicdb.editing.replace import plan as plan_module
from musicdb.editing.replace import search as search_module
from musicdb.editing.replace.search import replaced
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory


@pytest.fixture
def user() -> User:
    return User.objects.create_user("zoë")


# --- What is found -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "text", "expected"),
    [
        (Search("live", "Studio"), "Live, live", "Studio, Studio"),
        (Search("live", "Studio", match_case=True), "Live, live", "Live, Studio"),
        (Search("É", "e"), "Beyoncé", "Beyonce"),
        (Search("art", "kunst", whole_words=True), "art of Mozart", "kunst of Mozart"),
        (Search("(Live)", "", whole_words=True), "Song (Live)", "Song "),
        (Search("a.c", r"\1"), "abc a.c", r"abc \1"),
        (Search(r" - (\d{4}) Remaster(ed)?$", r" (\1)", is_regex=True), "Song - 2011 Remastered", "Song (2011)"),
        (Search(r"(?P<a>\w+), (\w+)", r"\2 \g<a>", is_regex=True), "Simone, Nina", "Nina Simone"),
        (Search("a|b", "x", is_regex=True, whole_words=True), "a ab b", "x ab x"),
        (Search("A", "x", is_regex=True, match_case=True), "aA", "ax"),
    ],
)
def test_what_a_search_makes_of_a_text(search: Search, text: str, expected: str) -> None:
    assert replaced(search, ["?", text]) == {1: expected}


@pytest.mark.parametrize(
    ("find", "by", "message"),
    [
        ("(a", "", "This is not a regular expression, .*: missing \\), unterminated subpattern at position 0"),
        ("a", r"\2", "the replacement does not fit it: invalid group reference 2"),
        ("(?P<a>a)", r"\g<b>", "names a group that the regular expression does not have: unknown group name 'b'"),
    ],
)
@pytest.mark.parametrize("whole_words", [False, True])
def test_a_pattern_or_replacement_with_a_mistake_is_explained(
    find: str, by: str, message: str, whole_words: bool
) -> None:
    with pytest.raises(SearchError, match=message):
        replaced(Search(find, by, is_regex=True, whole_words=whole_words), ["a"])


def test_a_pattern_that_would_run_for_years_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "TIME_LIMIT", 0.5)
    with pytest.raises(SearchError, match=r"stopped after 0\.5 seconds, and nothing was changed"):
        replaced(Search("(a+)+$", is_regex=True), ["a" * 60 + "!"])


def test_a_pattern_that_needs_too_much_memory_is_stopped() -> None:
    with pytest.raises(SearchError, match="needs too much memory"):
        replaced(Search("(.*)", r"\1" * 250, is_regex=True), ["b" * 5_000_000])


def test_texts_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "MAX_TOTAL", 1_000)
    with pytest.raises(SearchError, match="would become too long"):
        replaced(Search("a", "b" * 300), ["a", "aaa"])


def test_what_differs_is_marked_word_by_word_and_the_rest_of_a_long_text_is_cut() -> None:
    assert marked("One Live Song", "One Studio Song") == (
        [Part("One "), Part("Live", True), Part(" Song")],
        [Part("One "), Part("Studio", True), Part(" Song")],
    )
    before, after = marked("x " * 100 + "old" + " y" * 100, "x " * 100 + "new" + " y" * 100)
    assert [part.text for part in before if part.differs] == ["old"]
    assert [part.text for part in after if part.differs] == ["new"]
    assert before[0].text.startswith("…x") or before[0].text.startswith("… x")
    assert sum(len(part.text) for part in before) < 200


# --- What can and what cannot be changed -------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def problems(model: Any, search: Search, *fields: str) -> dict[str, str]:
    found = plan_replacements(model.objects.all(), fields or [model.slug_source], search)
    return {row.name: row.problem for row in [*found.possible, *found.refused]}


def test_a_name_cannot_become_empty_or_too_long() -> None:
    for name in ("Live", "Live at home", "!"):
        ArtistFactory(name=name)
    assert problems(Artist, Search("live")) == {
        "Live at home": "",
        "Live": "Name: Enter at least one visible character.",
    }
    (problem,) = problems(Artist, Search("!", "o" * 301)).values()
    assert problem == "Name: Ensure this value has at most 300 characters (it has 301)."


@pytest.mark.parametrize("model", [Genre, Artist, Label, Playlist])
def test_a_row_does_not_become_the_twin_of_another(model: Any) -> None:
    for name in ("Soul (old)", "Soul", "Funk (old)", "Funk old", "Jazz (old)"):
        model.objects.create(name=name)
    kind = "an artist" if model is Artist else f"a {model._meta.verbose_name}"
    assert problems(model, Search(r" \(old\)| old", "", is_regex=True)) == {
        "Jazz (old)": "",
        "Funk (old)": "",
        "Funk old": "“Funk (old)” gets the same name. Merge the two instead.",
        "Soul (old)": f"There is {kind} “Soul” (soul). Merge the two instead.",
    }


def test_titles_may_be_shared_and_a_name_may_change_its_case() -> None:
    TrackFactory(title="Intro"), TrackFactory(title="Intro (Live)")
    GenreFactory(name="Dub")
    assert problems(Track, Search(" (live)")) == {"Intro (Live)": ""}
    assert problems(Genre, Search("Dub", "dub")) == {"Dub": ""}


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track, Playlist])
def test_a_name_may_change_its_signs_and_needs_no_alias_for_that(user: User, model: Any) -> None:
    name = model.slug_source
    row, other = (model.objects.create(**{name: text}) for text in ("Rock ’n’ Roll", "Salt‐N‐Pepa"))
    found = plan_replacements(model.objects.all(), [name], Search("[’‐]", "'", is_regex=True))
    assert [one.problem for one in found.possible] == ["", ""]
    done = carry_out(found, user)
    assert done.changed == 2
    row.refresh_from_db(), other.refresh_from_db()
    assert (str(row), aliases_of(row)) == ("Rock 'n' Roll", [])
    # A hyphen is no apostrophe.
    assert (str(other), aliases_of(other)) == ("Salt'N'Pepa", ["Salt‐N‐Pepa"])
    assert done.change is not None
    undo_edit(done.change, user)
    assert {str(one) for one in model.objects.all()} == {"Rock ’n’ Roll", "Salt‐N‐Pepa"}


def test_artists_that_share_a_name_may_change_its_signs() -> None:
    for name in ("Guns N’ Roses", "Guns N’ Roses", "GUNS N’ ROSES"):
        ArtistFactory(name=name)
    found = plan_replacements(Artist.objects.all(), ["name"], Search("’", "'"))
    assert [one.problem for one in [*found.possible, *found.refused]] == ["", "", ""]


def test_an_artist_does_not_become_the_twin_of_one_that_looks_alike() -> None:
    ArtistFactory(name="JAY‐Z", slug="jay-z"), ArtistFactory(name="Jay Z")
    assert problems(Artist, Search(" ", "-")) == {
        "Jay Z": "There is an artist “JAY‐Z” (jay-z). Merge the two instead.",
    }


def test_a_web_address_stays_one_and_a_description_takes_no_null() -> None:
    AlbumFactory(title="Kind", image_url="http://example.com/a.jpg")
    GenreFactory(name="dub", description="slow")
    assert problems(Album, Search("http:", "https:"), "title", "image_url") == {"Kind": ""}
    assert problems(Album, Search("http:", "ftp:"), "image_url") == {
        "Kind": "Art: Enter a web address that begins with https://."
    }
    assert problems(Genre, Search("slow", r"\0", is_regex=True), "description") == {
        "dub": "Description: Null characters are not allowed."
    }


def test_a_name_that_is_stored_as_it_was_does_not_count() -> None:
    ArtistFactory(name="The Band")
    assert problems(Artist, Search(" ", "  ")) == {}


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "MAX_ROWS", 1)
    for title in ("One", "Other", "Two"):
        TrackFactory(title=title)
    with pytest.raises(BulkEditError, match="at most 1 tracks at once, and this finds 3"):
        problems(Track, Search("o"))
    assert problems(Track, Search("one", "1")) == {"One": ""}


# --- What is written ---------------------------------------------------------------------------------------------


def planned(model: Any, find: str, by: str = "", *fields: str) -> ReplacePlan:
    return plan_replacements(model.objects.all(), fields or [model.slug_source], Search(find, by))


def carry_out(plan: ReplacePlan, user: User, *, left_out: tuple[str, ...] = (), keeps: bool = True) -> Replaced:
    confirmed = {row.key: row.digest for row in plan.possible if row.key not in left_out}
    return find_replace(plan, confirmed, user, keeps_former_names=keeps)


def aliases_of(row: Any) -> list[str]:
    return list(row.aliases.values_list("name", flat=True))


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track, Playlist])
def test_a_whole_replacement_and_its_undo(user: User, model: Any) -> None:
    name = model.slug_source
    rows = [model.objects.create(**{name: text}) for text in ("Old one", "Old two", "Other")]
    done = carry_out(planned(model, "old", "New"), user)

    assert done.changed == 2
    assert done.change is not None
    kinds = model._meta.verbose_name_plural
    assert done.change.summary == f"Replaced “old” by “New” in 2 {kinds}: {name}."
    found = list(model.objects.order_by("pk"))
    assert [str(row) for row in found] == ["New one", "New two", "Other"]
    assert list(model.objects.search("new").order_by("pk")) == found[:2]
    assert [row.slug for row in found] == [row.slug for row in rows]
    assert aliases_of(found[0]) == ["Old one"]
    last = found[0].history.first()
    assert (last.change_type, last.history_user, last.grouped_change) == ("action", user, done.change)
    assert last.aliases[0]["name"] == "Old one"
    logged = LogEntry.objects.order_by("object_id").values_list("user__username", "change_message")
    assert set(logged) == {("zoë", f'[{{"changed": {{"fields": ["{name.capitalize()}"]}}}}]')}

    undone = undo_edit(done.change, user)
    assert (undone.restored, undone.kept) == (2, [])
    assert [str(row) for row in model.objects.order_by("pk")] == ["Old one", "Old two", "Other"]
    assert aliases_of(found[0]) == []


def test_several_fields_of_a_row_change_together(user: User) -> None:
    both = GenreFactory(name="dub", description="dub and more")
    one = GenreFactory(name="soul", description="no dub")
    carry_out(planned(Genre, "dub", "ska", "name", "description"), user, keeps=False)
    both.refresh_from_db(), one.refresh_from_db()
    assert (both.name, both.description) == ("ska", "ska and more")
    assert (one.name, one.description) == ("soul", "no ska")
    assert aliases_of(both) == []


def test_what_is_not_confirmed_stays(user: User) -> None:
    one, two = ArtistFactory(name="Old one"), ArtistFactory(name="Old two")
    done = carry_out(planned(Artist, "old", "New"), user, left_out=(str(one.pk),))
    assert (done.changed, done.stale) == (1, [])
    assert set(Artist.objects.values_list("name", flat=True)) == {"Old one", "New two"}
    assert carry_out(planned(Artist, "old", "New"), user, left_out=(str(one.pk),)) == Replaced()
    assert two.history.count() == 2


def test_a_row_that_was_changed_or_deleted_since_is_left_out_and_named(user: User) -> None:
    names = ("Old one", "Old two", "Old three", "Old four")
    edited, gone, kept, fixed = (ArtistFactory(name=name) for name in names)
    shown = {row.key: row.digest for row in planned(Artist, "old", "New").possible}
    edited.name = "Old first"
    edited.save()
    fixed.name = "Fourth"
    fixed.save()
    gone.delete()
    ArtistFactory(name="Old and never seen")

    done = find_replace(planned(Artist, "old", "New"), shown, user, keeps_former_names=True)
    assert done.changed == 1
    assert sorted(done.stale) == ["Fourth", "Old first", "Old two"]
    assert sorted(Artist.objects.values_list("name", flat=True)) == [
        "Fourth",
        "New three",
        "Old and never seen",
        "Old first",
    ]
    kept.refresh_from_db()
    assert kept.name == "New three"


def test_a_row_that_is_saved_between_the_plan_and_the_lock_is_left_out(user: User) -> None:
    row = ArtistFactory(name="Old one")
    plan = planned(Artist, "old", "New")
    row.name = "Mine"
    row.save()
    done = carry_out(plan, user)
    assert (done.changed, done.change, done.stale) == (0, None, ["Mine"])
    row.refresh_from_db()
    assert row.name == "Mine"


def test_a_name_that_somebody_takes_meanwhile_changes_nothing_and_is_explained(user: User) -> None:
    LabelFactory(name="Old one"), LabelFactory(name="Old two")
    plan = planned(Label, "old", "New")
    LabelFactory(name="New two")
    with pytest.raises(BulkEditError, match="Nothing was changed"):
        carry_out(plan, user)
    assert set(Label.objects.values_list("name", flat=True)) == {"Old one", "Old two", "New two"}


def test_a_former_name_that_leads_to_another_row_is_no_alias(user: User) -> None:
    GenreFactory(name="Other").aliases.create(name="Old one")
    row = GenreFactory(name="Old one")
    done = carry_out(planned(Genre, "old", "New"), user)
    assert done.not_kept == ["“Old one” was not kept as an alias, because it leads to “Other”."]
    row.refresh_from_db()
    assert (row.name, aliases_of(row)) == ("New one", [])


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(user: User) -> None:
    def queries(number: int, find: str) -> int:
        for count in range(number):
            LabelFactory(name=f"{find} {count}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert carry_out(planned(Label, find, f"new {find}"), user).changed == number
        return len(captured)

    queries(1, "warm up")
    assert queries(1, "one") == queries(3, "three")
