"""``manage.py recluster``: what it prints for people and for programs."""

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clusters.models import Preview, Run
from clusters.runs import service, storing
from musicdb.models import Genre
from tests.factories import GenreFactory, TrackFactory, grouped_tracks, undivided_genre

PROJECT = Path(__file__).resolve().parent.parent.parent
KEYS = [
    "collection",
    "status",
    "reason",
    "tracks",
    "excluded",
    "sizes",
    "silhouette",
    "stability",
    "explained_variance",
    "seed",
    "digest",
    "seconds",
]


def recluster(*arguments: str, **options: Any) -> str:
    output = io.StringIO()
    call_command("recluster", *arguments, stdout=output, no_color=True, **options)
    return output.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        recluster(*arguments)
    return str(refusal.value)


@pytest.fixture
def genres(db: None) -> list[Genre]:
    """Two genres that can be clustered, by slug after one that is too small."""
    small, pop, rock = (GenreFactory(name=name) for name in ("ambient", "korean pop", "K-Rock"))
    grouped_tracks(5, genres=[small])
    grouped_tracks(12, groups=4, genres=[pop])
    TrackFactory(genres=[pop], tempo=None)
    grouped_tracks(10, genres=[rock])
    return [small, pop, rock]


class TestLines:
    def test_a_line_a_genre(self, genres: list[Genre]) -> None:
        lines = recluster("--jobs", "1", "--at-least", "0").splitlines()
        runs = {run.collection.key: run for run in Run.objects.all()}
        patterns = []
        for key in ("library", "genre:k-rock", "genre:korean-pop"):
            run = runs[key]
            sizes = " + ".join(str(cluster.size) for cluster in run.clusters.order_by("number"))
            patterns.append(
                f"{key}: published: {run.track_count} tracks, {run.excluded_count} excluded, "
                f"{run.cluster_count} clusters ({sizes}), silhouette {run.silhouette:.3f}, "
                f"stability {run.stability:.2f}, SECONDS s"
            )

        patterns.insert(1, "genre:ambient: skipped: 5 tracks have all features, and 6 are needed (0 excluded)")
        assert [re.sub(r"\d+\.\d\d s", "SECONDS s", line) for line in lines] == patterns
        assert (runs["genre:korean-pop"].track_count, runs["genre:korean-pop"].excluded_count) == (12, 1)
        assert (runs["library"].track_count, runs["library"].excluded_count) == (27, 1)

    def test_tracks_that_do_not_divide(self, db: None) -> None:
        undivided_genre(name="ambient")
        lines = [recluster("ambient"), recluster("ambient")]

        rest = "40 tracks, 0 excluded, 1 cluster, because the tracks do not divide, SECONDS s\n"
        assert [re.sub(r"\d+\.\d\d s", "SECONDS s", line) for line in lines] == [
            f"genre:ambient: published: {rest}",
            f"genre:ambient: unchanged: {rest}",
        ]

    def test_many_skipped_genres_are_counted(self, db: None) -> None:
        genres = [GenreFactory(name=f"small {number}") for number in range(12)]
        TrackFactory(genres=genres)
        lines = recluster("--jobs", "1", "--at-least", "1").splitlines()
        assert len(lines) == 11
        assert lines[-1] == "3 more collections were skipped. -v 2 names them."
        assert len(recluster("--jobs", "1", "--at-least", "1", verbosity=2).splitlines()) == 13
        assert len(recluster("--jobs", "1", *(genre.slug for genre in genres)).splitlines()) == 12

    def test_unchanged_and_dry(self, genres: list[Genre]) -> None:
        recluster("k-rock")
        (unchanged,) = recluster("k-rock").splitlines()
        (dry,) = recluster("k-rock", "--dry-run", "--force").splitlines()

        assert unchanged.startswith("genre:k-rock: unchanged: 10 tracks, 0 excluded, ")
        assert dry.startswith("genre:k-rock: finished: 10 tracks, 0 excluded, ")
        assert dry.endswith(" s (a dry run: nothing was stored)")
        assert Run.objects.count() == 1

    @pytest.mark.django_db
    def test_no_tracks_at_all(self) -> None:
        assert recluster() == "The library has no tracks yet: import a file, or add some in the admin.\n"
        assert recluster("--json") == ""


