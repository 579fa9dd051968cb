"""Views of lists that editors name: saved, opened, shared, renamed, removed, and no longer understood."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from clusters.models import Run
from musicdb.imports.parse import ImportOptions
from musicdb.imports.service import run_import
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


def saved(owner: str = "zoë", **fields: Any) -> SavedFilter:
    fields = {"listing": "musicdb.track", "name": "Favourites", "query": "liked__exact=1", **fields}
    return SavedFilter.objects.create(owner=User.objects.get(username=owner), **fields)


def bar(client: Client, model: Any = Track, **query: Any) -> Node | None:
    found = parse(client.get(page_of(model, **query))).all("section", class_="saved-views")
    return found[0] if found else None


def names(client: Client, model: Any = Track, **query: Any) -> list[str]:
    section = bar(client, model, **query)
    return [view.text for view in section.all("li")] if section else []


def save(client: Client, **typed: Any) -> Any:
    typed = {"listing": "musicdb.track", "query": "liked__exact=1", "name": "Favourites", **typed}
    return client.post(page_of(SavedFilter, "add"), typed)


def kept() -> list[tuple[Any, ...]]:
    return list(SavedFilter.objects.values_list("owner__username", "listing", "name", "query", "is_shared"))


# --- Saving ------------------------------------------------------------------------------------------------------


def test_a_filtered_list_is_saved_and_stands_above_it(zoe: Client) -> None:
    liked = TrackFactory(liked=True, genres=[GenreFactory(name="trip hop")])
    TrackFactory(liked=True)
    assert bar(zoe) is None
    query = {"liked__exact": "1", "genre": "trip-hop", "q": "Track", "o": "-5.2", "p": "1"}
    ((link, address),) = bar(zoe, **query).links  # type: ignore[union-attr]
    assert link == "Save this view"
    form = parse(zoe.get(address))
    sorting = "sorted by score, descending, then title"
    assert f"The list as it is now: genre = trip-hop, liked = 1, search = Track, {sorting}." in form.text
    hidden = {field.attrs["name"]: field.attrs["value"] for field in form.all("input", type="hidden")}

    response = zoe.post(address, {**hidden, "name": "  Loved  trip hop "})

    normal = "genre=trip-hop&liked__exact=1&o=-5.2&q=Track"
    assert kept() == [("zoë", "musicdb.track", "Loved trip hop", normal, False)]
    assert response["Location"] == f"{page_of(Track)}?{normal}"
    assert messages_of(response) == [("success", "Saved: “Loved trip hop” now stands above this list.")]
    view = SavedFilter.objects.get()
    assert LogEntry.objects.get().object_id == str(view.pk)

    opened = zoe.get(page_of(SavedFilter, "open", view.pk), follow=True)
    assert listed(opened) == [liked]
    (link,) = (link for link in parse(opened).one("section", class_="saved-views").all("a") if link.text == view.name)
    assert link.attrs["aria-current"] == "true"
    assert "Save this view" not in opened.text
    assert names(zoe, Album) == []


@pytest.mark.parametrize(
    ("listing", "order", "said"),
    [
        ("musicdb.track", "5", "sorted by score"),
        ("musicdb.track", "-2.4", "sorted by title, descending, then album"),
        ("musicdb.track", "2.-99.", "sorted by title, then what this list no longer knows"),
        ("musicdb.track", "x", "sorted by what this list no longer knows"),
        ("nonesuch.list", "5", "sorted by what this list no longer knows"),
        ("clusters.run", "2", "sorted by finished at"),
    ],
)
def test_what_a_view_is_sorted_by_is_called_by_its_column(listing: str, order: str, said: str) -> None:
    zoe = somebody("zoë", *EDITING, "change_track", "view_run")
    view = saved(listing=listing, query=f"o={order}")
    (cell,) = parse(zoe.get(page_of(SavedFilter))).all("td", class_="field-look")
    assert cell.text == f"Open {said}"
    assert f"Open {said}" in parse(zoe.get(page_of(SavedFilter, "change", view.pk))).text


def test_columns_count_from_one_less_where_nothing_can_be_selected() -> None:
    """So Django counts them: there is no column of boxes to tick."""
    zoe = somebody("zoë", *EDITING, "view_import")
    run_import([net_file(net_row(1))], ImportOptions(), None)
    view = saved(listing="musicdb.import", query="o=-1")
    assert "sorted by started at, descending" in parse(zoe.get(page_of(SavedFilter))).text
    page = zoe.get(page_of(SavedFilter, "open", view.pk), follow=True)
    (column,) = parse(page).all("th", class_="descending")
    assert "column-started_at" in column.attrs["class"].split()


def test_where_nothing_is_filtered_there_is_nothing_to_save(zoe: Client) -> None:
    saved()
    assert "Save this view" not in bar(zoe).text  # type: ignore[union-attr]
    assert "Save this view" not in bar(zoe, p="1", all="").text  # type: ignore[union-attr]
    response = save(zoe, name="All", query="p=2&all=")
    assert errors_of(response) == {"__all__": ["Filter, search or sort the list first."]}
    assert len(kept()) == 1


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
def test_only_what_the_list_knows_is_saved(zoe: Client, query: str) -> None:
    assert list(errors_of(save(zoe, query=query))) == ["__all__"]
    assert kept() == []


def test_a_key_that_no_row_can_have_breaks_nothing(zoe: Client) -> None:
    """PostgreSQL finds none; to SQLite it is no number."""
    save(zoe, query="album__id__in=" + "9" * 40)
    view = saved(name="Other", query="album__id__in=" + "9" * 40)
    assert zoe.get(page_of(SavedFilter, "open", view.pk))["Location"].startswith(page_of(Track))
    assert zoe.get(page_of(Track)).status_code == 200


@pytest.mark.parametrize("query", ["q=" + "x" * 2_000, "q=" + "é" * 700, "q=\0"])
def test_what_is_too_long_or_no_text_is_refused(zoe: Client, query: str) -> None:
    assert save(zoe, query=query).status_code == 200
    assert kept() == []


@pytest.mark.parametrize("listing", ["", "x", "musicdb.nonesuch", "musicdb.nothing", "a.b.c", "\0"])
def test_only_of_a_list_that_there_is(zoe: Client, listing: str) -> None:
    assert save(zoe, listing=listing).status_code == 200
    assert kept() == []


def test_only_of_a_list_that_one_may_see(zoe: Client) -> None:
    assert save(zoe, listing="clusters.run", query="state=waiting").status_code == 403
    assert kept() == []


def test_a_name_is_given_once_a_list_and_person(zoe: Client, abe: Client) -> None:
    save(zoe)
    again = {"name": ["There is a view of this list with this name already."]}
    assert errors_of(save(zoe, query="q=x")) == again
    save(zoe, listing="musicdb.album", query="q=x")
    save(abe)
    assert len(kept()) == 3
    other = saved(name="Other")
    assert errors_of(zoe.post(page_of(SavedFilter, "change", other.pk), {"name": "Favourites"})) == again
    assert errors_of(save(zoe, name=" ")) == {"name": ["This field is required."]}


def test_any_list_has_its_views(admin_client: Client) -> None:
    for model, query in ((Run, {"state": "waiting"}), (User, {"is_staff__exact": "1"}), (SavedFilter, {"q": "x"})):
        ((_, address),) = bar(admin_client, model, **query).links  # type: ignore[union-attr]
        hidden = {
            field.attrs["name"]: field.attrs["value"]
            for field in parse(admin_client.get(address)).all("input")
            if field.attrs.get("type") == "hidden"
        }
        admin_client.post(address, {**hidden, "name": "Mine"})
        assert names(admin_client, model) == ["Mine"]


def test_a_list_that_pops_up_to_choose_from_has_none(zoe: Client) -> None:
    saved()
    assert bar(zoe, _popup=1) is None


# --- Sharing -----------------------------------------------------------------------------------------------------


def test_mine_come_first_then_what_is_shared_and_what_is_not_is_nobodys_business(zoe: Client, abe: Client) -> None:
    saved("zoë", name="Zoë's")
    saved("abe", name="Abe's, shared", is_shared=True)
    saved("abe", name="Abe's")
    assert names(zoe) == ["Zoë's", "Abe's, shared"]
    assert names(abe) == ["Abe's", "Abe's, shared"]
    assert 'title="Shared by abe"' in zoe.get(page_of(Track)).text
    hidden = SavedFilter.objects.get(name="Abe's")
    assert zoe.get(page_of(SavedFilter, "open", hidden.pk)).status_code == 404
    assert zoe.get(page_of(SavedFilter, "change", hidden.pk)).status_code == 302
    assert {view.name for view in listed(zoe.get(page_of(SavedFilter)))} == {"Zoë's", "Abe's, shared"}


def test_sharing_needs_its_own_permission(zoe: Client, abe: Client) -> None:
    address = page_of(SavedFilter, "add", listing="musicdb.track", query="liked__exact=1")
    assert 'name="is_shared"' not in zoe.get(address).text
    save(zoe, is_shared="on")
    assert 'name="is_shared"' in abe.get(address).text
    save(abe, is_shared="on")
    assert [(owner, shared) for owner, *_, shared in kept()] == [("zoë", False), ("abe", True)]


def test_a_shared_view_is_changed_by_its_owner_and_by_those_who_may_share(zoe: Client, abe: Client) -> None:
    of_zoe, of_abe = saved("zoë", is_shared=True), saved("abe", is_shared=True)
    refused = zoe.post(page_of(SavedFilter, "change", of_abe.pk), {"name": "Mine now"})
    assert refused.status_code == 403
    assert 'name="_save"' not in zoe.get(page_of(SavedFilter, "change", of_abe.pk)).text
    assert zoe.post(page_of(SavedFilter, "delete", of_abe.pk), {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [of_abe.pk], "post": "yes"}
    assert zoe.post(page_of(SavedFilter), selected).status_code == 403

    # Renaming leaves shared what somebody else has shared.
    zoe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Renamed"})
    abe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Renamed again", "is_shared": "on", "query": "q=x"})
    assert kept() == [
        ("abe", "musicdb.track", "Favourites", "liked__exact=1", True),
        ("zoë", "musicdb.track", "Renamed again", "liked__exact=1", True),
    ]
    abe.post(page_of(SavedFilter, "delete", of_zoe.pk), {"post": "yes"})
    zoe.post(page_of(SavedFilter, "change", of_zoe.pk), {"name": "Gone"})
    assert list(SavedFilter.objects.all()) == [of_abe]


def test_who_may_only_look_uses_what_is_shared_and_saves_nothing(abe: Client) -> None:
    shared = saved("abe", is_shared=True)
    viewer = somebody("viewer", "view_track")
    assert bar(viewer, liked__exact="0").links == [("Favourites", page_of(SavedFilter, "open", shared.pk))]  # type: ignore[union-attr]
    opened = viewer.get(page_of(SavedFilter, "open", shared.pk))
    assert opened["Location"] == page_of(Track, liked__exact="1")
    assert save(viewer).status_code == 403
    assert len(kept()) == 1
    stranger = somebody("stranger", "view_album")
    assert stranger.get(page_of(SavedFilter, "open", shared.pk)).status_code == 403
    assert Client().get(page_of(SavedFilter, "open", shared.pk))["Location"].startswith("/admin/login/")


# --- Renaming and removing ---------------------------------------------------------------------------------------


def test_ones_views_are_renamed_and_removed_from_the_list_of_them(zoe: Client) -> None:
    view, _ = saved(), saved(listing="musicdb.album", name="Albums", query="q=x")
    (address,) = (address for text, address in bar(zoe).links if text == "Rename or remove views")  # type: ignore[union-attr]
    page = zoe.get(address)
    assert listed(page) == [view]
    assert "Add saved view" not in page.text
    assert '<span class="query">liked = 1</span>' in page.text
    zoe.post(page_of(SavedFilter, "change", view.pk), {"name": "Hearts"})
    assert names(zoe) == ["Hearts"]
    zoe.post(page_of(SavedFilter, "delete", view.pk), {"post": "yes"})
    assert names(zoe) == []


# --- No longer understood ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["mood=sad", "album__labels__country__exact=x", "liked__exact=perhaps&liked__in=x"])
def test_a_view_that_is_no_longer_understood_says_so_and_breaks_nothing(zoe: Client, query: str) -> None:
    TrackFactory()
    view = saved(query=query)
    assert names(zoe) == ["Favourites"]
    response = zoe.get(page_of(SavedFilter, "open", view.pk))
    assert response["Location"] == page_of(Track)
    expected = "“Favourites” asks for what this list no longer knows. Filter it anew, and save that instead."
    assert messages_of(response) == [("warning", expected)]
    assert zoe.get(page_of(SavedFilter, "change", view.pk)).status_code == 200
    assert zoe.get(page_of(SavedFilter)).status_code == 200


def test_a_view_of_a_list_that_is_no_more(zoe: Client) -> None:
    view = saved(listing="musicdb.mixtape")
    response = zoe.get(page_of(SavedFilter, "open", view.pk))
    assert response["Location"] == page_of(SavedFilter)
    assert messages_of(response) == [("warning", "“Favourites”: There is no such list.")]
    assert "musicdb.mixtape" in zoe.get(page_of(SavedFilter)).text


# --- Queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("views", [1, 3])
def test_opening_asks_as_much_whatever_there_is(
    admin_client: Client, django_assert_num_queries: Any, views: int
) -> None:
    for number in range(views):
        view = saved("admin", name=f"View {number}")
        TrackFactory(liked=True)
    # Session, user, the view; the list's filter and count, in a transaction of its own.
    with django_assert_num_queries(7):
        admin_client.get(page_of(SavedFilter, "open", view.pk))
