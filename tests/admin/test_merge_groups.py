"""Merging several groups of possible duplicates at once: the boxes, the page that confirms, what is done and named."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from musicdb.editing import merge, undo_merge
from musicdb.models import Album, Genre, GroupedChange, Label, Track
from tests.admin.helpers import editor, messages_of, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
LABELS, ALBUMS = page_of(Label, "merge_groups"), page_of(Album, "merge_groups")


@pytest.fixture
def stones() -> list[Any]:
    return [LabelFactory(name=name) for name in ("Stone", "STONE")]


@pytest.fixture
def rocks() -> list[Any]:
    return [LabelFactory(name=name) for name in ("Rock", "ROCK", "rock")]


def group(rows: list[Any]) -> str:
    return ",".join(str(row.pk) for row in rows)


def boxes(page: Node) -> list[str]:
    return [box.attrs["value"] for box in page.all("input", type="checkbox") if box.attrs["name"] == "group"]


def confirmed(
    client: Client, *groups: list[Any], url: str = LABELS, without: tuple[str, ...] = (), **typed: Any
) -> Any:
    """Open the page that confirms, and send it as a browser does, with ``typed`` in place of its values."""
    page = client.post(url, {"group": [group(rows) for rows in groups]})
    data: dict[str, Any] = {"confirm": "1", "group": []}
    for field in parse(page).one("div", id="content-main").all("input"):
        name, kind = field.attrs.get("name"), field.attrs["type"]
        if name == "group":
            data["group"].append(field.attrs["value"])
        elif name and kind != "submit" and (kind == "hidden" or "checked" in field.attrs):
            data[name] = field.attrs.get("value", "on")
    return client.post(url, {name: value for name, value in {**data, **typed}.items() if name not in without})


def field(rows: list[Any], name: str) -> str:
    return f"group-{min(row.pk for row in rows)}-{name}"


def test_each_group_has_a_box_and_all_can_be_ticked(admin_client: Client, stones: Any, rocks: Any) -> None:
    address = page_of(Label, "duplicates")
    page = parse(admin_client.get(address))
    assert [sorted(map(int, box.split(","))) for box in boxes(page)] == [
        sorted(row.pk for row in rows) for rows in (rocks, stones)
    ]
    assert not [box for box in page.all("input", name="group") if "checked" in box.attrs]
    assert ("Tick all groups on this page", "?ticked=1") in page.links
    ticked = parse(admin_client.get(f"{address}?ticked=1"))
    assert len([box for box in ticked.all("input", name="group") if "checked" in box.attrs]) == 2
    form = ticked.one("form", id="merge-ticked")
    assert form.attrs["action"].startswith(f"{LABELS}?next=")


def test_the_page_says_what_is_kept_and_what_goes_and_changes_nothing(
    admin_client: Client, stones: Any, rocks: Any
) -> None:
    AlbumFactory(labels=[stones[1]])
    response = admin_client.post(LABELS, {"group": [group(stones), group(rocks)]})
    page = parse(response).one("div", id="content-main")
    assert parse(response).one("h1").text == "Merge 2 groups"
    kept = [row.attrs["value"] for row in page.all("input", type="radio") if "checked" in row.attrs]
    assert kept == [str(stones[1].pk), str(rocks[0].pk)]
    assert Label.objects.count() == 5


def test_all_groups_are_merged_and_each_can_be_undone_by_itself(
    admin_client: Client, admin_user: User, stones: Any, rocks: Any
) -> None:
    response = confirmed(admin_client, stones, rocks, url=f"{LABELS}?next={page_of(Label, 'duplicates')}")
    assert response["Location"] == page_of(Label, "duplicates")
    listing = page_of(GroupedChange, model_name="Label")
    assert messages_of(response) == [
        ("success", f'Merged 2 groups: 3 labels are gone. <a href="{listing}">Undo one of the merges …</a>')
    ]
    assert set(Label.objects.all()) == {stones[0], rocks[0]}
    undo_merge(GroupedChange.objects.get(row=rocks[0].pk), admin_user)
    assert set(Label.objects.all()) == {stones[0], *rocks}


def test_another_row_is_kept_one_is_left_out_and_a_group_is_not_merged(
    admin_client: Client, stones: Any, rocks: Any
) -> None:
    confirmed(
        admin_client,
        stones,
        rocks,
        without=(field(stones, "include"),),
        **{field(rocks, "survivor"): rocks[1].pk, field(rocks, "leave_out"): [rocks[2].pk]},
    )
    assert set(Label.objects.all()) == {*stones, rocks[1], rocks[2]}


@pytest.mark.parametrize(
    ("left_out", "error"),
    [([0], "The one that stays cannot be left out: keep another one."), ([1, 2], "Leave at least two to merge")],
)
def test_a_choice_that_makes_no_sense_is_said_in_its_group_and_nothing_is_merged(
    admin_client: Client, stones: Any, rocks: Any, left_out: list[int], error: str
) -> None:
    keys = [rocks[place].pk for place in left_out]
    response = confirmed(admin_client, stones, rocks, **{field(rocks, "leave_out"): keys})
    assert error in parse(response).one("ul", class_="errorlist").text
    assert Label.objects.count() == 5


def test_a_group_that_fails_is_named_and_the_others_are_merged(admin_client: Client, stones: Any, rocks: Any) -> None:
    other, pebbles = LabelFactory(name="Other"), [LabelFactory(name=name) for name in ("Pebble", "PEBBLE")]
    other.aliases.create(name="ROCK")
    page = admin_client.post(LABELS, {"group": [group(rows) for rows in (stones, rocks, pebbles)]})
    seen = {form.group: form.digest for form in page.context["forms"]}
    Label.objects.filter(pk=stones[0].pk).update(name="Renamed")
    Label.objects.filter(pk=pebbles[1].pk).delete()
    data: dict[str, Any] = {"confirm": "1", "group": list(seen)}
    for rows in (stones, rocks, pebbles):
        data |= {
            field(rows, "include"): "on",
            field(rows, "survivor"): rows[0].pk,
            field(rows, "seen"): seen[group(rows)],
        }

    response = admin_client.post(LABELS, data)

    ((level, text),) = messages_of(response)
    assert level == "error"
    assert "<li>“PEBBLE” no longer exists: somebody may have merged or deleted it just now.</li>" in text
    assert "<li>“Renamed”: somebody has changed the group since you opened the page.</li>" in text
    assert "<li>“Rock”: “ROCK” is an alias of “Other” already." in text
    assert Label.objects.count() == 7

    other.aliases.all().delete()
    confirmed(admin_client, stones, rocks)
    assert set(Label.objects.all()) == {stones[0], rocks[0], other, pebbles[0]}


def test_values_that_would_be_lost_are_asked_and_ids_are_not(admin_client: Client) -> None:
    artist = ArtistFactory()
    one, two = (
        TrackFactory(title="Song", artists=[artist], score=score, features=False, album=None) for score in (1, 9)
    )
    url = page_of(Track, "merge_groups")
    page = parse(admin_client.post(url, {"group": group([one, two])})).one("div", id="content-main")
    assert [select.attrs["name"] for select in page.all("select")] == [field([one], "value_score")]
    assert [option.text for option in page.all("option")] == ["The highest", "1", "9"]
    confirmed(admin_client, [one, two], url=url, **{field([one], "value_score"): one.pk})
    assert Track.objects.get().score == 1


def test_a_list_that_was_left_empty_is_refused(admin_client: Client, stones: Any) -> None:
    for sent in ({}, {"group": ["", "x", "7", "1,x"]}):
        response = admin_client.post(LABELS, sent)
        assert messages_of(response) == [("error", "Tick the groups to merge.")]
    assert Label.objects.count() == 2


def test_tracks_that_are_likely_one_recording_have_boxes_for_those_who_may_merge(client: Client) -> None:
    artist = ArtistFactory()
    tracks = [TrackFactory(title="Song", artists=[artist]) for _ in range(2)]
    address = reverse("admin:duplicate_tracks")
    reader = editor("view_track", "change_track")
    assert boxes(parse(reader.get(address))) == []
    user = User.objects.create_superuser("root")
    client.force_login(user)
    assert boxes(parse(client.get(address))) == [group(tracks)]


def test_albums_show_what_tells_them_apart(admin_client: Client) -> None:
    artist = ArtistFactory(name="Queen")
    for title, year in (("Hits", "1981"), ("HITS", "1991")):
        album = AlbumFactory(title=title, release_date=f"{year}-01-01", release_precision="year")
        TrackFactory(album=album, artists=[artist])
    text = parse(admin_client.get(page_of(Album, "duplicates"))).one("div", id="content-main").text
    assert "1 track · Queen · 1981 · hits" in text
    assert "1 track · Queen · 1991 · hits-2" in text


def test_a_merge_in_the_meantime_leaves_the_group_alone(admin_client: Client, admin_user: User) -> None:
    genres = [GenreFactory(name=name) for name in ("Trip Hop", "trip-hop", "TRIP HOP!")]
    url = page_of(Genre, "merge_groups")
    seen = admin_client.post(url, {"group": group(genres)}).context["forms"][0].digest
    merge(genres[0], [genres[1]], admin_user)
    sent = {"include": "on", "survivor": genres[0].pk, "seen": seen}
    response = admin_client.post(
        url, {"confirm": "1", "group": group(genres), **{field(genres, name): value for name, value in sent.items()}}
    )
    assert "“trip-hop” no longer exists" in messages_of(response)[0][1]
    assert set(Genre.objects.all()) == {genres[0], genres[2]}


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("factory", "queries"), [(LabelFactory, 3), (AlbumFactory, 6), (TrackFactory, 5)])
def test_the_page_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, queries: int, number: int
) -> None:
    groups = [[factory(), factory()] for _ in range(number)]
    for row in [row for rows in groups for row in rows]:
        if factory is TrackFactory:
            row.track_artists.create(artist=ArtistFactory())
        elif factory is AlbumFactory:
            row.album_artists.create(artist=ArtistFactory())
    url = page_of(factory._meta.model, "merge_groups")
    # Session, user, rows with their counts; what they have, as on the page of one merge.
    with django_assert_num_queries(queries):
        response = admin_client.post(url, {"group": [group(rows) for rows in groups]})
    assert len(response.context["forms"]) == number
