"""Two people who import at once, and an import that is killed: with real processes, each on a database of its own."""

import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.imports.files import as_csv, net_row
from tests.processes import PROJECT, own_database, python

pytestmark = pytest.mark.slow

ROWS = 3_000
KILLS = 8

COUNTS = """
import json, django
django.setup()
from musicdb.models import *
print(json.dumps({model.__name__: model.objects.count() for model in (Track, Album, Artist, Label, Genre, Import)}))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "songs.csv"
    path.write_text(as_csv([net_row(number) for number in range(ROWS)]))
    return path


def counts(environment: dict[str, str]) -> dict[str, int]:
    found: dict[str, int] = json.loads(python(environment, "-c", COUNTS))
    return found


@pytest.mark.django_db
def test_two_at_once_make_everything_once(tmp_path: Path, file: Path) -> None:
    with own_database(tmp_path) as environment:
        command = ("manage.py", "importlibrary", str(file))
        with ThreadPoolExecutor(2) as people:
            said = [people.submit(python, environment, *command) for _ in range(2)]
        summaries = sorted(line for one in said for line in one.result().splitlines() if "Track:" in line)
        assert summaries == [
            "  Track: 0 created, 0 updated, 3,000 unchanged",
            "  Track: 3,000 created, 0 updated, 0 unchanged",
        ]
        assert counts(environment) == {
            "Track": ROWS,
            "Album": ROWS,
            "Artist": ROWS,
            "Label": 1,
            "Genre": 1,
            "Import": 2,
        }


@pytest.mark.django_db
def test_killed_at_any_moment_all_of_it_is_there_or_nothing(tmp_path: Path, file: Path) -> None:
    source = random.Random(3)
    with own_database(tmp_path) as environment:
        command = [sys.executable, "manage.py", "importlibrary", str(file)]
        began = time.monotonic()
        python(environment, *command[1:])
        whole = time.monotonic() - began
        python(environment, "-c", "import django; django.setup()\nfrom musicdb.models import *\n" + WIPE)
        for _ in range(KILLS):
            process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
            time.sleep(source.uniform(0.4, 1) * whole)
            process.send_signal(signal.SIGKILL)
            process.wait()
            found = counts(environment)
            assert set(found.values()) == {0} or found["Track"] == found["Album"] == found["Artist"] == ROWS
        python(environment, *command[1:])
        assert counts(environment)["Track"] == ROWS


WIPE = """
for model in (Import, Track, Album, Artist, Label, Genre):
    model.objects.all().delete()
"""
