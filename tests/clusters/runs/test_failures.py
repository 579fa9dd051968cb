"""A genre that cannot be clustered or that fails: it keeps the run it had, and the others go on."""

import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError, connection

from clusters.core.features import FEATURE_NAMES
from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs import recluster, service, storing
from musicdb.models import Genre, Track
from tests.clusters.runs.helpers import DEFAULT, FORCE, files, rows, run
from tests.factories import GenreFactory, TrackFactory, collections_of, grouped_tracks, runs_of

pytestmark = pytest.mark.django_db


class TestSkipped:
    @pytest.mark.parametrize(
        ("tracks", "reason"),
        [
            (0, "0 tracks have all features, and 6 are needed"),
            (1, "1 track has all features, and 6 are needed"),
            (5, "5 tracks have all features, and 6 are needed"),
        ],
    )
    def test_too_few_tracks(self, tracks: int, reason: str) -> None:
        genre = GenreFactory()
        grouped_tracks(tracks, genres=[genre])
        TrackFactory(genres=[genre], features=False)
        outcome = run(genre)

        assert (outcome.status, outcome.reason, outcome.tracks, outcome.excluded) == ("skipped", reason, tracks, 1)
        assert (outcome.sizes, outcome.silhouette, outcome.digest) == ((), None, "")
        assert rows() == [0, 0, 0, 0]
        assert files() == set()

    def test_all_tracks_identical(self, genre: Genre) -> None:
        Track.objects.update(**Track.objects.values(*FEATURE_NAMES)[0])
        outcome = run(genre)

        assert outcome.status == "skipped"
        assert outcome.reason == "all 12 tracks have the same features, so they cannot be divided"

    def test_the_old_run_stays_and_the_others_go_on(self, genre: Genre) -> None:
        run(genre)
        before = list(Run.objects.values())
        genre.tracks.set(genre.tracks.all()[:5])
        other = GenreFactory()
        grouped_tracks(12, genres=[other])
        outcomes = list(recluster(collections_of([genre, other]), Params(), DEFAULT))

        assert [outcome.status for outcome in outcomes] == ["skipped", "published"]
        assert list(runs_of(genre).values()) == before

    def test_more_clusters_than_tracks(self, genre: Genre) -> None:
        outcome = run(genre, params=Params(clusters=13))

        assert (outcome.status, outcome.reason) == ("skipped", "only 12 of 12 tracks differ, and 13 are needed")

    def test_as_many_clusters_as_tracks(self, genre: Genre) -> None:
        outcome = run(genre, params=Params(clusters=12))

        assert (outcome.status, outcome.reason) == (
            "skipped",
            "1 of 12 clusters would have only 1 of 12 tracks, and 3 tracks and 2% of all are needed; "
            "possible numbers of clusters: 2, 3, 4",
        )
        assert rows() == [0, 0, 0, 0]


