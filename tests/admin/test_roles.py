"""Each role at each endpoint of the admin: allowed roles get through, and all others change nothing."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from clusters.models import Cluster, Collection, ExcludedTrack, Membership, Run
from musicdb.models import Album, Artist, Genre, Import, Label, Playlist, Track
from tests.admin.access_matrix import endpoints
from tests.admin.access_scenario import CATALOGUE, ROLES, Endpoint, Scenario
from tests.admin.helpers import alias_rows, page_of
from tests.db.roles import migrate, migrate_back, steps
from tests.factories import GenreFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

# --- The groups --------------------------------------------------------------------------------------------------

ALL = ("add", "change", "delete", "view")
EDITOR_PERMISSIONS = {
    *(
        f"{action}_{model}"
        for action in ALL
        for model in (
            *("genre", "artist", "label", "album", "track", "trackartist", "albumlabel", "albumartist"),
            *("genrealias", "artistalias", "labelalias", "savedfilter"),
            *("playlist", "playlistentry", "playlistalias"),
            *("albumalias", "trackalias"),
        )
    ),
    *("add_import", "change_import", "view_import"),
    *(
        f"view_{model}"
        for model in (
            "run",
            "cluster",
            "membership",
            "excludedtrack",
            "collection",
            "sitesettings",
            "groupedchange",
        )
    ),
}
CURATOR_PERMISSIONS = {
    *EDITOR_PERMISSIONS,
    *("merge_genre", "merge_artist", "merge_label", "merge_playlist", "merge_album", "merge_track"),
    "share_savedfilter",
    "change_sitesettings",
    *("add_run", "change_run", "delete_run", "change_cluster", "add_collection", "change_collection"),
}


def granted(role: str) -> set[str]:
    return set(Permission.objects.filter(group__name=role).values_list("codename", flat=True))


@pytest.fixture
def _groups() -> None:
    # An earlier test that empties the database has deleted the groups.
    migrate()


@pytest.mark.usefixtures("_groups")
class TestGroups:
    def test_they_have_their_permissions(self) -> None:
        assert granted("editor") == EDITOR_PERMISSIONS
        assert granted("curator") == CURATOR_PERMISSIONS

    def test_they_are_created_before_the_permissions_exist(self) -> None:
        """On a new database, Django creates the permissions only after the last migration."""
        Group.objects.all().delete()
        Permission.objects.all().delete()
        migrate()
        assert granted("editor") == EDITOR_PERMISSIONS
        assert granted("curator") == CURATOR_PERMISSIONS

    def test_they_are_created_once(self) -> None:
        migrate()
        assert sorted(Group.objects.values_list("name", flat=True)) == ["curator", "editor"]

    def test_a_migration_keeps_added_permissions_and_restores_no_deleted_group(self) -> None:
        editors = Group.objects.get(name="editor")
        editors.permissions.add(Permission.objects.get(codename="view_user"))
        Group.objects.filter(name="curator").delete()
        for step in list(steps())[1:]:
            step.code(apps, SimpleNamespace(connection=connection))
        assert granted("editor") == {*EDITOR_PERMISSIONS, "view_user"}
        assert not Group.objects.filter(name="curator").exists()

    def test_reversing_the_migrations_deletes_unused_groups(self) -> None:
        Group.objects.get(name="editor").user_set.add(User.objects.create_user("zoë"))
        migrate_back()
        assert list(Group.objects.values_list("name", flat=True)) == ["editor"]
        assert granted("editor") == set()
        migrate()
        assert granted("editor") == EDITOR_PERMISSIONS
        assert granted("curator") == CURATOR_PERMISSIONS


# --- The endpoints -----------------------------------------------------------------------------------------------


def client_of(role: str) -> Client:
    client = Client()
    if role == "nobody":
        return client
    user = User.objects.create_user("somebody", is_staff=True, is_superuser=role == "superuser")
    if role == "viewer":
        can_view = Permission.objects.filter(
            codename__startswith="view_", content_type__app_label__in=["musicdb", "clusters"]
        ).exclude(codename="view_savedfilter")
        user.user_permissions.set(can_view)
    elif role in ("editor", "curator"):
        user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    return client


def everything() -> dict[str, list[Any]]:
    """Return every row, except for sessions."""
    models = [
        *apps.get_app_config("musicdb").get_models(include_auto_created=True),
        *apps.get_app_config("clusters").get_models(include_auto_created=True),
        *(User, Group, Group.permissions.through, LogEntry),
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def outcome(endpoint: Endpoint, client: Client, scenario: Scenario, before: dict[str, list[Any]]) -> str:
    """Call the endpoint, roll back what it wrote, and say what happened."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            response = endpoint.call(client, scenario)
            if response.streaming:
                # Nothing else closes its file.
                response.getvalue()
        # To read every row takes longer than most requests.
        is_read_only = all(sql.startswith(("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")) for sql in statements)
        changed = not is_read_only and everything() != before
        transaction.set_rollback(True)
    refused = response.status_code in ((403, 404) if endpoint.is_hidden else (403,)) or (
        response.status_code == 302 and response["Location"].startswith(reverse("admin:login"))
    )
    assert refused or response.status_code in (200, 302), response.status_code
    return describe(not refused, changed)


def describe(is_allowed: bool, changes: bool) -> str:
    return f"{'allowed' if is_allowed else 'refused'}, {'something' if changes else 'nothing'} changed"


