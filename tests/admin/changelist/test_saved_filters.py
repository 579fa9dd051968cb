"""Saved filters: saved, opened, shared, renamed, deleted, and what happens to one that no longer works."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from clusters.models import Run
from musicdb.imports import ImportOptions, run_import
from musicdb.models import Album, SavedFilter, Track
from tests.admin.helpers import errors_of, listed, messages_of, page_of
from tests.factories import GenreFactory, TrackFactory
from tests.imports.files import net_file, net_row
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
EDITING = ["view_track", "view_album", *(f"{action}_savedfilter" for action in ("add", "change", "delete", "view"))]


def somebody(name: str, *permissions: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def zoe() -> Client:
    return somebody("zoë", *EDITING)


@pytest.fixture
def abe() -> Client:
    return somebody("abe", *EDITING, "share_savedfilter")


def make_filter(owner: str = "zoë", **fields: Any) -> SavedFilter:
    fields = {"model_label": "musicdb.track", "name": "Favourites", "query": "liked__exact=1", **fields}
    return SavedFilter.objects.create(owner=User.objects.get(username=owner), **fields)


def bar(client: Client, model: Any = Track, **query: Any) -> Node | None:
    found = parse(client.get(page_of(model, **query))).all("section", class_="saved-filters")
    return found[0] if found else None


def names(client: Client, model: Any = Track, **query: Any) -> list[str]:
    section = bar(client, model, **query)
    return [item.text for item in section.all("li")] if section else []


def save(client: Client, **typed: Any) -> Any:
    typed = {"model_label": "musicdb.track", "query": "liked__exact=1", "name": "Favourites", **typed}
    return client.post(page_of(SavedFilter, "add"), typed)


def stored() -> list[tuple[Any, ...]]:
    return list(SavedFilter.objects.values_list("owner__username", "model_label", "name", "query", "is_shared"))


# --- Saving ------------------------------------------------------------------------------------------------------


def test_a_filter_is_saved_and_shown_above_the_list(zoe: Client) -> None:
    liked = TrackFactory(liked=True, genres=[GenreFactory(name="trip hop")])
    TrackFactory(liked=True)
    assert bar(zoe) is None
    query = {"liked__exact": "1", "genre": "trip-hop", "q": "Track", "o": "-5.2", "p": "1"}
    ((link, address),) = bar(zoe, **query).links  # type: ignore[union-attr]
    assert link == "Save this filter"
    form = parse(zoe.get(address))
    sorting = "sorted by score, descending, then title"
    assert f"The list as it is now: genre = trip-hop, liked = 1, search = Track, {sorting}." in form.text
    hidden = {field.attrs["name"]: field.attrs["value"] for field in form.all("input", type="hidden")}

    response = zoe.post(address, {**hidden, "name": "  Loved  trip hop "})

    normal = "genre=trip-hop&liked__exact=1&o=-5.2&q=Track"
    assert stored() == [("zoë", "musicdb.track", "Loved trip hop", normal, False)]
    assert response["Location"] == f"{page_of(Track)}?{normal}"
    assert messages_of(response) == [("success", "Saved the filter “Loved trip hop”. You find it above this list.")]
    saved = SavedFilter.objects.get()
    assert LogEntry.objects.get().object_id == str(saved.pk)

    opened = zoe.get(page_of(SavedFilter, "open", saved.pk), follow=True)
    assert listed(opened) == [liked]
    (link,) = (
        link for link in parse(opened).one("section", class_="saved-filters").all("a") if link.text == saved.name
    )
    assert link.attrs["aria-current"] == "true"
    assert "Save this filter" not in opened.text
    assert names(zoe, Album) == []


@pytest.mark.parametrize(
    ("model_label", "order", "description"),
    [
        ("musicdb.track", "5", "sorted by score"),
        ("musicdb.track", "-2.4", "sorted by title, descending, then album"),
        ("musicdb.track", "2.-99.", "sorted by title, then a column that no longer exists"),
        ("musicdb.track", "x", "sorted by a column that no longer exists"),
        ("nonesuch.list", "5", "sorted by a column that no longer exists"),
        ("clusters.run", "2", "sorted by finished at"),
    ],
)
def test_the_order_is_described_by_the_headings_of_the_columns(model_label: str, order: str, description: str) -> None:
    zoe = somebody("zoë", *EDITING, "change_track", "view_run")
    saved = make_filter(model_label=model_label, query=f"o={order}")
    (cell,) = parse(zoe.get(page_of(SavedFilter))).all("td", class_="field-open_link")
    assert cell.text == f"Open {description}"
    assert f"Open {description}" in parse(zoe.get(page_of(SavedFilter, "change", saved.pk))).text


def test_columns_are_numbered_as_django_does_in_a_list_without_actions() -> None:
    """Without a column of checkboxes, the first column is number 0."""
    zoe = somebody("zoë", *EDITING, "view_import")
    run_import([net_file(net_row(1))], ImportOptions(), None)
    saved = make_filter(model_label="musicdb.import", query="o=-1")
    assert "sorted by started at, descending" in parse(zoe.get(page_of(SavedFilter))).text
    page = zoe.get(page_of(SavedFilter, "open", saved.pk), follow=True)
    (column,) = parse(page).all("th", class_="descending")
    assert "column-started_at" in column.attrs["class"].split()


def test_an_unfiltered_list_cannot_be_saved(zoe: Client) -> None:
    make_filter()
    assert "Save this filter" not in bar(zoe).text  # type: ignore[union-attr]
    assert "Save this filter" not in bar(zoe, p="1", all="").text  # type: ignore[union-attr]
    response = save(zoe, name="All", query="p=2&all=")
    assert errors_of(response) == {"__all__": ["Filter, search or sort the list first."]}
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "query",
    [
        "nonesuch=1",
        "liked__nonesuch=1",
        "album__labels__name__startswith=x",
        "https://evil.example/?q=x",
        "//evil.example",
        "title=%00",
        "album__id__exact=x",
        "&".join(f"a{i}=1" for i in range(60)),
    ],
)
def test_a_filter_that_the_list_does_not_have_is_refused(zoe: Client, query: str) -> None:
    assert list(errors_of(save(zoe, query=query))) == ["__all__"]
    assert stored() == []


def test_a_key_out_of_range_causes_no_error(zoe: Client) -> None:
    """PostgreSQL finds no row. SQLite refuses the number."""
    save(zoe, query="album__id__in=" + "9" * 40)
    saved = make_filter(name="Other", query="album__id__in=" + "9" * 40)
    assert zoe.get(page_of(SavedFilter, "open", saved.pk))["Location"].startswith(page_of(Track))
    assert zoe.get(page_of(Track)).status_code == 200


@pytest.mark.parametrize("query", ["q=" + "x" * 2_000, "q=" + "é" * 700, "q=\0"])
def test_a_filter_that_is_too_long_or_contains_nul_is_refused(zoe: Client, query: str) -> None:
    assert save(zoe, query=query).status_code == 200
    assert stored() == []


@pytest.mark.parametrize("model_label", ["", "x", "musicdb.nonesuch", "musicdb.nothing", "a.b.c", "\0"])
def test_a_filter_of_an_unknown_list_is_refused(zoe: Client, model_label: str) -> None:
    assert save(zoe, model_label=model_label).status_code == 200
    assert stored() == []


def test_saving_needs_the_permission_to_view_the_list(zoe: Client) -> None:
    assert save(zoe, model_label="clusters.run", query="state=waiting").status_code == 403
    assert stored() == []


def test_a_name_is_unique_for_each_list_and_user(zoe: Client, abe: Client) -> None:
    save(zoe)
    again = {"name": ["You already have a filter with this name for this list."]}
    assert errors_of(save(zoe, query="q=x")) == again
    save(zoe, model_label="musicdb.album", query="q=x")
    save(abe)
    assert len(stored()) == 3
    other = make_filter(name="Other")
    assert errors_of(zoe.post(page_of(SavedFilter, "change", other.pk), {"name": "Favourites"})) == again
    assert errors_of(save(zoe, name=" ")) == {"name": ["This field is required."]}


def test_every_list_has_saved_filters(admin_client: Client) -> None:
    for model, query in ((Run, {"state": "waiting"}), (User, {"is_staff__exact": "1"}), (SavedFilter, {"q": "x"})):
        ((_, address),) = bar(admin_client, model, **query).links  # type: ignore[union-attr]
        hidden = {
            field.attrs["name"]: field.attrs["value"]
            for field in parse(admin_client.get(address)).all("input")
            if field.attrs.get("type") == "hidden"
        }
        admin_client.post(address, {**hidden, "name": "Mine"})
        assert names(admin_client, model) == ["Mine"]


def test_a_popup_list_shows_no_saved_filters(zoe: Client) -> None:
    make_filter()
    assert bar(zoe, _popup=1) is None


# --- Sharing -----------------------------------------------------------------------------------------------------


def test_own_filters_come_first_then_shared_ones_and_private_ones_are_hidden(zoe: Client, abe: Client) -> None:
    make_filter("zoë", name="Zoë's")
    make_filter("abe", name="Abe's, shared", is_shared=True)
    make_filter("abe", name="Abe's")
    assert names(zoe) == ["Zoë's", "Abe's, shared"]
    assert names(abe) == ["Abe's", "Abe's, shared"]
    assert 'title="Shared by abe"' in zoe.get(page_of(Track)).text
    hidden = SavedFilter.objects.get(name="Abe's")
    assert zoe.get(page_of(SavedFilter, "open", hidden.pk)).status_code == 404
    assert zoe.get(page_of(SavedFilter, "change", hidden.pk)).status_code == 302
    assert {saved.name for saved in listed(zoe.get(page_of(SavedFilter)))} == {"Zoë's", "Abe's, shared"}


def test_sharing_needs_a_permission_of_its_own(zoe: Client, abe: Client) -> None:
    address = page_of(SavedFilter, "add", model_label="musicdb.track", query="liked__exact=1")
    assert 'name="is_shared"' not in zoe.get(address).text
    save(zoe, is_shared="on")
    assert 'name="is_shared"' in abe.get(address).text
    save(abe, is_shared="on")
    assert [(owner, shared) for owner, *_, shared in stored()] == [("zoë", False), ("abe", True)]


def test_a_shared_filter_can_be_changed_by_its_owner_and_by_users_who_can_share(zoe: Client, abe: Client) -> None:
    of_zoe, of_abe = make_filter("zoë", is_shared=True), make_filter("abe", is_shared=True)
    refused = zoe.post(page_of(SavedFilter, "change", of_abe.pk), {"name": "Mine now"})
    assert refused.status_code == 403
    assert 'name="_save"' not in zoe.get(page_of(SavedFilter, "change", of_abe.pk)).text
    assert zoe.post(page_of(SavedFilter, "delete", of_abe.pk), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [of_abe.pk], "post": "yes"}
    assert zoe.post(page_of(SavedFilter), selected).status_code == 403

    # Renaming does not unshare a filter.
    zoe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Renamed"})
    abe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Renamed again", "is_shared": "on", "query": "q=x"})
    assert stored() == [
        ("abe", "musicdb.track", "Favourites", "liked__exact=1", True),
        ("zoë", "musicdb.track", "Renamed again", "liked__exact=1", True),
    ]
    abe.post(page_of(SavedFilter, "delete", of_zoe.pk), {"post": "yes"})
    zoe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Gone"})
    assert list(SavedFilter.objects.all()) == [of_abe]


def test_a_viewer_can_open_shared_filters_and_save_none(abe: Client) -> None:
    shared = make_filter("abe", is_shared=True)
    viewer = somebody("viewer", "view_track")
    assert bar(viewer, liked__exact="0").links == [("Favourites", page_of(SavedFilter, "open", shared.pk))]  # type: ignore[union-attr]
    opened = viewer.get(page_of(SavedFilter, "open", shared.pk))
    assert opened["Location"] == page_of(Track, liked__exact="1")
    assert save(viewer).status_code == 403
    assert len(stored()) == 1
    stranger = somebody("stranger", "view_album")
    assert stranger.get(page_of(SavedFilter, "open", shared.pk)).status_code == 403
    assert Client().get(page_of(SavedFilter, "open", shared.pk))["Location"].startswith("/admin/login/")


# --- Renaming and deleting ---------------------------------------------------------------------------------------


def test_own_filters_are_renamed_and_deleted(zoe: Client) -> None:
    saved, _ = make_filter(), make_filter(model_label="musicdb.album", name="Albums", query="q=x")
    (address,) = (address for text, address in bar(zoe).links if text == "Rename or delete")  # type: ignore[union-attr]
    page = zoe.get(address)
    assert listed(page) == [saved]
    assert "Add saved filter" not in page.text
    assert '<span class="query">liked = 1</span>' in page.text
    zoe.post(page_of(SavedFilter, "change", saved.pk), {"name": "Hearts"})
    assert names(zoe) == ["Hearts"]
    zoe.post(page_of(SavedFilter, "delete", saved.pk), {"post": "yes"})
    assert names(zoe) == []


# --- Filters that no longer work ---------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["mood=sad", "album__labels__country__exact=x", "liked__exact=perhaps&liked__in=x"])
def test_a_filter_that_no_longer_works_opens_the_list_with_a_warning(zoe: Client, query: str) -> None:
    TrackFactory()
    saved = make_filter(query=query)
    assert names(zoe) == ["Favourites"]
    response = zoe.get(page_of(SavedFilter, "open", saved.pk))
    assert response["Location"] == page_of(Track)
    expected = (
        "“Favourites” no longer works. This list does not have one of these filters. Filter the list again and save it "
        "under a new name."
    )
    assert messages_of(response) == [("warning", expected)]
    assert zoe.get(page_of(SavedFilter, "change", saved.pk)).status_code == 200
    assert zoe.get(page_of(SavedFilter)).status_code == 200


def test_a_filter_of_a_list_that_no_longer_exists_opens_the_saved_filters(zoe: Client) -> None:
    saved = make_filter(model_label="musicdb.mixtape")
    response = zoe.get(page_of(SavedFilter, "open", saved.pk))
    assert response["Location"] == page_of(SavedFilter)
    assert messages_of(response) == [("warning", "“Favourites” cannot be opened. This list does not exist.")]
    assert "musicdb.mixtape" in zoe.get(page_of(SavedFilter)).text


# --- Queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filters", [1, 3])
def test_opening_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, filters: int
) -> None:
    for number in range(filters):
        saved = make_filter("admin", name=f"Filter {number}")
        TrackFactory(liked=True)
    # Session, user, the saved filter; the list's filter and count, in a transaction of its own.
    with django_assert_num_queries(7):
        admin_client.get(page_of(SavedFilter, "open", saved.pk))
