"""Possible duplicates: an editor dismisses a suggestion once, and can restore it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from musicdb.models import DismissedDuplicate, Genre, Label, Track
from tests.admin.helpers import page_of
from tests.factories import ArtistFactory, LabelFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
LABELS = page_of(Label, "duplicates")
DISMISSED_LABELS = f"{LABELS}?dismissed=1"
TRACKS = reverse("admin:duplicate_tracks")


def groups(client: Client, url: str = LABELS) -> list[set[str]]:
    return [{str(row) for row in group} for group in client.get(url).context["groups"]]


def buttons(client: Client, url: str = LABELS) -> dict[str, list[int]]:
    """Return the accessible name of each button, and the keys that it sends."""
    page = parse(client.get(url))
    return {
        button.attrs["aria-label"]: [
            int(field.attrs["value"])
            for field in page.one("form", id=button.attrs["form"]).all("input")
            if field.attrs["name"] == "id"
        ]
        for button in page.all("button")
        if "form" in button.attrs
    }


def press(client: Client, *rows: Any, url: str = LABELS) -> Any:
    """Send what the button of a group sends: dismiss it, or restore it on the page of dismissed groups."""
    return client.post(url, {"id": [row.pk for row in rows]}, follow=True)


@pytest.fixture
def stones() -> list[Any]:
    return [LabelFactory(name=name) for name in ("Stone Music", "STONE MUSIC", "Stone-Music")]


def test_a_dismissed_group_is_not_suggested_again(admin_client: Client, admin_user: User, stones: list[Any]) -> None:
    response = press(admin_client, *stones)
    assert "Dismissed 3 labels. They are not suggested again." in response.text
    assert groups(admin_client) == []
    assert "There are no other labels with similar names." in response.text
    assert groups(admin_client, DISMISSED_LABELS) == [{"Stone Music", "STONE MUSIC", "Stone-Music"}]
    assert {pair.created_by for pair in DismissedDuplicate.objects.all()} == {admin_user}


def test_each_group_has_its_own_button(admin_client: Client, stones: list[Any]) -> None:
    rocks = [LabelFactory(name=name) for name in ("Rock", "ROCK")]
    assert {name: set(keys) for name, keys in buttons(admin_client).items()} == {
        "Not duplicates: Rock and similar": {rock.pk for rock in rocks},
        "Not duplicates: Stone Music and similar": {stone.pk for stone in stones},
    }
    press(admin_client, *rocks)
    assert set(buttons(admin_client, DISMISSED_LABELS)) == {"Suggest again: Rock and similar"}
    artist = ArtistFactory()
    tracks = [TrackFactory(title="One", artists=[artist]) for _ in range(2)]
    assert buttons(admin_client, TRACKS) == {"Not duplicates: One and similar": [track.pk for track in tracks]}


def test_a_dismissed_group_can_be_restored(admin_client: Client, stones: list[Any]) -> None:
    press(admin_client, *stones)
    response = press(admin_client, *stones, url=DISMISSED_LABELS)
    assert "Restored 3 labels. They are suggested again." in response.text
    assert (len(groups(admin_client)), DismissedDuplicate.objects.count()) == (1, 0)


def test_a_new_row_makes_its_group_pending_again(admin_client: Client, stones: list[Any]) -> None:
    press(admin_client, *stones)
    LabelFactory(name="stone music")
    assert groups(admin_client) == [{"Stone Music", "STONE MUSIC", "Stone-Music", "stone music"}]


def test_the_rest_of_a_dismissed_group_stays_dismissed(admin_client: Client, stones: list[Any]) -> None:
    press(admin_client, *stones)
    stones[0].delete()
    assert groups(admin_client) == []


def test_dismissing_twice_changes_nothing_and_holds_for_one_model_only(admin_client: Client, stones: list[Any]) -> None:
    for _ in range(2):
        press(admin_client, *stones)
    assert DismissedDuplicate.objects.count() == 3
    genres = [Genre.objects.create(pk=stone.pk, name=name) for stone, name in zip(stones, ("a b", "A-B"), strict=False)]
    assert groups(admin_client, page_of(Genre, "duplicates")) == [{str(genre) for genre in genres}]


def test_keys_of_no_row_dismiss_nothing(admin_client: Client) -> None:
    response = admin_client.post(LABELS, {"id": ["0", "x", "9" * 30, "-1", ""]}, follow=True)
    assert "Dismissed 0 labels." in response.text
    assert DismissedDuplicate.objects.count() == 0


def test_a_group_of_more_than_a_hundred_is_refused(admin_client: Client) -> None:
    many = Label.objects.bulk_create(Label(name=f"Kim{'.' * i}", slug=f"kim-{i}") for i in range(101))
    response = press(admin_client, *many)
    assert "You can dismiss at most 100 at a time. This group has 101." in response.text
    assert DismissedDuplicate.objects.count() == 0


def test_dismissed_tracks_do_not_count_as_a_data_quality_problem(admin_client: Client) -> None:
    cache.clear()
    artist = ArtistFactory()
    tracks = [TrackFactory(title=title, artists=[artist]) for title in ("One", "one")]
    assert groups(admin_client, TRACKS) == [{"One", "one"}]
    press(admin_client, *tracks, url=TRACKS)
    assert groups(admin_client, TRACKS) == []
    results = admin_client.get(reverse("admin:data_quality")).context["results"]
    assert {result.count for result in results if result.check.title == "Possible duplicate tracks"} == {0}


def test_dismissing_tracks_needs_the_permission_to_change_them(client: Client) -> None:
    artist = ArtistFactory()
    tracks = [TrackFactory(title="One", artists=[artist]) for _ in range(2)]
    user = User.objects.create(username="reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_track"))
    client.force_login(user)
    assert "Not duplicates" not in client.get(TRACKS).text
    assert press(client, *tracks, url=TRACKS).status_code == 403
    assert DismissedDuplicate.objects.count() == 0
    user.user_permissions.add(Permission.objects.get(codename=f"change_{Track._meta.model_name}"))
    assert "Not duplicates" in client.get(TRACKS).text
    assert press(client, *tracks, url=TRACKS).status_code == 200
    assert DismissedDuplicate.objects.count() == 1
