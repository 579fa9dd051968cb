"""Real workers share the tasks, and survive that processes, machines and messages are lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clusters.jobs.brokers import messages, running_broker
from tests.clusters.jobs.workers import (
    Environment,
    Worker,
    enqueue,
    kill,
    kill_children,
    library,
    of_each,
    wait_for,
    watching,
)

pytestmark = pytest.mark.slow

# "small" cannot be clustered. "alpha" takes long enough to be killed meanwhile.
GENRES = {"alpha": 60_000, "beta": 40, "delta": 40, "gamma": 40, "small": 3}
OUTCOMES = {"alpha": "published", "beta": "published", "delta": "published", "gamma": "published", "small": "skipped"}
NEW_RUNS = {genre: int(status == "published") for genre, status in OUTCOMES.items()}

Start = Callable[..., list[Worker]]


@pytest.fixture(scope="module", params=["folder", "redis", "rabbitmq"])
def environment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A library and its broker, the same for all tests with this broker."""
    folder = tmp_path_factory.mktemp("workers")
    with (
        library(folder, GENRES, heartbeat=0.5) as environment,
        running_broker(request.param, folder, environment["CELERY_QUEUE"]) as url,
    ):
        yield environment | {"CELERY_BROKER_URL": url, "FOLDER": str(folder)}


def test_two_workers_share_the_genres_and_do_nothing_twice(environment: Environment, start: Start) -> None:
    workers = start("one", "other")
    report = enqueue(environment, *GENRES)
    page = f"/admin/clusters/reclusterjob/{report['job']}/change/"
    assert report == {"job": report["job"], "collections": 5, "page": page, "worker_is_running": True}
    found = wait_for(environment, "finished")

    assert (found["state"], found["wrong"]) == ("finished", [])
    assert of_each(found, "status") == OUTCOMES
    assert of_each(found, "new runs") == NEW_RUNS
    assert of_each(found, "is of its genre") == {genre: bool(runs) for genre, runs in NEW_RUNS.items()}
    assert of_each(found, "attempts") == dict.fromkeys(OUTCOMES, 1)
    assert set(of_each(found, "worker").values()) == {"one", "other"}
    for worker in workers:
        worker.terminate()
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]
    assert enqueue(environment, "small")["worker_is_running"] is False


@pytest.mark.parametrize("environment", ["redis", "rabbitmq"], indirect=True)
def test_the_next_worker_runs_what_a_lost_machine_left(environment: Environment, start: Start) -> None:
    (first,) = start("first")
    with watching(environment, "running") as wait_until_running:
        enqueue(environment, "alpha", "beta")
        running = wait_until_running()
        kill(first)
    assert running["state"] == "running"
    assert of_each(running, "state") == {"alpha": "running", "beta": "pending"}
    assert of_each(running, "new runs") == {"alpha": 0, "beta": 0}

    start("next")
    found = wait_for(environment, "finished")
    assert (found["state"], found["wrong"]) == ("finished", [])
    assert of_each(found, "status") == {"alpha": "published", "beta": "published"}
    assert of_each(found, "worker") == {"alpha": "next", "beta": "next"}
    assert of_each(found, "attempts") == {"alpha": 2, "beta": 1}
    assert of_each(found, "new runs") == {"alpha": 1, "beta": 1}


@pytest.mark.parametrize("environment", ["redis", "rabbitmq"], indirect=True)
def test_celery_returns_the_task_of_a_killed_process_long_before_it_is_stalled(
    environment: Environment, start: Start
) -> None:
    environment["WORKER_HEARTBEAT"] = "60"
    try:
        (worker,) = start("only")
    finally:
        environment["WORKER_HEARTBEAT"] = "0.5"
    with watching(environment, "running") as wait_until_running:
        enqueue(environment, "alpha")
        wait_until_running()
        kill_children(worker)
    found = wait_for(environment, "finished")

    assert of_each(found, "status") == {"alpha": "published"}
    assert of_each(found, "attempts") == {"alpha": 2}
    assert of_each(found, "new runs") == {"alpha": 1}


@pytest.mark.parametrize("environment", ["folder"], indirect=True)
def test_lost_messages_and_a_killed_process_cost_only_time(environment: Environment, start: Start) -> None:
    enqueue(environment, *GENRES)
    waiting = wait_for(environment, "any")
    assert (waiting["state"], set(of_each(waiting, "new runs").values())) == ("no_worker", {0})
    lost = messages(Path(environment["FOLDER"]))
    assert len(lost) >= 5
    for message in lost:
        message.unlink()
    with watching(environment, "running") as wait_until_running:
        (worker,) = start("only")
        wait_until_running()
        kill_children(worker)
    found = wait_for(environment, "finished")

    assert of_each(found, "status") == OUTCOMES
    assert of_each(found, "attempts") == {**dict.fromkeys(OUTCOMES, 1), "alpha": 2}
    assert (of_each(found, "new runs"), found["wrong"]) == (NEW_RUNS, [])