class TestJson:
    def test_an_object_a_line_and_nothing_else(self, genres: list[Genre]) -> None:
        output = recluster("--json", "--seed", "3", "--jobs", "1", "--at-least", "0")
        outcomes = [json.loads(line) for line in output.splitlines()]

        assert [list(outcome) for outcome in outcomes] == [KEYS] * 4
        assert output == "".join(json.dumps(outcome, ensure_ascii=False) + "\n" for outcome in outcomes)
        assert [(outcome["collection"], outcome["status"]) for outcome in outcomes] == [
            ("library", "published"),
            ("genre:ambient", "skipped"),
            ("genre:k-rock", "published"),
            ("genre:korean-pop", "published"),
        ]
        _, skipped, _, pop = outcomes
        assert {**skipped, "seconds": None} == {
            "collection": "genre:ambient",
            "status": "skipped",
            "reason": "5 tracks have all features, and 6 are needed",
            "tracks": 5,
            "excluded": 0,
            "sizes": {},
            "silhouette": None,
            "stability": None,
            "explained_variance": [],
            "seed": 3,
            "digest": "",
            "seconds": None,
        }
        run = Run.objects.get(collection__genre__slug="korean-pop")
        assert {**pop, "seconds": None} == {
            "collection": "genre:korean-pop",
            "status": "published",
            "reason": "",
            "tracks": 12,
            "excluded": 1,
            "sizes": {str(cluster.number): cluster.size for cluster in run.clusters.order_by("number")},
            "silhouette": run.silhouette,
            "stability": run.stability,
            "explained_variance": run.explained_variance,
            "seed": 3,
            "digest": run.digest,
            "seconds": None,
        }
        assert 0 < pop["seconds"] < 60

    def test_unchanged_has_the_figures_of_the_published_run(self, genres: list[Genre]) -> None:
        first, second = (json.loads(recluster("--json", "korean pop")) for _ in range(2))

        assert {**second, "seconds": None} == {**first, "status": "unchanged", "seconds": None}

    def test_as_many_clusters_as_were_asked_for(self, genres: list[Genre]) -> None:
        outcome = json.loads(recluster("--json", "--clusters", "4", "korean-pop"))

        assert list(outcome["sizes"]) == ["1", "2", "3", "4"]
        assert sum(outcome["sizes"].values()) == outcome["tracks"] == 12


class TestGenres:
    @pytest.mark.parametrize("name", ["korean pop", "korean-pop", "Korean POP", "KOREAN-POP", "  korean   pop "])
    def test_by_name_or_slug(self, genres: list[Genre], name: str) -> None:
        assert json.loads(recluster("--json", name))["collection"] == "genre:korean-pop"

    def test_a_name_whose_accents_are_characters_of_their_own(self, genres: list[Genre]) -> None:
        grouped_tracks(6, genres=[GenreFactory(name="forró")])

        assert json.loads(recluster("--json", "forro\u0301"))["collection"] == "genre:forro"

    def test_in_the_order_asked_for_and_each_once(self, genres: list[Genre]) -> None:
        lines = recluster("--json", "--jobs", "1", "korean pop", "ambient", "korean-pop").splitlines()

        assert [json.loads(line)["collection"] for line in lines] == ["genre:korean-pop", "genre:ambient"]

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("korean popp", "There is no genre “korean popp”. Did you mean korean-pop?"),
            ("KROCK", "There is no genre “KROCK”. Did you mean k-rock?"),
            ("zydeco", "There is no genre “zydeco”. No genre has a name like it."),
            ("", "There is no genre “”. No genre has a name like it."),
        ],
    )
    def test_an_unknown_one_is_an_error_that_names_the_nearest(
        self, genres: list[Genre], name: str, message: str
    ) -> None:
        assert refused("ambient", name) == message
        assert not Run.objects.exists()

    def test_at_most_three_are_named_the_nearest_first(self, genres: list[Genre]) -> None:
        for name in ("korean ost", "korean r&b", "korean folk", "korean soul"):
            GenreFactory(name=name)
        message = refused("korean po")

        assert message.startswith("There is no genre “korean po”. Did you mean korean-pop, ")
        assert message.count(", ") == 2

    def test_each_unknown_one_is_named(self, genres: list[Genre]) -> None:
        assert refused("zydeco", "korea pop", "korean pop") == (
            "There is no genre “zydeco”. No genre has a name like it. "
            "There is no genre “korea pop”. Did you mean korean-pop?"
        )


class TestWrongArguments:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--clusters", "1"], "The number of clusters must be from 2 to 20."),
            (["--clusters", "21"], "The number of clusters must be from 2 to 20."),
            (["--clusters", "many"], "Error: argument --clusters: invalid int value: 'many'"),
            (["--seed", "-1"], "The seed must be from 0 to 4294967295."),
            (["--seed", "4294967296"], "The seed must be from 0 to 4294967295."),
            (["--jobs", "0"], "--jobs must be 1 or more."),
            (["--jobs", "-2"], "--jobs must be 1 or more."),
        ],
    )
    def test_each_is_refused_with_what_would_be_right(
        self, genres: list[Genre], arguments: list[str], message: str
    ) -> None:
        assert refused(*arguments) == message
        assert not Run.objects.exists()


