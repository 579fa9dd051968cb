"""Genres are handed over whole or not at all; a turn is taken once, and ends once."""

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
from clusters.jobs.enqueue import NotHandedOverError, hand_over, wake
from clusters.jobs.progress import Progress, stop
from clusters.jobs.worker import end, heard_of, take_up, work_on_one
from clusters.models import Reclustering, Run, Turn
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


def fall_silent(turn: Turn) -> None:
    """Let it be long since the turn's worker was heard of."""
    Turn.objects.filter(pk=turn.pk).update(heard_at=timezone.now() - timedelta(hours=1))


class TestHandingOver:
    def test_a_turn_a_genre_and_a_message_a_turn(self, broker: Path, admin_user: User) -> None:
        genres = [genre_of(name=name) for name in ("trip hop", "skiffle")]
        reclustering = hand_over(genres, Params(clusters=3, seed=7), force=True, user=admin_user)

        assert (reclustering.asked_by, reclustering.force) == (admin_user, True)
        assert reclustering.parameters == {"clusters": 3, "seed": 7}
        assert [(turn.genre, turn.state) for turn in reclustering.turns.all()] == [(each, "waiting") for each in genres]
        assert messages(broker) == 2
        assert not Run.objects.exists()

    def test_so_many_that_all_workers_wake_and_no_more(self, broker: Path) -> None:
        hand_over(GenreFactory.create_batch(40), Params())

        assert messages(broker) == 32

    def test_no_worker(self) -> None:
        with pytest.raises(NotHandedOverError, match=r"No worker is configured: CELERY_BROKER_URL is empty\."):
            hand_over([genre_of()], Params())
        assert not Reclustering.objects.exists()

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
        wake(1)  # What is slow to import is imported.
        use(settings, unreachable)
        began = time.monotonic()
        with pytest.raises(NotHandedOverError, match=r"^The workers' broker cannot be reached: .+\.$"):
            hand_over([genre_of()], Params())

        assert time.monotonic() - began < 1
        assert not Reclustering.objects.exists()
        assert not Turn.objects.exists()


class TestTurns:
    def test_one_is_seen_through_and_stands_in_the_genres_history(self, broker: Path, admin_user: User) -> None:
        genre = genre_of(name="trip hop")
        reclustering = hand_over([genre], Params(clusters=2), user=admin_user)

        assert work_on_one("me")
        turn, run = reclustering.turns.get(), Run.objects.get()
        assert (turn.state, turn.worker, turn.attempts, turn.run) == ("ended", "me", 1, run)
        assert (turn.outcome["status"], run.is_published, run.cluster_count) == ("published", True, 2)
        assert turn.begun_at <= turn.heard_at <= turn.ended_at
        entry = LogEntry.objects.get()
        assert (entry.user, entry.object_id, entry.change_message) == (admin_user, str(genre.pk), "Reclustered.")
        assert not work_on_one("me")

    def test_each_is_taken_once_in_order(self, broker: Path) -> None:
        first, second = genre_of(), genre_of()
        hand_over([first, second], Params())
        taken = [take_up(name) for name in ("one", "two", "three")]

        assert [turn and turn.genre for turn in taken] == [first, second, None]

    def test_a_genre_that_is_asked_for_twice_is_not_computed_twice(self, broker: Path) -> None:
        genre = genre_of()
        for _ in range(2):
            hand_over([genre], Params())
        assert take_up("one") is not None
        assert take_up("two") is None
        Turn.objects.filter(state="working").update(state="waiting")
        assert [work_on_one("one"), work_on_one("one")] == [True, True]

        assert [turn.outcome["status"] for turn in Turn.objects.all()] == ["published", "unchanged"]
        assert {turn.run for turn in Turn.objects.all()} == {Run.objects.get()}

    def test_forced_it_is_made_anew_but_not_again_after_a_worker_died_when_it_was_stored(self, broker: Path) -> None:
        genre, _ = clustered_genre()
        hand_over([genre], Params(), force=True)
        assert work_on_one("one")
        assert genre.runs.count() == 2
        turn = Turn.objects.get()
        assert turn.outcome["status"] == "published"
        # As if it had died between the two.
        Turn.objects.update(state="working", outcome=None, run=None, ended_at=None)
        fall_silent(turn)
        assert work_on_one("two")

        turn.refresh_from_db()
        assert (turn.outcome["status"], turn.attempts) == ("unchanged", 2)
        assert genre.runs.count() == 2

    def test_who_was_taken_for_dead_no_longer_says_how_it_ended(self, broker: Path) -> None:
        hand_over([genre_of()], Params())
        slow = take_up("slow")
        assert slow is not None
        fall_silent(slow)
        assert work_on_one("quick")
        assert end(slow, Outcome("genre", "failed", "late")) is False
        turn = Turn.objects.get()
        assert (turn.worker, turn.outcome["status"]) == ("quick", "published")

    def test_what_kills_every_worker_is_given_up(self, broker: Path) -> None:
        hand_over([genre_of()], Params())
        for number in range(3):
            turn = take_up(f"worker {number}")
            assert turn is not None
            fall_silent(turn)
        assert take_up("worker 4") is None

        turn = Turn.objects.get()
        assert (turn.state, turn.outcome["status"]) == ("ended", "failed")
        assert turn.outcome["reason"] == ("its worker stopped before the end, 3 times over. Its memory may not suffice")
        assert not Run.objects.exists()

    def test_a_genre_that_was_deleted_meanwhile(self, broker: Path) -> None:
        genre, other = genre_of(name="skiffle"), genre_of()
        reclustering = hand_over([genre, other], Params())
        genre.delete()
        assert [work_on_one("me"), work_on_one("me")] == [True, True]

        deleted, kept = reclustering.turns.all()
        assert (deleted.genre_name, deleted.outcome["status"]) == ("skiffle", "failed")
        assert deleted.outcome["reason"] == "the genre was deleted before its turn"
        assert kept.outcome["status"] == "published"

    def test_whatever_goes_wrong_is_said(self, broker: Path) -> None:
        hand_over([genre_of()], Params())
        Reclustering.objects.update(parameters={"clusters": 99, "seed": 0})
        assert work_on_one("me")

        outcome = Turn.objects.get().outcome
        assert (outcome["status"], outcome["reason"]) == (
            "failed",
            "ValueError: The number of clusters must be from 2 to 20.",
        )


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_work_is_heard_of(broker: Path, settings: LazySettings) -> None:
    hand_over([genre_of()], Params())
    turn = take_up("me")
    assert turn is not None
    fall_silent(turn)
    assert Turn.objects.silent().exists()
    settings.WORKER_HEARTBEAT = 0.05
    with heard_of(turn):
        until = time.monotonic() + 20
        while Turn.objects.filter(heard_at__lt=timezone.now() - timedelta(minutes=1)) and time.monotonic() < until:
            time.sleep(0.01)
    settings.WORKER_HEARTBEAT = 10
    assert not Turn.objects.silent().exists()


