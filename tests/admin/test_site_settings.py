"""The page of the site settings, and what the lists say about visibility."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from musicdb.models import Artist, Label, PageRule, SiteSettings
from tests.admin.helpers import errors_of, listed, messages_of, page_of
from tests.factories import ArtistFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/musicdb/sitesettings/1/change/"
VALID = {"name": "Mine", "introduction": "", "colour": "", "page_rule": "all", "min_tracks": "5"}


def test_the_list_is_the_page(admin_client: Client) -> None:
    assert admin_client.get(page_of(SiteSettings)).url == PAGE  # type: ignore[attr-defined]
    response = admin_client.get(PAGE)
    assert response.status_code == 200
    assert 'value="musicdb"' in response.text
    assert not SiteSettings.objects.exists()
    assert "Delete" not in response.text


def test_other_keys_and_new_rows_are_not_there(admin_client: Client) -> None:
    assert admin_client.get(PAGE.replace("1", "2")).status_code == 302
    assert admin_client.get(reverse("admin:musicdb_sitesettings_add")).status_code == 403
    SiteSettings.objects.create()
    assert admin_client.post(PAGE.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_saving_is_recorded_and_says_how_many_pages_there_are(admin_client: Client) -> None:
    for name in ("One", "Two"):
        ArtistFactory(name=name)
    LabelFactory(visibility="shown")
    response = admin_client.post(PAGE, {**VALID, "page_rule": "none"})
    assert ("info", "Artists with a page: 0. Labels: 1.") in messages_of(response)
    assert SiteSettings.objects.values("name", "page_rule").get() == {"name": "Mine", "page_rule": "none"}
    assert LogEntry.objects.get().get_change_message() == "Changed Name and Automatic pages."
    response = admin_client.post(PAGE, VALID)
    assert ("info", "Artists with a page: 2. Labels: 1.") in messages_of(response)
    assert "Changed Automatic pages." in admin_client.get(PAGE.replace("change", "history")).text


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", " ", "This field is required."),
        ("colour", "red", "Enter a colour as # and six digits from 0 to f, two each for red, green and blue, such as"),
        ("colour", "#12345g", "Enter a colour as # and six digits from 0 to f, two each for red, green and blue, such"),
        ("min_tracks", "0", "Ensure this value is greater than or equal to 1."),
        ("min_tracks", "99999999999", "Ensure this value is less than or equal to 2147483647."),
        ("page_rule", "some", "Select a valid choice. some is not one of the available choices."),
    ],
)
def test_wrong_values_are_refused(admin_client: Client, field: str, value: str, error: str) -> None:
    errors = errors_of(admin_client.post(PAGE, {**VALID, field: value}))
    assert list(errors) == [field]
    assert errors[field][0].startswith(error)
    assert not SiteSettings.objects.exists()


def test_the_page_shows_what_becomes_of_the_colour(admin_client: Client) -> None:
    admin_client.post(PAGE, {**VALID, "colour": "#3b3a8f"})
    text = admin_client.get(PAGE).text
    assert "#3b3a8f on light pages" in text
    assert "#3b3a8f on dark pages" not in text
    assert "on dark pages" in text


@pytest.mark.parametrize(("model", "factory"), [(Artist, ArtistFactory), (Label, LabelFactory)])
class TestLists:
    def test_filters(self, admin_client: Client, model: Any, factory: Any) -> None:
        for visibility in ("automatic", "shown", "hidden"):
            factory(name=visibility, visibility=visibility)
        SiteSettings.objects.create(page_rule=PageRule.NONE)
        for query, expected in (
            ({"page": "yes"}, {"shown"}),
            ({"page": "no"}, {"automatic", "hidden"}),
            ({"visibility__exact": "automatic"}, {"automatic"}),
            ({"visibility__exact": "hidden", "page": "no"}, {"hidden"}),
            ({"page": "perhaps"}, {"automatic", "shown", "hidden"}),
        ):
            assert {row.name for row in listed(admin_client.get(page_of(model, **query)))} == expected

    def test_the_list_says_who_has_a_page_now(
        self, admin_client: Client, model: Any, factory: Any, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            factory(name=f"{number:02}", visibility="hidden" if number % 2 else "automatic")
        with django_assert_max_num_queries(8):
            rows = listed(admin_client.get(page_of(model)))
        assert [row.has_page for row in rows] == [number % 2 == 0 for number in range(30)]


def test_the_list_follows_the_rule(admin_client: Client) -> None:
    artist = ArtistFactory()
    TrackFactory(artists=[artist])
    SiteSettings.objects.create(page_rule=PageRule.TRACKS, min_tracks=2)
    assert listed(admin_client.get(page_of(Artist, page="yes"))) == []
    TrackFactory(artists=[artist])
    assert listed(admin_client.get(page_of(Artist, page="yes"))) == [artist]
