"""What looks alike and is not the same: an editor says so once, and may take it back."""

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
LIKELY = page_of(Label, "likely")
DUPLICATES = reverse("admin:likely_duplicates")


def groups(client: Client, address: str = LIKELY) -> list[set[str]]:
    return [{str(thing) for thing in group} for group in client.get(address).context["groups"]]


def buttons(client: Client, address: str = LIKELY) -> dict[str, list[int]]:
    """What each button on the page is called, and the keys that it sends."""
    page = parse(client.get(address))
    return {
        button.attrs["aria-label"]: [
            int(field.attrs["value"])
            for field in page.one("form", id=button.attrs["form"]).all("input")
            if field.attrs["name"] == "id"
        ]
        for button in page.all("button")
        if "form" in button.attrs
    }


def say(client: Client, *things: Any, address: str = LIKELY) -> Any:
    return client.post(address, {"id": [thing.pk for thing in things]}, follow=True)


@pytest.fixture
def stones() -> list[Any]:
    return [LabelFactory(name=name) for name in ("Stone Music", "STONE MUSIC", "Stone-Music")]


def test_what_is_told_apart_is_not_suggested_again(admin_client: Client, admin_user: User, stones: list[Any]) -> None:
    response = say(admin_client, *stones)
    assert "3 labels told apart: they are not suggested again." in response.text
    assert groups(admin_client) == []
    assert "No other labels have names that are much alike." in response.text
    assert groups(admin_client, f"{LIKELY}?apart=1") == [{"Stone Music", "STONE MUSIC", "Stone-Music"}]
    assert {pair.created_by for pair in DismissedDuplicate.objects.all()} == {admin_user}


def test_each_group_has_a_button_of_its_own(admin_client: Client, stones: list[Any]) -> None:
    rocks = [LabelFactory(name=name) for name in ("Rock", "ROCK")]
    assert {name: set(keys) for name, keys in buttons(admin_client).items()} == {
        "None of those like Rock are the same": {rock.pk for rock in rocks},
        "None of those like Stone Music are the same": {stone.pk for stone in stones},
    }
    say(admin_client, *rocks)
    assert set(buttons(admin_client, f"{LIKELY}?apart=1")) == {"Those like Rock may be the same after all"}
    artist = ArtistFactory()
    tracks = [TrackFactory(title="One", artists=[artist]) for _ in range(2)]
    assert buttons(admin_client, DUPLICATES) == {"None of those like One are the same": [track.pk for track in tracks]}


def test_it_is_taken_back(admin_client: Client, stones: list[Any]) -> None:
    say(admin_client, *stones)
    response = say(admin_client, *stones, address=f"{LIKELY}?apart=1")
    assert "3 labels may be the same after all." in response.text
    assert (len(groups(admin_client)), DismissedDuplicate.objects.count()) == (1, 0)


def test_a_newcomer_is_suggested_with_those_it_is_like(admin_client: Client, stones: list[Any]) -> None:
    say(admin_client, *stones)
    LabelFactory(name="stone music")
    assert groups(admin_client) == [{"Stone Music", "STONE MUSIC", "Stone-Music", "stone music"}]


def test_what_is_left_of_a_group_stays_apart(admin_client: Client, stones: list[Any]) -> None:
    say(admin_client, *stones)
    stones[0].delete()
    assert groups(admin_client) == []


def test_twice_is_once_and_of_another_kind_is_nothing(admin_client: Client, stones: list[Any]) -> None:
    for _ in range(2):
        say(admin_client, *stones)
    assert DismissedDuplicate.objects.count() == 3
    genres = [Genre.objects.create(pk=stone.pk, name=name) for stone, name in zip(stones, ("a b", "A-B"), strict=False)]
    assert groups(admin_client, page_of(Genre, "likely")) == [{str(genre) for genre in genres}]


def test_keys_of_nothing_say_nothing(admin_client: Client) -> None:
    response = admin_client.post(LIKELY, {"id": ["0", "x", "9" * 30, "-1", ""]}, follow=True)
    assert "0 labels told apart" in response.text
    assert DismissedDuplicate.objects.count() == 0


def test_a_hundred_at_once(admin_client: Client) -> None:
    many = Label.objects.bulk_create(Label(name=f"Kim{'.' * i}", slug=f"kim-{i}") for i in range(101))
    response = say(admin_client, *many)
    assert "Tell at most 100 apart at a time: these are 101." in response.text
    assert DismissedDuplicate.objects.count() == 0


def test_tracks_that_are_not_one_recording(admin_client: Client) -> None:
    cache.clear()
    artist = ArtistFactory()
    tracks = [TrackFactory(title=title, artists=[artist]) for title in ("One", "one")]
    assert groups(admin_client, DUPLICATES) == [{"One", "one"}]
    say(admin_client, *tracks, address=DUPLICATES)
    assert groups(admin_client, DUPLICATES) == []
    counts = admin_client.get(reverse("admin:housekeeping")).context["counts"]
    assert {c.number for c in counts if c.chore.title == "Tracks that are likely one recording"} == {0}


def test_only_who_may_change_them_tells_them_apart(client: Client) -> None:
    artist = ArtistFactory()
    tracks = [TrackFactory(title="One", artists=[artist]) for _ in range(2)]
    user = User.objects.create(username="reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_track"))
    client.force_login(user)
    assert "None of these are the same" not in client.get(DUPLICATES).text
    assert say(client, *tracks, address=DUPLICATES).status_code == 403
    assert DismissedDuplicate.objects.count() == 0
    user.user_permissions.add(Permission.objects.get(codename=f"change_{Track._meta.model_name}"))
    assert "None of these are the same" in client.get(DUPLICATES).text
    assert say(client, *tracks, address=DUPLICATES).status_code == 200
    assert DismissedDuplicate.objects.count() == 1
