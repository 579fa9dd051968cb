"""Real workers on a library of their own: started as documented, watched, killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.processes import PROJECT, own_database, python

LIBRARY = """
import json, random, sys, django
django.setup()
from musicdb.models import Genre, Track
from tests.factories import random_features
source = random.Random(1)
for name, tracks in json.loads(sys.argv[1]).items():
    genre = Genre.objects.create(name=name)
    genre.tracks.set(
        Track.objects.bulk_create(
            Track(title=f"{name} {number}", slug=f"{name}-{number}", **random_features(source))
            for number in range(tracks)
        )
    )
"""

Worker = subprocess.Popen[bytes]
Environment = dict[str, str]


@contextmanager
def library(folder: Path, genres: Mapping[str, int], heartbeat: float) -> Iterator[Environment]:
    """Yield the environment of a library whose ``genres`` have so many tracks. Its broker is still to be set."""
    with own_database(folder) as environment:
        environment |= {"CELERY_QUEUE": environment["MARK"], "WORKER_HEARTBEAT": str(heartbeat)}
        python(environment, "-c", LIBRARY, json.dumps(genres))
        yield environment


@contextmanager
def workers(environment: Environment, folder: Path) -> Iterator[Callable[..., list[Worker]]]:
    """Yield a function that starts workers and returns once they are ready. They are killed in the end."""
    started: list[Worker] = []

    def start(*names: str, processes: int = 1) -> list[Worker]:
        logs = [folder / f"{name}.log" for name in names]
        for name, log in zip(names, logs, strict=True):
            command = ("celery", "-A", "musicdb", "worker", "-c", str(processes), "-l", "INFO", "-n", f"{name}@%h")
            with log.open("wb") as file:
                process = subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=PROJECT,
                    env=environment,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            started.append(process)
        until = time.monotonic() + 90
        for log in logs:
            while b" ready." not in log.read_bytes():
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.05)
        return started[-len(names) :]

    yield start
    for process in started:
        kill(process)


def kill(worker: Worker) -> None:
    """Kill a worker with all its processes, as when a machine loses its power."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def kill_children(worker: Worker) -> None:
    """Kill the processes that compute for a worker, as the system does when it runs out of memory."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and f"PPid:\t{worker.pid}\n" in (entry / "status").read_text():
                os.kill(int(entry.name), signal.SIGKILL)


def kill_parent(worker: Worker) -> None:
    """Kill a worker's main process alone."""
    worker.kill()
    worker.wait()


def enqueue(environment: Environment, *genres: str) -> dict[str, Any]:
    """Have the workers recluster the genres, even where nothing changed."""
    printed = python(environment, "manage.py", "recluster", "--enqueue", "--force", "--json", *genres)
    report: dict[str, Any] = json.loads(printed)
    return report


def wait_for(environment: Environment, state: str) -> dict[str, Any]:
    """Wait for the test's job to be in the state, and return what ``wait_for_state`` found then."""
    command = ("-m", "tests.clusters.jobs.wait_for_state", environment["SINCE"], state)
    found: dict[str, Any] = json.loads(python(environment, *command))
    return found


@contextmanager
def watching(environment: Environment, state: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """Watch from now on, so that no moment is missed. Yield a function that waits for the state."""
    with ThreadPoolExecutor(1) as one:
        yield one.submit(wait_for, environment, state).result


def of_each(found: dict[str, Any], field: str) -> dict[str, Any]:
    return {genre: task[field] for genre, task in found["tasks"].items()}
