"""Aliases in the admin: edited on the page of their owner, and found by the search."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from musicdb.models import Artist, Genre, Label, Visibility
from tests.admin.helpers import alias_rows, listed, page_of
from tests.factories import ArtistFactory, GenreFactory, LabelFactory

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]
SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


def saved(client: Client, owner: Any, *typed: dict[str, Any]) -> list[str]:
    """Save ``owner`` with these aliases. Return the errors, row by row."""
    data = {"name": owner.name, "visibility": "automatic", **alias_rows(*typed)}
    if isinstance(owner, Genre):
        data |= {"collection-TOTAL_FORMS": 0, "collection-INITIAL_FORMS": 0}
    response = client.post(page_of(type(owner), "change", owner.pk), data)
    if response.status_code == 302:
        return []
    formset = response.context["inline_admin_formsets"][0].formset
    return [str(error) for form in formset.forms for errors in form.errors.values() for error in errors]


def aliases_of(owner: Any) -> set[tuple[str, str | None]]:
    return set(owner.aliases.values_list("name", "slug"))


@pytest.mark.parametrize("factory", FACTORIES)
def test_aliases_are_added_renamed_and_deleted_and_keep_their_address(admin_client: Client, factory: Any) -> None:
    owner = factory(name="Stone Music")
    kept = owner.aliases.create(name="Stone", slug="stone")
    gone = owner.aliases.create(name="Pebble", slug="pebble")
    text = admin_client.get(page_of(type(owner), "change", owner.pk)).text
    assert "Former address" in text
    assert "<p>pebble</p>" in text
    refused = saved(
        admin_client,
        owner,
        {"id": kept.pk, "name": "Stone  M.", "slug": "rock"},
        {"id": gone.pk, "name": "Pebble", "DELETE": "on"},
        {"name": "STN", "slug": "stn"},
        {"name": ""},
    )
    assert refused == []
    assert aliases_of(owner) == {("Stone M.", "stone"), ("STN", None)}


@pytest.mark.parametrize("factory", [GenreFactory, LabelFactory])
def test_an_alias_must_not_be_the_name_or_alias_of_another_row(admin_client: Client, factory: Any) -> None:
    owner, other = factory(name="Stone Music"), factory(name="Stone")
    kind = owner._meta.verbose_name
    other.aliases.create(name="Pebble")
    for name, error in (
        ("Stone", f"The {kind} “Stone” (stone) has this name. Merge the two instead."),
        ("Stone Music", "This is already the name itself."),
        ("Pebble", f"This is already an alias of a {kind}. It leads to “Stone” (stone)."),
    ):
        assert saved(admin_client, owner, {"name": name}) == [error]
    assert saved(admin_client, owner, {"name": "STN"}, {"name": "STN"}) == ["This alias is in the list twice."]
    assert aliases_of(owner) == set()


def test_aliases_of_genres_ignore_case_and_those_of_labels_do_not(admin_client: Client) -> None:
    genre, label = GenreFactory(name="Dub"), LabelFactory(name="Dub")
    assert saved(admin_client, genre, {"name": "DUB"}) == ["This is already the name itself."]
    assert saved(admin_client, genre, {"name": "dubby"}, {"name": "Dubby"}) == ["This alias is in the list twice."]
    assert saved(admin_client, label, {"name": "DUB"}, {"name": "dubby"}, {"name": "Dubby"}) == []
    assert aliases_of(genre) == set()
    assert label.aliases.count() == 3


def test_artists_may_share_an_alias_but_not_a_spotify_id(admin_client: Client) -> None:
    artist, other = ArtistFactory(name="Gemini"), ArtistFactory(name="Zwilling")
    other.aliases.create(name="Twin")
    link = f"https://open.spotify.com/artist/{SPOTIFY_ID}?si=1"
    assert saved(admin_client, artist, {"name": "Twin", "spotify_id": link}, {"name": "Zwilling"}) == []
    assert artist.aliases.get(name="Twin").spotify_id == SPOTIFY_ID
    taken = ArtistFactory(name="Third", spotify_id="0" * 22)
    refused = saved(admin_client, other, {"name": "Two", "spotify_id": taken.spotify_id})
    assert refused == ["“Third” has this Spotify id."]


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize("aliases", [1, 3])
def test_the_page_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, aliases: int
) -> None:
    owner = factory()
    for number in range(aliases):
        owner.aliases.create(name=f"Alias {number}")
    # Session, user, owner, aliases, content type; how many tracks, albums, playlists and runs it leads to; the
    # clustering of a genre.
    with django_assert_num_queries(9 + (factory is GenreFactory)):
        admin_client.get(page_of(type(owner), "change", owner.pk))


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_row_is_found_once_by_any_alias(admin_client: Client, factory: Any) -> None:
    owner, other = factory(name="Stone Music"), factory(name="Other")
    for name in ("Rolling Pebble", "Rolling Rock", "Stone Rolling"):
        owner.aliases.create(name=name)
    model = type(owner)
    for typed in ("rolling", "pebble rolling", '"rolling rock"', "stone"):
        assert listed(admin_client.get(page_of(model, q=typed))) == [owner], typed
    assert listed(admin_client.get(page_of(model, q="rolling other"))) == []
    assert listed(admin_client.get(page_of(model, q="other"))) == [other]
    assert len(listed(admin_client.get(page_of(model, q=" ")))) == 2


def test_an_artist_is_found_by_the_spotify_id_of_an_alias(admin_client: Client) -> None:
    artist = ArtistFactory()
    artist.aliases.create(name="Old", spotify_id=SPOTIFY_ID)
    ArtistFactory()
    link = f"https://open.spotify.com/artist/{SPOTIFY_ID}"
    assert listed(admin_client.get(page_of(Artist, q=link))) == [artist]


def test_a_filter_applies_to_rows_found_by_an_alias(admin_client: Client) -> None:
    for visibility in Visibility.values:
        LabelFactory(visibility=visibility).aliases.create(name=f"Stone {visibility}")
    found = listed(admin_client.get(page_of(Label, q="stone", visibility__exact="shown")))
    assert [label.visibility for label in found] == ["shown"]


def test_an_autocomplete_box_finds_a_label_by_an_alias(admin_client: Client) -> None:
    label = LabelFactory(name="Stone Music")
    label.aliases.create(name="Pebble")
    LabelFactory()
    query = {"app_label": "musicdb", "model_name": "albumlabel", "field_name": "label", "term": "pebble"}
    found = admin_client.get(reverse("admin:autocomplete", query=query)).json()["results"]
    assert found == [{"id": str(label.pk), "text": "Stone Music (0 albums)"}]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        LabelFactory().aliases.create(name=f"Stone {number}")
    with django_assert_num_queries(5):  # session, user, count, rows, saved filters
        assert len(listed(admin_client.get(page_of(Label, q="stone")))) == rows
