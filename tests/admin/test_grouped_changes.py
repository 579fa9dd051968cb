"""The pages of a bulk edit that show what changes, and those of its undo."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from musicdb.admin.changelist import reports
from musicdb.models import Album, GroupedChange, Track
from tests.admin.helpers import editor, messages_of, page_of, run_action
from tests.admin.screens import boxes
from tests.factories import AlbumFactory, ArtistFactory, LabelFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def ask(client: Client, rows: list[Any], **typed: Any) -> Any:
    """Fill in the form, and ask what changes."""
    form = parse(run_action(client, "bulk_edit_selected", rows)).one("div", id="content-main").one("form")
    return client.post(page_of(type(rows[0])), {**boxes(form), **typed, "preview": "1"})


def confirm(client: Client, rows: list[Any], response: Any) -> Any:
    """Send the page that shows what changes."""
    sent = boxes(parse(response).one("div", id="content-main").one("form"))
    return client.post(page_of(type(rows[0])), {**sent, "apply": "1"})


def cells(response: Any) -> list[list[str]]:
    table = parse(response).one("table", class_="before-after")
    return [[cell.text for cell in row.all("td")] for row in table.all("tr") if row.all("td")]


def test_the_page_shows_values_before_and_after_and_changes_nothing_yet(admin_client: Client) -> None:
    old, new = AlbumFactory(title="Old"), AlbumFactory(title="New")
    one, two = ArtistFactory(name="One"), ArtistFactory(name="Two")
    tracks = [TrackFactory(album=old, artists=[one]), TrackFactory(album=new, artists=[two, one], explicit=True)]
    asked = ask(admin_client, tracks, album=new.pk, set_artists=[two.pk, one.pk], explicit="yes")
    assert cells(asked) == [
        ["Explicit", "blank", "yes"],
        ["Album", "Old", "New"],
        ["Artists", "One", "Two, One"],
    ]
    text = parse(asked).one("div", id="content-main").text
    assert f"{tracks[0].title}One" in text
    assert "1 of 2 tracks will change. You can undo that as a whole." in text
    assert "“Old” will have no tracks any more." in text
    assert not GroupedChange.objects.exists()

    changed = confirm(admin_client, tracks, asked)

    done, emptied = messages_of(changed)
    change = GroupedChange.objects.get()
    assert done[1].startswith("Changed 1 track; 1 already matched.")
    assert reverse("admin:musicdb_groupedchange_undo", args=[change.pk]) in done[1]
    assert "has no tracks any more" in emptied[1]
    assert reverse("admin:musicdb_album_delete", args=[old.pk]) in emptied[1]
    assert [artist.name for artist in Track.objects.get(pk=tracks[0].pk).artists_in_order] == ["Two", "One"]


def test_several_empty_albums_are_offered_as_a_list(admin_client: Client) -> None:
    tracks = [TrackFactory(), TrackFactory()]
    left = sorted(track.album.pk for track in tracks)
    changed = confirm(admin_client, tracks, ask(admin_client, tracks, new_album="Both"))
    (_, emptied) = messages_of(changed)
    (address,) = [address for text, address in parse(HttpResponse(emptied[1])).links if text.startswith("Show them")]
    assert sorted(row.pk for row in admin_client.get(address).context["cl"].result_list) == left


def test_more_empty_albums_than_an_address_can_name_are_in_the_list_of_what_nothing_uses(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MAX_LINKED", 2)
    tracks = [TrackFactory() for _ in range(3)]
    left = sorted(track.album.pk for track in tracks)
    (_, emptied) = messages_of(confirm(admin_client, tracks, ask(admin_client, tracks, new_album="All")))
    (address,) = [address for text, address in parse(HttpResponse(emptied[1])).links if text.startswith("Show all")]
    assert address == page_of(Album, unused="yes")
    assert sorted(row.pk for row in admin_client.get(address).context["cl"].result_list) == left


def test_back_to_the_form_keeps_what_was_typed(admin_client: Client) -> None:
    tracks = [TrackFactory()]
    artists = [ArtistFactory(), ArtistFactory(), ArtistFactory()]
    chosen = [str(artists[place].pk) for place in (2, 0, 1)]
    asked = ask(admin_client, tracks, set_artists=chosen, new_album="  New ", liked="yes", added_at="2024-05-12")
    sent = boxes(parse(asked).one("div", id="content-main").one("form"))
    again = admin_client.post(page_of(Track), {**sent, "again": "1"})
    kept = boxes(parse(again).one("div", id="content-main").one("form"))
    assert (kept["set_artists"], kept["liked"], kept["added_at"]) == (chosen, ["yes"], ["2024-05-12"])
    assert kept["new_album"][0].strip() == "New"


def test_albums_get_dates_types_artists_and_labels(admin_client: Client) -> None:
    artist, label = ArtistFactory(), LabelFactory()
    albums = [AlbumFactory(), AlbumFactory()]
    typed = {"released": "1999-05", "album_type": "ep", "add_artists": [artist.pk], "set_labels": [label.pk]}
    confirm(admin_client, albums, ask(admin_client, albums, **typed))
    for album in Album.objects.all():
        assert (album.released, album.album_type) == ("1999-05", "ep")
        assert (album.artists_in_order, album.labels_in_order) == ([artist], [label])
    confirm(admin_client, albums, ask(admin_client, albums, no_released="on", album_type="unknown"))
    assert set(Album.objects.values_list("release_date", "release_precision", "album_type")) == {(None, "", "")}


def test_tracks_lose_album_place_and_values(admin_client: Client) -> None:
    track = TrackFactory(disc_number=1, track_number=2, explicit=True)
    typed = {"no_album": "on", "no_place": "on", "explicit_unknown": "on"}
    confirm(admin_client, [track], ask(admin_client, [track], **typed))
    values = Track.objects.values_list("album", "disc_number", "track_number", "explicit").get()
    assert values == (None, None, None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"album": "x"}, "album"),
        ({"album": "99999"}, "album"),
        ({"new_album": "New", "no_album": "on"}, "album"),
        ({"explicit": "yes", "explicit_unknown": "on"}, "explicit_unknown"),
        ({"added_at": "soon"}, "added_at"),
        ({"added_at": "2024-05-12", "no_added_at": "on"}, "no_added_at"),
        ({"new_album": "\u200b"}, "__all__"),
        ({"new_album": "x" * 501}, "new_album"),
    ],
)
def test_an_invalid_value_is_reported_at_its_field(admin_client: Client, typed: dict[str, Any], field: str) -> None:
    response = ask(admin_client, [TrackFactory()], **typed)
    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"released": "May"}, "released"), ({"released": "1999", "no_released": "on"}, "no_released")],
)
def test_an_invalid_value_of_albums(admin_client: Client, typed: dict[str, Any], field: str) -> None:
    response = ask(admin_client, [AlbumFactory()], **typed)
    assert list(response.context["form"].errors) == [field]


# --- The undo ----------------------------------------------------------------------------------------------------


@pytest.fixture
def change(admin_client: Client) -> GroupedChange:
    tracks = [TrackFactory(title="One", score=1), TrackFactory(title="Two", score=2)]
    confirm(admin_client, tracks, ask(admin_client, tracks, score="9"))
    return GroupedChange.objects.get()


def test_an_undo_asks_first(admin_client: Client, change: GroupedChange) -> None:
    Track.objects.filter(title="Two").update(score=5)
    address = page_of(GroupedChange, "undo", change.pk)
    page = parse(admin_client.get(page_of(GroupedChange, "change", change.pk)))
    assert ("undo …", address) in page.links
    asked = admin_client.get(address)
    assert cells(asked) == [["Score", "9", "1"]]
    assert "Track “Two”: score changed since." in parse(asked).text
    assert set(Track.objects.values_list("score", flat=True)) == {9, 5}

    done = admin_client.post(address)

    ((level, text),) = messages_of(done)
    assert (level, text.partition("<ul>")[0]) == ("warning", "Undone: 1 row restored. This stays as it is:")
    assert set(Track.objects.values_list("score", flat=True)) == {1, 5}
    assert messages_of(admin_client.post(address)) == [("error", "This change was undone already.")]
    assert address not in admin_client.get(page_of(GroupedChange, "change", change.pk)).text


def test_only_who_may_change_tracks_may_undo_the_change(change: GroupedChange) -> None:
    address = page_of(GroupedChange, "undo", change.pk)
    client = editor("view_groupedchange", "view_track", "change_album")
    assert client.get(page_of(GroupedChange)).status_code == 200
    assert address not in client.get(page_of(GroupedChange, "change", change.pk)).text
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert set(Track.objects.values_list("score", flat=True)) == {9}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_changes_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        track = TrackFactory(liked=False)
        run_action(admin_client, "like", [track])
    assert GroupedChange.objects.count() == number
    # Session, user, saved filters, the filter by day, count, rows.
    with django_assert_num_queries(6):
        admin_client.get(page_of(GroupedChange))
