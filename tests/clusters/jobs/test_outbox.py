"""A job is enqueued whole or not at all, and messages that the broker loses are sent again."""

import io
import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from clusters.core.params import Params
from clusters.jobs import EnqueueError, cancel, enqueue, worker_is_running
from clusters.jobs.heartbeats import record_worker
from clusters.jobs.outbox import resend
from clusters.jobs.worker import claim, run
from clusters.models import ReclusterJob, ReclusterTask, Run, WorkerHeartbeat
from tests.clusters.jobs.brokers import messages, receive, use
from tests.clusters.jobs.rows import genre_with_tracks, make_worker_dead, run_next, stall
from tests.factories import GenreFactory, collections_of

pytestmark = pytest.mark.django_db


def keys() -> list[int]:
    return list(ReclusterTask.objects.order_by("pk").values_list("pk", flat=True))


def received() -> list[int]:
    """Receive all messages; return the keys of their tasks."""
    return list(iter(receive, None))


class TestEnqueue:
    def test_writes_a_task_and_sends_a_message_for_each_genre(self, broker: Path, admin_user: User) -> None:
        genres = [genre_with_tracks(name=name) for name in ("trip hop", "skiffle")]
        job = enqueue(collections_of(genres), Params(clusters=3, seed=7), force=True, user=admin_user)

        assert (job.created_by, job.force) == (admin_user, True)
        assert job.parameters == {"clusters": 3, "seed": 7}
        assert [(task.collection.genre, task.state) for task in job.tasks.all()] == [
            (each, "pending") for each in genres
        ]
        assert sorted(received()) == keys()
        assert not Run.objects.exists()

    def test_leaves_to_the_poll_what_takes_too_long_to_send(
        self, broker: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("clusters.jobs.outbox.SEND_SECONDS", 0)
        enqueue(collections_of(GenreFactory.create_batch(3)), Params())
        first, *others = keys()
        assert received() == [first]
        claim(first, "one")
        assert resend() == 1
        assert received() == others[:1]

    def test_sends_first_what_the_broker_forgot(self, broker: Path) -> None:
        enqueue(collections_of(GenreFactory.create_batch(2)), Params())
        received()
        enqueue(collections_of(GenreFactory.create_batch(1)), Params())
        assert sorted(received()) == keys()
        assert len(keys()) == 3

    def test_without_a_broker_is_an_error(self) -> None:
        with pytest.raises(EnqueueError, match=r"No worker is configured: CELERY_BROKER_URL is empty\."):
            enqueue(collections_of([GenreFactory()]), Params())
        assert not ReclusterJob.objects.exists()

    @pytest.fixture(params=["redis refused", "redis deaf", "amqp refused", "amqp deaf", "no folder"])
    def unreachable(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
        scheme, state = request.param.split()
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/0"
            if state == "deaf":
                yield url
                return
        yield url if state == "refused" else f"filesystem://{tmp_path}/nowhere"

    def test_gives_up_a_broker_that_cannot_be_reached_and_leaves_nothing(
        self, settings: LazySettings, broker: Path, unreachable: str
    ) -> None:
        use(settings, unreachable)
        started = time.monotonic()
        with pytest.raises(EnqueueError, match=r"^The workers' broker cannot be reached: .+\.$"):
            enqueue(collections_of([GenreFactory()]), Params())

        # By default the clients wait and retry for ever, so any bound that a busy machine keeps tells the two apart.
        assert time.monotonic() - started < 20
        assert not ReclusterJob.objects.exists()
        assert not ReclusterTask.objects.exists()


class TestResend:
    def test_sends_nothing_while_messages_wait(self, broker: Path) -> None:
        enqueue(collections_of(GenreFactory.create_batch(2)), Params())
        messages(broker)[0].unlink()
        assert resend() == 0
        assert len(messages(broker)) == 1

    def test_sends_what_waits_and_what_is_stalled(self, broker: Path) -> None:
        enqueue(collections_of(GenreFactory.create_batch(4)), Params())
        received()
        finished, running, stalled, pending = keys()
        run(finished, "one")
        claim(running, "one")
        claim(stalled, "two")
        stall(ReclusterTask.objects.get(pk=stalled))
        assert resend() == 2
        assert sorted(received()) == [stalled, pending]

    def test_sends_nothing_for_a_cancelled_job(self, broker: Path) -> None:
        job = enqueue(collections_of(GenreFactory.create_batch(2)), Params())
        received()
        cancel(job)
        assert resend() == 0

    def test_sends_a_genre_of_two_jobs_once_the_first_is_done(self, broker: Path) -> None:
        genre = genre_with_tracks()
        for _ in range(2):
            enqueue(collections_of([genre]), Params())
        first, second = keys()
        claim(first, "one")
        assert [run(key, "two") for key in received()] == [False, False]
        assert resend() == 0
        ReclusterTask.objects.filter(pk=first).update(state="pending")
        assert run(first, "one")
        assert resend() == 1
        assert received() == [second]


class TestPoll:
    @staticmethod
    def poll(worker: str) -> None:
        from clusters.jobs.tasks import PollStep

        PollStep.poll(worker)

    # A poll closes the connection, which would end the test's transaction.
    @pytest.mark.django_db(transaction=True)
    def test_says_that_the_worker_is_running_and_sends_lost_messages(self, broker: Path) -> None:
        enqueue(collections_of([genre_with_tracks()]), Params())
        received()
        self.poll("celery@one")
        assert worker_is_running()
        assert run_next("celery@one")
        assert not run_next("celery@one")

    @pytest.mark.django_db(transaction=True)
    def test_an_unreachable_broker_is_logged(
        self, settings: LazySettings, broker: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        enqueue(collections_of([GenreFactory()]), Params())
        use(settings, f"filesystem://{tmp_path}/nowhere")
        with caplog.at_level(logging.WARNING):
            self.poll("celery@one")
        (record,) = caplog.records
        assert record.getMessage().startswith("The poll failed: The workers' broker cannot be reached: ")
        assert worker_is_running()


def test_a_worker_without_heartbeats_is_not_running() -> None:
    assert not worker_is_running()
    record_worker("celery@one")
    record_worker("celery@one")
    assert worker_is_running()
    make_worker_dead("celery@one")
    assert not worker_is_running()
    record_worker("celery@two")
    assert [row.worker for row in WorkerHeartbeat.objects.all()] == ["celery@two"]


class TestCommand:
    @staticmethod
    def recluster(*arguments: str) -> tuple[str, str]:
        output, errors = io.StringIO(), io.StringIO()
        call_command("recluster", "--enqueue", *arguments, stdout=output, stderr=errors)
        return output.getvalue(), errors.getvalue()

    def test_says_where_the_progress_is_shown(self, broker: Path) -> None:
        record_worker("celery@one")
        for name in ("trip hop", "skiffle"):
            GenreFactory(name=name)
        printed = self.recluster("--force", "--clusters", "3", "trip hop", "skiffle")

        job = ReclusterJob.objects.get()
        page = f"/admin/clusters/reclusterjob/{job.pk}/change/"
        assert printed == (f"Recluster job {job.pk}: 2 collections are queued for workers. Progress: {page}\n", "")
        assert (job.force, job.parameters["clusters"]) == (True, 3)
        assert not Run.objects.exists()
        assert json.loads(self.recluster("--json", "skiffle")[0]) == {
            "job": job.pk + 1,
            "collections": 1,
            "page": f"/admin/clusters/reclusterjob/{job.pk + 1}/change/",
            "worker_is_running": True,
        }

    def test_says_that_no_worker_is_running(self, broker: Path) -> None:
        GenreFactory(name="skiffle")
        _, errors = self.recluster("skiffle")
        assert errors == "No worker is running. Start one with: celery -A musicdb worker\n"
        output, errors = self.recluster("--json", "skiffle")
        assert json.loads(output)["worker_is_running"] is False
        assert errors == "No worker is running. Start one with: celery -A musicdb worker\n"

    def test_without_a_broker_is_an_error(self) -> None:
        GenreFactory(name="skiffle")
        with pytest.raises(CommandError, match="No worker is configured"):
            self.recluster("skiffle")
        assert not ReclusterJob.objects.exists()

    @pytest.mark.parametrize("argument", ["--dry-run", "--jobs=2"])
    def test_refuses_options_that_workers_do_not_have(self, broker: Path, argument: str) -> None:
        GenreFactory(name="skiffle")
        with pytest.raises(CommandError, match="--enqueue goes with neither --dry-run nor --jobs"):
            self.recluster("skiffle", argument)
        assert not ReclusterJob.objects.exists()

    def test_an_empty_library_is_not_queued(self, broker: Path) -> None:
        printed, _ = self.recluster()
        assert printed == "The library has no tracks yet: import a file, or add some in the admin.\n"
        assert not ReclusterJob.objects.exists()
