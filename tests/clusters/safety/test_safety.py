"""Killed, interrupted, doubled, out of disk: what visitors see is whole throughout. With real processes.

Each test has a database of its own, on the server that the suite runs on.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, recluster, service
from musicdb.models import Genre, Track
from tests.clusters.safety.invariants import problems, unowned_plots
from tests.factories import GenreFactory, TrackFactory, clustered_genre, collection_of, grouped_tracks
from tests.processes import PROJECT, own_database, python

KILLS = 56

LIBRARY = """
import random, django
django.setup()
from musicdb.models import Genre, Track
from tests.factories import random_features
source = random.Random(1)
for name in ("k-pop", "korean pop", "k-rock"):
    genre = Genre.objects.create(name=name)
    for number in range(40):
        features = random_features(source) if number else {}
        track = Track.objects.create(title=f"{name} {number}", **features)
        track.genres.add(genre)
"""

WHOLE = """
import json, django
django.setup()
from tests.clusters.safety.invariants import problems, unowned_plots
from clusters.models import Run
print(json.dumps({"problems": problems(), "unowned": unowned_plots(), "published": Run.objects.published().count()}))
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A library of three genres; it and they have a published run, in a database for other processes to use."""
    with own_database(tmp_path) as environment:
        python(environment, "-c", LIBRARY)
        python(environment, "manage.py", "recluster", "--jobs", "1")
        yield environment


def state(environment: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(python(environment, "-c", WHOLE))
    return found


def marked(environment: dict[str, str]) -> list[int]:
    """The processes that were started in this environment and still live."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and environment["MARK"].encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # Gone by now, or somebody else's.
            continue
    return found


def all_gone(environment: dict[str, str], within: float = 10) -> bool:
    until = time.monotonic() + within
    while marked(environment) and time.monotonic() < until:
        time.sleep(0.05)
    return marked(environment) == []


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a recluster with workers, as a terminal would, and return once it is computing."""
    started: list[subprocess.Popen[str]] = []

    def starting(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "recluster", "--force", "--jobs", "2", *arguments],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        # The command, the server that forks workers, multiprocessing's own tracker, and a worker.
        until = time.monotonic() + 30
        while len(marked(environment)) < 4 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        assert process.poll() is None
        return process

    yield starting
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.slow
class TestKilled:
    def test_at_any_moment(self, environment: dict[str, str]) -> None:
        found = json.loads(python(environment, "-m", "tests.clusters.safety.kill", str(KILLS)))

        assert found["problems"] == []
        assert found["kills"] == KILLS
        # It must have been hit where it hurts, or nothing is shown.
        assert found["left files behind"] >= 5
        assert found["unowned at the end"] == []
        assert found["next is unused"]

    def test_no_worker_outlives_the_parent(
        self, environment: dict[str, str], start: Callable[..., subprocess.Popen[str]]
    ) -> None:
        process = start()
        process.kill()
        process.wait()

        assert all_gone(environment)
        assert state(environment)["problems"] == []


@pytest.mark.slow
class TestStopped:
    def test_ctrl_c_ends_at_once_and_says_how_far_it_was(
        self, environment: dict[str, str], start: Callable[..., subprocess.Popen[str]]
    ) -> None:
        process = start()
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=30)

        assert time.monotonic() - began < 5
        assert process.returncode == 130
        assert error.startswith("CommandError: Interrupted after ")
        assert error.endswith(" of 4 collections; the others keep the run they had.\n")
        assert len(error.splitlines()) == 1
        assert all_gone(environment)
        assert state(environment)["problems"] == []

    def test_so_does_a_polite_request(
        self, environment: dict[str, str], start: Callable[..., subprocess.Popen[str]]
    ) -> None:
        process = start()
        process.terminate()
        process.wait(timeout=10)

        assert all_gone(environment)
        python(environment, "manage.py", "recluster", "--force", "--jobs", "1")
        assert state(environment) == {"problems": [], "unowned": [], "published": 4}


@pytest.mark.slow
def test_two_at_once(environment: dict[str, str]) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "manage.py", "recluster", "--force", "--json", "--jobs", "1"],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outcomes = [json.loads(line) for process in both for line in process.communicate()[0].splitlines()]

    assert [process.returncode for process in both] == [0, 0]
    assert [outcome["status"] for outcome in outcomes] == ["published"] * 8
    assert state(environment) == {"problems": [], "unowned": [], "published": 4}


@pytest.mark.slow
def test_no_room_for_a_plot(environment: dict[str, str]) -> None:
    """A file may be no larger than part of a picture: the write fails in the middle, as on a full disk."""

    # Less than any plot takes; but SQLite cannot even be read without the file of its shared memory.
    room = 12_000 if connection.vendor == "postgresql" else 34_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    before = state(environment)
    printed = python(
        environment, "manage.py", "recluster", "--force", "--json", "--jobs", "1", status=1, preexec_fn=little_room
    )
    outcomes = [json.loads(line) for line in printed.splitlines()]

    assert [outcome["status"] for outcome in outcomes] == ["failed"] * 4
    assert all(outcome["reason"] for outcome in outcomes)
    assert state(environment) == before == {"problems": [], "unowned": [], "published": 4}
    python(environment, "manage.py", "recluster", "--force", "--jobs", "1")
    assert state(environment) == before


@pytest.mark.django_db(transaction=True)
class TestChangedMeanwhile:
    """Somebody edits while the numbers are made."""

    @staticmethod
    def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any], times: int = 1) -> list[int]:
        original, calls = service.compute, [0]

        def compute(*args: Any) -> Any:
            found = original(*args)
            calls[0] += 1
            if calls[0] <= times:
                change()
            return found

        monkeypatch.setattr(service, "compute", compute)
        return calls

    @staticmethod
    def again(genre: Genre) -> str:
        (outcome,) = recluster([collection_of(genre)], Params(), Options())
        return outcome.status

    def test_a_deleted_track_is_in_no_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genre = GenreFactory()
        grouped_tracks(12, genres=[genre])
        calls = self.meanwhile(monkeypatch, lambda: genre.tracks.first().delete())

        assert self.again(genre) == "published"
        assert calls == [2]
        assert problems() == []
        assert Run.objects.get().track_count == 11

    def test_deleting_without_end_fails_and_loses_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genre, run = clustered_genre(20)
        TrackFactory(genres=[genre])
        # One that the published run has not, so that the run stays whole.
        newest = Track.objects.order_by("-pk")

        def replace_it() -> None:
            newest.first().delete()
            TrackFactory(genres=[genre])

        self.meanwhile(monkeypatch, replace_it, times=99)

        assert self.again(genre) == "failed"
        assert problems() == []
        assert Run.objects.published().get() == run
        assert unowned_plots() == []

    def test_an_edit_is_noticed_by_the_next_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genre = GenreFactory()
        grouped_tracks(12, genres=[genre])
        self.meanwhile(monkeypatch, lambda: genre.tracks.update(energy=0.5))

        assert [self.again(genre), self.again(genre), self.again(genre)] == ["published", "published", "unchanged"]
        assert problems() == []

    def test_so_is_a_move(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genre, other = GenreFactory.create_batch(2)
        grouped_tracks(12, genres=[genre])
        self.meanwhile(monkeypatch, lambda: genre.tracks.first().genres.set([other]))

        assert [self.again(genre), self.again(genre), self.again(genre)] == ["published", "published", "unchanged"]
        assert Run.objects.published().get().track_count == 11
        assert problems() == []
        assert default_storage.exists(Run.objects.published().get().plot_png.name)
