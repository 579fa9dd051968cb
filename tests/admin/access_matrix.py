"""Every endpoint of the admin, and the roles that may use it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clusters.models import Cluster, Collection, ExcludedTrack, Membership, MisplacedTrack, Run
from musicdb.models import (
    Album,
    Artist,
    Genre,
    GroupedChange,
    Import,
    Label,
    Playlist,
    SavedFilter,
    SiteSettings,
    Track,
)
from tests.admin.access_scenario import (
    CATALOGUE,
    CURATORS,
    EDITORS,
    MERGEABLE,
    RECORDS,
    STAFF,
    SUPERUSER,
    VIEWERS,
    Endpoint,
    Scenario,
    action,
    get,
    post,
)
from tests.admin.helpers import album_data, alias_rows, artist_rows, page_of, rows, track_data
from tests.imports.files import sample

FORMS: dict[Any, Callable[[], dict[str, Any]]] = {
    Genre: lambda: {"name": "new", "collection-TOTAL_FORMS": 0, "collection-INITIAL_FORMS": 0, **alias_rows()},
    Artist: lambda: {"name": "new", "visibility": "automatic", **alias_rows()},
    Label: lambda: {"name": "new", "visibility": "automatic", **alias_rows()},
    Album: lambda: album_data(title="new", **rows("album_labels", "label")),
    Track: lambda: track_data(title="new", **artist_rows()),
    Playlist: lambda: {"name": "new", "visibility": "hidden", "kind": "hand", **alias_rows()},
}
BULK: dict[Any, dict[str, Any]] = {
    Artist: {"visibility": "shown"},
    Label: {"visibility": "shown"},
    Album: {"released": "1999"},
    Track: {"score": "9"},
    Playlist: {"visibility": "hidden"},
}


def endpoints() -> dict[str, Endpoint]:
    found: dict[str, Endpoint] = {
        "index": Endpoint(STAFF, lambda client, scenario: client.get(reverse("admin:index"))),
        "data quality": Endpoint(STAFF, lambda client, scenario: client.get(reverse("admin:data_quality"))),
    }
    for model in [*CATALOGUE, *RECORDS]:
        name = model._meta.model_name
        found[f"{name}: list"] = Endpoint(VIEWERS, partial(get, "changelist", model))
        found[f"{name}: page"] = Endpoint(VIEWERS, partial(get, "change", model))
        found[f"{name}: history"] = Endpoint(VIEWERS, partial(get, "history", model))
    for model in CATALOGUE:
        name = model._meta.model_name
        form = lambda scenario, model=model: FORMS[model]()  # noqa: E731
        found[f"{name}: add page"] = Endpoint(EDITORS, partial(get, "add", model))
        found[f"{name}: add"] = Endpoint(EDITORS, partial(post, "add", model, form), changes=True)
        found[f"{name}: change"] = Endpoint(EDITORS, partial(post, "change", model, form), changes=True)
        found[f"{name}: delete page"] = Endpoint(EDITORS, partial(get, "delete", model))
        found[f"{name}: delete"] = Endpoint(
            EDITORS, partial(post, "delete", model, lambda w: {"post": "yes"}), changes=True
        )
        delete = partial(action, "delete_selected", model, post="yes")
        found[f"{name}: delete_selected"] = Endpoint(EDITORS, delete, changes=True)
        found[f"{name}: export page"] = Endpoint(VIEWERS, partial(get, "export", model))
        export = lambda scenario: {"format": "0"}  # noqa: E731
        found[f"{name}: export"] = Endpoint(VIEWERS, partial(post, "export", model, export))
        found[f"{name}: export_admin_action"] = Endpoint(VIEWERS, partial(action, "export_admin_action", model))
        found[f"{name}: page of find and replace"] = Endpoint(EDITORS, partial(get, "replace", model))
        replace = partial(action, "find_replace_selected", model)
        found[f"{name}: find_replace_selected"] = Endpoint(EDITORS, replace)
        if model is not Genre:
            edit = partial(action, "bulk_edit_selected", model)
            found[f"{name}: bulk_edit_selected"] = Endpoint(EDITORS, edit)
        if model in BULK:
            applied = partial(edit, apply="1", selected=2, **BULK[model])
            found[f"{name}: bulk edit"] = Endpoint(EDITORS, applied, changes=True)
    for model in MERGEABLE:
        name = model._meta.model_name
        page = lambda scenario, model=model: page_of(model, "merge", id=[row.pk for row in scenario.spare[model]])  # noqa: E731
        found[f"{name}: possible duplicates"] = Endpoint(CURATORS, partial(get, "duplicates", model))
        group = lambda scenario, model=model: ",".join(str(row.pk) for row in scenario.spare[model])  # noqa: E731
        found[f"{name}: page of a merge of groups"] = Endpoint(
            CURATORS, partial(post, "merge_groups", model, lambda scenario, group=group: {"group": group(scenario)})
        )
        found[f"{name}: merge_selected"] = Endpoint(CURATORS, partial(action, "merge_selected", model))
        found[f"{name}: merge page"] = Endpoint(
            CURATORS, lambda client, scenario, page=page: client.get(page(scenario))
        )
        found[f"{name}: merge"] = Endpoint(
            CURATORS,
            lambda client, scenario, page=page, model=model: client.post(
                page(scenario), {"survivor": scenario.spare[model][0].pk}
            ),
            changes=True,
        )
    nothing: Callable[[Scenario], dict[str, Any]] = lambda scenario: {}  # noqa: E731
    found["change of many rows: undo page"] = Endpoint(CURATORS, partial(get, "undo", GroupedChange))
    found["change of many rows: undo"] = Endpoint(CURATORS, partial(post, "undo", GroupedChange, nothing), changes=True)
    found["artist: split page"] = Endpoint(CURATORS, partial(get, "split", Artist))
    parts = lambda scenario: {"how": "joint", "name_0": "A", "name_1": "B", "apply": "1"}  # noqa: E731
    found["artist: split"] = Endpoint(CURATORS, partial(post, "split", Artist, parts), changes=True)
    for model in (Artist, Label):
        for name in ("show", "hide", "leave_to_rule"):
            flag = partial(action, name, model)
            found[f"{model._meta.model_name}: {name}"] = Endpoint(EDITORS, flag, changes=True)
    for name in ("like", "unlike"):
        found[f"track: {name}"] = Endpoint(EDITORS, partial(action, name, Track), changes=True)
    found["site settings: list"] = Endpoint(VIEWERS, partial(get, "changelist", SiteSettings))
    found["site settings: page"] = Endpoint(
        VIEWERS, lambda client, scenario: client.get(page_of(SiteSettings, "change", 1))
    )
    found["site settings: change"] = Endpoint(
        CURATORS,
        lambda client, scenario: client.post(
            page_of(SiteSettings, "change", 1), {"name": "new", "page_rule": "all", "min_tracks": 5}
        ),
        changes=True,
    )
    found["track: make_playlist"] = Endpoint(EDITORS, partial(action, "make_playlist", Track))
    named = partial(action, "make_playlist", Track, apply="1", name="New")
    found["track: make a playlist"] = Endpoint(EDITORS, named, changes=True)
    found["playlist: tracks"] = Endpoint(VIEWERS, partial(get, "tracks", Playlist))
    found["playlist: csv"] = Endpoint(VIEWERS, partial(get, "csv", Playlist))
    found["playlist: edit tracks"] = Endpoint(EDITORS, edit_playlist, changes=True)
    found["track: edit in the list"] = Endpoint(EDITORS, edit_tracks, changes=True)
    return (
        found
        | import_endpoints()
        | transfer_endpoints()
        | run_endpoints()
        | preview_endpoints()
        | review_endpoints()
        | user_endpoints()
    )


def edit_playlist(client: Client, scenario: Scenario) -> Any:
    playlist = scenario.spare[Playlist][0]
    entry = playlist.entries.order_by("position").first()
    return client.post(page_of(Playlist, "tracks", playlist.pk), {"remove": [entry.pk], "save": "Save"})


def edit_tracks(client: Client, scenario: Scenario) -> Any:
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": scenario.tracks[0].pk, "form-0-score": 5}
    return client.post(page_of(Track), {**data, "initial-form-0-score": 1, "_save": "Save"})


def import_endpoints() -> dict[str, Endpoint]:
    def upload(client: Client, scenario: Scenario) -> Any:
        file = sample("exportify_net.csv")
        return client.post(page_of(Import, "add"), {"file": SimpleUploadedFile(file.name, file.data)})

    def confirm(client: Client, scenario: Scenario) -> Any:
        looked = upload(client, scenario)
        sent: dict[str, Any] = {"token": "x"}
        if looked.status_code == 200:
            form = looked.context["form"]
            sent = {name: form[name].value() for name in form.fields if form[name].value()}
        return client.post(page_of(Import, "confirm"), {**sent, "confirm": "1"})

    nothing: Callable[[Scenario], dict[str, Any]] = lambda scenario: {}  # noqa: E731
    return {
        "import: upload page": Endpoint(EDITORS, partial(get, "add", Import)),
        "import: upload": Endpoint(EDITORS, upload),
        "import: columns": Endpoint(EDITORS, partial(post, "columns", Import, lambda scenario: {"token": "x"})),
        "import: confirm": Endpoint(EDITORS, confirm, changes=True),
        "import: undo": Endpoint(EDITORS, partial(post, "undo", Import, nothing), changes=True),
        "import: change": Endpoint(set(), partial(post, "change", Import, nothing)),
        "import: delete": Endpoint(set(), partial(post, "delete", Import, lambda scenario: {"post": "yes"})),
        "import: library file": Endpoint(
            VIEWERS, lambda client, scenario: client.get(page_of(Import, "library", "zip"))
        ),
    }


def transfer_endpoints() -> dict[str, Endpoint]:
    """Of others, a user sees no more than that an import is under way."""

    def page(which: str, client: Client, scenario: Scenario) -> Any:
        return client.get(reverse("admin:transfer", args=[getattr(scenario, which).pk]))

    def file(which: str, client: Client, scenario: Scenario) -> Any:
        return client.get(reverse("admin:transfer_file", args=[getattr(scenario, which).pk]))

    def send(action: str, which: str, client: Client, scenario: Scenario) -> Any:
        return client.post(reverse(f"admin:transfer_{action}", args=[getattr(scenario, which).pk]))

    def preview(which: str, client: Client, scenario: Scenario) -> Any:
        return client.get(page_of(Import, "preview", getattr(scenario, which).pk))

    return {
        "own import: page": Endpoint(EDITORS, partial(page, "own_import")),
        "own import: preview": Endpoint(EDITORS, partial(preview, "own_import")),
        "own import: cancel": Endpoint(EDITORS, partial(send, "cancel", "own_import"), changes=True),
        "own export: page": Endpoint(VIEWERS, partial(page, "own_export")),
        "own export: file": Endpoint(VIEWERS, partial(file, "own_export")),
        "own export: start": Endpoint(VIEWERS, partial(send, "start", "own_export")),
        "own export: again": Endpoint(VIEWERS, partial(send, "again", "own_export")),
        "import of another: page": Endpoint(VIEWERS, partial(page, "others_import"), is_hidden=True),
        "import of another: preview": Endpoint(set(), partial(preview, "others_import"), is_hidden=True),
        "export of another: page": Endpoint(set(), partial(page, "others_export"), is_hidden=True),
        "export of another: file": Endpoint(set(), partial(file, "others_export"), is_hidden=True),
        **{
            f"import of another: {action}": Endpoint(set(), partial(send, action, "others_import"), is_hidden=True)
            for action in ("cancel", "start", "again")
        },
    }


def run_endpoints() -> dict[str, Endpoint]:
    def name_in_list(client: Client, scenario: Scenario) -> Any:
        data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": scenario.cluster.pk, "form-0-name": "Dawn"}
        return client.post(page_of(Cluster), {**data, "_save": "Save"})

    def publish(client: Client, scenario: Scenario) -> Any:
        return client.post(page_of(Run, "publish", scenario.old.pk))

    def delete(client: Client, scenario: Scenario) -> Any:
        return client.post(page_of(Run, "delete", scenario.old.pk), {"post": "yes"})

    nothing: Callable[[Scenario], dict[str, Any]] = lambda scenario: {}  # noqa: E731
    name = lambda scenario: {"name": "Dawn"}  # noqa: E731
    return {
        "genre: recluster_selected": Endpoint(CURATORS, partial(action, "recluster_selected", Genre), changes=True),
        "genre: preview_selected": Endpoint(CURATORS, partial(action, "preview_selected", Genre)),
        "run: compare": Endpoint(VIEWERS, partial(get, "compare", Run)),
        "run: compare_selected": Endpoint(VIEWERS, partial(action, "compare_selected", Run)),
        "run: publish": Endpoint(CURATORS, publish, changes=True),
        "run: unpublish": Endpoint(CURATORS, partial(post, "unpublish", Run, nothing), changes=True),
        "run: publish_selected": Endpoint(CURATORS, partial(action, "publish_selected", Run), changes=True),
        "run: unpublish_selected": Endpoint(CURATORS, partial(action, "unpublish_selected", Run), changes=True),
        "run: delete": Endpoint(CURATORS, delete, changes=True),
        "run: delete_selected": Endpoint(CURATORS, partial(action, "delete_selected", Run, post="yes"), changes=True),
        "run: add": Endpoint(set(), partial(get, "add", Run)),
        "run: change": Endpoint(set(), partial(post, "change", Run, nothing)),
        "cluster: name": Endpoint(CURATORS, partial(post, "change", Cluster, name), changes=True),
        "cluster: name in the list": Endpoint(CURATORS, name_in_list, changes=True),
        "cluster: delete": Endpoint(set(), partial(post, "delete", Cluster, lambda scenario: {"post": "yes"})),
        "membership: change": Endpoint(set(), partial(post, "change", Membership, nothing)),
        "excludedtrack: change": Endpoint(set(), partial(post, "change", ExcludedTrack, nothing)),
    }


def preview_endpoints() -> dict[str, Endpoint]:
    """Those who may recluster see what each number of clusters would be."""

    def page(view: str, scenario: Scenario, *more: int) -> str:
        return page_of(Collection, f"preview{view}", scenario.genre.collection.pk, *more)

    def look(client: Client, scenario: Scenario) -> Any:
        return client.get(page("", scenario))

    def plot(client: Client, scenario: Scenario) -> Any:
        clusters = scenario.preview.plots.values_list("clusters", flat=True)[0]
        return client.get(page("_plot", scenario, scenario.preview.pk, clusters))

    def compute(client: Client, scenario: Scenario) -> Any:
        return client.post(page("_compute", scenario))

    def publish(clusters: str, client: Client, scenario: Scenario) -> Any:
        return client.post(page("_publish", scenario), {"clusters": clusters})

    settings = {"requires_review": "on", "clusters": ""}
    return {
        "collection: change": Endpoint(
            CURATORS, partial(post, "change", Collection, lambda scenario: settings), changes=True
        ),
        "collection: delete": Endpoint(set(), partial(post, "delete", Collection, lambda scenario: {"post": "yes"})),
        "collection: preview": Endpoint(CURATORS, look),
        "collection: plot of a preview": Endpoint(CURATORS, plot),
        "collection: compute a preview": Endpoint(CURATORS, compute, changes=True),
        "collection: publish from a preview": Endpoint(CURATORS, partial(publish, "2"), changes=True),
        "collection: let the data choose": Endpoint(CURATORS, partial(publish, ""), changes=True),
    }


def review_endpoints() -> dict[str, Endpoint]:
    """Lists of what may be wrong: those who may change the rows decide on it."""

    def decide(name: str, row: str, client: Client, scenario: Scenario) -> Any:
        query = {"dismissed": "yes"} if row == "dismissed" else {}
        data = {"action": name, "_selected_action": [getattr(scenario, row).pk]}
        return client.post(page_of(MisplacedTrack, **query), data)

    def page(name: str, query: dict[str, str]) -> str:
        return reverse(f"admin:{name}", query=query)

    def look(name: str, query: dict[str, str], client: Client, scenario: Scenario) -> Any:
        return client.get(page(name, query))

    def dismiss_pair(name: str, query: dict[str, str], client: Client, scenario: Scenario) -> Any:
        rows = scenario.spare[Genre if name == "same_genres" else Track]
        return client.post(page(name, query), {"id": [row.pk for row in rows]})

    def restore_pair(name: str, query: dict[str, str], client: Client, scenario: Scenario) -> Any:
        genres = [scenario.genre, scenario.spare[Genre][1]]
        rows = genres if name == "same_genres" else scenario.tracks[:2]
        return client.post(page(name, {**query, "dismissed": "1"}), {"id": [row.pk for row in rows]})

    nothing: Callable[[Scenario], dict[str, Any]] = lambda scenario: {}  # noqa: E731
    found = {
        "misplacedtrack: dismissed ones": Endpoint(
            VIEWERS, lambda client, scenario: client.get(page_of(MisplacedTrack, dismissed="yes"))
        ),
        "misplacedtrack: change": Endpoint(set(), partial(post, "change", MisplacedTrack, nothing)),
        "misplacedtrack: delete": Endpoint(
            set(), partial(post, "delete", MisplacedTrack, lambda scenario: {"post": "yes"})
        ),
        **{
            f"misplacedtrack: {name}": Endpoint(EDITORS, partial(decide, name, row), changes=True)
            for name, row in (
                ("move_selected", "misplaced"),
                ("add_selected", "misplaced"),
                ("dismiss_selected", "misplaced"),
                ("restore_selected", "dismissed"),
            )
        },
    }
    for title, name, query in (
        ("duplicates", "duplicate_tracks", {}),
        ("shared ISRCs", "duplicate_tracks", {"isrc": "1"}),
        ("copied features", "duplicate_tracks", {"features": "1"}),
        ("same genres", "same_genres", {}),
    ):
        found[title] = Endpoint(VIEWERS, partial(look, name, query))
        found[f"{title}: dismiss"] = Endpoint(EDITORS, partial(dismiss_pair, name, query), changes=True)
        found[f"{title}: restore"] = Endpoint(EDITORS, partial(restore_pair, name, query), changes=True)
    return found


def user_endpoints() -> dict[str, Endpoint]:
    """Only the superuser assigns roles."""

    def promote(client: Client, scenario: Scenario) -> Any:
        return client.post(page_of(Group, "change", Group.objects.get(name="editor").pk), {"name": "editor"})

    return {
        "users": Endpoint(SUPERUSER, lambda client, scenario: client.get(page_of(User))),
        "groups": Endpoint(SUPERUSER, lambda client, scenario: client.get(page_of(Group))),
        "group: change": Endpoint(SUPERUSER, promote, changes=True),
        "saved filter: add": Endpoint(
            EDITORS,
            lambda client, scenario: client.post(
                page_of(SavedFilter, "add"), {"model_label": "musicdb.track", "query": "q=x", "name": "X"}
            ),
            changes=True,
        ),
    }
