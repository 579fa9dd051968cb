"""Role by role, door by door: who may come in does, and who may not changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from clusters.models import Cluster, GenreClustering, LeftOut, Membership, Run
from musicdb.imports.parsing import Options
from musicdb.imports.service import carry_out
from musicdb.models import Album, Artist, Genre, Import, Label, SavedFilter, Track
from tests.admin.helpers import album_data, alias_rows, artist_rows, page_of, rows, track_data
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, stored_run
from tests.imports.files import sample
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

CATALOGUE = [Genre, Artist, Label, Album, Track]
MERGEABLE = [Genre, Artist, Label]
RECORDS = [Import, Run, Cluster, Membership, LeftOut]
ROLES = ["nobody", "no role", "viewer", "editor", "curator", "superuser"]
SUPERUSER = set(ROLES[5:])
CURATORS = set(ROLES[4:])
EDITORS = set(ROLES[3:])
VIEWERS = set(ROLES[2:])
STAFF = set(ROLES[1:])

# --- The groups --------------------------------------------------------------------------------------------------

ALL = ("add", "change", "delete", "view")
EDITORS_MAY = {
    *(
        f"{action}_{model}"
        for action in ALL
        for model in (
            *("genre", "artist", "label", "album", "track", "trackartist", "albumlabel"),
            *("genrealias", "artistalias", "labelalias", "savedfilter"),
        )
    ),
    *("add_import", "change_import", "view_import"),
    *(f"view_{model}" for model in ("run", "cluster", "membership", "leftout", "genreclustering")),
}
CURATORS_MAY = {
    *EDITORS_MAY,
    *("merge_genre", "merge_artist", "merge_label", "share_savedfilter"),
    *("add_run", "change_run", "delete_run", "change_cluster", "add_genreclustering", "change_genreclustering"),
}


def steps() -> Iterator[Any]:
    """What grants the roles, as the migrations do it."""
    for name in (
        "musicdb.migrations.0006_roles",
        "clusters.migrations.0005_roles",
        "musicdb.migrations.0007_saved_filters",
    ):
        yield import_module(name).Migration.operations[-1]


def migrate() -> None:
    for step in steps():
        step.code(apps, SimpleNamespace(connection=connection))


def migrate_back() -> None:
    for step in reversed(list(steps())):
        step.reverse_code(apps, SimpleNamespace(connection=connection))


def granted(role: str) -> set[str]:
    return set(Permission.objects.filter(group__name=role).values_list("codename", flat=True))


@pytest.fixture
def _groups() -> None:
    # A test that empties the database, before this one, has emptied them too.
    migrate()


@pytest.mark.usefixtures("_groups")
class TestGroups:
    def test_have_their_permissions(self) -> None:
        assert granted("editor") == EDITORS_MAY
        assert granted("curator") == CURATORS_MAY

    def test_are_made_where_there_is_no_permission_yet(self) -> None:
        """As on a new database, where permissions are made when all is migrated."""
        Group.objects.all().delete()
        Permission.objects.all().delete()
        migrate()
        assert granted("editor") == EDITORS_MAY
        assert granted("curator") == CURATORS_MAY

    def test_are_made_once(self) -> None:
        migrate()
        assert sorted(Group.objects.values_list("name", flat=True)) == ["curator", "editor"]

    def test_what_an_administrator_added_stays_and_who_was_dismissed_stays_away(self) -> None:
        editors = Group.objects.get(name="editor")
        editors.permissions.add(Permission.objects.get(codename="view_user"))
        Group.objects.filter(name="curator").delete()
        for step in list(steps())[1:]:
            step.code(apps, SimpleNamespace(connection=connection))
        assert granted("editor") == {*EDITORS_MAY, "view_user"}
        assert not Group.objects.filter(name="curator").exists()

    def test_go_with_the_migrations_unless_somebody_uses_them(self) -> None:
        Group.objects.get(name="editor").user_set.add(User.objects.create_user("zoë"))
        migrate_back()
        assert list(Group.objects.values_list("name", flat=True)) == ["editor"]
        assert granted("editor") == set()
        migrate()
        assert granted("editor") == EDITORS_MAY
        assert granted("curator") == CURATORS_MAY


# --- The doors ---------------------------------------------------------------------------------------------------


class World:
    """A library with something of everything."""

    def __init__(self) -> None:
        admin = User.objects.create_user("importer")
        carry_out([sample("kaggle.csv")], Options(), admin)
        self.record = Import.objects.get()
        self.genre = GenreFactory(name="korean pop")
        self.album = AlbumFactory(labels=[LabelFactory()])
        self.tracks = [
            TrackFactory(genres=[self.genre], artists=[ArtistFactory()], album=self.album, score=1) for _ in range(12)
        ]
        self.old = stored_run(self.genre, {1: self.tracks[:6], 2: self.tracks[6:]})
        self.run = stored_run(self.genre, {1: self.tracks[:5], 2: self.tracks[5:]}, is_published=True)
        self.cluster = self.run.clusters.get(number=1)
        self.left_out = LeftOut.objects.create(run=self.run, track=self.tracks[0], reason="no tempo")
        # Two of each that nothing uses: to merge, or to delete.
        self.spare = {
            Genre: [GenreFactory(), GenreFactory()],
            Artist: [ArtistFactory(is_public=False), ArtistFactory(is_public=True)],
            Label: [LabelFactory(is_public=False), LabelFactory(is_public=True)],
            Album: [AlbumFactory(), AlbumFactory()],
            Track: [TrackFactory(liked=False), TrackFactory(liked=True)],
        }
        self.one_of = {
            **{model: spares[0] for model, spares in self.spare.items()},
            Import: self.record,
            Run: self.run,
            Cluster: self.cluster,
            Membership: self.cluster.memberships.first(),
            LeftOut: self.left_out,
        }


@dataclass(frozen=True)
class Door:
    """``may``: the roles that come in. ``changes``: whether that changes anything."""

    may: set[str]
    knock: Callable[[Client, World], Any]
    changes: bool = False


def get(view: str, model: Any, client: Client, world: World) -> Any:
    needs_one = view in ("change", "history", "delete", "compare")
    return client.get(page_of(model, view, *([world.one_of[model].pk] if needs_one else [])))


def post(view: str, model: Any, data: Callable[[World], dict[str, Any]], client: Client, world: World) -> Any:
    needs_one = view in ("change", "delete", "publish", "unpublish", "undo")
    return client.post(page_of(model, view, *([world.one_of[model].pk] if needs_one else [])), data(world))


def action(name: str, model: Any, client: Client, world: World, **more: Any) -> Any:
    things = (
        {Run: [world.old, world.run], Genre: [world.genre]}.get(model)
        or world.spare.get(model)
        or [world.one_of[model]]
    )
    if name in ("delete_selected", "merge_selected") and model in world.spare:
        things = world.spare[model]
    if name in ("publish_selected", "delete_selected") and model is Run:
        things = [world.old]
    return client.post(page_of(model), {"action": name, "_selected_action": [thing.pk for thing in things], **more})


FORMS: dict[Any, Callable[[], dict[str, Any]]] = {
    Genre: lambda: {"name": "new", "clustering-TOTAL_FORMS": 0, "clustering-INITIAL_FORMS": 0, **alias_rows()},
    Artist: lambda: {"name": "new", **alias_rows()},
    Label: lambda: {"name": "new", **alias_rows()},
    Album: lambda: album_data(title="new", **rows("album_labels", "label")),
    Track: lambda: track_data(title="new", **artist_rows()),
}
BULK: dict[Any, dict[str, Any]] = {Artist: {"is_public": "yes"}, Label: {"is_public": "yes"}, Track: {"score": "9"}}


def doors() -> dict[str, Door]:
    found: dict[str, Door] = {
        "index": Door(STAFF, lambda client, world: client.get(reverse("admin:index"))),
        "housekeeping": Door(STAFF, lambda client, world: client.get(reverse("admin:housekeeping"))),
        "duplicates": Door(VIEWERS, lambda client, world: client.get(reverse("admin:likely_duplicates"))),
    }
    for model in [*CATALOGUE, *RECORDS]:
        name = model._meta.model_name
        found[f"{name}: list"] = Door(VIEWERS, partial(get, "changelist", model))
        found[f"{name}: page"] = Door(VIEWERS, partial(get, "change", model))
        found[f"{name}: history"] = Door(VIEWERS, partial(get, "history", model))
    for model in CATALOGUE:
        name = model._meta.model_name
        form = lambda world, model=model: FORMS[model]()  # noqa: E731
        found[f"{name}: add page"] = Door(EDITORS, partial(get, "add", model))
        found[f"{name}: add"] = Door(EDITORS, partial(post, "add", model, form), changes=True)
        found[f"{name}: change"] = Door(EDITORS, partial(post, "change", model, form), changes=True)
        found[f"{name}: delete page"] = Door(EDITORS, partial(get, "delete", model))
        found[f"{name}: delete"] = Door(
            EDITORS, partial(post, "delete", model, lambda w: {"post": "yes"}), changes=True
        )
        delete = partial(action, "delete_selected", model, post="yes")
        found[f"{name}: delete_selected"] = Door(EDITORS, delete, changes=True)
        found[f"{name}: export page"] = Door(VIEWERS, partial(get, "export", model))
        export = lambda world: {"format": "0"}  # noqa: E731
        found[f"{name}: export"] = Door(VIEWERS, partial(post, "export", model, export))
        found[f"{name}: export_admin_action"] = Door(VIEWERS, partial(action, "export_admin_action", model))
        if model is not Genre:
            edit = partial(action, "bulk_edit_selected", model)
            found[f"{name}: bulk_edit_selected"] = Door(EDITORS, edit)
        if model in BULK:
            applied = partial(edit, apply="1", selected=2, **BULK[model])
            found[f"{name}: bulk edit"] = Door(EDITORS, applied, changes=True)
    for model in MERGEABLE:
        name = model._meta.model_name
        page = lambda world, model=model: page_of(model, "merge", id=[thing.pk for thing in world.spare[model]])  # noqa: E731
        found[f"{name}: likely the same"] = Door(CURATORS, partial(get, "likely", model))
        found[f"{name}: merge_selected"] = Door(CURATORS, partial(action, "merge_selected", model))
        found[f"{name}: merge page"] = Door(CURATORS, lambda client, world, page=page: client.get(page(world)))
        found[f"{name}: merge"] = Door(
            CURATORS,
            lambda client, world, page=page, model=model: client.post(
                page(world), {"survivor": world.spare[model][0].pk}
            ),
            changes=True,
        )
    for model in (Artist, Label):
        for name in ("make_public", "make_not_public"):
            flag = partial(action, name, model)
            found[f"{model._meta.model_name}: {name}"] = Door(EDITORS, flag, changes=True)
    for name in ("like", "unlike"):
        found[f"track: {name}"] = Door(EDITORS, partial(action, name, Track), changes=True)
    found["track: edit in the list"] = Door(EDITORS, edit_tracks, changes=True)
    return found | import_doors() | run_doors() | users_doors()


def edit_tracks(client: Client, world: World) -> Any:
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": world.tracks[0].pk, "form-0-score": 5}
    return client.post(page_of(Track), {**data, "initial-form-0-score": 1, "_save": "Save"})


def import_doors() -> dict[str, Door]:
    def upload(client: Client, world: World) -> Any:
        file = sample("exportify_net.csv")
        return client.post(page_of(Import, "add"), {"file": SimpleUploadedFile(file.name, file.data)})

    def confirm(client: Client, world: World) -> Any:
        looked = upload(client, world)
        sent: dict[str, Any] = {"token": "x"}
        if looked.status_code == 200:
            form = looked.context["form"]
            sent = {name: form[name].value() for name in form.fields if form[name].value()}
        return client.post(page_of(Import, "confirm"), {**sent, "confirm": "1"})

    nothing: Callable[[World], dict[str, Any]] = lambda world: {}  # noqa: E731
    return {
        "import: upload page": Door(EDITORS, partial(get, "add", Import)),
        "import: upload": Door(EDITORS, upload),
        "import: confirm": Door(EDITORS, confirm, changes=True),
        "import: undo": Door(EDITORS, partial(post, "undo", Import, nothing), changes=True),
        "import: change": Door(set(), partial(post, "change", Import, nothing)),
        "import: delete": Door(set(), partial(post, "delete", Import, lambda world: {"post": "yes"})),
    }


def run_doors() -> dict[str, Door]:
    def name_in_list(client: Client, world: World) -> Any:
        data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": world.cluster.pk, "form-0-name": "Dawn"}
        return client.post(page_of(Cluster), {**data, "_save": "Save"})

    def publish(client: Client, world: World) -> Any:
        return client.post(page_of(Run, "publish", world.old.pk))

    def delete(client: Client, world: World) -> Any:
        return client.post(page_of(Run, "delete", world.old.pk), {"post": "yes"})

    nothing: Callable[[World], dict[str, Any]] = lambda world: {}  # noqa: E731
    name = lambda world: {"name": "Dawn"}  # noqa: E731
    return {
        "genre: recluster_selected": Door(CURATORS, partial(action, "recluster_selected", Genre), changes=True),
        "run: compare": Door(VIEWERS, partial(get, "compare", Run)),
        "run: compare_selected": Door(VIEWERS, partial(action, "compare_selected", Run)),
        "run: publish": Door(CURATORS, publish, changes=True),
        "run: unpublish": Door(CURATORS, partial(post, "unpublish", Run, nothing), changes=True),
        "run: publish_selected": Door(CURATORS, partial(action, "publish_selected", Run), changes=True),
        "run: unpublish_selected": Door(CURATORS, partial(action, "unpublish_selected", Run), changes=True),
        "run: delete": Door(CURATORS, delete, changes=True),
        "run: delete_selected": Door(CURATORS, partial(action, "delete_selected", Run, post="yes"), changes=True),
        "run: add": Door(set(), partial(get, "add", Run)),
        "run: change": Door(set(), partial(post, "change", Run, nothing)),
        "cluster: name": Door(CURATORS, partial(post, "change", Cluster, name), changes=True),
        "cluster: name in the list": Door(CURATORS, name_in_list, changes=True),
        "cluster: delete": Door(set(), partial(post, "delete", Cluster, lambda world: {"post": "yes"})),
        "membership: change": Door(set(), partial(post, "change", Membership, nothing)),
        "leftout: change": Door(set(), partial(post, "change", LeftOut, nothing)),
    }


def users_doors() -> dict[str, Door]:
    """Nobody but the superuser gives roles."""

    def promote(client: Client, world: World) -> Any:
        return client.post(page_of(Group, "change", Group.objects.get(name="editor").pk), {"name": "editor"})

    return {
        "users": Door(SUPERUSER, lambda client, world: client.get(page_of(User))),
        "groups": Door(SUPERUSER, lambda client, world: client.get(page_of(Group))),
        "group: change": Door(SUPERUSER, promote, changes=True),
        "views: save": Door(
            EDITORS,
            lambda client, world: client.post(
                page_of(SavedFilter, "add"), {"listing": "musicdb.track", "query": "q=x", "name": "X"}
            ),
            changes=True,
        ),
    }


def client_of(role: str) -> Client:
    client = Client()
    if role == "nobody":
        return client
    user = User.objects.create_user("somebody", is_staff=True, is_superuser=role == "superuser")
    if role == "viewer":
        may_view = Permission.objects.filter(
            codename__startswith="view_", content_type__app_label__in=["musicdb", "clusters"]
        ).exclude(codename="view_savedfilter")
        user.user_permissions.set(may_view)
    elif role in ("editor", "curator"):
        user.groups.set(Group.objects.filter(name=role))
    client.force_login(user)
    return client


def everything() -> dict[str, list[Any]]:
    """Every row there is, but for sessions."""
    models = [
        *apps.get_app_config("musicdb").get_models(include_auto_created=True),
        *apps.get_app_config("clusters").get_models(include_auto_created=True),
        *(User, Group, Group.permissions.through, LogEntry),
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def outcome(door: Door, client: Client, world: World, before: dict[str, list[Any]]) -> str:
    with transaction.atomic():
        response = door.knock(client, world)
        changed = everything() != before
        transaction.set_rollback(True)
    refused = response.status_code == 403 or (
        response.status_code == 302 and response["Location"].startswith(reverse("admin:login"))
    )
    assert refused or response.status_code in (200, 302), response.status_code
    return f"{'refused' if refused else 'let in'}, {'something' if changed else 'nothing'} changed"


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", ROLES)
def test_every_door(role: str) -> None:
    world, client = World(), client_of(role)
    found, before = doors(), everything()
    outcomes = {name: outcome(door, client, world, before) for name, door in found.items()}
    let_in = {name: f"let in, {'something' if door.changes else 'nothing'} changed" for name, door in found.items()}
    assert outcomes == {
        name: let_in[name] if role in door.may else "refused, nothing changed" for name, door in found.items()
    }


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize(("role", "waits"), [("editor", False), ("curator", True)])
def test_whether_runs_wait_for_review_is_a_curators_to_say(role: str, waits: bool) -> None:
    """On the genre's page, which both may change."""
    genre, client = GenreFactory(), client_of(role)
    inline = {"clustering-TOTAL_FORMS": 1, "clustering-INITIAL_FORMS": 0, "clustering-0-waits_for_review": "on"}
    data = {"name": "Renamed", **inline, "clustering-0-genre": genre.pk, **alias_rows()}
    assert client.post(page_of(Genre, "change", genre.pk), data).status_code == 302
    assert Genre.objects.get().name == "Renamed"
    assert GenreClustering.objects.filter(waits_for_review=True).exists() is waits


