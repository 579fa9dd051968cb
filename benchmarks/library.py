"""A library of a benchmark's own, in a scratch database, and commands run on it in processes of their own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.report import Report

PROJECT = Path(__file__).parents[1]
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")

# Runs a command of manage.py and says how much memory and processor time this process took, without its children.
WRAPPER = """
import resource, sys
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stderr.write(f"USED {used.ru_maxrss} {used.ru_utime + used.ru_stime}\\n")
"""


@dataclass(frozen=True)
class Ran:
    """``seconds``: wall time of the process, its start included. ``megabytes`` and ``cpu_seconds``: its own peak and
    processor time, without its children."""

    seconds: float
    megabytes: float
    cpu_seconds: float
    output: str


@dataclass(frozen=True)
class Library:
    """A database, and the tree of the project whose commands run on it."""

    environment: dict[str, str]
    project: Path = PROJECT

    @property
    def file(self) -> Path:
        """The database of a library on SQLite."""
        return Path(self.environment["DATABASE_URL"].removeprefix("sqlite:///"))

    def manage(self, *arguments: str) -> Ran:
        return self.python("-c", WRAPPER, *arguments)

    def python(self, *arguments: str) -> Ran:
        """Run Python with ``arguments`` in this library; raise with its error where it fails."""
        began = time.perf_counter()
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - began
        if run.returncode:
            raise RuntimeError(f"{arguments[-3:]} ended with {run.returncode}: {run.stderr[-2000:]}")
        used = [line.split()[1:] for line in run.stderr.splitlines() if line.startswith("USED ")]
        peak, cpu_seconds = map(float, used[-1] if used else (0, 0))
        return Ran(seconds, peak / 1024, cpu_seconds, run.stdout)

    def call(self, module: str, *arguments: str) -> dict[str, float]:
        """Run a module of the benchmarks with Django set up, and return the JSON that it prints last."""
        found: dict[str, float] = json.loads(self.python("-m", module, *arguments).output.splitlines()[-1])
        return found


@contextmanager
def sqlite(folder: Path, project: Path = PROJECT) -> Iterator[Library]:
    yield _library(folder, f"sqlite:///{folder / 'library.sqlite3'}", project)


@contextmanager
def postgresql(folder: Path) -> Iterator[Library]:
    """Yield a library in a database that is dropped afterwards. Raises psycopg.OperationalError without a server."""
    name = f"musicdb_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        try:
            yield _library(folder, f"{POSTGRES}/{name}")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@contextmanager
def on_both_databases(folder: Path, report: Report) -> Iterator[dict[str, Library]]:
    """Yield a library on SQLite and one on PostgreSQL, by name. Without a server, the report says so."""
    with ExitStack() as stack:
        libraries = {"sqlite": stack.enter_context(sqlite(folder / "sqlite"))}
        try:
            libraries["postgresql"] = stack.enter_context(postgresql(folder / "postgresql"))
        except psycopg.OperationalError as error:
            report.not_measured("postgresql", str(error).splitlines()[0])
        yield libraries


def _library(folder: Path, url: str, project: Path = PROJECT) -> Library:
    folder.mkdir(parents=True, exist_ok=True)
    library = Library(
        {
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "SECRET_KEY": "of a benchmark",
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "musicdb.settings",
        },
        project,
    )
    library.manage("migrate", "-v0")
    return library


@contextmanager
def served(library: Library) -> Iterator[str]:
    """Serve ``library`` by the development server, at the address that is yielded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Without DEBUG, the static files would have to be collected first.
    environment = {**os.environ, **library.environment, "DEBUG": "1"}
    command = [sys.executable, "manage.py", "runserver", "--noreload", "--skip-checks", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        command, cwd=library.project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/healthz").close()  # noqa: S310 (the server above)
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()
