"""Every door of the admin, and which roles may come in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clusters.models import Cluster, ExcludedTrack, Membership, Run
from musicdb.imports.parse import Options
from musicdb.imports.service import carry_out
from musicdb.models import Album, Artist, Genre, Import, Label, SavedFilter, Track
from tests.admin.helpers import album_data, alias_rows, artist_rows, page_of, rows, track_data
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, stored_run
from tests.imports.files import sample

CATALOGUE = [Genre, Artist, Label, Album, Track]
MERGEABLE = [Genre, Artist, Label]
RECORDS = [Import, Run, Cluster, Membership, ExcludedTrack]
ROLES = ["nobody", "no role", "viewer", "editor", "curator", "superuser"]
SUPERUSER = set(ROLES[5:])
CURATORS = set(ROLES[4:])
EDITORS = set(ROLES[3:])
VIEWERS = set(ROLES[2:])
STAFF = set(ROLES[1:])


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
        self.excluded = ExcludedTrack.objects.create(run=self.run, track=self.tracks[0], reason="no tempo")
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
            ExcludedTrack: self.excluded,
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
        "excludedtrack: change": Door(set(), partial(post, "change", ExcludedTrack, nothing)),
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
