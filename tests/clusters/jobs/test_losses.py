"""Twenty tasks, in the middle of which workers or the broker are killed: each is done exactly once, none is lost."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clusters.jobs.brokers import PrivateBroker, PrivateRabbitMQ, PrivateRedis, running_broker
from tests.clusters.jobs.workers import (
    Environment,
    Worker,
    enqueue,
    kill_children,
    kill_parent,
    library,
    of_each,
    wait_for,
    watching,
)

pytestmark = pytest.mark.slow

# Large enough that some are running at any moment.
GENRES = {f"genre {number:02}": 1_500 for number in range(20)}
MAX_SECONDS = 90

Start = Callable[..., list[Worker]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with library(tmp_path_factory.mktemp("losses"), GENRES, heartbeat=2) as environment:
        yield environment


def assert_done_exactly_once(found: dict[str, Any]) -> None:
    assert (found["state"], found["wrong"]) == ("finished", [])
    assert of_each(found, "status") == dict.fromkeys(GENRES, "published")
    assert of_each(found, "new runs") == dict.fromkeys(GENRES, 1)
    assert of_each(found, "is of its genre") == dict.fromkeys(GENRES, True)


@pytest.mark.parametrize("kind", ["redis", "rabbitmq"])
def test_killed_workers_cost_no_task(environment: Environment, start: Start, tmp_path: Path, kind: str) -> None:
    with running_broker(kind, tmp_path, environment["CELERY_QUEUE"]) as url:
        environment["CELERY_BROKER_URL"] = url
        loses_children, loses_parent = start("one", "other", processes=2)
        with watching(environment, "under way") as wait_until_under_way:
            enqueue(environment, *GENRES)
            under_way = wait_until_under_way()
            kill_children(loses_children)
            kill_parent(loses_parent)
        killed = time.monotonic()
        found = wait_for(environment, "finished")

    assert "pending" in of_each(under_way, "state").values()
    assert_done_exactly_once(found)
    assert time.monotonic() - killed < MAX_SECONDS


@pytest.mark.parametrize("private", [PrivateRedis, PrivateRabbitMQ])
def test_a_killed_broker_that_forgets_its_messages_costs_no_task(
    environment: Environment, start: Start, tmp_path: Path, private: Callable[[Path], PrivateBroker]
) -> None:
    broker = private(tmp_path)
    try:
        broker.start()
        environment["CELERY_BROKER_URL"] = broker.url
        start("one", "other")
        with watching(environment, "under way") as wait_until_under_way:
            enqueue(environment, *GENRES)
            under_way = wait_until_under_way()
            broker.kill()
        broker.start()
        restarted = time.monotonic()
        found = wait_for(environment, "finished")
    finally:
        broker.kill()

    assert "pending" in of_each(under_way, "state").values()
    assert_done_exactly_once(found)
    assert time.monotonic() - restarted < MAX_SECONDS
