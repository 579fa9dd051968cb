"""Genres are handed over whole or not at all; a task is taken once, and ends once."""

import io
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from clusters.core.params import Params
from clusters.jobs.enqueue import EnqueueError, enqueue, notify_workers
from clusters.jobs.progress import Progress, cancel
from clusters.jobs.worker import claim_next, finish, heartbeat, run_next
from clusters.models import ReclusterJob, ReclusterTask, Run
from clusters.runs.service import Outcome
from musicdb.conf.brokers import transport_options
from musicdb.models import Genre
from tests.clusters.jobs.brokers import folder_broker, messages, use
from tests.factories import GenreFactory, TrackFactory, clustered_genre

pytestmark = pytest.mark.django_db


def genre_of(tracks: int = 8, **names: Any) -> Genre:
    genre: Genre = GenreFactory(**names)
    TrackFactory.create_batch(tracks, genres=[genre])
    return genre


@pytest.fixture
def broker(settings: LazySettings, tmp_path: Path) -> Path:
    """Workers are configured, and none is running."""
    use(settings, folder_broker(tmp_path))
    return tmp_path


def go_stale(task: ReclusterTask) -> None:
    """Let it be long since the task's worker was heard of."""
    ReclusterTask.objects.filter(pk=task.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))


class TestHandingOver:
    def test_a_turn_a_genre_and_a_message_a_turn(self, broker: Path, admin_user: User) -> None:
        genres = [genre_of(name=name) for name in ("trip hop", "skiffle")]
        job = enqueue(genres, Params(clusters=3, seed=7), force=True, user=admin_user)

        assert (job.created_by, job.force) == (admin_user, True)
        assert job.parameters == {"clusters": 3, "seed": 7}
        assert [(task.genre, task.state) for task in job.tasks.all()] == [(each, "pending") for each in genres]
        assert messages(broker) == 2
        assert not Run.objects.exists()

    def test_so_many_that_all_workers_wake_and_no_more(self, broker: Path) -> None:
        enqueue(GenreFactory.create_batch(40), Params())

        assert messages(broker) == 32

    def test_no_worker(self) -> None:
        with pytest.raises(EnqueueError, match=r"No worker is configured: CELERY_BROKER_URL is empty\."):
            enqueue([genre_of()], Params())
        assert not ReclusterJob.objects.exists()

    @pytest.fixture(params=["refused", "deaf", "no folder"])
    def unreachable(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            if request.param == "deaf":
                yield f"redis://127.0.0.1:{port}/0"
                return
        yield f"redis://127.0.0.1:{port}/0" if request.param == "refused" else f"filesystem://{tmp_path}/nowhere"

    def test_an_unreachable_broker_is_said_soon_and_nothing_waits(
        self, settings: LazySettings, broker: Path, unreachable: str
    ) -> None:
        notify_workers(1)  # What is slow to import is imported.
        use(settings, unreachable)
        began = time.monotonic()
        with pytest.raises(EnqueueError, match=r"^The workers' broker cannot be reached: .+\.$"):
            enqueue([genre_of()], Params())

        assert time.monotonic() - began < 1
        assert not ReclusterJob.objects.exists()
        assert not ReclusterTask.objects.exists()


class TestTurns:
    def test_one_is_seen_through_and_stands_in_the_genres_history(self, broker: Path, admin_user: User) -> None:
        genre = genre_of(name="trip hop")
        job = enqueue([genre], Params(clusters=2), user=admin_user)

        assert run_next("me")
        task, run = job.tasks.get(), Run.objects.get()
        assert (task.state, task.worker, task.attempts, task.run) == ("finished", "me", 1, run)
        assert (task.outcome["status"], run.is_published, run.cluster_count) == ("published", True, 2)
        assert task.started_at <= task.heartbeat_at <= task.finished_at
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.change_message) == (admin_user, str(genre.pk), "Reclustered.")
        assert not run_next("me")

    def test_each_is_taken_once_in_order(self, broker: Path) -> None:
        first, second = genre_of(), genre_of()
        enqueue([first, second], Params())
        taken = [claim_next(name) for name in ("one", "two", "three")]

        assert [task and task.genre for task in taken] == [first, second, None]

    def test_a_genre_that_is_asked_for_twice_is_not_computed_twice(self, broker: Path) -> None:
        genre = genre_of()
        for _ in range(2):
            enqueue([genre], Params())
        assert claim_next("one") is not None
        assert claim_next("two") is None
        ReclusterTask.objects.filter(state="running").update(state="pending")
        assert [run_next("one"), run_next("one")] == [True, True]

        assert [task.outcome["status"] for task in ReclusterTask.objects.all()] == ["published", "unchanged"]
        assert {task.run for task in ReclusterTask.objects.all()} == {Run.objects.get()}

    def test_forced_it_is_made_anew_but_not_again_after_a_worker_died_when_it_was_stored(self, broker: Path) -> None:
        genre, _ = clustered_genre()
        enqueue([genre], Params(), force=True)
        assert run_next("one")
        assert genre.runs.count() == 2
        task = ReclusterTask.objects.get()
        assert task.outcome["status"] == "published"
        # As if it had died between the two.
        ReclusterTask.objects.update(state="running", outcome=None, run=None, finished_at=None)
        go_stale(task)
        assert run_next("two")

        task.refresh_from_db()
        assert (task.outcome["status"], task.attempts) == ("unchanged", 2)
        assert genre.runs.count() == 2

    def test_who_was_taken_for_dead_no_longer_says_how_it_ended(self, broker: Path) -> None:
        enqueue([genre_of()], Params())
        slow = claim_next("slow")
        assert slow is not None
        go_stale(slow)
        assert run_next("quick")
        assert finish(slow, Outcome("genre", "failed", "late")) is False
        task = ReclusterTask.objects.get()
        assert (task.worker, task.outcome["status"]) == ("quick", "published")

    def test_what_kills_every_worker_is_given_up(self, broker: Path) -> None:
        enqueue([genre_of()], Params())
        for number in range(3):
            task = claim_next(f"worker {number}")
            assert task is not None
            go_stale(task)
        assert claim_next("worker 4") is None

        task = ReclusterTask.objects.get()
        assert (task.state, task.outcome["status"]) == ("finished", "failed")
        assert task.outcome["reason"] == ("its worker stopped before the end, 3 times over. Its memory may not suffice")
        assert not Run.objects.exists()

    def test_a_genre_that_was_deleted_meanwhile(self, broker: Path) -> None:
        genre, other = genre_of(name="skiffle"), genre_of()
        job = enqueue([genre, other], Params())
        genre.delete()
        assert [run_next("me"), run_next("me")] == [True, True]

        deleted, kept = job.tasks.all()
        assert (deleted.genre_name, deleted.outcome["status"]) == ("skiffle", "failed")
        assert deleted.outcome["reason"] == "the genre was deleted before its task"
        assert kept.outcome["status"] == "published"

    def test_whatever_goes_wrong_is_said(self, broker: Path) -> None:
        enqueue([genre_of()], Params())
        ReclusterJob.objects.update(parameters={"clusters": 99, "seed": 0})
        assert run_next("me")

        outcome = ReclusterTask.objects.get().outcome
        assert (outcome["status"], outcome["reason"]) == (
            "failed",
            "ValueError: The number of clusters must be from 2 to 20.",
        )


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_work_is_heard_of(broker: Path, settings: LazySettings) -> None:
    enqueue([genre_of()], Params())
    task = claim_next("me")
    assert task is not None
    go_stale(task)
    assert ReclusterTask.objects.stalled().exists()
    settings.WORKER_HEARTBEAT = 0.05
    with heartbeat(task):
        until = time.monotonic() + 20
        fell_stale = timezone.now() - timedelta(minutes=1)
        while ReclusterTask.objects.filter(heartbeat_at__lt=fell_stale) and time.monotonic() < until:
            time.sleep(0.01)
    settings.WORKER_HEARTBEAT = 10
    assert not ReclusterTask.objects.stalled().exists()


