"""Undoing a merge in the admin: the links that lead there, the page that asks, the message after it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from musicdb.editing import merge, undo_merge
from musicdb.models import Artist, GroupedChange, Label, Track
from tests.admin.helpers import editor, messages_of, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("curator")


@pytest.fixture
def merged(user: User) -> GroupedChange:
    """The merge of two artists, one of whom a track had."""
    kept, other = ArtistFactory(name="Kept"), ArtistFactory(name="Other")
    TrackFactory(title="Song", artists=[other])
    return merge(kept, [other], user).change


def undo_page(change: GroupedChange) -> str:
    return page_of(GroupedChange, "undo", change.pk)


def links_to(url: str, response: Any) -> list[str]:
    return [text for text, target in parse(response).links if target == url]


def test_the_message_after_a_merge_leads_to_its_undo(admin_client: Client) -> None:
    one, two = LabelFactory(name="One"), LabelFactory(name="Two")
    response = admin_client.post(page_of(Label, "merge", id=[one.pk, two.pk]), {"survivor": one.pk})
    ((_, text),) = messages_of(response)
    assert f'<a href="{undo_page(GroupedChange.objects.get())}">Undo …</a>' in text


def test_histories_and_the_list_of_changes_lead_to_the_undo_until_it_is_done(
    admin_client: Client, merged: GroupedChange, user: User
) -> None:
    kept, track = Artist.objects.get(), Track.objects.get()
    gone = Artist.history.get(history_type="-").id
    pages = [
        page_of(Artist, "history", kept.pk),
        page_of(Artist, "history", gone),
        page_of(Track, "history", track.pk),
        page_of(GroupedChange),
        page_of(GroupedChange, "change", merged.pk),
    ]
    for page in pages:
        assert links_to(undo_page(merged), admin_client.get(page)) == ["undo …"], page
    undo_merge(merged, user)
    for page in pages:
        assert links_to(undo_page(merged), admin_client.get(page)) == [], page
    assert "undone by curator" in admin_client.get(pages[-1]).text
    assert "Merge (undone)" in parse(admin_client.get(pages[0])).one("div", id="content-main").text


def test_the_page_says_what_comes_back_and_what_cannot(admin_client: Client, user: User) -> None:
    kept, other = TrackFactory(title="Kept", album=None, score=None), TrackFactory(title="Other", score=9)
    change = merge(kept, [other], user).change
    Track.objects.filter(pk=kept.pk).update(score=10)

    page = parse(admin_client.get(undo_page(change))).one("div", id="content-main")

    assert [row.text for row in page.all("ul", class_="effects")[0].all("li")] == [
        "Track “Other”, under the address other"
    ]
    assert [row.text for row in page.all("ul", class_="effects")[1].all("li")] == [
        "Score of Track “Kept” has been changed since, and stays as it is."
    ]
    assert [cell.text for cell in page.one("tbody").all("tr")[0].all("td")] == [other.album.title, "–"]
    assert page.one("input", type="submit").attrs["value"] == "Undo all but these"
    assert Track.objects.count() == 1


def test_the_undo_says_what_is_back_and_what_is_not(admin_client: Client, merged: GroupedChange) -> None:
    kept, track = Artist.objects.get(), Track.objects.get()
    track.track_artists.update(artist=ArtistFactory())
    response = admin_client.post(undo_page(merged))
    assert response["Location"] == page_of(Artist, "history", kept.pk)
    ((level, text),) = messages_of(response)
    back = Artist.objects.get(name="Other")
    assert (level, text) == (
        "warning",
        f'The merge was undone. Back again: <a href="{page_of(Artist, "change", back.pk)}"><bdi>Other</bdi></a>. What '
        "could not be put back:<ul><li>The artists of Track “Song” have been changed since, and stay as they are.</li>"
        "</ul>",
    )
    assert "have been changed since" in admin_client.get(page_of(GroupedChange, "change", merged.pk)).text


def test_the_page_of_genres_says_that_clusters_stay_deleted(admin_client: Client, user: User) -> None:
    change = merge(GenreFactory(), [GenreFactory()], user).change
    assert "which the merge deleted. Recluster them." in admin_client.get(undo_page(change)).text


def test_a_refusal_leads_to_the_merge_that_is_to_be_undone_first(
    admin_client: Client, merged: GroupedChange, user: User
) -> None:
    later = merge(Artist.objects.get(), [ArtistFactory()], user).change
    for ask in (admin_client.get, admin_client.post):
        response = ask(undo_page(merged))
        assert response["Location"] == page_of(GroupedChange, "change", merged.pk)
        ((level, text),) = messages_of(response)
        assert level == "error"
        assert f'Undo that merge first. <a href="{undo_page(later)}">' in text
    assert Artist.objects.count() == 1


def test_an_undo_needs_the_permission_to_merge(merged: GroupedChange) -> None:
    client = editor("view_artist", "change_artist", "view_groupedchange", "merge_label", "change_label")
    assert links_to(undo_page(merged), client.get(page_of(Artist, "history", Artist.objects.get().pk))) == []
    assert links_to(undo_page(merged), client.get(page_of(GroupedChange))) == []
    assert client.get(undo_page(merged)).status_code == 403
    assert client.post(undo_page(merged)).status_code == 403
    assert Artist.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_changes_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, user: User, number: int
) -> None:
    for _ in range(number):
        merge(ArtistFactory(), [ArtistFactory()], user)
    with django_assert_num_queries(6):  # session, user, the models to filter by, the number of changes twice, they
        admin_client.get(page_of(GroupedChange))


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_that_asks_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, user: User, number: int
) -> None:
    kept, other = AlbumFactory(), AlbumFactory()
    for _ in range(number):
        TrackFactory(album=other)
    change = merge(kept, [other], user).change
    # Session, user, the change. The later merges, the survivor, the merged rows and what became of them, who has their
    # address and id now. The state of the survivor and its two versions; of its tracks, two versions and their albums.
    with django_assert_num_queries(25):
        admin_client.get(undo_page(change))
