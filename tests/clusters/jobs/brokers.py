"""Brokers for tests, and what waits with them."""

import socket
from pathlib import Path

from django.conf import LazySettings
from redis import Redis

from musicdb.conf.brokers import transport_options

REDIS = "redis://127.0.0.1:6379/9"


def redis_answers() -> bool:
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", 6379)) == 0


def clear_redis(queue: str) -> None:
    """Remove all that Redis keeps for ``queue``."""
    with Redis.from_url(REDIS) as client:
        for key in client.scan_iter(f"{queue}:*"):
            client.delete(key)


def folder_broker(folder: Path) -> str:
    (folder / "queue").mkdir(exist_ok=True)
    return f"filesystem://{folder}/queue"


def use(settings: LazySettings, address: str) -> None:
    """Let this process hand over to workers by the broker at ``address``."""
    settings.CELERY_BROKER_URL = address
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(address, "musicdb")


def messages(folder: Path) -> int:
    """How many messages wait with ``folder_broker``."""
    return len(list((folder / "queue").glob("*.msg")))