# --- What is offered ---------------------------------------------------------------------------------------------

PUBLIC = {"make_public", "make_not_public"}
OFFERED: dict[str, dict[Any, set[str]]] = {
    "viewer": {
        **{model: {"export_admin_action"} for model in CATALOGUE},
        Run: {"compare_selected"},
        **{model: set() for model in (Import, Cluster, Membership, LeftOut)},
    },
}
OFFERED["editor"] = OFFERED["viewer"] | {
    model: {
        *{Genre: set(), Track: {"like", "unlike"}, Album: set()}.get(model, PUBLIC),
        *(["bulk_edit_selected"] if model is not Genre else []),
        "delete_selected",
        "export_admin_action",
    }
    for model in CATALOGUE
}
OFFERED["curator"] = OFFERED["editor"] | {
    Genre: {*OFFERED["editor"][Genre], "merge_selected", "recluster_selected"},
    Artist: {*OFFERED["editor"][Artist], "merge_selected"},
    Label: {*OFFERED["editor"][Label], "merge_selected"},
    Run: {"compare_selected", "publish_selected", "unpublish_selected", "delete_selected"},
}
OFFERED["superuser"] = OFFERED["curator"]


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", OFFERED)
def test_each_list_offers_what_one_may_do(role: str) -> None:
    World()
    client = client_of(role)
    for model, expected in OFFERED[role].items():
        form = client.get(page_of(model)).context["action_form"]
        offered = {name for name, _ in form.fields["action"].choices if name} if form else set()
        assert offered == expected, model


