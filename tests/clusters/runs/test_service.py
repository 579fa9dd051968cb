"""Reclustering from the database and back: what is stored, and what is not when something goes wrong."""

import hashlib
import os
import random
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection

from clusters.core.features import FEATURE_NAMES
from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs import executors
from clusters.runs import service as module
from clusters.runs.inputs import read_inputs
from clusters.runs.service import Options, Outcome, recluster
from musicdb.models import Genre, Track
from tests.clusters.safety.worker import neighbourly
from tests.factories import GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db

NOW, AGAIN, DRY = Options(), Options(force=True), Options(dry_run=True)
FIGURES = ("tracks", "excluded", "sizes", "silhouette", "stability", "explained_variance", "seed", "digest")


@pytest.fixture
def genre() -> Genre:
    genre = GenreFactory(name="korean pop")
    TrackFactory.create_batch(12, genres=[genre])
    return genre


def run(genre: Genre, options: Options = NOW, params: Params | None = None) -> Outcome:
    (outcome,) = recluster([genre], params or Params(), options)
    return outcome


def figures(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in FIGURES}


def files() -> set[str]:
    """The stored files, by their paths below the media root."""
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def plots() -> list[bytes]:
    """The pictures of the one run there is."""
    stored = Run.objects.get()
    return [(Path(default_storage.location) / plot.name).read_bytes() for plot in (stored.plot_png, stored.plot_svg)]


def rows() -> list[int]:
    return [model.objects.count() for model in (Run, Cluster, Membership, ExcludedTrack)]


def no_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    def computed(*args: Any) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr(module, "compute", computed)


class TestPublished:
    def test_the_run_says_what_was_found(self, genre: Genre) -> None:
        TrackFactory(genres=[genre], tempo=None)
        outcome = run(genre, params=Params(seed=7))
        stored = Run.objects.get()

        assert outcome.status == "published"
        assert stored.is_published
        assert figures(outcome) == {
            "tracks": stored.track_count,
            "excluded": stored.excluded_count,
            "sizes": tuple(stored.clusters.order_by("number").values_list("number", "size")),
            "silhouette": stored.silhouette,
            "stability": stored.stability,
            "explained_variance": tuple(stored.explained_variance),
            "seed": stored.seed,
            "digest": stored.digest,
        }
        assert (stored.track_count, stored.excluded_count, stored.seed) == (12, 1, 7)
        assert stored.parameters == {"clusters": None, "seed": 7}
        assert stored.cluster_count == stored.clusters.count() == len(outcome.sizes)
        assert stored.silhouettes[str(stored.cluster_count)] == stored.silhouette
        assert [sorted(axis) for axis in stored.axes] == [["high", "loadings", "low", "variance"]] * 2
        assert [axis["variance"] for axis in stored.axes] == stored.explained_variance[:2]
        assert set(stored.versions) == {"python", "numpy", "scikit-learn", "matplotlib"}
        assert outcome.seconds == pytest.approx(stored.seconds, abs=0.5)

    def test_every_track_has_its_place(self, genre: Genre) -> None:
        outcome = run(genre)
        table = read_inputs(genre, Params()).table
        memberships = Membership.objects.order_by("cluster__number", "rank")

        assert sorted(memberships.values_list("track", flat=True)) == sorted(table.ids.tolist())
        assert {membership.run for membership in memberships} == {membership.cluster.run for membership in memberships}
        for cluster in Cluster.objects.all():
            assert list(cluster.memberships.order_by("rank").values_list("rank", flat=True)) == list(
                range(1, cluster.size + 1)
            )
            distances = list(cluster.memberships.order_by("rank").values_list("distance", flat=True))
            assert distances == sorted(distances)
        text = "".join(
            f"{membership.cluster.number}\t{membership.rank}\t{membership.track.spotify_id}\n"
            for membership in memberships
        )
        assert outcome.digest == hashlib.sha256(text.encode()).hexdigest()

    def test_the_plot_is_stored_as_two_files(self, genre: Genre) -> None:
        run(genre)
        stored = Run.objects.get()

        assert files() == {stored.plot_png.name, stored.plot_svg.name}
        assert stored.plot_png.name.startswith(f"plots/{genre.pk}-korean-pop-")
        assert stored.plot_png.name.endswith(".png")
        assert stored.plot_svg.name.endswith(".svg")
        assert [picture[:5] for picture in plots()] == [b"\x89PNG\r", b"<?xml"]

    def test_tracks_that_are_left_out_are_stored_with_the_reason(self, genre: Genre) -> None:
        silent = TrackFactory(genres=[genre], features=False)
        slow = TrackFactory(genres=[genre], tempo=None, valence=None)
        outcome = run(genre)

        assert (outcome.tracks, outcome.excluded) == (12, 2)
        assert set(ExcludedTrack.objects.values_list("run", "track", "reason")) == {
            (Run.objects.get().pk, silent.pk, "no audio features"),
            (Run.objects.get().pk, slow.pk, "no valence, tempo"),
        }

    def test_history_is_kept_and_one_run_is_published(self, genre: Genre) -> None:
        for _ in range(3):
            run(genre, AGAIN)
        first, second, third = Run.objects.order_by("pk")

        assert [stored.is_published for stored in (first, second, third)] == [False, False, True]
        assert {stored.digest for stored in (first, second, third)} == {first.digest}
        assert len(files()) == 6
        assert [stored.memberships.count() for stored in (first, second, third)] == [12, 12, 12]

    def test_one_genre_is_no_other(self, genre: Genre) -> None:
        other = GenreFactory()
        TrackFactory.create_batch(12, genres=[other])
        run(genre)
        run(other)
        run(other, AGAIN)

        assert [Run.objects.of_genre(each).published().count() for each in (genre, other)] == [1, 1]
        assert [Run.objects.of_genre(each).count() for each in (genre, other)] == [1, 2]

    def test_a_genre_by_the_name_of_an_emoji(self) -> None:
        genre = GenreFactory(name="🎹🎶")
        TrackFactory.create_batch(12, genres=[genre])
        outcome = run(genre)

        assert (outcome.status, outcome.genre) == ("published", "musical-keyboard-multiple-musical-notes")
        assert Run.objects.get().plot_png.name.startswith(f"plots/{genre.pk}-musical-keyboard-multiple-musical-notes-")
        assert len(files()) == 2