class TestStopping:
    def test_what_waits_is_not_begun_and_what_was_begun_ends(self, broker: Path) -> None:
        reclustering = hand_over([genre_of(), genre_of(), genre_of()], Params())
        assert work_on_one("me")
        begun = take_up("me")
        assert begun is not None

        assert stop(reclustering) == 1
        assert take_up("another") is None
        assert [turn.state for turn in reclustering.turns.all()] == ["ended", "working", "stopped"]
        assert Progress.of(reclustering).state == "working"
        fall_silent(begun)
        assert Progress.of(reclustering).state == "silent"
        assert stop(reclustering) == 1
        assert Progress.of(reclustering).state == "stopped"
        assert stop(reclustering) == 0
        reclustering.refresh_from_db()
        assert reclustering.stopped_at is not None


class TestCommand:
    @staticmethod
    def recluster(*arguments: str) -> str:
        output = io.StringIO()
        call_command("recluster", "--hand-over", *arguments, stdout=output)
        return output.getvalue()

    def test_says_where_to_look(self, broker: Path) -> None:
        for name in ("trip hop", "skiffle"):
            genre_of(name=name)
        said = self.recluster("--force", "--clusters", "3")

        reclustering = Reclustering.objects.get()
        page = f"/admin/clusters/reclustering/{reclustering.pk}/change/"
        assert said == f"Reclustering {reclustering.pk}: 2 genres wait for workers. How far they are: {page}\n"
        assert (reclustering.force, reclustering.parameters["clusters"]) == (True, 3)
        assert not Run.objects.exists()
        assert json.loads(self.recluster("--json", "skiffle")) == {
            "reclustering": reclustering.pk + 1,
            "genres": 1,
            "page": f"/admin/clusters/reclustering/{reclustering.pk + 1}/change/",
        }

    def test_no_worker_is_an_error(self) -> None:
        genre_of()
        with pytest.raises(CommandError, match="No worker is configured"):
            self.recluster()
        assert not Reclustering.objects.exists()

    @pytest.mark.parametrize("argument", ["--dry-run", "--jobs=2"])
    def test_what_it_does_not_go_with(self, broker: Path, argument: str) -> None:
        genre_of()
        with pytest.raises(CommandError, match="--hand-over goes with neither --dry-run nor --jobs"):
            self.recluster(argument)
        assert not Reclustering.objects.exists()

    def test_no_genres(self, broker: Path) -> None:
        with pytest.raises(CommandError, match="There are no genres yet"):
            self.recluster()
        assert not Reclustering.objects.exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "127.0.0.1:6379", "filesystem://", "filesystem://queue"])
def test_an_address_that_is_no_brokers(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CELERY_BROKER_URL must"):
        transport_options(address, "musicdb")
