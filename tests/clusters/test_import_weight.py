"""What a web process carries: never scikit-learn or matplotlib, which take seconds and 150 MB to import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent

# Everything that serves a request, then requests of every kind.
SERVE = """
import json, sys
import musicdb.wsgi
import django.contrib.auth
from django.test import Client
from django.urls import get_resolver
from clusters.models import Run

get_resolver().url_patterns
anyone, editor = Client(), Client()
editor.force_login(django.contrib.auth.get_user_model().objects.get())
statuses = {}
map_address = f"/genres/korean-pop/clusters/map/{Run.objects.published().get(collection__genre__slug='korean-pop').pk}/"
for client, path in (
    (anyone, "/"),
    (anyone, "/genres/"),
    (anyone, "/genres/korean-pop/"),
    (anyone, "/genres/korean-pop/clusters/"),
    (anyone, "/genres/korean-pop/clusters.md"),
    (anyone, "/genres/korean-pop/clusters/how/"),
    (anyone, "/genres/korean-pop/clusters/1/"),
    (anyone, "/genres/korean-pop/clusters/1.md"),
    (anyone, f"{map_address}points.bin"),
    (anyone, f"{map_address}selection/?grid=-9,-9,1&within=0,0,99,99"),
    (anyone, "/artists/wendy/"),
    (anyone, "/labels/sm-entertainment/"),
    (anyone, "/tracks/hmm-bop/"),
    (anyone, "/tracks/hmm-bop/similar/"),
    (anyone, "/nowhere"),
    (anyone, "/healthz"),
    (anyone, "/api/v1/genres/"),
    (anyone, "/api/v1/genres/korean-pop/clusters/"),
    (anyone, "/api/docs/"),
    (editor, "/admin/"),
    (editor, "/admin/musicdb/genre/"),
    (editor, "/admin/clusters/run/"),
    (editor, "/admin/clusters/run/1/change/"),
    (editor, "/admin/clusters/collection/1/preview/"),
):
    statuses[path] = client.get(path, headers={"host": "127.0.0.1"}).status_code
packages = {name.split(".")[0] for name in sys.modules}
print(json.dumps([statuses, sorted(packages & {"sklearn", "matplotlib", "scipy", "celery", "kombu"})]))
"""


# An editor has workers recluster a genre. None is running.
ENQUEUE = """
import json, sys
import django
django.setup()
import django.contrib.auth
from django.test import Client
from musicdb.models import Genre

editor = Client(headers={"host": "127.0.0.1"})
editor.force_login(django.contrib.auth.get_user_model().objects.get())
asked = {"action": "recluster_selected", "_selected_action": [Genre.objects.get(slug="korean-pop").pk], "index": 0}
page = editor.post("/admin/musicdb/genre/", asked, follow=True)
packages = {name.split(".")[0] for name in sys.modules}
heavy = sorted(packages & {"sklearn", "matplotlib", "scipy"})
waits = "No worker is running: 0 of 1 collections finished." in page.text
print(json.dumps([page.redirect_chain, waits, heavy]))
"""


# As an editor does it in the admin: a worker process computes, this one stores what comes back.
RECLUSTER = """
import json, sys
import django
django.setup()
from clusters.core.params import Params
from clusters.runs.collection_lookup import find_collections
from clusters.runs.service import Options, recluster

if __name__ == "__main__":
    statuses = [o.status for o in recluster(find_collections(["korean-pop"]), Params(), Options(jobs=1))]
    packages = {name.split(".")[0] for name in sys.modules}
    print(json.dumps([statuses, sorted(packages & {"sklearn", "matplotlib", "scipy"})]))
"""


def python(tmp_path: Path, *arguments: str, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "musicdb.settings",
            "DEBUG": "1",
            "SECRET_KEY": "of a test",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'library.sqlite3'}",
            "MEDIA_ROOT": str(tmp_path / "media"),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
def test_pages_are_served_without_what_only_clustering_needs(tmp_path: Path) -> None:
    python(tmp_path, "manage.py", "bootstrap")
    python(tmp_path, "manage.py", "recluster", "library", "korean-pop")
    statuses, heavy = json.loads(python(tmp_path, "-c", SERVE))

    assert {path: status for path, status in statuses.items() if status != 200} == {"/nowhere": 404}
    assert heavy == []


@pytest.mark.slow
def test_who_has_a_worker_compute_does_not_import_what_computes(tmp_path: Path) -> None:
    python(tmp_path, "manage.py", "bootstrap")
    statuses, heavy = json.loads(python(tmp_path, "-c", RECLUSTER))

    assert statuses == ["published"]
    assert heavy == []


@pytest.mark.slow
def test_enqueueing_computes_nothing(tmp_path: Path) -> None:
    python(tmp_path, "manage.py", "bootstrap")
    (tmp_path / "queue").mkdir()
    printed = python(tmp_path, "-c", ENQUEUE, CELERY_BROKER_URL=f"filesystem://{tmp_path}/queue")
    redirects, waits, heavy = json.loads(printed)

    assert redirects == [["/admin/clusters/reclusterjob/1/change/", 302]]
    assert waits
    assert heavy == []
