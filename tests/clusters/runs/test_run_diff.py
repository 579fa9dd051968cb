"""Runs that stay: compared in a shell, removed when they are old, shown by whom an editor chooses."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from clusters.models import Run
from clusters.runs import NotComparableError, compare_runs, default_other, default_pair, publish, remove, unpublish
from musicdb.models import Genre, Track
from tests.factories import GenreFactory, TrackFactory, collection_of, numbered_tracks, stored_run, three_runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def genre() -> Genre:
    return GenreFactory(name="korean pop")


@pytest.fixture
def tracks(genre: Genre) -> list[Track]:
    return numbered_tracks(genre)


@pytest.fixture
def runs(genre: Genre, tracks: list[Track]) -> list[Run]:
    return three_runs(genre, tracks)


def command(name: str, *arguments: str) -> str:
    output = io.StringIO()
    call_command(name, *arguments, stdout=output, no_color=True)
    return output.getvalue()


def files() -> set[str]:
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


class TestCompared:
    def test_figures_flows_and_who_moved(self, runs: list[Run], tracks: list[Track]) -> None:
        compared = compare_runs(runs[1], runs[2])

        assert [(figure.name, figure.old, figure.new) for figure in compared.figures] == [
            ("tracks", "12", "11"),
            ("excluded", "0", "0"),
            ("clusters", "3", "3"),
            ("silhouette", "0.250", "0.250"),
            ("stability", "not measured", "not measured"),
            ("smallest cluster", "25.0%", "18.2%"),
        ]
        assert [(track, track.old_number, track.new_number) for track in compared.moved_tracks()] == [
            (tracks[4], 2, 1),
            (tracks[11], 3, None),
        ]

    def test_runs_of_two_genres_and_a_run_with_itself_are_refused(self, runs: list[Run]) -> None:
        other = stored_run(GenreFactory(), {1: [TrackFactory()]})
        with pytest.raises(NotComparableError, match="are of two collections"):
            compare_runs(runs[0], other)
        with pytest.raises(NotComparableError, match="Choose another"):
            compare_runs(runs[0], runs[0])

    @pytest.mark.parametrize("count", [1, 3])
    def test_as_many_queries_for_many_tracks_as_for_few(
        self, genre: Genre, tracks: list[Track], count: int, django_assert_num_queries: Callable
    ) -> None:
        old = stored_run(genre, {1: tracks[:6], 2: tracks[6:]})
        new = stored_run(genre, {1: tracks[count:6], 2: [*tracks[6:], *tracks[:count]]})
        # The places of each run.
        with django_assert_num_queries(2):
            compared = compare_runs(old, new)
        # The tracks, their artists.
        with django_assert_num_queries(2):
            assert [len(track.artists_in_order) for track in compared.moved_tracks()] == [1] * count

    def test_the_default_pair_is_the_published_run_and_the_newest_or_else_the_last_two(
        self, genre: Genre, runs: list[Run]
    ) -> None:
        first, second, third = runs
        assert default_pair(collection_of(genre)) == (second, third)
        publish(third)
        assert default_pair(collection_of(genre)) == (second, third)
        assert [default_other(run) for run in (first, second, third)] == [third, third, second]
        unpublish(third)
        assert default_pair(collection_of(genre)) == (second, third)
        assert [default_other(run) for run in (first, second, third)] == [third, first, second]

    def test_a_genre_with_one_run_has_nothing_to_compare(self, genre: Genre, tracks: list[Track]) -> None:
        with pytest.raises(NotComparableError, match=r"^korean pop has no runs, so there is nothing"):
            default_pair(collection_of(genre))
        run = stored_run(genre, {1: tracks})
        with pytest.raises(NotComparableError, match=r"^korean pop has only one run, so there is nothing"):
            default_pair(collection_of(genre))
        with pytest.raises(NotComparableError, match=r"^This is the only run of korean pop"):
            default_other(run)


class TestClusterDiff:
    def test_it_says_what_changed(self, runs: list[Run]) -> None:
        lines = command("clusterdiff", "Korean Pop", str(runs[0].pk), str(runs[1].pk)).splitlines()

        assert lines[0] == f"korean pop: run {runs[0].pk} → run {runs[1].pk}"
        assert "clusters                       2             3" in lines
        assert "9 stayed in their cluster, 3 moved, 0 came, 0 left." in lines
        assert [line.split() for line in lines if "→" in line][1:5] == [
            ["#1", "→", "#1", "4"],
            ["#2", "→", "#2", "5"],
            ["#2", "→", "#3", "3"],
            ["#2", "→", "#3", "Track", "09,", "Artist", "09"],
        ]
        assert "Cluster #2 split into #2 (5) and #3 (3)." in lines
        assert max(map(len, lines)) <= 100

    def test_limit_sets_how_many_moved_tracks_are_listed(self, runs: list[Run]) -> None:
        lines = command("clusterdiff", "korean-pop", "--limit", "1").splitlines()

        assert lines[-2:] == ["      #2 → #1     Track 04, Artist 04", "  and 1 more. Use --limit to list them."]

    def test_as_json(self, runs: list[Run], tracks: list[Track]) -> None:
        found = json.loads(command("clusterdiff", "korean-pop", "--json"))

        assert (found["collection"], found["old"], found["new"]) == ("genre:korean-pop", runs[1].pk, runs[2].pk)
        assert found["flows"][0] == {"old": 1, "new": 1, "tracks": 4}
        assert found["figures"]["tracks"] == ["12", "11"]
        assert [row["track"] for row in found["tracks"]] == [tracks[4].slug, tracks[11].slug]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["k-pop"], "There is no genre “k-pop”. Did you mean korean-pop?"),
            (["korean-pop", "1"], "Give the ids of two runs, or of none."),
            (["korean-pop", "--limit", "-1"], "--limit must be 0 or more."),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, runs: list[Run], arguments: list[str], message: str) -> None:
        with pytest.raises(CommandError) as refused:
            command("clusterdiff", *arguments)
        assert str(refused.value) == message

    def test_a_run_that_is_not_there_is_answered_with_those_that_are(self, runs: list[Run]) -> None:
        with pytest.raises(CommandError) as refused:
            command("clusterdiff", "korean-pop", "0", str(runs[0].pk))
        message = str(refused.value)

        assert message.startswith("korean pop has no run 0. It has ")
        assert all(f"{run.pk} ({run.finished_at:%Y-%m-%d %H:%M})" in message for run in runs)


def test_a_run_of_one_cluster_has_no_silhouette(genre: Genre, tracks: list[Track]) -> None:
    runs = [stored_run(genre, {1: tracks[:6], 2: tracks[6:]}), stored_run(genre, {1: tracks}, smallest_shares={})]
    compared = compare_runs(*runs)

    assert [(figure.name, figure.old, figure.new) for figure in compared.figures][2:] == [
        ("clusters", "2", "1"),
        ("silhouette", "0.250", "does not divide"),
        ("stability", "not measured", "not measured"),
        ("smallest cluster", "50.0%", "100.0%"),
    ]


class TestPruneRuns:
    def test_the_newest_stay_and_so_does_the_published_one(self, genre: Genre, runs: list[Run]) -> None:
        said = command("pruneruns", "--keep", "1")

        assert said == "genre:korean-pop: removed 1 run, kept 2\n"
        assert set(Run.objects.all()) == {runs[1], runs[2]}
        assert files() == {name for run in runs[1:] for name in (run.plot_png.name, run.plot_svg.name)}

    def test_none_but_the_published_one(self, runs: list[Run]) -> None:
        command("pruneruns", "--keep", "0")

        assert list(Run.objects.all()) == [runs[1]]
        assert command("pruneruns", "--keep", "0") == "There is nothing to remove.\n"

    def test_a_dry_run_removes_nothing(self, runs: list[Run]) -> None:
        assert command("pruneruns", "--keep", "0", "--dry-run") == "genre:korean-pop: would remove 2 runs, kept 1\n"
        assert Run.objects.count() == 3
        assert len(files()) == 6

    def test_only_of_the_genres_that_are_named(self, runs: list[Run]) -> None:
        other = GenreFactory(name="trot")
        stored_run(other, {1: [TrackFactory()]})
        command("pruneruns", "--keep", "0", "trot")

        assert Run.objects.count() == 3

    def test_what_makes_no_sense_is_refused(self, runs: list[Run]) -> None:
        with pytest.raises(CommandError, match=r"^--keep must be 0 or more.$"):
            command("pruneruns", "--keep", "-1")
        with pytest.raises(CommandError, match="--keep"):
            command("pruneruns")
        with pytest.raises(CommandError, match=r"^There is no genre “nowhere”"):
            command("pruneruns", "--keep", "1", "nowhere")
        assert Run.objects.count() == 3


class TestPublishing:
    def test_one_is_published_whoever_was_before(self, runs: list[Run]) -> None:
        assert publish(runs[0])
        assert list(Run.objects.published()) == [runs[0]]
        assert not publish(runs[0])
        assert publish(runs[2])
        assert list(Run.objects.published()) == [runs[2]]

    def test_a_name_is_carried_only_to_a_cluster_without(self, genre: Genre, runs: list[Run]) -> None:
        runs[1].clusters.filter(number=1).update(name="Calm")
        runs[1].clusters.filter(number=2).update(name="Party")
        runs[2].clusters.filter(number=2).update(name="Feast")
        publish(runs[2])

        assert dict(runs[2].clusters.values_list("number", "name")) == {1: "Calm", 2: "Feast", 3: ""}

    def test_going_back_remembers_what_went(self, genre: Genre, runs: list[Run]) -> None:
        publish(runs[0])
        (former,) = genre.collection.retired_clusters.all()

        assert (former.number, former.size, former.successors) == (3, 3, [[2, 3]])
        publish(runs[1])
        publish(runs[0])
        assert genre.collection.retired_clusters.count() == 1

    def test_a_published_run_is_not_removed_even_by_who_read_it_before(self, runs: list[Run]) -> None:
        stale = list(Run.objects.all())
        publish(runs[0])

        assert remove(stale) == 2
        assert list(Run.objects.all()) == [runs[0]]
        assert files() == {runs[0].plot_png.name, runs[0].plot_svg.name}

    def test_runs_of_a_genre_that_was_deleted_are_no_error(self, runs: list[Run]) -> None:
        stale = list(Run.objects.with_collection())
        Genre.objects.all().delete()

        assert remove(stale) == 0

    def test_states(self, runs: list[Run]) -> None:
        def states() -> list[str]:
            return list(Run.objects.with_state().order_by("pk").values_list("state", flat=True))

        assert states() == ["earlier", "published", "waiting"]
        unpublish(runs[1])
        assert states() == ["waiting"] * 3

    def test_the_newest_first(self, runs: list[Run]) -> None:
        Run.objects.filter(pk=runs[0].pk).update(finished_at=timezone.now() + timedelta(days=1))

        assert [run.pk for run in Run.objects.newest_first()] == [runs[0].pk, runs[2].pk, runs[1].pk]
