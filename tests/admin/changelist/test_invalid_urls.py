"""URLs that no page of the admin links to. They get an answer, and never a server error."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from clusters.models import Membership
from musicdb.models import Album, Genre, Import, Track
from tests.admin.helpers import listed, page_of
from tests.factories import GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db
HUGE = "9" * 25


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Album, {"release_date__year": "0"}),
        (Album, {"release_date__year": HUGE}),
        (Import, {"started_at__year": "-1"}),
    ],
)
def test_a_filter_out_of_range_redirects_to_the_list(admin_client: Client, model: Any, query: dict[str, str]) -> None:
    response = admin_client.get(page_of(model), query)
    assert (response.status_code, response.headers.get("Location")) == (302, f"{page_of(model)}?e=1")


@pytest.mark.parametrize(("model", "lookup"), [(Track, "pk__in"), (Membership, "track")])
def test_a_key_out_of_range_finds_no_row(admin_client: Client, model: Any, lookup: str) -> None:
    TrackFactory()
    response = admin_client.get(page_of(model), {lookup: HUGE})
    if connection.vendor == "sqlite":  # It refuses the number.
        assert (response.status_code, response.headers["Location"]) == (302, f"{page_of(model)}?e=1")
    else:
        assert listed(response) == []


@pytest.mark.parametrize("pattern", ["[]", "\\", "."])
def test_a_list_refuses_patterns(admin_client: Client, pattern: str) -> None:
    assert admin_client.get(page_of(Track), {"title__regex": pattern}).status_code == 400


def test_an_export_with_an_unknown_filter_is_refused(admin_client: Client) -> None:
    assert admin_client.get(page_of(Album, "export"), {"x": "1"}).status_code == 400


def test_the_history_of_a_key_out_of_range_redirects(admin_client: Client) -> None:
    assert admin_client.get(page_of(Track, "history", "9" * 5_000)).status_code == 302


def test_a_genre_key_out_of_range_is_refused_in_a_bulk_edit(admin_client: Client) -> None:
    GenreFactory()
    track = TrackFactory()
    data = {"action": "bulk_edit_selected", "_selected_action": [track.pk], "apply": "1", "selected": 1}
    response = admin_client.post(page_of(Track), {**data, "add_genres": [HUGE]})
    assert response.context["form"].errors["add_genres"] == [f"“{HUGE}” is not a valid value."]
    assert not Genre.objects.filter(tracks=track).exists()
