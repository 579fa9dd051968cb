"""Transfers with a real Celery worker over a real broker: it imports, exports and undoes what the admin asks for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clusters.jobs.brokers import running_broker
from tests.clusters.jobs.workers import library, workers
from tests.processes import python
from tests.transfers.test_processes import PREPARE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# An editor who sees all of it: each step is done before the next.
SCRIPT = """
import csv, io
from django.urls import reverse
from musicdb.transfers import service

def nowhere_else(transfer):
    raise AssertionError(f"{transfer} was not given to a worker")

service.start_here = nowhere_else

def steps():
    upload(client, net_file(*map(net_row, range(3))))
    yield
    shown = client.get(page(newest()), follow=True)
    client.post(CONFIRM, {**form_of(shown), "confirm": "1"})
    yield
    found["imported"] = Track.objects.count()
    client.post(reverse("admin:musicdb_track_export"), {"format": "0"})
    yield
    sent = client.get(reverse("admin:transfer_file", args=[newest().pk])).getvalue().decode("utf-8-sig")
    found["exported"] = sorted(row["title"] for row in csv.DictReader(io.StringIO(sent, newline="")))
    undo = reverse("admin:musicdb_import_undo", args=[Import.objects.get().pk])
    client.post(undo, {"preview": "1"})
    yield
    client.post(undo)
    yield
    found["left"] = Track.objects.count()

for _ in steps():
    wait_for("done", "failed")
found["transfers"] = [[one.kind, one.state] for one in Transfer.objects.order_by("pk")]
print(json.dumps(found))
"""


@pytest.fixture(params=["redis", "rabbitmq"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    with (
        library(tmp_path, {}, heartbeat=0.5) as environment,
        running_broker(request.param, tmp_path, environment["CELERY_QUEUE"]) as url,
    ):
        yield environment | {"CELERY_BROKER_URL": url, "UPLOAD_ROOT": str(tmp_path / "uploads")}


def test_a_worker_previews_imports_exports_and_undoes(environment: dict[str, str], tmp_path: Path) -> None:
    with workers(environment, tmp_path) as start:
        start("one")
        found = json.loads(python(environment, "-c", PREPARE + SCRIPT).splitlines()[-1])
    kinds = ["preview", "import", "export", "undo_preview", "undo"]
    assert found["transfers"] == [[kind, "done"] for kind in kinds]
    assert found["imported"] == 3
    assert found["exported"] == ["Song 0", "Song 1", "Song 2"]
    assert found["left"] == 0
