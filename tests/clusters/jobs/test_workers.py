"""What real workers make of what is handed over: shared, killed, taken up again. On a database of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.clusters.jobs.brokers import REDIS, clear_redis, folder_broker, redis_answers
from tests.processes import PROJECT, own_database, python

# One of them cannot be clustered; the first takes long enough to be killed in, however slowly one looks.
LIBRARY = """
import random, django
django.setup()
from musicdb.models import Genre, Track
from tests.factories import random_features
source = random.Random(1)
for name, tracks in {"alpha": 10_000, "beta": 40, "delta": 40, "gamma": 40, "small": 3}.items():
    genre = Genre.objects.create(name=name)
    genre.tracks.set(
        Track.objects.bulk_create(
            Track(title=f"{name} {number}", slug=f"{name}-{number}", **random_features(source))
            for number in range(tracks)
        )
    )
"""

Start = Callable[..., list[subprocess.Popen[bytes]]]


@pytest.fixture(scope="module", params=["folder", "redis"])
def environment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A library that workers know, and by which broker they hear of it. It is the same for all tests of a broker."""
    if request.param == "redis" and not redis_answers():
        pytest.skip("no Redis on 127.0.0.1:6379")
    folder = tmp_path_factory.mktemp("workers")
    with own_database(folder) as environment:
        environment |= {
            "CELERY_BROKER_URL": REDIS if request.param == "redis" else folder_broker(folder),
            "CELERY_QUEUE": environment["MARK"],
            "WORKER_HEARTBEAT": "0.5",
            "LIBRARY": str(folder),
        }
        python(environment, "-c", LIBRARY)
        yield environment
        if request.param == "redis":
            clear_redis(environment["MARK"])


@pytest.fixture(autouse=True)
def _since(environment: dict[str, str]) -> None:
    """What earlier tests asked for is not looked at."""
    environment["SINCE"] = str(time.time())


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start workers of one process each, as documented, and return once they are ready."""
    started: list[subprocess.Popen[bytes]] = []

    def starting(*names: str) -> list[subprocess.Popen[bytes]]:
        logs = [tmp_path / f"{name}.log" for name in names]
        for name, log in zip(names, logs, strict=True):
            command = ("-m", "celery", "-A", "musicdb", "worker", "-c", "1", "-l", "INFO", "-n", f"{name}@%h")
            with log.open("wb") as file:
                process = subprocess.Popen(
                    [sys.executable, *command],
                    cwd=PROJECT,
                    env=environment,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            started.append(process)
        until = time.monotonic() + 60
        for log in logs:
            while b" ready." not in log.read_bytes():
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
        return started[-len(names) :]

    yield starting
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker with all its processes, as a machine does that loses its power."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_children(process: subprocess.Popen[bytes]) -> None:
    """Kill what computes for a worker, as the system does where memory runs short."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and f"PPid:\t{process.pid}\n" in (entry / "status").read_text():
                os.kill(int(entry.name), signal.SIGKILL)


def enqueue(environment: dict[str, str], *genres: str) -> dict[str, Any]:
    command = ("recluster", "--enqueue", "--force", "--json", *genres)
    said: dict[str, Any] = json.loads(python(environment, "manage.py", *command))
    return said


def look(environment: dict[str, str], waited_for: str) -> dict[str, Any]:
    command = ("-m", "tests.clusters.jobs.wait_for_state", waited_for, environment["SINCE"])
    found: dict[str, Any] = json.loads(python(environment, *command))
    return found


@contextmanager
def waiting_for(environment: dict[str, str], waited_for: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Look from now on, so that no moment is missed; yield what returns what was seen."""
    with ThreadPoolExecutor(1) as one:
        yield one.submit(look, environment, waited_for).result


def of_each(found: dict[str, Any], what: str) -> dict[str, Any]:
    return {genre: task[what] for genre, task in found["tasks"].items()}


PUBLISHED = {"alpha": "published", "beta": "published", "delta": "published", "gamma": "published", "small": "skipped"}


def test_two_workers_share_the_genres_and_do_nothing_twice(environment: dict[str, str], start: Start) -> None:
    workers = start("one", "other")
    said = enqueue(environment)
    assert said == {**said, "genres": 5, "page": f"/admin/clusters/reclusterjob/{said['job']}/change/"}
    found = look(environment, "finished")

    assert found["state"] == "done"
    assert of_each(found, "status") == PUBLISHED
    assert of_each(found, "is of its genre") == {genre: genre != "small" for genre in PUBLISHED}
    assert of_each(found, "attempts") == dict.fromkeys(PUBLISHED, 1)
    assert set(of_each(found, "worker").values()) == {"one", "other"}
    assert (found["new runs"], found["wrong"]) == (4, [])
    # Asked politely, a worker goes.
    for worker in workers:
        worker.terminate()
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]


@pytest.mark.parametrize("environment", ["redis" if redis_answers() else "folder"], indirect=True)
def test_the_next_worker_takes_up_what_a_killed_one_had(environment: dict[str, str], start: Start) -> None:
    (first,) = start("first")
    with waiting_for(environment, "running") as seen:
        enqueue(environment, "alpha", "beta")
        begun = seen()
        kill(first)
    assert (begun["state"], begun["new runs"]) == ("running", 0)
    assert of_each(begun, "state") == {"alpha": "running", "beta": "pending"}

    start("next")
    found = look(environment, "finished")
    assert found["state"] == "done"
    assert of_each(found, "status") == {"alpha": "published", "beta": "published"}
    assert of_each(found, "worker") == {"alpha": "next", "beta": "next"}
    assert of_each(found, "attempts") == {"alpha": 2, "beta": 1}
    assert (found["new runs"], found["wrong"]) == (2, [])


@pytest.mark.parametrize("environment", ["folder"], indirect=True)
def test_neither_a_lost_message_nor_a_killed_process_costs_more_than_time(
    environment: dict[str, str], start: Start
) -> None:
    enqueue(environment)
    waiting = look(environment, "now")
    assert (waiting["state"], waiting["new runs"]) == ("pending", 0)
    messages = list(Path(environment["LIBRARY"]).glob("queue/*.msg"))
    assert len(messages) >= 5
    for message in messages:
        message.unlink()
    with waiting_for(environment, "running") as seen:
        (worker,) = start("only")
        seen()
        kill_children(worker)
    found = look(environment, "finished")

    assert of_each(found, "status") == PUBLISHED
    assert of_each(found, "attempts") == {**dict.fromkeys(PUBLISHED, 1), "alpha": 2}
    assert (found["new runs"], found["wrong"]) == (4, [])
