"""Find and replace in the admin: from selected rows or for a whole kind, the preview, ticks, and what the page says."""

from typing import Any

import pytest
from django.test import Client

from musicdb.admin.changelist import find_replace as module
from musicdb.editing.replace import search as search_module
from musicdb.models import Album, Artist, Genre, GroupedChange, Label, Playlist, Track
from tests.admin.helpers import messages_of, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

ALL: list[Any] = [Genre, Artist, Label, Album, Track, Playlist]


def typed(model: Any, find: str, by: str = "", **more: Any) -> dict[str, Any]:
    return {"find": find, "replace": by, "fields_searched": [model.slug_source], "keep_former_names": "on", **more}


def names(model: Any) -> list[str]:
    return list(model.objects.order_by("pk").values_list(model.slug_source, flat=True))


def sent(response: Any, button: str, value: str = "1", *, untick: tuple[int | str, ...] = ()) -> dict[str, Any]:
    """Return what a browser sends from the form of a page with one of its buttons."""
    (form,) = [form for form in parse(response).all("form", method="post") if "novalidate" in form.attrs]
    data: dict[str, list[str]] = {}
    for field in form.all("input"):
        name, value_sent = field.attrs["name"] or "", field.attrs.get("value") or ""
        is_ticked = "checked" in field.attrs and value_sent not in map(str, untick)
        if field.attrs.get("type") != "checkbox" or is_ticked:
            data.setdefault(name, []).append(value_sent or ("on" if "checked" in field.attrs else ""))
    assert button in {one.attrs.get("name") for one in form.all("button")}
    return {**data, button: value}


@pytest.mark.parametrize("model", ALL)
def test_a_whole_kind_is_previewed_changed_and_undone(admin_client: Client, model: Any) -> None:
    for name in ("Old one", "Other", "Old two"):
        model.objects.create(**{model.slug_source: name})
    address = page_of(model, "replace")
    assert address in admin_client.get(page_of(model)).text
    page = admin_client.post(address, {**sent(admin_client.get(address), "preview"), "find": "old", "replace": "New"})
    assert names(model) == ["Old one", "Other", "Old two"]
    assert [part.text for part in parse(page).all("del")] == ["Old", "Old"]
    assert [part.text for part in parse(page).all("ins")] == ["New", "New"]

    changed = admin_client.post(address, sent(page, "apply"))
    assert changed.url == page_of(model)
    assert names(model) == ["New one", "Other", "New two"]
    change = GroupedChange.objects.get()
    undo = page_of(GroupedChange, "undo", change.pk)
    kinds = model._meta.verbose_name_plural
    assert messages_of(changed) == [("success", f'Changed 2 {kinds}. <a href="{undo}">Undo …</a>')]
    admin_client.post(undo)
    assert names(model) == ["Old one", "Other", "Old two"]


def test_only_the_selected_rows_change(admin_client: Client) -> None:
    one, two = TrackFactory(title="Old one"), TrackFactory(title="Old two")
    selected = {"action": module.ACTION, "_selected_action": [two.pk], "select_across": "0"}
    form = admin_client.post(page_of(Track), selected)
    assert "1 track." in form.text
    page = admin_client.post(page_of(Track), {**sent(form, "preview"), "find": "Old", "replace": "New"})
    admin_client.post(page_of(Track), sent(page, "apply"))
    assert names(Track) == ["Old one", "New two"]
    assert one.history.count() == 1


def test_all_rows_of_a_filter_change(admin_client: Client) -> None:
    TrackFactory(title="Old one", liked=True), TrackFactory(title="Old two"), TrackFactory(title="Old 3", liked=True)
    address = page_of(Track, liked__exact="1")
    selected = {"action": module.ACTION, "_selected_action": [Track.objects.first().pk], "select_across": "1"}
    form = admin_client.post(address, selected)
    page = admin_client.post(address, {**sent(form, "preview"), "find": "Old", "replace": "New"})
    response = admin_client.post(address, sent(page, "apply"))
    assert response.url == address
    assert names(Track) == ["New one", "Old two", "New 3"]


