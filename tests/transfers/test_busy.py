"""Pages of transfers while another import holds SQLite's write lock for longer than anybody waits."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.db import connection  # noqa: F401 (the condition of skipif reads it)

from tests.processes import own_database, python

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on PostgreSQL an import keeps nobody from writing"),
]

PREPARE = """
import json, sqlite3
import django
from django.conf import settings
settings.ALLOWED_HOSTS, settings.DATABASES["default"]["OPTIONS"]["timeout"] = ["*"], 1
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.SECURE_SSL_REDIRECT = False
django.setup()
from django.contrib.auth.models import User
from django.utils import timezone
from musicdb.models import Transfer
from musicdb.transfers import TransferFiles
from tests.admin.screens import login
from tests.transfers.test_imports import page
client, found = login("mina"), {}
transfer = Transfer.objects.create(kind="import", state=STATE, user=User.objects.get(), name="songs.csv", asked={})
Transfer.objects.update(started_at=timezone.now())
files = TransferFiles(transfer.pk)
files.create()
holder = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
holder.execute("BEGIN IMMEDIATE")
"""


def run(folder: Path, state: str, script: str) -> dict[str, Any]:
    with own_database(folder) as environment:
        environment |= {"UPLOAD_ROOT": str(folder / "uploads")}
        begun = f"STATE = {state!r}{PREPARE}"
        printed = python(environment, "-c", begun + textwrap.dedent(script) + "\nprint(json.dumps(found))")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_an_import_is_cancelled_while_it_writes_or_waits_for_another(tmp_path: Path, state: str) -> None:
    found = run(
        tmp_path,
        state,
        """
        with files.locked():
            found["status"] = client.post(page(transfer) + "cancel/").status_code
            found["says"] = "Being cancelled." in client.get(page(transfer)).content.decode()
        found["process learns it"] = files.cancelled.exists()
        """,
    )
    assert found == {"status": 302, "says": True, "process learns it": True}


def test_one_whose_process_died_is_shown_as_stopped_and_stored_later(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        "running",
        """
        found["first page"] = client.get("/admin/").status_code
        shown = client.get(page(transfer))
        found["page"] = [shown.status_code, "was stopped before the end" in shown.content.decode()]
        holder.rollback()
        client.get(page(transfer))
        found["stored"] = Transfer.objects.get().state
        """,
    )
    assert found == {"first page": 200, "page": [200, True], "stored": "failed"}
