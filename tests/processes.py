"""A database for one test and the processes that it starts, and Python run with it."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def own_database(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of an empty, migrated library in ``folder``, with the suite's kind of database."""
    name = f"musicdb_safety_{uuid.uuid4().hex[:12]}"
    on_postgresql = connection.vendor == "postgresql"
    if on_postgresql:
        import psycopg

        server = settings.DATABASES["default"]
        where = {"host": server["HOST"], "port": server["PORT"] or 5432, "user": server["USER"]}
        admin = psycopg.connect(**where, password=server["PASSWORD"] or None, dbname="postgres", autocommit=True)
        admin.execute(f"CREATE DATABASE {name}")
        secret = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
        url = f"postgres://{where['user']}{secret}@{where['host']}:{where['port']}/{name}"
    else:
        url = f"sqlite:///{folder / 'library.sqlite3'}"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "DJANGO_SETTINGS_MODULE": "musicdb.settings",
        "SECRET_KEY": "of a test",
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(folder / "media"),
        "MARK": name,
    }
    python(environment, "manage.py", "migrate", "-v0")
    yield environment
    if on_postgresql:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


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