class TestStopping:
    def test_what_waits_is_not_begun_and_what_was_begun_ends(self, broker: Path) -> None:
        job = enqueue([genre_of(), genre_of(), genre_of()], Params())
        assert run_next("me")
        begun = claim_next("me")
        assert begun is not None

        assert cancel(job) == 1
        assert claim_next("another") is None
        assert [task.state for task in job.tasks.all()] == ["finished", "running", "cancelled"]
        assert Progress.of(job).state == "running"
        go_stale(begun)
        assert Progress.of(job).state == "stalled"
        assert cancel(job) == 1
        assert Progress.of(job).state == "cancelled"
        assert cancel(job) == 0
        job.refresh_from_db()
        assert job.cancelled_at is not None


class TestCommand:
    @staticmethod
    def recluster(*arguments: str) -> str:
        output = io.StringIO()
        call_command("recluster", "--enqueue", *arguments, stdout=output)
        return output.getvalue()

    def test_says_where_to_look(self, broker: Path) -> None:
        for name in ("trip hop", "skiffle"):
            genre_of(name=name)
        said = self.recluster("--force", "--clusters", "3")

        job = ReclusterJob.objects.get()
        page = f"/admin/clusters/reclusterjob/{job.pk}/change/"
        assert said == f"Recluster job {job.pk}: 2 genres wait for workers. How far they are: {page}\n"
        assert (job.force, job.parameters["clusters"]) == (True, 3)
        assert not Run.objects.exists()
        assert json.loads(self.recluster("--json", "skiffle")) == {
            "job": job.pk + 1,
            "genres": 1,
            "page": f"/admin/clusters/reclusterjob/{job.pk + 1}/change/",
        }

    def test_no_worker_is_an_error(self) -> None:
        genre_of()
        with pytest.raises(CommandError, match="No worker is configured"):
            self.recluster()
        assert not ReclusterJob.objects.exists()

    @pytest.mark.parametrize("argument", ["--dry-run", "--jobs=2"])
    def test_what_it_does_not_go_with(self, broker: Path, argument: str) -> None:
        genre_of()
        with pytest.raises(CommandError, match="--enqueue goes with neither --dry-run nor --jobs"):
            self.recluster(argument)
        assert not ReclusterJob.objects.exists()

    def test_no_genres(self, broker: Path) -> None:
        with pytest.raises(CommandError, match="There are no genres yet"):
            self.recluster()
        assert not ReclusterJob.objects.exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "127.0.0.1:6379", "filesystem://", "filesystem://queue"])
def test_an_address_that_is_no_brokers(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CELERY_BROKER_URL must"):
        transport_options(address, "musicdb")
