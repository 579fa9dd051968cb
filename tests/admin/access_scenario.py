"""A library with rows for every endpoint of the admin, the roles, and how an endpoint is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from clusters.core.params import Params
from clusters.models import Cluster, Collection, ExcludedTrack, Membership, MisplacedTrack, Run
from clusters.runs import preview
from musicdb.editing import dismiss, merge
from musicdb.imports import ImportOptions, run_import
from musicdb.models import (
    Album,
    Artist,
    Genre,
    GroupedChange,
    Import,
    Label,
    Playlist,
    Track,
    Transfer,
)
from musicdb.transfers import TransferFiles
from tests.admin.helpers import page_of
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.imports.files import sample

CATALOGUE = [Genre, Artist, Label, Album, Track, Playlist]
MERGEABLE = [Genre, Artist, Label, Album, Track, Playlist]
RECORDS = [Import, GroupedChange, Run, Cluster, Membership, ExcludedTrack, Collection, MisplacedTrack]
ROLES = ["nobody", "no role", "viewer", "editor", "curator", "superuser"]
SUPERUSER = set(ROLES[5:])
CURATORS = set(ROLES[4:])
EDITORS = set(ROLES[3:])
VIEWERS = set(ROLES[2:])
STAFF = set(ROLES[1:])


class Scenario:
    """A library with rows of every model. ``owner`` has transfers, and so has somebody else."""

    def __init__(self, owner: User | None = None) -> None:
        admin = User.objects.create_user("importer")
        run_import([sample("kaggle.csv")], ImportOptions(), admin)
        self.record = Import.objects.get()
        self.genre = GenreFactory(name="korean pop")
        self.album = AlbumFactory(labels=[LabelFactory()])
        # Enough for two clusters, which a preview can show.
        self.tracks = [
            TrackFactory(
                group=(number % 2, 2), genres=[self.genre], artists=[ArtistFactory()], album=self.album, score=1
            )
            for number in range(24)
        ]
        self.old = stored_run(self.genre, {1: self.tracks[:6], 2: self.tracks[6:]})
        self.run = stored_run(self.genre, {1: self.tracks[:5], 2: self.tracks[5:]}, is_published=True)
        self.cluster = self.run.clusters.get(number=1)
        preview(self.genre.collection, Params())
        self.preview = self.genre.collection.preview
        self.excluded = ExcludedTrack.objects.create(run=self.run, track=self.tracks[0], reason="no tempo")
        user = User.objects.create_user("merger")
        self.merge = merge(ArtistFactory(), [ArtistFactory()], user).change
        # Two rows of each model that nothing uses, to merge or to delete.
        self.spare = {
            Genre: [GenreFactory(), GenreFactory()],
            Artist: [ArtistFactory(visibility="hidden"), ArtistFactory(visibility="shown")],
            Label: [LabelFactory(visibility="hidden"), LabelFactory(visibility="shown")],
            Album: [AlbumFactory(), AlbumFactory()],
            Track: [TrackFactory(liked=False), TrackFactory(liked=True)],
            Playlist: [PlaylistFactory(tracks=self.tracks), PlaylistFactory()],
        }
        self.misplaced, self.dismissed = (
            MisplacedTrack.objects.create(
                track=track,
                genre=self.genre,
                sounds_like=self.spare[Genre][0],
                own_distance=4.0,
                other_distance=0.5,
                rate=0.02,
                is_dismissed=is_dismissed,
                found_at="2026-01-01T00:00Z",
            )
            for track, is_dismissed in ((self.tracks[0], False), (self.tracks[1], True))
        )
        dismiss(Genre, [self.genre.pk, self.spare[Genre][1].pk], user)
        dismiss(Track, [self.tracks[0].pk, self.tracks[1].pk], user)
        self.one_of = {
            **{model: spares[0] for model, spares in self.spare.items()},
            Import: self.record,
            GroupedChange: self.merge,
            Run: self.run,
            Cluster: self.cluster,
            Membership: self.cluster.memberships.first(),
            ExcludedTrack: self.excluded,
            Collection: self.genre.collection,
            MisplacedTrack: self.misplaced,
        }
        self.own_import, self.own_export = transfers_of(owner or admin)
        self.others_import, self.others_export = transfers_of(admin)


def transfers_of(user: User) -> tuple[Transfer, Transfer]:
    """Return an import of a user that has not begun, and an export that is done."""
    upload = f"upload-{Transfer.objects.count()}"
    waiting = Transfer.objects.create(
        kind="import", user=user, name="a.csv", upload=upload, permissions=["musicdb.add_import"]
    )
    done = Transfer.objects.create(
        kind="export", user=user, name="tracks.csv", permissions=["musicdb.view_track"], state="done"
    )
    TransferFiles(done.pk).result.write_text("slug\n")
    return waiting, done


@dataclass(frozen=True)
class Endpoint:
    """``allowed`` names the roles that may use it. ``call`` sends the request. ``changes`` says whether it writes.

    ``is_hidden`` is whether the others may be told that there is no such page.
    """

    allowed: set[str]
    call: Callable[[Client, Scenario], Any]
    changes: bool = False
    is_hidden: bool = False


def get(view: str, model: Any, client: Client, scenario: Scenario) -> Any:
    needs_one = view in ("change", "history", "delete", "compare", "tracks", "csv", "undo", "split")
    return client.get(page_of(model, view, *([scenario.one_of[model].pk] if needs_one else [])))


def post(view: str, model: Any, data: Callable[[Scenario], dict[str, Any]], client: Client, scenario: Scenario) -> Any:
    needs_one = view in ("change", "delete", "publish", "unpublish", "undo", "split")
    return client.post(page_of(model, view, *([scenario.one_of[model].pk] if needs_one else [])), data(scenario))


def action(name: str, model: Any, client: Client, scenario: Scenario, /, **more: Any) -> Any:
    rows = (
        {Run: [scenario.old, scenario.run], Genre: [scenario.genre]}.get(model)
        or scenario.spare.get(model)
        or [scenario.one_of[model]]
    )
    if name in ("delete_selected", "merge_selected") and model in scenario.spare:
        rows = scenario.spare[model]
    if name in ("publish_selected", "delete_selected") and model is Run:
        rows = [scenario.old]
    return client.post(page_of(model), {"action": name, "_selected_action": [row.pk for row in rows], **more})
