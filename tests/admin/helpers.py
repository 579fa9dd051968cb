"""Helpers to send requests to the admin, and to read its answers."""

from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from musicdb.models import Genre, Track
from tests.factories import AlbumFactory, ArtistFactory, LabelFactory, TrackFactory


def page_of(model: Any, view: str = "changelist", *args: Any, **query: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args, query=query)


def listed(response: Any) -> list[Any]:
    return list(response.context["cl"].result_list)


def messages_of(response: Any) -> list[tuple[str, str]]:
    """Return the messages that the next page will show."""
    page = response.client.get(reverse("admin:index"))
    return [(message.level_tag, str(message)) for message in page.context["messages"]]


def rows(prefix: str, member: str, *typed: tuple[Any, Any, Any], deleted: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return an ordered inline as a browser posts it. ``typed`` has each row's key or "", its order, its member."""
    data = {
        f"{prefix}-TOTAL_FORMS": len(typed),
        f"{prefix}-INITIAL_FORMS": sum(bool(key) for key, _, _ in typed),
    }
    for number, (key, order, pointed_at) in enumerate(typed):
        data |= {
            f"{prefix}-{number}-id": key,
            f"{prefix}-{number}-ORDER": order,
            f"{prefix}-{number}-{member}": pointed_at,
        }
    return data | {f"{prefix}-{number}-DELETE": "on" for number in deleted}


def artist_rows(*typed: tuple[Any, Any, Any], **options: Any) -> dict[str, Any]:
    return rows("track_artists", "artist", *typed, **options)


def alias_rows(*typed: dict[str, Any]) -> dict[str, Any]:
    """Return the aliases of a genre, artist or label as a browser posts them. A stored one has an ``id``."""
    data = {
        "aliases-TOTAL_FORMS": len(typed),
        "aliases-INITIAL_FORMS": sum("id" in row for row in typed),
    }
    for number, row in enumerate(typed):
        data |= {f"aliases-{number}-{name}": value for name, value in row.items()}
    return data


def track_data(**fields: Any) -> dict[str, Any]:
    return {"title": "A track", "explicit": "unknown", **artist_rows(), **alias_rows(), **fields}


def album_data(**fields: Any) -> dict[str, Any]:
    linked = {**rows("album_artists", "artist"), **rows("album_labels", "label"), **alias_rows()}
    return {"title": "An album", **linked, **fields}


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


def editor(*permissions: str) -> Client:
    user = User.objects.create_user("editor", password="editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def run_action(client: Client, name: str, rows: list[Any], /, **extra: Any) -> Any:
    data = {"action": name, "_selected_action": [row.pk for row in rows], "index": 0, **extra}
    return client.post(page_of(type(rows[0])), data)


def rich_track(genre: Genre) -> Track:
    """A track with two artists, on an album with two labels. A query for each row would show in a count."""
    album = AlbumFactory(labels=[LabelFactory(), LabelFactory()])
    return TrackFactory(album=album, artists=[ArtistFactory(), ArtistFactory()], genres=[genre])