class TestFailed:
    """Something breaks while one genre's result is stored; another genre comes after it."""

    @pytest.fixture
    def genres(self, genre: Genre) -> list[Genre]:
        other = GenreFactory()
        grouped_tracks(12, genres=[other])
        TrackFactory(genres=[genre], features=False)
        list(recluster(collections_of([genre, other]), Params(), DEFAULT))
        return [genre, other]

    @staticmethod
    def fails_once(
        monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: Exception, after: bool = False, call: int = 1
    ) -> None:
        """Let the ``call``-th call of ``owner.name`` raise, before or after it has done its work."""
        original = getattr(owner, name)
        calls = 0

        def failing(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call and not after:
                raise error
            result = original(*args, **kwargs)
            if calls == call:
                raise error
            return result

        monkeypatch.setattr(owner, name, failing)

    def check(self, genres: Iterable[Genre], reason: str, caplog: pytest.LogCaptureFixture) -> None:
        first, second = genres
        files_before, runs_before = files(), list(runs_of(first).values())
        memberships_before = Membership.objects.filter(run__collection__genre=first).count()
        failed, published = recluster(collections_of(genres), Params(), FORCE)

        assert (failed.collection, failed.status, failed.reason) == (f"genre:{first.slug}", "failed", reason)
        assert list(runs_of(first).values()) == runs_before
        assert Membership.objects.filter(run__collection__genre=first).count() == memberships_before
        assert published.status == "published"
        new = runs_of(second).published().get()
        assert files() - files_before == {new.plot_png.name, new.plot_svg.name}
        assert files_before <= files()
        (record,) = caplog.records
        assert record.getMessage() == f"Reclustering genre:{first.slug} failed"
        assert record.exc_info
        # The next time all is well.
        assert run(first, FORCE).status == "published"

    @pytest.mark.parametrize("call", [1, 2])
    @pytest.mark.parametrize("after", [True, False])
    def test_the_storage(
        self,
        genres: list[Genre],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        call: int,
        after: bool,
    ) -> None:
        full = OSError(28, "No space left on device")
        self.fails_once(monkeypatch, default_storage, "save", full, after=after, call=call)

        self.check(genres, "OSError: [Errno 28] No space left on device", caplog)

    @pytest.mark.parametrize("model", [Run, Cluster, Membership, ExcludedTrack])
    def test_the_database(
        self,
        genres: list[Genre],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        model: type[Run],
    ) -> None:
        error = DatabaseError("the disk is gone")
        if model in (Run, Cluster):
            self.fails_once(monkeypatch, model.objects, "create" if model is Run else "bulk_create", error, after=True)
        else:
            call = [Membership, ExcludedTrack].index(model) + 1
            self.fails_once(monkeypatch, storing, "insert", error, after=True, call=call)

        self.check(genres, "The database reported an error: the disk is gone.", caplog)

    def test_the_numbers(
        self, genres: list[Genre], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.fails_once(monkeypatch, service, "compute", MemoryError("Unable to allocate 9 GiB"))

        self.check(genres, "MemoryError: Unable to allocate 9 GiB", caplog)

    def test_the_reading(
        self, genres: list[Genre], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.fails_once(monkeypatch, storing, "read_inputs", DatabaseError("no such table"))

        self.check(genres, "The database reported an error: no such table.", caplog)

    def test_ctrl_c_leaves_no_files_and_is_not_swallowed(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*args: Any, **kwargs: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(storing, "insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(genre)

        assert rows() == [0, 0, 0, 0]
        assert files() == set()

    def test_ctrl_c_waits_until_a_genre_is_read(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        original, read = storing.read_inputs, []

        def interrupted(*args: Any) -> Any:
            signal.raise_signal(signal.SIGINT)
            read.append("all of it")
            return original(*args)

        monkeypatch.setattr(storing, "read_inputs", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(genre)

        assert read == ["all of it"]
        assert rows() == [0, 0, 0, 0]


class TestDeletedGenre:
    """A genre is deleted while it or another is computed: it is skipped, without a traceback in the log."""

    @staticmethod
    def delete_while_computing(monkeypatch: pytest.MonkeyPatch, genre: Genre) -> None:
        original = service.compute

        def slow(*args: Any) -> Any:
            clustering = original(*args)
            Genre.objects.filter(pk=genre.pk).delete()
            return clustering

        monkeypatch.setattr(service, "compute", slow)

    def test_while_it_is_computed(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.delete_while_computing(monkeypatch, genre)
        outcome = run(genre)

        assert (outcome.collection, outcome.status, outcome.reason) == (
            "genre:korean-pop",
            "skipped",
            "it has been deleted",
        )
        assert rows() == [0, 0, 0, 0]
        assert files() == set()
        assert caplog.records == []

    def test_before_its_turn(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        other = GenreFactory()
        grouped_tracks(12, genres=[other])
        self.delete_while_computing(monkeypatch, other)
        outcomes = list(recluster(collections_of([genre, other]), Params(), DEFAULT))

        assert [(outcome.status, outcome.reason) for outcome in outcomes] == [
            ("published", ""),
            ("skipped", "it has been deleted"),
        ]
        assert caplog.records == []

    def test_while_its_missing_plots_are_drawn(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        run(genre)
        for name in files():
            default_storage.delete(name)
        original = service.redraw

        def slow(*args: Any) -> Any:
            Genre.objects.filter(pk=genre.pk).delete()
            return original(*args)

        monkeypatch.setattr(service, "redraw", slow)
        outcome = run(genre)

        assert (outcome.status, outcome.reason) == ("skipped", "it has been deleted")
        assert files() == set()


def test_a_deadlock_costs_no_genre_its_turn(genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
    class DeadlockError(Exception):
        sqlstate = "40P01"

    original, calls = storing.insert, []

    def insert_once_in_a_deadlock(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("deadlock detected") from DeadlockError()
        original(*args)

    monkeypatch.setattr(storing, "insert", insert_once_in_a_deadlock)

    assert run(genre).status == "published"
    assert Run.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no connection that could be cut")
@pytest.mark.django_db(transaction=True)
class TestLostConnection:
    """The server ends our connection, as it does when it is restarted: one genre fails, those that follow do not."""

    @pytest.mark.parametrize(
        ("owner", "name"),
        [
            (storing, "read_inputs"),
            (service, "read_previous_run"),
            (service, "compute"),
            (storing, "lock"),
            (storing, "insert"),
            (storing, "publish"),
        ],
    )
    def test_it_costs_one_genre_its_turn(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, owner: Any, name: str
    ) -> None:
        genres = GenreFactory.create_batch(5)
        for genre in genres:
            grouped_tracks(8, genres=[genre])
        original, calls = getattr(owner, name), []

        def cut_off(*args: Any) -> Any:
            calls.append(args)
            if len(calls) == 3:
                end_connection()
            return original(*args)

        monkeypatch.setattr(owner, name, cut_off)
        outcomes = list(recluster(collections_of(genres), Params(), DEFAULT))

        failed = [outcome for outcome in outcomes if outcome.status == "failed"]
        assert [outcome.reason for outcome in failed] == ["The database could not be reached."]
        assert [outcome.status for outcome in outcomes].count("published") == 4
        assert Run.objects.count() == Run.objects.published().count() == 4
        assert len(files()) == 8
        monkeypatch.undo()
        assert [outcome.status for outcome in recluster(collections_of(genres), Params(), DEFAULT)].count(
            "unchanged"
        ) == 4

    def test_before_anything_is_read(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        original = service.delete_orphaned_plots

        def cut_off() -> int:
            end_connection()
            return original()

        monkeypatch.setattr(service, "delete_orphaned_plots", cut_off)
        (Path(default_storage.location) / "plots").mkdir(parents=True)

        assert run(genre).status == "published"


def end_connection() -> None:
    """Have the server end the connection of this thread."""
    pid = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