@pytest.mark.usefixtures("_groups")
def test_who_may_only_look_sees_everything_and_no_button() -> None:
    world, client = World(), client_of("viewer")
    addresses = [reverse("admin:index"), reverse("admin:housekeeping"), reverse("admin:likely_duplicates")]
    for model, thing in world.one_of.items():
        addresses += [page_of(model), page_of(model, "change", thing.pk)]
    addresses += [page_of(Track, "change", world.tracks[0].pk), page_of(Album, "change", world.album.pk)]
    addresses.append(page_of(Run, "compare", world.run.pk))
    for address in addresses:
        page = parse(client.get(address)).one("div", id="content")
        links = {text for text, _ in page.links}
        assert not {link for link in links if link.startswith(("Add", "Delete", "Change", "Import tracks"))}, address
        assert "Likely the same" not in links
        sent_by = {form.attrs.get("method", "get") for form in page.all("form") if form.all("button")}
        buttons = {button.text for button in page.all("button")} - {"Go", "Compare"}
        assert buttons == set(), (address, sent_by)
        values = {field.attrs.get("value") for field in page.all("input", type="submit")} - {"Search"}
        assert values == set(), address
        typed = {field.attrs.get("type", "text") for field in page.all("input")} - {"hidden", "submit", "checkbox"}
        names = {field.attrs.get("name") for field in page.all("input") if field.attrs.get("type") in typed} - {"q"}
        assert names == set(), address


# --- Whom to ask -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("superusers", "words"),
    [
        ([], "Ask whoever runs this site for one."),
        (["zoë"], "Ask zoë to make you an editor or a curator."),
        (["zoë", "abe", "kim"], "Ask zoë, abe or kim to make you an editor or a curator."),
    ],
)
def test_who_has_no_role_is_told_whom_to_ask(superusers: list[str], words: str) -> None:
    for name in superusers:
        User.objects.create_superuser(name)
    User.objects.create_superuser("long gone", is_active=False)
    text = parse(client_of("no role").get(reverse("admin:index"))).one("p", class_="no-role").text
    assert text == f"Your account has no role yet, so there is nothing here that you may see or change. {words}"


@pytest.mark.usefixtures("_groups")
@pytest.mark.parametrize("role", ["viewer", "editor", "curator", "superuser"])
def test_who_has_one_is_not(role: str) -> None:
    assert 'class="no-role"' not in client_of(role).get(reverse("admin:index")).text
