"""Merging in the admin: the action, the page that asks which one stays, the page of possible duplicates."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from musicdb.admin import duplicates
from musicdb.models import Album, Artist, Genre, GroupedChange, Label, Track
from tests.admin.helpers import editor, messages_of, page_of, run_action
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
    clustered_genre,
    runs_of,
)
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]


def used(obj: Any, times: int) -> Any:
    """Add that many tracks or albums to ``obj``, and return it."""
    for _ in range(times):
        if isinstance(obj, Label):
            AlbumFactory(labels=[obj])
        else:
            TrackFactory(**{"genres" if isinstance(obj, Genre) else "artists": [obj]})
    return obj


def merge_page(*objs: Any, **query: Any) -> str:
    return page_of(type(objs[0]), "merge", id=[obj.pk for obj in objs], **query)


def choices(page: Node) -> list[tuple[str, str, bool]]:
    """Return each choice on the page: its name, the facts beside it, and whether it is checked."""
    # The choices between values have no facts beside them.
    rows = [row for row in page.one("div", id="content-main").all("li") if row.all("input") and len(row.all("div")) > 1]
    return [(row.one("label").text, row.all("div")[1].text, "checked" in row.one("input").attrs) for row in rows]


# --- From the list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_action_asks_which_one_stays_and_returns_to_the_filtered_list(admin_client: Client, factory: Any) -> None:
    one, two = factory(name="One"), used(factory(name="Two"), 2)
    model = type(one)
    listing = page_of(model, q="o")
    chosen = admin_client.post(listing, {"action": "merge_selected", "_selected_action": [one.pk, two.pk], "index": 0})
    response = admin_client.get(chosen["Location"])
    assert choices(parse(response))[0][0::2] == ("Two", True)

    response = admin_client.post(chosen["Location"], {"survivor": one.pk})

    assert response["Location"] == listing
    assert list(model.objects.all()) == [one]
    kind, noun = model._meta.verbose_name, "albums" if model is Label else "tracks"
    link = f'<a href="{page_of(model, "change", one.pk)}"><bdi>One</bdi></a>'
    undo = f'<a href="{page_of(GroupedChange, "undo", GroupedChange.objects.get().pk)}">Undo …</a>'
    assert messages_of(response) == [("success", f"Merged 1 {kind} into {link}: 2 {noun} moved. {undo}")]
    assert set(LogEntry.objects.values_list("user__username", flat=True)) == {"admin"}


def test_the_message_counts_albums_once(admin_client: Client) -> None:
    one, two, three = LabelFactory(name="One"), LabelFactory(name="Two"), LabelFactory()
    AlbumFactory(labels=[two, one, three])
    AlbumFactory(labels=[two, three])
    response = admin_client.post(merge_page(one, two, three), {"survivor": one.pk})
    ((level, text),) = messages_of(response)
    assert (level, text.partition(": ")[2].partition(" <a")[0]) == ("success", "1 album moved, 2 had several of them.")
    assert text.startswith("Merged 2 labels into <a ")


@pytest.mark.parametrize("number", [0, 1, 101])
def test_too_few_or_too_many_are_refused_by_the_action_and_the_page(admin_client: Client, number: int) -> None:
    labels = Label.objects.bulk_create([Label(name=f"Label {i}", slug=f"label-{i}") for i in range(number)])
    error = (
        "You can merge at most 100 at a time. You selected 101."
        if number > 2
        else "Select at least two labels to merge them."
    )
    if labels:
        assert messages_of(run_action(admin_client, "merge_selected", labels)) == [("error", error)]
    for ask in (admin_client.get, admin_client.post):
        response = ask(page_of(Label, "merge", id=[label.pk for label in labels]))
        assert response["Location"] == page_of(Label)
        assert messages_of(response) == [("error", error)]
    assert Label.objects.count() == number


def test_a_hundred_can_be_merged_at_once(admin_client: Client) -> None:
    labels = Label.objects.bulk_create([Label(name=f"Label {i}", slug=f"label-{i}") for i in range(100)])
    response = run_action(admin_client, "merge_selected", labels)
    admin_client.post(response["Location"], {"survivor": labels[42].pk})
    assert list(Label.objects.all()) == [labels[42]]
    assert labels[42].aliases.count() == 99


# --- The page ----------------------------------------------------------------------------------------------------


def test_the_shown_one_with_the_most_albums_comes_first_and_is_chosen(admin_client: Client) -> None:
    labels = [
        used(LabelFactory(name="Much used", visibility="hidden"), 3),
        LabelFactory(name="Shown", visibility="shown"),
        used(LabelFactory(name="Shown and used", visibility="shown"), 1),
    ]
    page = parse(admin_client.get(merge_page(*labels)))
    assert choices(page) == [
        ("Shown and used", "1 album · shown · shown-and-used · open", True),
        ("Shown", "0 albums · shown · shown · open", False),
        ("Much used", "3 albums · hidden · much-used · open", False),
    ]
    assert ("open", page_of(Label, "change", labels[0].pk)) in page.links
    assert page.one("h1").text == "Merge labels"
    assert [row.text for row in page.one("ul", class_="effects").all("li")] == [
        "The label that stays gets the albums of all 3. An album that has several of them has it once.",
        "The other labels are deleted. Their names become aliases of the one that stays, and their addresses redirect "
        "to it.",
        "The one that stays keeps its visibility. If that is automatic, it takes that of the first other that is shown "
        "or hidden.",
        "The clusters of the deleted labels are deleted too. Recluster the one that stays to include its new tracks.",
        "You can undo the merge, from the history of the one that stays. What somebody changes until then stays as it "
        "is.",
    ]


def test_the_page_shows_the_spotify_ids_of_artists(admin_client: Client) -> None:
    one, two = ArtistFactory(name="Gemini"), ArtistFactory(name="Gemini", spotify_id=None)
    page = parse(admin_client.get(merge_page(one, two)))
    assert [about for _, about, _ in choices(page)] == [
        f"0 tracks · automatic · gemini · {one.spotify_id} · open · split …",
        "0 tracks · automatic · gemini-2 · open · split …",
    ]
    assert (one.spotify_id, one.spotify_url) in page.links


def test_the_page_says_what_happens_to_the_clusters_of_genres(admin_client: Client) -> None:
    (one, run), (two, _) = clustered_genre(tracks=6), clustered_genre(tracks=6)
    text = admin_client.get(merge_page(one, two)).text
    assert "The clusters of the deleted genres are deleted too." in text
    admin_client.post(merge_page(one, two), {"survivor": one.pk})
    assert list(runs_of(one).all()) == [run]
    actions = dict(admin_client.get(page_of(Genre)).context["action_form"].fields["action"].choices)
    assert {"merge_selected", "recluster_selected"} <= set(actions)


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 30])
def test_an_invalid_choice_is_refused_on_the_page(admin_client: Client, chosen: str) -> None:
    labels = [LabelFactory(), LabelFactory()]
    response = admin_client.post(merge_page(*labels), {"survivor": chosen})
    assert response.status_code == 200
    assert parse(response).one("ul", class_="errorlist").text
    assert Label.objects.count() == 2


def test_a_row_that_was_not_selected_cannot_be_chosen(admin_client: Client) -> None:
    labels, stranger = [LabelFactory(), LabelFactory()], LabelFactory()
    assert admin_client.post(merge_page(*labels), {"survivor": stranger.pk}).status_code == 200
    assert Label.objects.count() == 3


def test_a_form_that_is_sent_twice_merges_once(admin_client: Client) -> None:
    one, two = LabelFactory(), LabelFactory()
    address = merge_page(one, two)
    admin_client.post(address, {"survivor": one.pk})
    response = admin_client.post(address, {"survivor": one.pk})
    assert messages_of(response)[-1] == ("error", "Select at least two labels to merge them.")
    assert one.aliases.count() == 1


def test_a_merge_that_is_refused_says_why(admin_client: Client) -> None:
    one, two, third = LabelFactory(name="One"), LabelFactory(name="Two"), LabelFactory(name="Third")
    third.aliases.create(name="Two")
    response = admin_client.post(merge_page(one, two), {"survivor": one.pk})
    error = "“Two” is an alias of “Third” already. Delete it there first, or merge “Third” too."
    assert messages_of(response) == [("error", error)]
    assert Label.objects.count() == 3


@pytest.mark.parametrize("keys", ["x", "-1", "1.5", "²", "1" * 30, "\0", ""])
def test_invalid_keys_in_the_url_cause_no_server_error(admin_client: Client, keys: str) -> None:
    response = admin_client.get(page_of(Label, "merge", id=[keys, keys + "1"]))
    assert response["Location"] == page_of(Label)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_page_redirects_to_no_other_site(admin_client: Client, where: str) -> None:
    one, two = LabelFactory(), LabelFactory()
    address = merge_page(one, two, next=where)
    assert ("No, take me back", page_of(Label)) in parse(admin_client.get(address)).links
    assert admin_client.post(address, {"survivor": one.pk})["Location"] == page_of(Label)


@pytest.mark.parametrize("number", [2, 4])
@pytest.mark.parametrize("factory", FACTORIES)
def test_the_merge_page_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, number: int
) -> None:
    address = merge_page(*(used(factory(), 2) for _ in range(number)))
    with django_assert_num_queries(3):  # session, user, rows with their counts
        admin_client.get(address)


# --- Tracks and albums -------------------------------------------------------------------------------------------


def test_the_page_shows_the_values_that_differ_and_keeps_those_that_are_chosen(admin_client: Client) -> None:
    one, two = TrackFactory(title="Song", score=1), TrackFactory(title="Song (Remaster)", score=9)
    page = parse(admin_client.get(merge_page(one, two)))
    legends = [legend.text for legend in page.one("div", class_="values").all("legend")]
    assert legends == ["Title", "Place on an album", "Score", "Spotify id", "Audio features"]

    response = admin_client.post(
        merge_page(one, two), {"survivor": one.pk, "value_title": two.pk, "value_score": "", "value_spotify_id": ""}
    )

    assert messages_of(response)[0][1].startswith("Merged 1 track into <a ")
    track = Track.objects.get()
    assert (track.pk, track.title, track.score, track.spotify_id) == (one.pk, "Song (Remaster)", 9, one.spotify_id)


def test_a_value_of_a_row_that_was_not_selected_is_refused(admin_client: Client) -> None:
    one, two, stranger = TrackFactory(), TrackFactory(), TrackFactory()
    response = admin_client.post(merge_page(one, two), {"survivor": one.pk, "value_title": stranger.pk})
    assert response.status_code == 200
    assert "Select a valid choice" in parse(response).one("div", class_="values").text
    assert Track.objects.count() == 3


def test_tracks_that_are_likely_one_recording_can_be_merged_from_their_page(admin_client: Client) -> None:
    artist = ArtistFactory()
    one, two = (TrackFactory(title="Song", artists=[artist]) for _ in range(2))
    page = parse(admin_client.get(reverse("admin:duplicate_tracks")))
    form = next(form for form in page.all("form", method="get") if "merge" in form.attrs["action"])
    sent = [field.attrs["value"] for field in form.all("input") if field.attrs["name"] == "id"]
    assert (form.attrs["action"], sent) == (page_of(Track, "merge"), [str(one.pk), str(two.pk)])


def test_a_user_who_cannot_merge_tracks_is_not_offered_it() -> None:
    artist = ArtistFactory()
    for _ in range(2):
        TrackFactory(title="Song", artists=[artist])
    text = editor("view_track", "change_track").get(reverse("admin:duplicate_tracks")).text
    assert page_of(Track, "merge") not in text
    assert "Not duplicates" in text


def test_albums_with_similar_titles_and_an_artist_in_common_form_a_group(admin_client: Client) -> None:
    queen, hook = ArtistFactory(), ArtistFactory()
    for title, artist in (("Greatest Hits", queen), ("Greatest hits!", queen), ("Greatest Hits", hook)):
        TrackFactory(album=AlbumFactory(title=title), artists=[artist])
    assert groups(parse(admin_client.get(page_of(Album, "duplicates")))) == [["Greatest Hits", "Greatest hits!"]]


@pytest.mark.parametrize(("factory", "queries"), [(TrackFactory, 5), (AlbumFactory, 6)])
@pytest.mark.parametrize("number", [2, 4])
def test_the_merge_page_of_titles_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, queries: int, number: int
) -> None:
    address = merge_page(*(factory(artists=[ArtistFactory()]) for _ in range(number)))
    # Session, user, rows with their counts, of tracks with their albums; of tracks artists and the artists' names; of
    # albums their labels, artists and the artists' names.
    with django_assert_num_queries(queries):
        admin_client.get(address)


# --- Permissions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "permissions",
    [["view_label"], ["view_label", "change_label", "delete_label"], ["view_label", "merge_label"]],
)
def test_merging_needs_the_permissions_to_change_and_to_merge(permissions: list[str]) -> None:
    client, labels = editor(*permissions), [LabelFactory(name="Stone"), LabelFactory(name="STONE")]
    page = client.get(page_of(Label))
    assert "merge_selected" not in str(page.context["action_form"] and page.context["action_form"].as_p())
    assert "Possible duplicates" not in page.text
    for address in (merge_page(*labels), page_of(Label, "duplicates")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"survivor": labels[0].pk}).status_code == 403
    run_action(client, "merge_selected", labels)
    assert Label.objects.count() == 2


def test_a_user_with_both_permissions_can_merge() -> None:
    client = editor("view_label", "change_label", "merge_label")
    one, two = LabelFactory(name="Stone"), LabelFactory(name="STONE")
    assert ("Possible duplicates", page_of(Label, "duplicates")) in parse(client.get(page_of(Label))).links
    client.post(merge_page(one, two), {"survivor": two.pk})
    assert list(Label.objects.all()) == [two]
    # The permissions are for labels, not for artists.
    assert client.get(page_of(Artist, "duplicates")).status_code == 403


def test_visitors_are_sent_to_the_login_page(client: Client) -> None:
    for address in (page_of(Label, "merge"), page_of(Label, "duplicates")):
        assert client.get(address)["Location"].startswith("/admin/login/")


# --- Possible duplicates -----------------------------------------------------------------------------------------


def groups(page: Node) -> list[list[str]]:
    return [[label.text for label in form.all("label")] for form in page.all("form", method="get") if form.all("ul")]


def test_labels_with_similar_names_form_a_group_that_can_be_merged(admin_client: Client) -> None:
    used(LabelFactory(name="MAGIC STRAWBERRY SOUND", visibility="hidden"), 2)
    used(LabelFactory(name="2012 Stone Music Entertainment", visibility="shown"), 1)
    for name in ("Magic Strawberry Sound", "Stone Music Entertainment", "Warner Records", "Warner Classics"):
        LabelFactory(name=name, visibility="shown")
    address = page_of(Label, "duplicates")
    page = parse(admin_client.get(address))
    assert groups(page) == [
        ["Magic Strawberry Sound", "MAGIC STRAWBERRY SOUND"],
        ["2012 Stone Music Entertainment", "Stone Music Entertainment"],
    ]
    assert choices(page)[0] == ("Magic Strawberry Sound", "0 albums · shown · magic-strawberry-sound-2 · open", True)
    form = next(form for form in page.all("form", method="get") if form.all("ul"))
    assert form.attrs["action"] == page_of(Label, "merge")
    sent = {field.attrs["name"]: field.attrs["value"] for field in form.all("input")}
    assert (sent["next"], Label.objects.get(pk=sent["id"]).name) == (address, "MAGIC STRAWBERRY SOUND")


@pytest.mark.parametrize("factory", [GenreFactory, ArtistFactory])
def test_genres_and_artists_are_compared_by_spelling_only(admin_client: Client, factory: Any) -> None:
    for name in ("Trip Hop", "trip-hop!", "Roxy Music", "Roxy", "2012 Stone"):
        factory(name=name)
    assert groups(parse(admin_client.get(page_of(factory._meta.model, "duplicates")))) == [["Trip Hop", "trip-hop!"]]


def test_the_page_says_that_no_names_are_similar(admin_client: Client) -> None:
    LabelFactory()
    text = parse(admin_client.get(page_of(Label, "duplicates"))).one("div", id="content-main").text
    assert text == "There are no labels with similar names."


def test_groups_are_paged(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "GROUPS_A_PAGE", 2)
    for name in "abc":
        ArtistFactory(name=name)
        ArtistFactory(name=name)
    first = parse(admin_client.get(page_of(Artist, "duplicates")))
    assert groups(first) == [["a", "a"], ["b", "b"]]
    assert ("Next", "?page=2") in first.links
    second = parse(admin_client.get(page_of(Artist, "duplicates", page=2)))
    assert groups(second) == [["c", "c"]]
    assert second.one("p", class_="paginator").text == "Previous Page 2 of 2"
    assert admin_client.get(page_of(Artist, "duplicates", page="x")).status_code == 200


def test_a_group_shows_at_most_as_many_as_can_be_merged(admin_client: Client) -> None:
    Artist.objects.bulk_create([Artist(name="Kim", slug=f"kim-{i}") for i in range(102)])
    page = parse(admin_client.get(page_of(Artist, "duplicates")))
    assert len(choices(page)) == 100


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("factory", FACTORIES)
def test_the_duplicates_page_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, number: int
) -> None:
    for i in range(number):
        used(factory(name=f"Stone {i}"), 1)
        used(factory(name=f"Stone-{i}"), 1)
    with django_assert_num_queries(5):  # session, user, names, dismissed pairs, rows with their counts
        response = admin_client.get(page_of(factory._meta.model, "duplicates"))
    assert len(response.context["groups"]) == number
