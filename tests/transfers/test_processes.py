"""A transfer where no worker is running: the site starts a real process for it, which may be killed."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.processes import own_database, python

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PREPARE = """
import json, os, signal, time
from pathlib import Path
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.ALLOWED_HOSTS, settings.TRANSFER_ROWS = ["*"], 2
django.setup()
from musicdb.imports import Source
from musicdb.models import Import, Track, Transfer
from tests.admin.screens import login
from tests.admin.test_imports import CONFIRM, upload
from tests.imports.files import net_file, net_row
from tests.transfers.test_imports import form_of, newest, page
client, found = login("mina"), {}

def wait_for(*states):
    until = time.monotonic() + 120
    while newest().state not in states:
        assert time.monotonic() < until, newest().state
        time.sleep(0.05)

def process_of(transfer):
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cmdline").read_bytes().endswith(f"runtransfer\\0{transfer.pk}\\0".encode()):
                return int(entry.name)
        except OSError:
            pass
"""


def run(folder: Path, script: str) -> dict[str, Any]:
    with own_database(folder) as environment:
        environment |= {"UPLOAD_ROOT": str(folder / "uploads")}
        printed = python(environment, "-c", PREPARE + textwrap.dedent(script) + "\nprint(json.dumps(found))")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_a_process_of_the_site_previews_and_imports(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        upload(client, net_file(*map(net_row, range(3))))
        wait_for("done")
        shown = client.get(page(newest()), follow=True)
        client.post(CONFIRM, {**form_of(shown), "confirm": "1"})
        wait_for("done", "failed")
        found["import"] = [newest().kind, newest().state, newest().message]
        found["tracks"] = Track.objects.count()
        """,
    )
    message = "Imported songs.csv: 3 tracks new, 0 changed, 0 as they were."
    assert found == {"import": ["import", "done", message], "tracks": 3}


def test_a_killed_process_is_noticed_and_its_file_imported_by_the_next(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        upload(client, net_file(*map(net_row, range(20_000))))
        wait_for("running")
        os.kill(process_of(newest()), signal.SIGKILL)
        until = time.monotonic() + 30
        while newest().state == "running" and time.monotonic() < until:
            client.get(page(newest()))
            time.sleep(0.05)
        found["killed"] = [newest().state, "was stopped before the end" in newest().message]
        client.post(page(newest()) + "again/")
        wait_for("done", "failed")
        found["next"] = newest().state
        """,
    )
    assert found == {"killed": ["failed", True], "next": "done"}
