"""Merging in the admin: what is likely one, which of some stays, what an editor is told."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from musicdb.admin import duplicates
from musicdb.models import Artist, Genre, Label
from tests.admin.helpers import editor, messages_of, page_of, run_action
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, clustered_genre
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]


def used(thing: Any, times: int) -> Any:
    """``thing``, with that many tracks or albums more."""
    for _ in range(times):
        if isinstance(thing, Label):
            AlbumFactory(labels=[thing])
        else:
            TrackFactory(**{"genres" if isinstance(thing, Genre) else "artists": [thing]})
    return thing


def merge_page(*things: Any, **query: Any) -> str:
    return page_of(type(things[0]), "merge", id=[thing.pk for thing in things], **query)


def choices(page: Node) -> list[tuple[str, str, bool]]:
    """What can be chosen on a page: its name, what is said about it, and whether it is chosen."""
    rows = [row for row in page.one("div", id="content-main").all("li") if row.all("input")]
    return [(row.one("label").text, row.all("div")[1].text, "checked" in row.one("input").attrs) for row in rows]


# --- From the list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_action_asks_which_one_stays_and_comes_back_to_where_it_was_chosen(
    admin_client: Client, factory: Any
) -> None:
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
    link = f'<a href="{page_of(model, "change", one.pk)}">One</a>'
    assert messages_of(response) == [("success", f"Merged 1 {kind} into {link}: 2 {noun} moved.")]
    assert set(LogEntry.objects.values_list("user__username", flat=True)) == {"admin"}


def test_the_message_counts_albums_once(admin_client: Client) -> None:
    one, two, three = LabelFactory(name="One"), LabelFactory(name="Two"), LabelFactory()
    AlbumFactory(labels=[two, one, three])
    AlbumFactory(labels=[two, three])
    response = admin_client.post(merge_page(one, two, three), {"survivor": one.pk})
    ((level, text),) = messages_of(response)
    assert (level, text.partition(": ")[2]) == ("success", "1 album moved, 2 had several of them.")
    assert text.startswith("Merged 2 labels into <a ")


@pytest.mark.parametrize("number", [0, 1, 101])
def test_too_few_or_too_many_are_refused_wherever_they_come_from(admin_client: Client, number: int) -> None:
    labels = Label.objects.bulk_create([Label(name=f"Label {i}", slug=f"label-{i}") for i in range(number)])
    error = (
        "Merge at most 100 at a time: you selected 101." if number > 2 else "Select at least two labels to merge them."
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


def test_the_public_one_with_the_most_albums_comes_first_and_is_chosen(admin_client: Client) -> None:
    labels = [
        used(LabelFactory(name="Much used", is_public=False), 3),
        LabelFactory(name="Public"),
        used(LabelFactory(name="Public and used"), 1),
    ]
    page = parse(admin_client.get(merge_page(*labels)))
    assert choices(page) == [
        ("Public and used", "1 album · public · public-and-used · open", True),
        ("Public", "0 albums · public · public · open", False),
        ("Much used", "3 albums · much-used · open", False),
    ]
    assert ("open", page_of(Label, "change", labels[0].pk)) in page.links
    assert page.one("h1").text == "Merge labels"
    assert [row.text for row in page.one("ul", class_="effects").all("li")] == [
        "The albums of all 3 become albums of the one that stays. Where several of them stood, it stands once.",
        "The others are no longer labels of their own. Their names become other spellings of the one that stays, and "
        "their addresses lead to it.",
        "It is public if any of them is.",
        "This cannot be undone.",
    ]


def test_artists_are_told_apart_by_their_spotify_ids(admin_client: Client) -> None:
    one, two = ArtistFactory(name="Gemini"), ArtistFactory(name="Gemini", spotify_id=None)
    page = parse(admin_client.get(merge_page(one, two)))
    assert [about for _, about, _ in choices(page)] == [
        f"0 tracks · public · gemini · {one.spotify_id} · open",
        "0 tracks · public · gemini-2 · open",
    ]
    assert (one.spotify_id, one.spotify_url) in page.links


def test_the_page_of_genres_says_what_becomes_of_their_clusters(admin_client: Client) -> None:
    (one, run), (two, _) = clustered_genre(tracks=6), clustered_genre(tracks=6)
    text = admin_client.get(merge_page(one, two)).text
    assert "The clusters of the others go with them." in text
    admin_client.post(merge_page(one, two), {"survivor": one.pk})
    assert list(one.runs.all()) == [run]
    actions = dict(admin_client.get(page_of(Genre)).context["action_form"].fields["action"].choices)
    assert {"merge_selected", "recluster_selected"} <= set(actions)


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 30])
def test_what_is_no_choice_is_refused_on_the_page(admin_client: Client, chosen: str) -> None:
    labels = [LabelFactory(), LabelFactory()]
    response = admin_client.post(merge_page(*labels), {"survivor": chosen})
    assert response.status_code == 200
    assert parse(response).one("ul", class_="errorlist").text
    assert Label.objects.count() == 2


def test_none_but_the_shown_can_stay(admin_client: Client) -> None:
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


def test_a_merge_that_cannot_be_is_explained(admin_client: Client) -> None:
    one, two, third = LabelFactory(name="One"), LabelFactory(name="Two"), LabelFactory(name="Third")
    third.aliases.create(name="Two")
    response = admin_client.post(merge_page(one, two), {"survivor": one.pk})
    error = "“Two” is another spelling of “Third” already. Delete it there first, or merge “Third” too."
    assert messages_of(response) == [("error", error)]
    assert Label.objects.count() == 3


@pytest.mark.parametrize("keys", ["x", "-1", "1.5", "²", "1" * 30, "\0", ""])
def test_nonsense_in_the_address_is_no_error_of_ours(admin_client: Client, keys: str) -> None:
    response = admin_client.get(page_of(Label, "merge", id=[keys, keys + "1"]))
    assert response["Location"] == page_of(Label)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere_afterwards(admin_client: Client, where: str) -> None:
    one, two = LabelFactory(), LabelFactory()
    address = merge_page(one, two, next=where)
    assert ("No, take me back", page_of(Label)) in parse(admin_client.get(address)).links
    assert admin_client.post(address, {"survivor": one.pk})["Location"] == page_of(Label)


@pytest.mark.parametrize("things", [2, 4])
@pytest.mark.parametrize("factory", FACTORIES)
def test_the_page_asks_as_much_for_many_as_for_few(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, things: int
) -> None:
    address = merge_page(*(used(factory(), 2) for _ in range(things)))
    with django_assert_num_queries(3):  # session, user, things with their counts
        admin_client.get(address)


# --- Who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "permissions",
    [["view_label"], ["view_label", "change_label", "delete_label"], ["view_label", "merge_label"]],
)
def test_who_may_not_both_change_and_merge_may_not_merge(permissions: list[str]) -> None:
    client, labels = editor(*permissions), [LabelFactory(name="Stone"), LabelFactory(name="STONE")]
    page = client.get(page_of(Label))
    assert "merge_selected" not in str(page.context["action_form"] and page.context["action_form"].as_p())
    assert "Likely the same" not in page.text
    for address in (merge_page(*labels), page_of(Label, "likely")):
        assert client.get(address).status_code == 403
        assert client.post(address, {"survivor": labels[0].pk}).status_code == 403
    run_action(client, "merge_selected", labels)
    assert Label.objects.count() == 2


def test_who_may_change_and_merge_may_merge() -> None:
    client = editor("view_label", "change_label", "merge_label")
    one, two = LabelFactory(name="Stone"), LabelFactory(name="STONE")
    assert ("Likely the same", page_of(Label, "likely")) in parse(client.get(page_of(Label))).links
    client.post(merge_page(one, two), {"survivor": two.pk})
    assert list(Label.objects.all()) == [two]
    # Of labels, not of artists.
    assert client.get(page_of(Artist, "likely")).status_code == 403


def test_visitors_are_asked_who_they_are(client: Client) -> None:
    for address in (page_of(Label, "merge"), page_of(Label, "likely")):
        assert client.get(address)["Location"].startswith("/admin/login/")


# --- What is likely one ------------------------------------------------------------------------------------------


def groups(page: Node) -> list[list[str]]:
    return [[label.text for label in form.all("label")] for form in page.all("form", method="get") if form.all("ul")]


def test_labels_of_like_names_are_shown_together_and_go_to_the_merge_page(admin_client: Client) -> None:
    used(LabelFactory(name="MAGIC STRAWBERRY SOUND", is_public=False), 2)
    used(LabelFactory(name="2012 Stone Music Entertainment"), 1)
    for name in ("Magic Strawberry Sound", "Stone Music Entertainment", "Warner Records", "Warner Classics"):
        LabelFactory(name=name)
    address = page_of(Label, "likely")
    page = parse(admin_client.get(address))
    assert groups(page) == [
        ["Magic Strawberry Sound", "MAGIC STRAWBERRY SOUND"],
        ["2012 Stone Music Entertainment", "Stone Music Entertainment"],
    ]
    assert choices(page)[0] == ("Magic Strawberry Sound", "0 albums · public · magic-strawberry-sound-2 · open", True)
    form = next(form for form in page.all("form", method="get") if form.all("ul"))
    assert form.attrs["action"] == page_of(Label, "merge")
    sent = {field.attrs["name"]: field.attrs["value"] for field in form.all("input")}
    assert (sent["next"], Label.objects.get(pk=sent["id"]).name) == (address, "MAGIC STRAWBERRY SOUND")


@pytest.mark.parametrize("factory", [GenreFactory, ArtistFactory])
def test_of_genres_and_artists_only_the_spelling_counts(admin_client: Client, factory: Any) -> None:
    for name in ("Trip Hop", "trip-hop!", "Roxy Music", "Roxy", "2012 Stone"):
        factory(name=name)
    assert groups(parse(admin_client.get(page_of(factory._meta.model, "likely")))) == [["Trip Hop", "trip-hop!"]]


def test_where_no_names_are_alike_the_page_says_so(admin_client: Client) -> None:
    LabelFactory()
    text = parse(admin_client.get(page_of(Label, "likely"))).one("div", id="content-main").text
    assert text == "No two labels have names that are much alike."


def test_groups_come_in_pages(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "GROUPS_A_PAGE", 2)
    for name in "abc":
        ArtistFactory(name=name)
        ArtistFactory(name=name)
    first = parse(admin_client.get(page_of(Artist, "likely")))
    assert groups(first) == [["a", "a"], ["b", "b"]]
    assert ("Next", "?page=2") in first.links
    second = parse(admin_client.get(page_of(Artist, "likely", page=2)))
    assert groups(second) == [["c", "c"]]
    assert second.one("p", class_="paginator").text == "Previous Page 2 of 2"
    assert admin_client.get(page_of(Artist, "likely", page="x")).status_code == 200


def test_a_large_group_is_shown_as_far_as_it_can_be_merged(admin_client: Client) -> None:
    Artist.objects.bulk_create([Artist(name="Kim", slug=f"kim-{i}") for i in range(102)])
    page = parse(admin_client.get(page_of(Artist, "likely")))
    assert len(choices(page)) == 100


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("factory", FACTORIES)
def test_the_suggestions_ask_as_much_for_many_as_for_few(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, number: int
) -> None:
    for i in range(number):
        used(factory(name=f"Stone {i}"), 1)
        used(factory(name=f"Stone-{i}"), 1)
    with django_assert_num_queries(5):  # session, user, names, what is told apart, things with their counts
        response = admin_client.get(page_of(factory._meta.model, "likely"))
    assert len(response.context["groups"]) == number
