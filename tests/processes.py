"""A database for one test and the processes that it starts, and Python run with it."""

import atexit
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def empty_database(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a database without tables, of the suite's kind; it and its files are in ``folder``."""
    name = f"musicdb_safety_{uuid.uuid4().hex[:12]}"
    if connection.vendor == "postgresql":
        _on_server(f"CREATE DATABASE {name}")
    try:
        yield _environment(folder, name)
    finally:
        if connection.vendor == "postgresql":
            _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def own_database(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of an empty, migrated library in ``folder``, with the suite's kind of database."""
    name = f"musicdb_safety_{uuid.uuid4().hex[:12]}"
    template = _migrated_template()
    if connection.vendor == "postgresql":
        _on_server(f"CREATE DATABASE {name} TEMPLATE {template['MARK']}")
    else:
        shutil.copyfile(_file(Path(template["FOLDER"])), _file(folder))
    try:
        yield _environment(folder, name)
    finally:
        if connection.vendor == "postgresql":
            _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _migrated_template() -> dict[str, str]:
    """Return the environment of a migrated database that own databases are copied from. Migrating takes seconds."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="musicdb-template-")))
    environment = stack.enter_context(empty_database(folder))
    python(environment, "manage.py", "migrate", "-v0")
    if connection.vendor == "sqlite":
        # What WAL holds beside the file goes into it.
        with closing(sqlite3.connect(_file(folder))) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {**environment, "FOLDER": str(folder)}


def _file(folder: Path) -> Path:
    return folder / "library.sqlite3"


def _on_server(statement: str) -> None:
    import psycopg

    server = settings.DATABASES["default"]
    with psycopg.connect(
        host=server["HOST"],
        port=server["PORT"] or 5432,
        user=server["USER"],
        password=server["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as admin:
        admin.execute(statement)


def _environment(folder: Path, name: str) -> dict[str, str]:
    if connection.vendor == "postgresql":
        server = settings.DATABASES["default"]
        secret = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
        url = f"postgres://{server['USER']}{secret}@{server['HOST']}:{server['PORT'] or 5432}/{name}"
    else:
        url = f"sqlite:///{_file(folder)}"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "DJANGO_SETTINGS_MODULE": "musicdb.settings",
        "SECRET_KEY": "of a test",
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(folder / "media"),
        "MARK": name,
    }


def python(environment: dict[str, str], *arguments: str, status: int = 0, **options: Any) -> str:
    """Run Python with ``arguments`` and return what it printed."""
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        **options,
    )
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout
