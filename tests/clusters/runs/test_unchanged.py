"""What counts as a change, and a recluster that stores nothing: of an unchanged genre, or in a dry run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from clusters.core.features import FEATURE_NAMES
from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.runs import Options, service
from musicdb.models import Genre, Track
from tests.clusters.runs.helpers import DRY_RUN, FORCE, figures, files, plots, rows, run
from tests.factories import TrackFactory

pytestmark = pytest.mark.django_db


def no_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    def computed(*args: Any) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr(service, "compute", computed)


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

        assert run(genre, FORCE).status == "published"
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
    def _one_more_excluded(genre: Genre) -> None:
        TrackFactory(genres=[genre], features=False)

    @staticmethod
    def _a_track_deleted_and_entered_anew(genre: Genre) -> None:
        track = genre.tracks.first()
        Track.objects.filter(pk=track.pk).delete()
        track.pk = None
        track.save()
        track.genres.add(genre)

    @staticmethod
    def _one_excluded_deleted_and_entered_anew(genre: Genre) -> None:
        track = genre.tracks.get(title="silent")
        Track.objects.filter(pk=track.pk).delete()
        TrackFactory(genres=[genre], title="silent", spotify_id=track.spotify_id, features=False)

    @pytest.mark.parametrize(
        "change",
        [
            _a_feature,
            _a_track_more,
            _a_track_less,
            _one_more_excluded,
            _a_track_deleted_and_entered_anew,
            _one_excluded_deleted_and_entered_anew,
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
        dry = run(genre, DRY_RUN)

        assert (dry.status, dry.reason) == ("finished", "a dry run: nothing was stored")
        assert rows() == [0, 0, 0, 0]
        assert files() == set()
        assert figures(dry) == figures(run(genre))

    def test_the_published_run_stays(self, genre: Genre) -> None:
        run(genre)
        before = rows(), files(), list(Run.objects.values())
        TrackFactory(genres=[genre])

        assert run(genre, DRY_RUN).status == "finished"
        assert (rows(), files(), list(Run.objects.values())) == before


class TestMissingPlots:
    """The plot files of an unchanged genre are gone, for example after a restore without them."""

    @pytest.mark.parametrize("which", [["plot_png"], ["plot_svg"], ["plot_png", "plot_svg"]])
    @pytest.mark.parametrize("emptied", [False, True])
    def test_they_are_drawn_again_just_as_they_were(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, which: list[str], emptied: bool
    ) -> None:
        first = run(genre, params=Params(clusters=3))
        before = plots()
        stored = Run.objects.get()
        for name in which:
            path = Path(getattr(stored, name).path)
            path.write_bytes(b"") if emptied else path.unlink()
        no_computing(monkeypatch)
        second = run(genre, params=Params(clusters=3))

        assert (second.status, second.reason) == ("unchanged", service.PLOTS_REDRAWN)
        assert figures(second) == figures(first)
        assert plots() == before
        assert rows() == [1, 3, 12, 0]
        assert len(files()) == 2
        assert run(genre, params=Params(clusters=3)).reason == ""

    def test_a_dry_run_says_so_and_draws_nothing(self, genre: Genre) -> None:
        run(genre)
        Path(Run.objects.get().plot_svg.path).unlink()

        assert (run(genre, DRY_RUN).status, run(genre, DRY_RUN).reason) == ("unchanged", service.PLOTS_MISSING)
        assert len(files()) == 1

    def test_those_of_a_run_that_waits_for_review(self, genre: Genre) -> None:
        Collection.objects.create(genre=genre, requires_review=True)
        run(genre)
        Path(Run.objects.get().plot_svg.path).unlink()

        assert run(genre).reason == service.PLOTS_REDRAWN
        assert not Run.objects.get().is_published

    def test_those_of_the_run_that_a_genre_keeps_when_it_can_no_longer_be_clustered(self, genre: Genre) -> None:
        run(genre)
        before = plots()
        genre.tracks.set(genre.tracks.all()[:5])
        Path(Run.objects.get().plot_png.path).unlink()
        outcome = run(genre)

        assert outcome.status == "skipped"
        assert outcome.reason == f"5 tracks have all features, and 6 are needed; {service.PLOTS_REDRAWN}"
        assert plots() == before

    def test_only_one_feature_varies(self, genre: Genre) -> None:
        for number, track in enumerate(genre.tracks.all()):
            Track.objects.filter(pk=track.pk).update(**dict.fromkeys(FEATURE_NAMES, 0.5) | {"tempo": 100 + number})
        run(genre)
        before = plots()
        Path(Run.objects.get().plot_svg.path).unlink()

        assert run(genre).reason == service.PLOTS_REDRAWN
        assert plots() == before

    def test_a_failure_leaves_what_there_was(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        run(genre)
        stored = list(Run.objects.values())
        Path(Run.objects.get().plot_svg.path).unlink()
        before = files()

        def full(*args: Any) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as context:
            context.setattr(default_storage, "save", full)
            assert run(genre).status == "failed"

        assert (files(), list(Run.objects.values())) == (before, stored)
        assert run(genre).reason == service.PLOTS_REDRAWN

    def test_worker_processes_draw_them_too(self, genre: Genre) -> None:
        run(genre)
        before = plots()
        Path(Run.objects.get().plot_svg.path).unlink()

        assert run(genre, Options(jobs=1)).reason == service.PLOTS_REDRAWN
        assert plots() == before
