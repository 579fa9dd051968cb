"""The upgrade from clusterings of genres to collections keeps every run, number, address and setting."""

import json
from pathlib import Path

import pytest

from tests.processes import empty_database, python

pytestmark = pytest.mark.slow

# Two genres: one with a setting, two runs, a retired cluster and a task that is done; one with a run and no setting.
BEFORE = """
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
before = [("clusters", "0003_cluster_search_key"), ("musicdb", "0020_edit_transfers")]
apps = MigrationExecutor(connection).loader.project_state(before).apps
def model(name, app="clusters"):
    return apps.get_model(app, name).objects
now = timezone.now()
def run(genre, **fields):
    return model("Run").create(
        genre=genre, started_at=now, finished_at=now, seed=0, parameters={"clusters": None, "seed": 0}, versions={},
        input_hash="0" * 64, digest="0" * 64, track_count=6, excluded_count=0, cluster_count=1, features=[],
        dropped_features=[], axes=[], explained_variance=[], silhouette=0.0, silhouettes={}, **fields,
    )
model("Genre", "musicdb").create(pk=3, name="unused", slug="unused", name_key="unused")
pop = model("Genre", "musicdb").create(pk=7, name="korean pop", slug="korean-pop", name_key="korean pop")
dub = model("Genre", "musicdb").create(pk=9, name="dub", slug="dub", name_key="dub")
model("GenreClustering").create(genre=pop, requires_review=True, next_number=41)
run(pop)
published = run(pop, is_published=True)
model("Cluster").create(run=published, number=2, size=6, centroid={})
model("Cluster").create(run=run(dub, is_published=True), number=5, size=6, centroid={})
model("RetiredCluster").create(genre=pop, number=40, size=3, successors=[[2, 3]], retired_at=now)
job = model("ReclusterJob").create(parameters={"clusters": None, "seed": 0})
model("ReclusterTask").create(
    job=job, genre=pop, genre_name="korean pop", state="finished", run=published,
    outcome={"genre": "korean-pop", "status": "published", "reason": "", "tracks": 6, "excluded": 0, "sizes": {"2": 6},
             "silhouette": 0.0, "stability": None, "explained_variance": [], "seed": 0, "digest": "0", "seconds": 1.0},
)
"""

AFTER = """
import json, django
django.setup()
from clusters.jobs import stored_outcome
from clusters.models import Collection, ReclusterTask, RetiredCluster, Run
from clusters.runs.publishing import lock
from django.contrib.auth.models import Permission
from musicdb.models import Genre, Playlist
task = ReclusterTask.objects.get()
new = Collection.objects.of(Playlist.objects.create(name="New"))
print(json.dumps({
    "collections": {c.key: [c.requires_review, c.next_number] for c in Collection.objects.in_order()},
    "published": {run.get_absolute_url(): run.cluster_count for run in Run.objects.published()},
    "runs": {c.key: c.runs.count() for c in Collection.objects.in_order()},
    "retired": [[r.collection.key, r.number, r.successors] for r in RetiredCluster.objects.all()],
    "task": [task.collection.key, task.collection_name, stored_outcome(task.outcome).collection],
    "permissions": sorted(Permission.objects.filter(content_type__model__in=["collection", "genreclustering"])
                          .values_list("codename", flat=True)),
}))
"""


# Clusters of what only collections can hold, and the way back.
BACK = """
import json, django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
before = [("clusters", "0003_cluster_search_key"), ("musicdb", "0020_edit_transfers")]
apps = MigrationExecutor(connection).loader.project_state(before).apps
def model(name):
    return apps.get_model("clusters", name).objects
print(json.dumps({
    "runs": sorted(model("Run").values_list("genre__slug", "is_published")),
    "clusterings": sorted(model("GenreClustering").values_list("genre__slug", "requires_review", "next_number")),
    "retired": sorted(model("RetiredCluster").values_list("genre__slug", "number")),
    "tasks": [[task.genre.slug, task.outcome["genre"]] for task in model("ReclusterTask").all()],
}))
"""
LATER = """
import django
django.setup()
from clusters.models import Collection, Run
from musicdb.models import Genre
run = Run.objects.published().first()
library = Collection.objects.library()
# The key of its collection is the last genre's, and that genre's is another.
ska, rai = (Collection.objects.of(Genre.objects.create(name=name)) for name in ("ska", "rai"))
assert (ska.pk, rai.pk) != (ska.genre_id, rai.genre_id)
for collection in (library, ska, rai):
    run.pk, run.collection, run._state.adding = None, collection, True
    run.save()
"""


def test_genres_go_back_with_their_runs(tmp_path: Path) -> None:
    with empty_database(tmp_path) as environment:
        python(environment, "manage.py", "migrate", "-v0", "musicdb", "0020_edit_transfers")
        python(environment, "manage.py", "migrate", "-v0", "clusters", "0003_cluster_search_key")
        python(environment, "-c", BEFORE)
        python(environment, "manage.py", "migrate", "-v0")
        python(environment, "-c", LATER)
        python(environment, "manage.py", "migrate", "-v0", "clusters", "0003_cluster_search_key")
        found = json.loads(python(environment, "-c", BACK))

    assert found == {
        "runs": [["dub", True], ["korean-pop", False], ["korean-pop", True], ["rai", True], ["ska", True]],
        "clusterings": [
            ["dub", False, 6],
            ["korean-pop", True, 41],
            ["rai", False, 1],
            ["ska", False, 1],
            ["unused", False, 1],
        ],
        "retired": [["korean-pop", 40]],
        "tasks": [["korean-pop", "korean-pop"]],
    }


def test_nothing_is_lost(tmp_path: Path) -> None:
    with empty_database(tmp_path) as environment:
        python(environment, "manage.py", "migrate", "-v0", "musicdb", "0020_edit_transfers")
        python(environment, "manage.py", "migrate", "-v0", "clusters", "0003_cluster_search_key")
        python(environment, "-c", BEFORE)
        python(environment, "manage.py", "migrate", "-v0")
        found = json.loads(python(environment, "-c", AFTER))

    assert found == {
        "collections": {
            "genre:dub": [False, 6],
            "genre:korean-pop": [True, 41],
            "genre:unused": [False, 1],
            "playlist:new": [False, 1],
        },
        "published": {"/genres/dub/clusters/": 1, "/genres/korean-pop/clusters/": 1},
        "runs": {"genre:dub": 1, "genre:korean-pop": 2, "genre:unused": 0, "playlist:new": 0},
        "retired": [["genre:korean-pop", 40, [[2, 3]]]],
        "task": ["genre:korean-pop", "korean pop", "genre:korean-pop"],
        "permissions": ["add_collection", "change_collection", "delete_collection", "view_collection"],
    }
