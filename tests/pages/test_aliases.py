"""Former addresses: what was merged into something else is found there, and nothing new takes its place."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clusters.models import Run
from musicdb.editing import merge
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.models.slugs import unique_slug
from tests.admin.helpers import alias_rows, errors_of, page_of
from tests.db.shared import once_for_the_module
from tests.factories import ArtistFactory, GenreFactory, LabelFactory, clustered_genre

pytestmark = pytest.mark.django_db
FACTORIES: list[Any] = [GenreFactory, ArtistFactory, LabelFactory]


def merged(factory: Any, **fields: Any) -> Any:
    """``New``, into which ``Old`` was merged."""
    new, old = factory(name="New", **fields), factory(name="Old", **fields)
    merge(new, [old], User.objects.create_user("editor"))
    return new


_genre_and_run = once_for_the_module(lambda: clustered_genre(clusters=2, name="Dub"))


@pytest.fixture
def genre(_genre_and_run: None) -> Genre:
    """A genre with clusters that has the former address "old"."""
    genre = Genre.objects.get(slug="dub")
    genre.aliases.create(name="Old", slug="old")
    return genre


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_page_of_what_was_merged_leads_to_what_it_is_part_of(client: Client, factory: Any) -> None:
    kind = merged(factory)._meta.model_name
    response = client.get(f"/{kind}s/old/")
    assert (response.status_code, response["Location"]) == (301, f"/{kind}s/new/")
    assert client.head(f"/{kind}s/old/").status_code == 301
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "below",
    ["", "clusters/", "clusters.md", "clusters/how/", "clusters/?page=1&a=%C3%A9"],
)
def test_whatever_is_below_a_genre_keeps_its_place_and_its_query(client: Client, genre: Genre, below: str) -> None:
    response = client.get(f"/genres/old/{below}")
    assert (response.status_code, response["Location"]) == (301, f"/genres/dub/{below}")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("below", "place"),
    [("clusters/1/?page=2", "clusters/"), ("clusters/9/", "clusters/"), ("clusters/1.md", "clusters.md")],
)
def test_a_cluster_leads_to_all_clusters_because_numbers_are_each_genres_own(
    client: Client, genre: Genre, below: str, place: str
) -> None:
    response = client.get(f"/genres/old/{below}")
    assert (response.status_code, response["Location"]) == (301, f"/genres/dub/{place}")


@pytest.mark.urls("tests.pages.moved_urls")
def test_the_site_may_lie_below_another_address(client: Client, genre: Genre) -> None:
    for below in ("genres/{}/", "genres/{}/clusters/", "api/v1/genres/{}/clusters/"):
        response = client.get(f"/music/{below.format('old')}")
        assert (response.status_code, response["Location"]) == (301, f"/music/{below.format('dub')}")


def test_what_was_merged_twice_leads_there_at_once(client: Client) -> None:
    first, second, third = (LabelFactory(name=name) for name in ("First", "Second", "Third"))
    user = User.objects.create_user("editor")
    merge(second, [first], user)
    merge(third, [second], user)
    assert client.get("/labels/first/")["Location"] == "/labels/third/"


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_what_was_merged_into_a_row_without_a_page_is_not_found(client: Client, factory: Any) -> None:
    kind = merged(factory, visibility="hidden")._meta.model_name
    assert client.get(f"/{kind}s/old/").status_code == 404
    assert client.get(f"/api/v1/{kind}s/old/").status_code == 404


def test_an_address_holds_for_its_own_kind_only(client: Client) -> None:
    merged(LabelFactory)
    for address in ("/artists/old/", "/genres/old/", "/albums/old/", "/tracks/old/", "/labels/older/"):
        assert client.get(address).status_code == 404, address


def test_nothing_but_reading_is_led_on(client: Client, genre: Genre) -> None:
    assert client.post("/genres/old/clusters.md").status_code == 405


def test_without_its_other_spelling_an_address_is_free(client: Client) -> None:
    label = merged(LabelFactory)
    assert LabelFactory(name="Old").slug == "old-2"
    label.aliases.all().delete()
    assert client.get("/labels/old/").status_code == 404
    assert LabelFactory(name="Old!").slug == "old"


@pytest.mark.parametrize("address", ["/labels/new/", "/api/v1/labels/new/"])
def test_a_page_that_is_there_asks_nothing_more(client: Client, django_assert_num_queries: Any, address: str) -> None:
    merged(LabelFactory)
    with django_assert_num_queries(2 if "api" in address else 4) as queries:
        assert client.get(address).status_code == 200
    # The page's "appears as" is one look at the label's own aliases.
    assert not [query for query in queries if "alias" in query["sql"] and "target_id" not in query["sql"]]


# The label, the site settings for the page "Not found", the alias with its target; whether the target has a page.
@pytest.mark.parametrize(("address", "queries"), [("/labels/old/", 4), ("/labels/nothing/", 3)])
def test_one_that_is_not_asks_for_an_alias(
    client: Client, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    merged(LabelFactory)
    with django_assert_num_queries(queries):
        client.get(address)


def test_a_page_that_is_missing_from_a_genre_that_is_there_stays_missing(client: Client, genre: Genre) -> None:
    Run.objects.all().delete()
    assert client.get("/genres/dub/clusters/").status_code == 404


# --- What a new thing is given -----------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", FACTORIES)
def test_nothing_new_is_given_a_former_address(factory: Any) -> None:
    merged(factory)
    assert [factory(name=f"Old{'!' * number}").slug for number in range(1, 3)] == ["old-2", "old-3"]


def test_former_addresses_cost_no_query_more(django_assert_num_queries: Any) -> None:
    merged(LabelFactory)
    with django_assert_num_queries(1):
        assert unique_slug(Label, "Old") == "old-2"
    assert [unique_slug(model, "Old") for model in (Genre, Artist, Album, Track)] == ["old"] * 4


@pytest.mark.parametrize("factory", FACTORIES)
def test_nobody_can_type_one_for_something_new(admin_client: Client, factory: Any) -> None:
    model = type(merged(factory))
    data = {"name": "Another", "slug": "old", "visibility": "automatic", **alias_rows()}
    if model is Genre:
        data |= {"clustering-TOTAL_FORMS": 0, "clustering-INITIAL_FORMS": 0}
    error = "This address leads to “New”, as an address of “Old”. Choose another."
    assert errors_of(admin_client.post(page_of(model, "add"), data)) == {"slug": [error]}
    with pytest.raises(ValidationError, match="leads to “New”"):
        model(name="Another", slug="old").full_clean()
    model(name="Another", slug="other").full_clean()


def test_what_has_its_address_is_checked_without_a_query_more() -> None:
    label = LabelFactory()
    with CaptureQueriesContext(connection) as queries:
        label.full_clean()
    # The page's "appears as" is one look at the label's own aliases.
    assert not [query for query in queries if "alias" in query["sql"] and "target_id" not in query["sql"]]
