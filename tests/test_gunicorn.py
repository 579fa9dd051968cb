"""The site as docs/deploying.md starts it: gunicorn with the project's configuration, in a process of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.processes import PROJECT

pytestmark = pytest.mark.slow

IDLE_CONNECTIONS = 50


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "of a test",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'library.sqlite3'}",
        "PORT": str(port),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=PROJECT, env=environment, check=True)
    site = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "musicdb.wsgi", "--log-level", "warning"],
        cwd=PROJECT,
        env=environment,
        start_new_session=True,
    )
    try:
        give_up = time.monotonic() + 60
        while True:
            try:
                assert get(port, "/healthz") == 200
                break
            except OSError:
                assert site.poll() is None, "gunicorn ended"
                assert time.monotonic() < give_up, "gunicorn does not answer"
                time.sleep(0.1)
        yield port
    finally:
        os.killpg(site.pid, signal.SIGTERM)
        site.wait(30)


def test_idle_connections_do_not_stop_the_site(port: int) -> None:
    with ExitStack() as idle:
        for _ in range(IDLE_CONNECTIONS):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        time.sleep(0.5)
        started = time.monotonic()
        statuses = [get(port, "/healthz") for _ in range(10)]
        took = time.monotonic() - started

    assert statuses == [200] * 10
    assert took / 10 < 1
