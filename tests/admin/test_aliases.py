"""Other spellings in the admin: shown and edited with the thing, and it is found by them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from musicdb.models import Artist, Genre, Label
from tests.admin.helpers import alias_rows, listed, page_of
from tests.factories import ArtistFactory, GenreFactory, LabelFactory

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]
SPOTIFY_ID = "3kiQOTlExsRTAQW0P0jcTH"


def saved(client: Client, thing: Any, *typed: dict[str, Any]) -> list[str]:
    """Save ``thing`` with these other spellings; return what was refused, row by row."""
    data = {"name": thing.name, **alias_rows(*typed)}
    if isinstance(thing, Genre):
        data |= {"clustering-TOTAL_FORMS": 0, "clustering-INITIAL_FORMS": 0}
    response = client.post(page_of(type(thing), "change", thing.pk), data)
    if response.status_code == 302:
        return []
    formset = response.context["inline_admin_formsets"][0].formset
    return [str(error) for form in formset.forms for errors in form.errors.values() for error in errors]


def spellings(thing: Any) -> set[tuple[str, str | None]]:
    return set(thing.aliases.values_list("name", "slug"))


@pytest.mark.parametrize("factory", FACTORIES)
def test_they_are_added_renamed_and_removed_and_keep_their_address(admin_client: Client, factory: Any) -> None:
    thing = factory(name="Stone Music")
    kept = thing.aliases.create(name="Stone", slug="stone")
    gone = thing.aliases.create(name="Pebble", slug="pebble")
    text = admin_client.get(page_of(type(thing), "change", thing.pk)).text
    assert "Former address" in text
    assert "<p>pebble</p>" in text
    refused = saved(
        admin_client,
        thing,
        {"id": kept.pk, "name": "Stone  M.", "slug": "rock"},
        {"id": gone.pk, "name": "Pebble", "DELETE": "on"},
        {"name": "STN", "slug": "stn"},
        {"name": ""},
    )
    assert refused == []
    assert spellings(thing) == {("Stone M.", "stone"), ("STN", None)}


@pytest.mark.parametrize("factory", [GenreFactory, LabelFactory])
def test_a_spelling_is_nobody_elses_name_or_spelling(admin_client: Client, factory: Any) -> None:
    thing, other = factory(name="Stone Music"), factory(name="Stone")
    kind = thing._meta.verbose_name
    other.aliases.create(name="Pebble")
    for name, error in (
        ("Stone", f"There is a {kind} of this name: merge the two instead."),
        ("Stone Music", "This is its name already."),
        ("Pebble", f"This is another spelling of a {kind} already."),
    ):
        assert saved(admin_client, thing, {"name": name}) == [error]
    assert saved(admin_client, thing, {"name": "STN"}, {"name": "STN"}) == ["This spelling stands here twice."]
    assert spellings(thing) == set()


def test_genres_compare_whatever_the_case_and_labels_do_not(admin_client: Client) -> None:
    genre, label = GenreFactory(name="Dub"), LabelFactory(name="Dub")
    assert saved(admin_client, genre, {"name": "DUB"}) == ["This is its name already."]
    assert saved(admin_client, genre, {"name": "dubby"}, {"name": "Dubby"}) == ["This spelling stands here twice."]
    assert saved(admin_client, label, {"name": "DUB"}, {"name": "dubby"}, {"name": "Dubby"}) == []
    assert spellings(genre) == set()
    assert label.aliases.count() == 3


def test_artists_may_share_a_spelling_but_not_a_spotify_id(admin_client: Client) -> None:
    artist, other = ArtistFactory(name="Gemini"), ArtistFactory(name="Zwilling")
    other.aliases.create(name="Twin")
    link = f"https://open.spotify.com/artist/{SPOTIFY_ID}?si=1"
    assert saved(admin_client, artist, {"name": "Twin", "spotify_id": link}, {"name": "Zwilling"}) == []
    assert artist.aliases.get(name="Twin").spotify_id == SPOTIFY_ID
    taken = ArtistFactory(name="Third", spotify_id="0" * 22)
    refused = saved(admin_client, other, {"name": "Two", "spotify_id": taken.spotify_id})
    assert refused == ["This is the Spotify id of “Third”."]


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize("aliases", [1, 3])
def test_the_page_asks_as_much_for_three_spellings_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, aliases: int
) -> None:
    thing = factory()
    for number in range(aliases):
        thing.aliases.create(name=f"Spelling {number}")
    # Session, user, thing, other spellings, its content type; a genre's clustering.
    with django_assert_num_queries(6 if factory is GenreFactory else 5):
        admin_client.get(page_of(type(thing), "change", thing.pk))


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_thing_is_found_once_by_any_spelling(admin_client: Client, factory: Any) -> None:
    thing, other = factory(name="Stone Music"), factory(name="Other")
    for name in ("Rolling Pebble", "Rolling Rock", "Stone Rolling"):
        thing.aliases.create(name=name)
    model = type(thing)
    for typed in ("rolling", "pebble rolling", '"rolling rock"', "stone"):
        assert listed(admin_client.get(page_of(model, q=typed))) == [thing], typed
    assert listed(admin_client.get(page_of(model, q="rolling other"))) == []
    assert listed(admin_client.get(page_of(model, q="other"))) == [other]
    assert len(listed(admin_client.get(page_of(model, q=" ")))) == 2


def test_an_artist_is_found_by_the_spotify_id_of_another_spelling(admin_client: Client) -> None:
    artist = ArtistFactory()
    artist.aliases.create(name="Old", spotify_id=SPOTIFY_ID)
    ArtistFactory()
    link = f"https://open.spotify.com/artist/{SPOTIFY_ID}"
    assert listed(admin_client.get(page_of(Artist, q=link))) == [artist]


def test_the_filters_of_a_list_hold_for_what_is_found_by_a_spelling(admin_client: Client) -> None:
    for is_public in (True, False):
        LabelFactory(is_public=is_public).aliases.create(name=f"Stone {is_public}")
    found = listed(admin_client.get(page_of(Label, q="stone", is_public__exact=1)))
    assert [label.is_public for label in found] == [True]


def test_a_row_that_points_at_a_label_finds_it_by_another_spelling(admin_client: Client) -> None:
    label = LabelFactory(name="Stone Music")
    label.aliases.create(name="Pebble")
    LabelFactory()
    query = {"app_label": "musicdb", "model_name": "albumlabel", "field_name": "label", "term": "pebble"}
    found = admin_client.get(reverse("admin:autocomplete", query=query)).json()["results"]
    assert found == [{"id": str(label.pk), "text": "Stone Music"}]


@pytest.mark.parametrize("things", [1, 3])
def test_a_search_asks_as_much_for_three_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, things: int
) -> None:
    for number in range(things):
        LabelFactory().aliases.create(name=f"Stone {number}")
    with django_assert_num_queries(5):  # session, user, count, rows, saved views
        assert len(listed(admin_client.get(page_of(Label, q="stone")))) == things
