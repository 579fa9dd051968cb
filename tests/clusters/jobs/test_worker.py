"""A task is claimed by one worker and finished once, whatever messages and workers do."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, connections
from django.utils import timezone

from clusters.core.params import Params
from clusters.jobs import Progress, cancel, enqueue
from clusters.jobs.heartbeats import record_worker, task_heartbeat, worker_is_running
from clusters.jobs.worker import claim, finish, release, run
from clusters.models import ReclusterJob, ReclusterTask, Run
from clusters.runs import Outcome
from tests.clusters.jobs.rows import genre_with_tracks, make_worker_dead, run_next, stall
from tests.factories import clustered_genre, collections_of, runs_of

pytestmark = pytest.mark.django_db


def a_task() -> ReclusterTask:
    enqueue(collections_of([genre_with_tracks()]), Params())
    return ReclusterTask.objects.get()


class TestRun:
    def test_stores_the_outcome_also_in_the_genres_history(self, broker: Path, admin_user: User) -> None:
        genre = genre_with_tracks(name="trip hop")
        job = enqueue(collections_of([genre]), Params(clusters=2), user=admin_user)

        assert run_next("me")
        task, stored = job.tasks.get(), Run.objects.get()
        assert (task.state, task.worker, task.attempts, task.run) == ("finished", "me", 1, stored)
        assert (task.outcome["status"], stored.is_published, stored.cluster_count) == ("published", True, 2)
        assert task.started_at <= task.heartbeat_at <= task.finished_at
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.change_message) == (admin_user, str(genre.pk), "Reclustered.")

    def test_does_nothing_for_a_message_that_arrives_again(self, broker: Path) -> None:
        task = a_task()
        assert [run(task.pk, "one"), run(task.pk, "two")] == [True, False]
        assert Run.objects.count() == 1

    def test_does_nothing_for_a_task_that_is_gone(self, broker: Path) -> None:
        task = a_task()
        ReclusterJob.objects.all().delete()
        assert not run(task.pk, "one")

    def test_a_genre_of_two_jobs_is_not_computed_twice(self, broker: Path) -> None:
        genre = genre_with_tracks()
        for _ in range(2):
            enqueue(collections_of([genre]), Params())
        first, second = ReclusterTask.objects.order_by("pk")
        assert claim(first.pk, "one") is not None
        assert claim(second.pk, "two") is None
        release(first.pk, "one")
        assert [run(first.pk, "one"), run(second.pk, "one")] == [True, True]

        assert [task.outcome["status"] for task in ReclusterTask.objects.all()] == ["published", "unchanged"]
        assert {task.run for task in ReclusterTask.objects.all()} == {Run.objects.get()}

    def test_force_does_not_store_a_second_run_after_a_worker_died_at_the_end(self, broker: Path) -> None:
        genre, _ = clustered_genre()
        enqueue(collections_of([genre]), Params(), force=True)
        task = ReclusterTask.objects.get()
        assert run(task.pk, "one")
        assert runs_of(genre).count() == 2
        task.refresh_from_db()
        assert task.outcome["status"] == "published"
        # As if the worker had died after it stored the run, before it finished the task.
        ReclusterTask.objects.update(state="running", outcome=None, run=None, finished_at=None)
        stall(task)
        assert run(task.pk, "two")

        task.refresh_from_db()
        assert (task.outcome["status"], task.attempts) == ("published", 2)
        assert runs_of(genre).count() == 2
        assert task.run == runs_of(genre).get(is_published=True)

    def test_a_genre_that_was_deleted_meanwhile(self, broker: Path) -> None:
        genre, other = genre_with_tracks(name="skiffle"), genre_with_tracks()
        job = enqueue(collections_of([genre, other]), Params())
        genre.delete()
        assert [run_next("me"), run_next("me")] == [True, True]

        deleted, kept = job.tasks.all()
        assert (deleted.collection_name, deleted.outcome["status"]) == ("skiffle", "skipped")
        assert deleted.outcome["reason"] == "it has been deleted"
        assert kept.outcome["status"] == "published"

    def test_an_error_is_the_outcome(self, broker: Path) -> None:
        task = a_task()
        ReclusterJob.objects.update(parameters={"clusters": 99, "seed": 0})
        assert run(task.pk, "me")

        task.refresh_from_db()
        assert (task.outcome["status"], task.outcome["reason"]) == (
            "failed",
            "ValueError: The number of clusters must be from 2 to 20.",
        )


class TestClaim:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif(connection.vendor == "sqlite", reason="threads share the tests' database in memory")
    def test_of_many_workers_with_the_same_message_one_gets_the_task(self, broker: Path) -> None:
        task, workers = a_task(), 6
        barrier = Barrier(workers)

        def try_to_claim(number: int) -> bool:
            try:
                barrier.wait(timeout=20)
                return claim(task.pk, f"worker {number}") is not None
            finally:
                connections.close_all()

        with ThreadPoolExecutor(workers) as threads:
            claimed = list(threads.map(try_to_claim, range(workers)))
        task.refresh_from_db()
        assert (sum(claimed), task.attempts) == (1, 1)
        assert task.worker == f"worker {claimed.index(True)}"

    def test_a_worker_that_counts_as_dead_cannot_finish(self, broker: Path) -> None:
        task = a_task()
        slow = claim(task.pk, "slow")
        assert slow is not None
        stall(slow)
        assert run(task.pk, "quick")
        assert finish(slow, Outcome("genre", "failed", "late")) is False
        task.refresh_from_db()
        assert (task.worker, task.outcome["status"]) == ("quick", "published")

    def test_a_task_that_kills_every_worker_fails(self, broker: Path) -> None:
        task = a_task()
        for number in range(3):
            assert claim(task.pk, f"worker {number}") is not None
            stall(task)
        assert claim(task.pk, "worker 4") is None

        task.refresh_from_db()
        assert (task.state, task.outcome["status"]) == ("finished", "failed")
        assert task.outcome["reason"] == "its worker stopped 3 times before the end; it may need more memory"
        assert not Run.objects.exists()

    def test_a_task_that_kills_every_process_fails(self, broker: Path) -> None:
        task = a_task()
        for _ in range(3):
            assert claim(task.pk, "one") is not None
            release(task.pk, "one")
        assert claim(task.pk, "one") is None
        task.refresh_from_db()
        assert (task.state, task.outcome["status"]) == ("finished", "failed")


class TestRelease:
    def test_lets_another_worker_claim_at_once(self, broker: Path) -> None:
        task = a_task()
        assert claim(task.pk, "one") is not None
        release(task.pk, "one")
        claimed = claim(task.pk, "two")
        assert claimed is not None
        assert (claimed.worker, claimed.attempts) == ("two", 2)

    def test_leaves_the_task_of_another_worker(self, broker: Path) -> None:
        task = a_task()
        assert claim(task.pk, "two") is not None
        release(task.pk, "one")
        assert claim(task.pk, "one") is None

    def test_leaves_a_finished_task(self, broker: Path) -> None:
        task = a_task()
        assert run(task.pk, "one")
        release(task.pk, "one")
        assert not run(task.pk, "one")


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_work_sends_heartbeats(broker: Path, settings: LazySettings) -> None:
    task = claim(a_task().pk, "me")
    assert task is not None
    record_worker("me")
    stall(task)
    make_worker_dead("me")
    assert ReclusterTask.objects.stalled().exists()
    settings.WORKER_HEARTBEAT = 0.05
    with task_heartbeat(task):
        until = time.monotonic() + 20
        stale = timezone.now() - timedelta(minutes=1)
        while ReclusterTask.objects.filter(heartbeat_at__lt=stale) and time.monotonic() < until:
            time.sleep(0.01)
    settings.WORKER_HEARTBEAT = 10
    assert not ReclusterTask.objects.stalled().exists()
    assert worker_is_running()


def test_cancel_leaves_out_what_waits_and_lets_finish_what_runs(broker: Path) -> None:
    job = enqueue(collections_of([genre_with_tracks(), genre_with_tracks(), genre_with_tracks()]), Params())
    first, second, third = job.tasks.all()
    assert run(first.pk, "me")
    assert claim(second.pk, "me") is not None

    assert cancel(job) == 1
    assert claim(third.pk, "another") is None
    assert [task.state for task in job.tasks.all()] == ["finished", "running", "cancelled"]
    assert Progress.of(job).state == "running"
    record_worker("another")
    stall(second)
    assert Progress.of(job).state == "stalled"
    assert cancel(job) == 1
    assert Progress.of(job).state == "cancelled"
    assert cancel(job) == 0
    job.refresh_from_db()
    assert job.cancelled_at is not None