# A viewer may only read, and a superuser do everything: what can go wrong is between them, first of all for a curator.
_SLOW = ("viewer", "editor", "superuser")


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", [pytest.param(one, marks=[pytest.mark.slow] * (one in _SLOW)) for one in ROLES])
def test_every_endpoint(role: str) -> None:
    client = client_of(role)
    scenario = Scenario(owner=User.objects.filter(username="somebody").first())
    found, before = endpoints(), everything()
    outcomes = {name: outcome(endpoint, client, scenario, before) for name, endpoint in found.items()}
    assert outcomes == {
        name: describe(True, endpoint.changes) if role in endpoint.allowed else describe(False, False)
        for name, endpoint in found.items()
    }


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize(("role", "is_set"), [("editor", False), ("curator", True)])
def test_only_a_curator_can_require_a_review_of_runs(role: str, is_set: bool) -> None:
    """The option is on the page of a genre, which both can change."""
    genre, client = GenreFactory(), client_of(role)
    inline = {"collection-TOTAL_FORMS": 1, "collection-INITIAL_FORMS": 0, "collection-0-requires_review": "on"}
    data = {"name": "Renamed", **inline, "collection-0-genre": genre.pk, **alias_rows()}
    assert client.post(page_of(Genre, "change", genre.pk), data).status_code == 302
    assert Genre.objects.get().name == "Renamed"
    assert Collection.objects.filter(requires_review=True).exists() is is_set


# --- Offered actions ---------------------------------------------------------------------------------------------

VISIBILITY = {"show", "hide", "leave_to_rule"}
OFFERED_ACTIONS: dict[str, dict[Any, set[str]]] = {
    "viewer": {
        **{model: {"export_admin_action"} for model in CATALOGUE},
        Run: {"compare_selected"},
        **{model: set() for model in (Import, Cluster, Membership, ExcludedTrack)},
    },
}
OFFERED_ACTIONS["editor"] = OFFERED_ACTIONS["viewer"] | {
    model: {
        *{Genre: set(), Track: {"like", "unlike", "make_playlist"}, Album: set(), Playlist: set()}.get(
            model, VISIBILITY
        ),
        *(["bulk_edit_selected"] if model is not Genre else []),
        "delete_selected",
        "export_admin_action",
        "find_replace_selected",
    }
    for model in CATALOGUE
}
OFFERED_ACTIONS["curator"] = OFFERED_ACTIONS["editor"] | {
    Genre: {*OFFERED_ACTIONS["editor"][Genre], "merge_selected", "recluster_selected", "preview_selected"},
    **{
        model: {*OFFERED_ACTIONS["editor"][model], "merge_selected", "recluster_selected", "preview_selected"}
        for model in (Artist, Label, Playlist)
    },
    **{model: {*OFFERED_ACTIONS["editor"][model], "merge_selected"} for model in (Album, Track)},
    Collection: {"recluster_selected", "preview_selected"},
    Run: {"compare_selected", "publish_selected", "unpublish_selected", "delete_selected"},
}
OFFERED_ACTIONS["superuser"] = OFFERED_ACTIONS["curator"]


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", OFFERED_ACTIONS)
def test_each_list_offers_the_actions_of_the_role(role: str) -> None:
    Scenario()
    client = client_of(role)
    for model, expected in OFFERED_ACTIONS[role].items():
        form = client.get(page_of(model)).context["action_form"]
        offered = {name for name, _ in form.fields["action"].choices if name} if form else set()
        assert offered == expected, model


@pytest.mark.usefixtures("_groups")
def test_a_viewer_sees_everything_and_no_button() -> None:
    scenario, client = Scenario(), client_of("viewer")
    addresses = [reverse("admin:index"), reverse("admin:data_quality"), reverse("admin:duplicate_tracks")]
    for model, thing in scenario.one_of.items():
        addresses += [page_of(model), page_of(model, "change", thing.pk)]
    addresses += [page_of(Track, "change", scenario.tracks[0].pk), page_of(Album, "change", scenario.album.pk)]
    addresses.append(page_of(Run, "compare", scenario.run.pk))
    for address in addresses:
        page = parse(client.get(address)).one("div", id="content")
        links = {text for text, _ in page.links} - {"Deleted", "Changes of many rows"}  # Lists.
        assert not {link for link in links if link.startswith(("Add", "Delete", "Change", "Import tracks"))}, address
        assert "Possible duplicates" not in links
        sent_by = {form.attrs.get("method", "get") for form in page.all("form") if form.all("button")}
        buttons = {button.text for button in page.all("button")} - {"Go", "Compare", "Filter"}
        assert buttons == set(), (address, sent_by)
        values = {field.attrs.get("value") for field in page.all("input", type="submit")} - {"Search"}
        assert values == set(), address
        typed = {field.attrs.get("type", "text") for field in page.all("input")} - {"hidden", "submit", "checkbox"}
        names = {field.attrs.get("name") for field in page.all("input") if field.attrs.get("type") in typed}
        names -= {"q", "genre", "artist", "in", "like"}
        assert names == set(), address


# --- Without a role ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("superusers", "words"),
    [
        ([], "Ask the person who runs this site to give you one."),
        (["zoë"], "Ask zoë to make you an editor or a curator."),
        (["zoë", "abe", "kim"], "Ask zoë, abe or kim to make you an editor or a curator."),
    ],
)
def test_a_user_without_a_role_sees_whom_to_ask(superusers: list[str], words: str) -> None:
    for name in superusers:
        User.objects.create_superuser(name)
    User.objects.create_superuser("long gone", is_active=False)
    text = parse(client_of("no role").get(reverse("admin:index"))).one("p", class_="no-role").text
    assert text == f"Your account has no role yet, so you cannot view or change anything here. {words}"


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", ["viewer", "editor", "curator", "superuser"])
def test_a_user_with_a_role_does_not(role: str) -> None:
    assert 'class="no-role"' not in client_of(role).get(reverse("admin:index")).text