class TestUnchanged:
    def test_nothing_is_computed_nor_stored(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        TrackFactory(genres=[genre], features=False)
        first = run(genre)
        before = rows(), files(), list(Run.objects.values())
        no_computing(monkeypatch)
        second = run(genre)

        assert (second.status, second.reason) == ("unchanged", "")
        assert figures(second) == figures(first)
        assert (rows(), files(), list(Run.objects.values())) == before

    def test_unless_it_is_forced(self, genre: Genre) -> None:
        run(genre)

        assert run(genre, AGAIN).status == "published"
        assert Run.objects.count() == 2

    def test_an_edit_that_nobody_hears_changes_nothing(self, genre: Genre) -> None:
        run(genre)
        Track.objects.update(score=5, liked=True, key=3)

        assert run(genre).status == "unchanged"

    @staticmethod
    def _a_feature(genre: Genre) -> None:
        Track.objects.filter(pk=genre.tracks.first().pk).update(energy=0.123)

    @staticmethod
    def _a_track_more(genre: Genre) -> None:
        TrackFactory(genres=[genre])

    @staticmethod
    def _a_track_less(genre: Genre) -> None:
        genre.tracks.remove(genre.tracks.first())

    @staticmethod
    def _one_more_left_out(genre: Genre) -> None:
        TrackFactory(genres=[genre], features=False)

    @staticmethod
    def _a_track_deleted_and_entered_anew(genre: Genre) -> None:
        track = genre.tracks.first()
        Track.objects.filter(pk=track.pk).delete()
        track.pk = None
        track.save()
        track.genres.add(genre)

    @staticmethod
    def _one_left_out_deleted_and_entered_anew(genre: Genre) -> None:
        track = genre.tracks.get(title="silent")
        Track.objects.filter(pk=track.pk).delete()
        TrackFactory(genres=[genre], title="silent", spotify_id=track.spotify_id, features=False)

    @pytest.mark.parametrize(
        "change",
        [
            _a_feature,
            _a_track_more,
            _a_track_less,
            _one_more_left_out,
            _a_track_deleted_and_entered_anew,
            _one_left_out_deleted_and_entered_anew,
        ],
    )
    def test_whatever_the_page_would_show_is_a_change(self, genre: Genre, change: Callable[[Genre], None]) -> None:
        TrackFactory(genres=[genre], title="silent", features=False)
        run(genre)
        change(genre)

        assert run(genre).status == "published"
        assert Run.objects.count() == 2
        published = Run.objects.published().get()
        placed = set(published.memberships.values_list("track", flat=True))
        excluded = set(published.excluded.values_list("track", flat=True))
        assert placed | excluded == set(genre.tracks.values_list("pk", flat=True))
        assert run(genre).status == "unchanged"

    def test_other_parameters_are_a_change(self, genre: Genre) -> None:
        run(genre)

        assert run(genre, params=Params(seed=1)).status == "published"
        assert len(run(genre, params=Params(seed=1, clusters=3)).sizes) == 3
        assert Run.objects.count() == 3


class TestDryRun:
    def test_it_finds_the_same_and_stores_nothing(self, genre: Genre) -> None:
        TrackFactory(genres=[genre], features=False)
        dry = run(genre, DRY)

        assert (dry.status, dry.reason) == ("finished", "a dry run: nothing was stored")
        assert rows() == [0, 0, 0, 0]
        assert files() == set()
        assert figures(dry) == figures(run(genre))

    def test_the_published_run_stays(self, genre: Genre) -> None:
        run(genre)
        before = rows(), files(), list(Run.objects.values())
        TrackFactory(genres=[genre])

        assert run(genre, DRY).status == "finished"
        assert (rows(), files(), list(Run.objects.values())) == before


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
        TrackFactory.create_batch(tracks, genres=[genre])
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
        assert outcome.reason == "all 12 tracks have the same features: there is nothing to tell apart"

    def test_the_old_run_stays_and_the_others_go_on(self, genre: Genre) -> None:
        run(genre)
        before = list(Run.objects.values())
        genre.tracks.set(genre.tracks.all()[:5])
        other = GenreFactory()
        TrackFactory.create_batch(12, genres=[other])
        outcomes = list(recluster([genre, other], Params(), NOW))

        assert [outcome.status for outcome in outcomes] == ["skipped", "published"]
        assert list(Run.objects.of_genre(genre).values()) == before

    def test_more_clusters_than_tracks(self, genre: Genre) -> None:
        outcome = run(genre, params=Params(clusters=13))

        assert (outcome.status, outcome.reason) == ("skipped", "only 12 of 12 tracks differ, and 13 are needed")

    def test_as_many_clusters_as_tracks(self, genre: Genre) -> None:
        outcome = run(genre, params=Params(clusters=12))

        assert (outcome.status, outcome.silhouette) == ("published", 0.0)


class TestFailed:
    """Something breaks while one genre's result is stored; another genre comes after it."""

    @pytest.fixture
    def genres(self, genre: Genre) -> list[Genre]:
        other = GenreFactory()
        TrackFactory.create_batch(12, genres=[other])
        TrackFactory(genres=[genre], features=False)
        list(recluster([genre, other], Params(), NOW))
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
        files_before, runs_before = files(), list(Run.objects.of_genre(first).values())
        memberships_before = Membership.objects.filter(run__genre=first).count()
        failed, published = recluster(genres, Params(), AGAIN)

        assert (failed.genre, failed.status, failed.reason) == (first.slug, "failed", reason)
        assert list(Run.objects.of_genre(first).values()) == runs_before
        assert Membership.objects.filter(run__genre=first).count() == memberships_before
        assert published.status == "published"
        new = Run.objects.of_genre(second).published().get()
        assert files() - files_before == {new.plot_png.name, new.plot_svg.name}
        assert files_before <= files()
        (record,) = caplog.records
        assert record.getMessage() == f"Reclustering {first.slug} failed"
        assert record.exc_info
        # The next time all is well.
        assert run(first, AGAIN).status == "published"

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
            self.fails_once(monkeypatch, module, "insert", error, after=True, call=call)

        self.check(genres, "DatabaseError: the disk is gone", caplog)

    def test_the_numbers(
        self, genres: list[Genre], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.fails_once(monkeypatch, module, "compute", MemoryError("Unable to allocate 9 GiB"))

        self.check(genres, "MemoryError: Unable to allocate 9 GiB", caplog)

    def test_the_reading(
        self, genres: list[Genre], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.fails_once(monkeypatch, module, "read_inputs", DatabaseError("no such table"))

        self.check(genres, "DatabaseError: no such table", caplog)

    def test_a_genre_that_is_deleted_meanwhile(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        original = module.compute

        def slow(*args: Any) -> Any:
            found = original(*args)
            Genre.objects.filter(pk=genre.pk).delete()
            return found

        monkeypatch.setattr(module, "compute", slow)
        outcome = run(genre)

        assert (outcome.status, outcome.reason) == (
            "failed",
            "DoesNotExist: Genre matching query does not exist.",
        )
        assert rows() == [0, 0, 0, 0]
        assert files() == set()
        assert len(caplog.records) == 1

    def test_ctrl_c_leaves_no_files_and_is_not_swallowed(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*args: Any, **kwargs: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(module, "insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(genre)

        assert rows() == [0, 0, 0, 0]
        assert files() == set()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer; real processes test it")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_one_after_the_other() -> None:
    genre = GenreFactory()
    TrackFactory.create_batch(12, genres=[genre])

    def in_a_connection_of_its_own(_: int) -> str:
        try:
            return run(genre, AGAIN).status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(in_a_connection_of_its_own, range(4)))

    assert statuses == ["published"] * 4
    assert Run.objects.count() == 4
    assert Run.objects.published().count() == 1


class TestOutcome:
    def test_as_json(self) -> None:
        outcome = Outcome(
            genre="korean-pop",
            status="published",
            tracks=12,
            excluded=1,
            sizes=((1, 7), (2, 5)),
            silhouette=0.25,
            explained_variance=(0.5, 0.25),
            seed=0,
            digest="ab",
            seconds=0.1,
        )

        assert outcome.as_json() == {
            "genre": "korean-pop",
            "status": "published",
            "reason": "",
            "tracks": 12,
            "excluded": 1,
            "sizes": {"1": 7, "2": 5},
            "silhouette": 0.25,
            "stability": None,
            "explained_variance": (0.5, 0.25),
            "seed": 0,
            "digest": "ab",
            "seconds": 0.1,
        }


class TestAnyOrder:
    def test_tracks_inserted_in_another_order_fall_into_the_same_clusters(self, genre: Genre) -> None:
        TrackFactory(genres=[genre], tempo=None)
        # The same sound under two ids: only their Spotify ids can tell them apart.
        twin = genre.tracks.order_by("pk").first()
        twin.pk, twin.slug, twin.spotify_id = None, "", "a" * 22
        twin.save()
        twin.genres.add(genre)
        first = run(genre)
        pictures = plots()

        tracks = list(genre.tracks.order_by("pk"))
        random.Random(5).shuffle(tracks)
        genre.delete()
        Track.objects.all().delete()
        genre = GenreFactory(name="korean pop")
        for track in tracks:
            track.pk = None
            track.slug = ""
            track.save()
            track.genres.add(genre)
        second = run(genre)

        assert figures(second) == figures(first)
        assert plots() == pictures


class TestWorkers:
    def test_two_processes_find_what_one_finds(self, genre: Genre) -> None:
        genres = [genre, GenreFactory(), *GenreFactory.create_batch(6)]
        for number, other in enumerate(genres[2:]):
            TrackFactory.create_batch(8 + number, genres=[other])
        here = list(recluster(genres, Params(), DRY))
        there = list(recluster(genres, Params(), Options(jobs=2, dry_run=True)))

        assert [outcome.status for outcome in here] == ["finished", "skipped", *["finished"] * 6]
        # Whoever is done first is told first.
        assert {outcome.genre: figures(outcome) for outcome in there} == {
            outcome.genre: figures(outcome) for outcome in here
        }
        assert len(there) == len(here)

    def test_each_has_one_thread_and_leaves_ctrl_c_to_its_parent(self) -> None:
        with executors.executor_for(2) as executor:
            for threads, hears_ctrl_c in [executor.submit(neighbourly).result() for _ in range(2)]:
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
            executor.submit(neighbourly)

        assert reached == ["the end"]

    def test_only_this_process_stores(self, genre: Genre) -> None:
        outcome = run(genre, Options(jobs=1))

        assert outcome.status == "published"
        assert Run.objects.get().digest == outcome.digest

    def test_a_worker_that_dies_costs_no_traceback(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(module, "compute", os_exit)
        outcome = run(genre, Options(jobs=1))

        assert outcome.status == "failed"
        assert outcome.reason.startswith("BrokenProcessPool: ")
        assert rows() == [0, 0, 0, 0]

    def test_no_process_is_started_where_nothing_changed(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        run(genre)

        def started(*args: Any) -> None:
            raise AssertionError("started")

        monkeypatch.setattr(executors.ProcessPoolExecutor, "_start_executor_manager_thread", started)
        assert run(genre, Options(jobs=2)).status == "unchanged"


def os_exit(*args: Any) -> None:
    """End a worker as the kernel does where memory runs out."""
    os._exit(9)