class TestFailures:
    @pytest.fixture
    def _broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        original = storing._store_rows

        def of_k_rock(snapshot: Any, *rest: Any) -> Run:
            if snapshot.collection.key == "genre:k-rock":
                raise OSError(28, "No space left on device")
            return original(snapshot, *rest)

        monkeypatch.setattr(storing, "_store_rows", of_k_rock)

    @pytest.mark.usefixtures("_broken")
    def test_each_is_printed_and_the_others_are_published(self, genres: list[Genre]) -> None:
        output = io.StringIO()
        with pytest.raises(CommandError) as failure:
            call_command("recluster", jobs=1, at_least=0, stdout=output, no_color=True)

        assert failure.value.returncode == 1
        assert str(failure.value) == (
            "1 of 4 collections failed and keep the run they had:\n"
            "  genre:k-rock: OSError: [Errno 28] No space left on device"
        )
        assert [line.split(": ")[:2] for line in output.getvalue().splitlines()] == [
            ["library", "published"],
            ["genre:ambient", "skipped"],
            ["genre:k-rock", "failed"],
            ["genre:korean-pop", "published"],
        ]
        assert {run.collection.key for run in Run.objects.all()} == {"library", "genre:korean-pop"}

    @pytest.mark.usefixtures("_broken")
    def test_as_json_too(self, genres: list[Genre]) -> None:
        output = io.StringIO()
        with pytest.raises(CommandError):
            call_command("recluster", "k-rock", json=True, stdout=output)
        (line,) = output.getvalue().splitlines()

        assert list(json.loads(line)) == KEYS
        assert json.loads(line)["reason"] == "OSError: [Errno 28] No space left on device"


class TestPreview:
    def test_a_row_for_each_number_and_nothing_is_stored(self, genres: list[Genre]) -> None:
        recluster("korean-pop", "--clusters", "2")
        lines = recluster("korean-pop", "--preview").splitlines()
        assert lines[0] == "genre:korean-pop: 12 tracks, 1 excluded. The data choose 2 clusters."
        assert "1.00 is needed" in lines[1]
        assert lines[2].endswith(", 2 clusters.")
        rows = {line.split()[0]: line for line in lines[4:] if "#" not in line}
        assert list(rows) == [str(number) for number in range(2, 11)]
        assert rows["2"].endswith("published, chosen by the data")
        assert "not possible: " in rows["5"]
        assert sum("#1 " in line for line in lines) == 3
        assert (Run.objects.count(), Preview.objects.count()) == (1, 0)

    def test_as_json(self, genres: list[Genre]) -> None:
        found = json.loads(recluster("korean-pop", "--preview", "--json"))
        assert (found["collection"], found["tracks"], found["excluded"]) == ("genre:korean-pop", 12, 1)
        four = found["numbers"][2]
        assert four["clusters"] == 4
        assert [cluster["size"] for cluster in four["summaries"]] == [3, 3, 3, 3]

    def test_a_collection_that_is_too_small_does_not_stop_the_others(self, genres: list[Genre]) -> None:
        output = io.StringIO()
        with pytest.raises(CommandError, match=r"No preview of\n  genre:ambient: .*6 are needed"):
            call_command("recluster", "ambient", "k-rock", "--preview", stdout=output)
        assert output.getvalue().startswith("genre:k-rock: 10 tracks")

    @pytest.mark.parametrize(
        "arguments",
        [(), ("k-rock", "--clusters", "3"), ("k-rock", "--unpin"), ("k-rock", "--dry-run"), ("k-rock", "--enqueue")],
    )
    def test_it_goes_with_names_and_hardly_anything_else(self, genres: list[Genre], arguments: tuple[str, ...]) -> None:
        expected = "--preview goes with the names of collections, --seed and --json, and nothing else."
        assert refused("--preview", *arguments) == expected


class TestJobs:
    """How many processes are started, without starting them."""

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        seen: list[int] = []
        original = service.executor_for

        def counting(jobs: int) -> Any:
            seen.append(jobs)
            return original(0)

        monkeypatch.setattr(service, "executor_for", counting)
        monkeypatch.setattr(os, "cpu_count", lambda: 8)
        return seen

    @pytest.mark.parametrize(
        ("arguments", "processes"),
        [
            ([], 0),
            (["--at-least", "0"], 4),
            (["--at-least", "0", "--jobs", "2"], 2),
            (["--at-least", "0", "--jobs", "16"], 4),
            (["--jobs", "1"], 0),
            (["--jobs", "4", "k-rock"], 0),
        ],
    )
    def test_no_more_than_there_are_collections(
        self, genres: list[Genre], asked: list[int], arguments: list[str], processes: int
    ) -> None:
        recluster(*arguments)

        assert asked == [processes]