def test_ticks_are_kept_from_page_to_page(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS_A_PAGE", 2)
    rows = [ArtistFactory(name=f"Old {number}") for number in range(1, 6)]
    address = page_of(Artist, "replace")
    first = admin_client.post(address, typed(Artist, "Old", "New"))
    assert [row.replacement.name for row in first.context["rows"]] == ["Old 1", "Old 2"]
    second = admin_client.post(address, sent(first, "page", "2", untick=(rows[0].pk,)))
    assert [row.replacement.name for row in second.context["rows"]] == ["Old 3", "Old 4"]
    assert "<strong>4 artists</strong> of 5 artists will change" in second.text
    third = admin_client.post(address, sent(second, "page", "3", untick=(rows[3].pk,)))
    back = admin_client.post(address, sent(third, "page", "1"))
    assert [row.is_ticked for row in back.context["rows"]] == [False, True]
    admin_client.post(address, sent(back, "apply"))
    assert names(Artist) == ["Old 1", "New 2", "New 3", "Old 4", "New 5"]


def test_all_ticks_are_cleared_and_set_at_once(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS_A_PAGE", 1)
    for number in range(3):
        ArtistFactory(name=f"Old {number}")
    address = page_of(Artist, "replace")
    page = admin_client.post(address, typed(Artist, "Old", "New"))
    cleared = admin_client.post(address, sent(page, "untick_all"))
    assert "<strong>0 artists</strong>" in cleared.text
    refused = admin_client.post(address, sent(cleared, "apply"))
    assert [str(message) for message in refused.context["messages"]] == ["No row is ticked, so nothing was changed."]
    assert names(Artist) == ["Old 0", "Old 1", "Old 2"]
    ticked = admin_client.post(address, sent(refused, "tick_all"))
    assert "<strong>3 artists</strong>" in ticked.text


def test_rows_that_cannot_be_changed_come_first_with_the_reason(admin_client: Client) -> None:
    GenreFactory(name="dub"), GenreFactory(name="old"), GenreFactory(name="old dub"), GenreFactory(name="a old ska")
    page = admin_client.post(page_of(Genre, "replace"), typed(Genre, "old"))
    assert [(row.replacement.name, row.is_ticked) for row in page.context["rows"]] == [
        ("old", None),
        ("old dub", None),
        ("a old ska", True),
    ]
    assert "2 genres have the text and cannot be changed." in page.text
    assert "Name: Enter at least one visible character." in page.text
    assert "There is a genre “dub” (dub). Merge the two instead." in page.text
    admin_client.post(page_of(Genre, "replace"), sent(page, "apply"))
    assert names(Genre) == ["dub", "old", "old dub", "a ska"]


def test_what_was_changed_since_is_left_out_said_on_the_next_page_and_named(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_A_PAGE", 2)
    rows = [ArtistFactory(name=f"Old {number}") for number in range(3)]
    address = page_of(Artist, "replace")
    page = admin_client.post(address, typed(Artist, "Old", "New"))
    rows[0].name = "Old but mine"
    rows[0].save()
    again = admin_client.post(address, sent(page, "page", "1"))
    assert "Somebody has changed 1 of them since you opened this page. It is left out." in again.text
    response = admin_client.post(address, sent(again, "apply"))
    assert names(Artist) == ["Old but mine", "New 1", "New 2"]
    assert messages_of(response)[1] == (
        "warning",
        "Somebody has changed or deleted these since you saw them, so they were left out:"
        "<ul><li>“Old but mine”</li></ul>",
    )


def test_old_names_become_aliases_unless_the_box_is_cleared(admin_client: Client) -> None:
    one = ArtistFactory(name="Old one")
    address = page_of(Artist, "replace")
    page = admin_client.post(address, typed(Artist, "Old", "New"))
    admin_client.post(address, sent(page, "apply"))
    assert list(one.aliases.values_list("name", flat=True)) == ["Old one"]
    cleared = {key: value for key, value in typed(Artist, "New", "Newer").items() if key != "keep_former_names"}
    page = admin_client.post(address, cleared)
    admin_client.post(address, sent(page, "apply"))
    assert names(Artist) == ["Newer one"]
    assert list(one.aliases.values_list("name", flat=True)) == ["Old one"]


@pytest.mark.parametrize(
    ("find", "limit", "error"), [("(a", 60, "not a regular expression"), ("(a+)+$!", 0.5, "stopped after 0.5 seconds")]
)
def test_a_mistake_is_explained_and_what_was_typed_stays(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, find: str, limit: float, error: str
) -> None:
    monkeypatch.setattr(search_module, "TIME_LIMIT", limit)
    AlbumFactory(title="a" * 60)
    page = admin_client.post(page_of(Album, "replace"), typed(Album, find, r" \1 ", is_regex="on"))
    assert error in str(page.context["form"].non_field_errors())
    assert page.context["form"]["find"].value() == find
    assert page.context["form"]["replace"].value() == r" \1 "
    assert names(Album) == ["a" * 60]


def test_something_to_find_is_needed(admin_client: Client) -> None:
    page = admin_client.post(page_of(Album, "replace"), typed(Album, ""))
    assert page.context["form"].errors == {"find": ["This field is required."]}


def test_blanks_at_the_ends_of_what_is_typed_count(admin_client: Client) -> None:
    TrackFactory(title="Song - Live"), TrackFactory(title="Sing-along")
    address = page_of(Track, "replace")
    page = admin_client.post(address, typed(Track, " - ", " / "))
    admin_client.post(address, sent(page, "apply"))
    assert names(Track) == ["Song / Live", "Sing-along"]


def test_a_forged_or_lost_preview_changes_nothing(admin_client: Client) -> None:
    ArtistFactory(name="Old one")
    for shown in ("", "forged", '[[1,"x"]]:1:2'):
        more = {"apply": "1", "shown": shown, "left_out": f"x,²,{'9' * 5_000}", "on_page": "?", "page": "x"}
        page = admin_client.post(page_of(Artist, "replace"), typed(Artist, "Old", "New", **more))
        assert page.status_code == 200
        assert len(page.context["confirmation"].changing) == 1
    assert names(Artist) == ["Old one"]


def test_the_way_back_leads_to_the_form_with_what_was_typed(admin_client: Client) -> None:
    ArtistFactory(name="Old one")
    address = page_of(Artist, "replace")
    page = admin_client.post(address, typed(Artist, "Old", "New"))
    form = admin_client.post(address, sent(page, "again")).context["form"]
    assert (form["find"].value(), form["replace"].value()) == ("Old", "New")


def test_nothing_found_says_so(admin_client: Client) -> None:
    ArtistFactory(name="One")
    page = admin_client.post(page_of(Artist, "replace"), typed(Artist, "Old"))
    assert "Nothing would change: none of 1 artist has this text." in page.text
    assert 'name="apply"' not in page.text


def test_aliases_have_ticks_of_their_own_and_are_shown_below_their_row(admin_client: Client) -> None:
    genre, other = GenreFactory(name="old one"), GenreFactory(name="dub")
    for name in ("old alias", "old stays", "old dub"):
        genre.aliases.create(name=name)
    address = page_of(Genre, "replace")
    page = admin_client.post(address, typed(Genre, "old ", fields_searched=["name", "aliases"]))
    shown = [(row.replacement.name, row.obj, [one.what for one in row.changes]) for row in page.context["rows"]]
    assert shown == [
        ("old dub", genre, ["Alias"]),
        ("old one", genre, ["Name"]),
        ("old alias", genre, ["Alias"]),
        ("old stays", genre, ["Alias"]),
    ]
    assert "<strong>1 genre and 2 aliases</strong> of 2 genres will change" in page.text
    assert "1 alias has the text and cannot be changed. It comes first" in page.text
    assert "There is a genre “dub” (dub). Merge the two instead." in page.text

    stays = genre.aliases.get(name="old stays")
    done = admin_client.post(address, sent(page, "apply", untick=(f"{genre.pk}.{stays.pk}",)))
    assert messages_of(done)[0][1].startswith("Changed 1 genre and 1 alias.")
    assert names(Genre) == ["one", "dub"]
    kept = ["alias", "old stays", "old dub", "old one"]
    assert list(genre.aliases.order_by("pk").values_list("name", flat=True)) == kept
    assert not other.aliases.exists()


def test_an_isrc_of_a_row_and_of_an_alias_are_told_apart(admin_client: Client) -> None:
    track = TrackFactory(title="Song", isrc="KRA381001057")
    track.aliases.create(name="Single", isrc="KRA381001058")
    page = admin_client.post(page_of(Track, "replace"), typed(Track, "KRA", "QMA", fields_searched=["isrc"]))
    assert [[one.what for one in row.changes] for row in page.context["rows"]] == [
        ["ISRC"],
        ["ISRC of the alias “Single”"],
    ]
    assert "Keep the old names and ISRCs as aliases" in admin_client.get(page_of(Track, "replace")).text
