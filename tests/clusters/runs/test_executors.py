"""Worker processes: what they compute, and what happens when one dies or Ctrl-C is pressed."""

import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, executors, recluster, service
from musicdb.models import Genre
from tests.clusters.runs.helpers import DRY_RUN, figures, rows, run
from tests.clusters.safety.worker import die, die_of_nine_tracks, process_limits
from tests.factories import GenreFactory, collections_of, grouped_tracks

pytestmark = pytest.mark.django_db


class TestWorkers:
    def test_two_processes_find_what_one_finds(self, genre: Genre) -> None:
        genres = [genre, GenreFactory(), *GenreFactory.create_batch(6)]
        for number, other in enumerate(genres[2:]):
            grouped_tracks(8 + number, genres=[other])
        here = list(recluster(collections_of(genres), Params(), DRY_RUN))
        there = list(recluster(collections_of(genres), Params(), Options(jobs=2, dry_run=True)))

        assert [outcome.status for outcome in here] == ["finished", "skipped", *["finished"] * 6]
        # The first one that finishes is reported first.
        assert {outcome.collection: figures(outcome) for outcome in there} == {
            outcome.collection: figures(outcome) for outcome in here
        }
        assert len(there) == len(here)

    def test_each_has_one_thread_and_leaves_ctrl_c_to_its_parent(self) -> None:
        with executors.executor_for(2) as executor:
            for threads, hears_ctrl_c in [executor.submit(process_limits).result() for _ in range(2)]:
                assert set(threads) == {1}
                assert not hears_ctrl_c

    def test_ctrl_c_waits_until_a_worker_has_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reached = []

        def start_slowly(*args: Any) -> None:
            def interrupt() -> None:
                # As in a thread of a numerical library, which blocks nothing.
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
                signal.raise_signal(signal.SIGINT)

            thread = threading.Thread(target=interrupt)
            thread.start()
            thread.join()
            reached.append("the end")

        monkeypatch.setattr(ProcessPoolExecutor, "submit", start_slowly)
        with pytest.raises(KeyboardInterrupt), executors.executor_for(1) as executor:
            executor.submit(process_limits)

        assert reached == ["the end"]

    def test_only_this_process_stores(self, genre: Genre) -> None:
        outcome = run(genre, Options(jobs=1))

        assert outcome.status == "published"
        assert Run.objects.get().digest == outcome.digest

    def test_a_worker_that_dies_costs_no_traceback(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(service, "compute", die)
        outcome = run(genre, Options(jobs=1))

        assert outcome.status == "failed"
        assert outcome.reason == service.WORKER_DIED
        assert rows() == [0, 0, 0, 0]

    def test_a_worker_that_dies_costs_only_its_own_genre(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genres = GenreFactory.create_batch(6)
        for number, genre in enumerate(genres):
            # The third genre has as many tracks as die_of_nine_tracks waits for.
            grouped_tracks(9 if number == 2 else 8, genres=[genre])
        monkeypatch.setattr(service, "compute", die_of_nine_tracks)
        outcomes = {
            outcome.collection: outcome for outcome in recluster(collections_of(genres), Params(), Options(jobs=2))
        }

        assert [outcomes[f"genre:{genre.slug}"].status for genre in genres] == [
            "published",
            "published",
            "failed",
            "published",
            "published",
            "published",
        ]
        assert outcomes[f"genre:{genres[2].slug}"].reason == service.WORKER_DIED

    def test_no_process_is_started_where_nothing_changed(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        run(genre)

        def started(*args: Any) -> None:
            raise AssertionError("started")

        monkeypatch.setattr(executors.ProcessPoolExecutor, "_start_executor_manager_thread", started)
        assert run(genre, Options(jobs=2)).status == "unchanged"
