"""Brokers for tests: those that run on this machine, private ones that may be killed, and a folder."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings, settings

from musicdb.celery import app
from musicdb.conf.brokers import transport_options

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9")
RABBITMQ = os.environ.get("RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


def skip_or_fail(reason: str) -> None:
    """Skip the test; fail it where .ci/run has seen to it that there are brokers."""
    (pytest.fail if os.environ.get("REQUIRE_BROKERS") else pytest.skip)(reason)


def answers(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((parts.hostname or "", parts.port or 0)) == 0


@contextmanager
def running_broker(kind: str, folder: Path, queue: str) -> Iterator[str]:
    """Yield the URL of a broker of this kind in which ``queue`` is empty."""
    if kind == "folder":
        yield folder_broker(folder)
        return
    url = {"redis": REDIS, "rabbitmq": RABBITMQ}[kind]
    if not answers(url):
        skip_or_fail(f"{kind} does not answer at {url}; start it, or set {kind.upper()}_URL")
    yield url
    with app.connection_for_write(url, transport_options=transport_options(url, queue)) as connection:
        connection.default_channel.queue_delete(queue)


def folder_broker(folder: Path) -> str:
    (folder / "queue").mkdir(exist_ok=True)
    return f"filesystem://{folder}/queue"


def use(settings: LazySettings, url: str) -> None:
    """Let this process enqueue jobs with the broker at ``url``."""
    settings.CELERY_BROKER_URL = url
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(url, "musicdb")


def messages(folder: Path) -> list[Path]:
    """Return the messages that wait in ``folder_broker``."""
    return sorted((folder / "queue").glob("*.msg"))


def receive() -> int | None:
    """Receive the next message, as a worker does, and return the key of its task; None if there is none."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with app.connection_for_read(settings.CELERY_BROKER_URL, transport_options=options) as connection:
        message = connection.default_channel.basic_get(settings.CELERY_TASK_DEFAULT_QUEUE, no_ack=True)
    if message is None:
        return None
    (key,), *_ = message.payload
    return int(key)


class PrivateBroker:
    """A broker without persistence that this test alone uses, so that it may be killed."""

    def __init__(self, folder: Path, program: str) -> None:
        # Debian puts a wrapper on the PATH, which changes the user and the log.
        path = shutil.which(program, path=f"/usr/lib/rabbitmq/bin:{os.environ['PATH']}:/usr/sbin")
        if path is None:
            skip_or_fail(f"{program} is not installed")
        self.program, self.folder = str(path), folder
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    def start(self) -> None:
        """Start with nothing, and return once it answers."""
        raise NotImplementedError

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def _launch(self, *arguments: str, **environment: str) -> None:
        log = (self.folder / "broker.log").open("ab")
        self.process = subprocess.Popen(
            [self.program, *arguments],
            env={**os.environ, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        until = time.monotonic() + 90
        while not self._is_ready():
            assert self.process.poll() is None, (self.folder / "broker.log").read_text()
            assert time.monotonic() < until, (self.folder / "broker.log").read_text()
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            with app.connection_for_write(self.url, connect_timeout=2) as connection:
                connection.connect()
        except (OSError, *connection.connection_errors):
            return False
        return True


class PrivateRedis(PrivateBroker):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "redis-server")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._launch("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")


class PrivateRabbitMQ(PrivateBroker):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "rabbitmq-server")

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        # All that it stored is gone.
        data = Path(tempfile.mkdtemp(dir=self.folder))
        (data / "none.conf").touch()
        self._launch(
            HOME=str(data),
            RABBITMQ_NODENAME=f"musicdb{self.port}@localhost",
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1",
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(self.port + 1),
            RABBITMQ_MNESIA_BASE=str(data),
            RABBITMQ_LOG_BASE=str(data),
            RABBITMQ_CONFIG_FILE=str(data / "none"),
            RABBITMQ_ENABLED_PLUGINS_FILE=str(data / "plugins"),
        )
