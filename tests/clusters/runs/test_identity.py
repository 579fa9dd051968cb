"""What a cluster keeps from run to run, and who decides which run is shown."""

from collections.abc import Callable
from typing import Any

import pytest

from clusters.core.features import FeatureTable
from clusters.core.params import Params, PreviousRun
from clusters.models import Cluster, Collection, RetiredCluster, Run
from clusters.runs import Options, Outcome, pin_clusters, publish, recluster, service, unpublish
from musicdb.editing import merge
from musicdb.models import Genre, Track
from tests.clusters.runs.helpers import add
from tests.factories import GenreFactory, collection_of, collections_of, undivided_genre

pytestmark = pytest.mark.django_db


@pytest.fixture
def genre() -> Genre:
    genre = GenreFactory(name="korean pop")
    add(genre, 0.0, 8)
    add(genre, 1.0, 12)
    return genre


def run(genre: Genre, clusters: int | None = None, **options: bool) -> Outcome:
    (outcome,) = recluster([collection_of(genre)], Params(clusters=clusters), Options(**options))
    return outcome


def numbers(run: Run) -> dict[int, int]:
    return dict(run.memberships.values_list("track", "cluster__number"))


class TestNumbers:
    def test_tracks_more_and_less_leave_each_group_its_number(self, genre: Genre) -> None:
        run(genre, 2)
        before = numbers(Run.objects.get())
        genre.tracks.remove(genre.tracks.order_by("energy").first())
        newcomers = add(genre, 0.98, 30)
        run(genre, 2)
        after = numbers(Run.objects.published().get())

        assert len(after) == 49
        assert {track: number for track, number in after.items() if track in before} == {
            track: number for track, number in before.items() if track in after
        }
        assert {after[track.pk] for track in newcomers} == {2}

    def test_a_group_between_is_a_new_number_not_the_second_from_the_left(self, genre: Genre) -> None:
        run(genre, 2)
        between = add(genre, 0.5, 10)
        outcome = run(genre, 3)
        places = numbers(Run.objects.published().get())

        assert sorted(outcome.sizes) == [(1, 8), (2, 12), (3, 10)]
        assert {places[track.pk] for track in between} == {3}
        assert Collection.objects.get().next_number == 4

    def test_a_number_is_never_given_twice(self, genre: Genre) -> None:
        run(genre, 2)
        between = add(genre, 0.5, 10)
        run(genre, 3)
        genre.tracks.remove(*between)
        run(genre, 2)
        assert set(numbers(Run.objects.published().get()).values()) == {1, 2}
        # Even where nothing remembers it but the count.
        Run.objects.filter(is_published=False).delete()
        genre.tracks.add(*between)

        assert sorted(run(genre, 3).sizes) == [(1, 8), (2, 12), (4, 10)]

    def test_a_run_that_was_withdrawn_is_still_what_the_next_is_matched_to(self, genre: Genre) -> None:
        run(genre, 2)
        Cluster.objects.filter(number=1).update(number=30)
        Collection.objects.update(next_number=31)
        unpublish(Run.objects.get())
        add(genre, 0.97, 3)

        assert sorted(run(genre, 2).sizes) == [(2, 15), (30, 8)]

    def test_so_it_is_where_nothing_was_published_in_between(self, genre: Genre) -> None:
        run(genre, 2)
        unpublish(Run.objects.get())
        genre.tracks.remove(*genre.tracks.filter(energy__lt=0.5)[:7])
        add(genre, 0.5, 8)
        run(genre, 2)

        assert RetiredCluster.objects.get().number == 1

    def test_names_stay_with_their_groups(self, genre: Genre) -> None:
        run(genre, 2)
        Cluster.objects.filter(number=2).update(name="Party")
        add(genre, 0.5, 10)
        run(genre, 3)
        new = Run.objects.published().get()

        assert dict(new.clusters.values_list("number", "name")) == {1: "", 2: "Party", 3: ""}

    def test_what_has_gone_is_kept_in_mind(self, genre: Genre) -> None:
        run(genre, 2)
        Cluster.objects.filter(number=1).update(name="Calm")
        genre.tracks.remove(*genre.tracks.filter(energy__lt=0.5)[:7])
        add(genre, 0.5, 8)
        run(genre, 2)
        (former,) = RetiredCluster.objects.all()

        assert (former.number, former.name, former.size) == (1, "Calm", 8)
        assert former.successors == [[3, 1]]
        assert set(numbers(Run.objects.published().get()).values()) == {2, 3}


class TestReview:
    @pytest.fixture
    def _reviewed(self, genre: Genre) -> None:
        Collection.objects.create(genre=genre, requires_review=True)

    @pytest.mark.usefixtures("_reviewed")
    def test_the_run_is_stored_and_nobody_sees_it(self, genre: Genre) -> None:
        outcome = run(genre)

        assert outcome.status == "waiting"
        assert Run.objects.count() == 1
        assert not Run.objects.published().exists()

    @pytest.mark.usefixtures("_reviewed")
    def test_while_it_waits_it_is_not_made_again(self, genre: Genre) -> None:
        first = run(genre)
        second = run(genre)

        assert (second.status, second.digest) == ("unchanged", first.digest)
        assert Run.objects.count() == 1
        publish(Run.objects.get())
        assert run(genre).status == "unchanged"

    def test_what_an_editor_went_back_to_is_not_overruled_by_the_same_tracks(self, genre: Genre) -> None:
        run(genre, 2)
        first = Run.objects.get()
        add(genre, 0.5, 10)
        run(genre)
        publish(first)

        assert run(genre).status == "unchanged"
        assert Run.objects.published().get() == first
        add(genre, 0.5, 1)
        assert run(genre).status == "published"

    def test_names_given_while_it_waited_are_taken_over(self, genre: Genre) -> None:
        run(genre, 2)
        Collection.objects.update(requires_review=True)
        add(genre, 0.97, 3)
        run(genre, 2)
        waiting = Run.objects.newest_first().first()
        Cluster.objects.filter(run__is_published=True, number=1).update(name="Calm")
        assert waiting is not None
        publish(waiting)

        assert dict(waiting.clusters.values_list("number", "name")) == {1: "Calm", 2: ""}


class TestOvertaken:
    """Another run of the genre is stored between reading and storing."""

    @staticmethod
    def overtake(monkeypatch: pytest.MonkeyPatch, genre: Genre, times: int, change: Callable[[], None]) -> list[int]:
        original, calls = service.compute, [0]

        def compute(*args: object) -> object:
            found = original(*args)  # type: ignore[arg-type]
            calls[0] += 1
            if calls[0] <= times:
                change()
            return found

        monkeypatch.setattr(service, "compute", compute)
        return calls

    def test_it_is_computed_again_with_the_numbers_of_the_newer_one(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def other_run() -> None:
            with monkeypatch.context() as undone:
                undone.setattr(service, "compute", original)
                run(genre, 2)
            Cluster.objects.filter(number=1).update(number=40)
            Collection.objects.update(next_number=41)

        original = service.compute
        calls = self.overtake(monkeypatch, genre, 1, other_run)
        outcome = run(genre, 3, force=True)

        assert (outcome.status, calls) == ("published", [2])
        assert {number for number, _ in outcome.sizes} == {40, 2, 41}
        assert Run.objects.count() == 2

    def test_a_run_that_waits_has_used_its_numbers_up(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        run(genre, 2)
        Collection.objects.update(requires_review=True)
        original = service.compute

        def other_run() -> None:
            with monkeypatch.context() as undone:
                undone.setattr(service, "compute", original)
                run(genre, 4, force=True)

        self.overtake(monkeypatch, genre, 1, other_run)
        outcome = run(genre, 3, force=True)

        assert outcome.status == "waiting"
        used = list(Cluster.objects.exclude(number__in=[1, 2]).values_list("number", flat=True))
        assert sorted(used) == [3, 4, 5]

    def test_not_for_ever(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        original = service.compute

        def other_run() -> None:
            with monkeypatch.context() as undone:
                undone.setattr(service, "compute", original)
                run(genre, 2, force=True)

        self.overtake(monkeypatch, genre, 99, other_run)
        outcome = run(genre, 3)

        assert outcome.status == "failed"
        assert outcome.reason == "Another run of the collection was stored at the same time."
        assert Run.objects.count() == service.MAX_COMPUTATIONS
        assert Run.objects.published().count() == 1


class TestNumberOfTheRunBefore:
    """The number of clusters that the run before found counts for the next one. One that was asked for does not."""

    @staticmethod
    def told(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
        """Return a list that gets the number that each computation is told the run before had found."""
        original, told = service.compute, []

        def compute(table: FeatureTable, params: Params, previous_run: PreviousRun) -> object:
            told.append(previous_run.chosen_clusters)
            return original(table, params, previous_run)

        monkeypatch.setattr(service, "compute", compute)
        return told

    @staticmethod
    def counts() -> list[tuple[int, int | None]]:
        return list(Run.objects.order_by("pk").values_list("cluster_count", "previous_cluster_count"))

    def test_one_that_was_found_counts(self, genre: Genre, monkeypatch: pytest.MonkeyPatch) -> None:
        told = self.told(monkeypatch)
        run(genre)
        run(genre, force=True)

        assert told == [None, 2]
        assert self.counts() == [(2, None), (2, 2)]

    def test_one_that_was_pinned_does_not_once_it_is_unpinned(
        self, genre: Genre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = self.told(monkeypatch)
        pin_clusters([collection_of(genre)], 3)
        run(genre)
        pin_clusters([collection_of(genre)], None)
        run(genre)
        run(genre, force=True)

        assert told == [None, None, 2]
        assert self.counts() == [(3, None), (2, None), (2, 2)]

    def test_one_cluster_counts_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told = self.told(monkeypatch)
        noise = undivided_genre()
        run(noise)
        run(noise, force=True)

        assert told == [None, 1]
        assert self.counts() == [(1, None), (1, 1)]


class TestWhatStays:
    """Numbers, names and addresses of clusters of every kind of collection."""

    @staticmethod
    def recluster(*collections: Collection, clusters: int = 2) -> list[Outcome]:
        return list(recluster(collections, Params(clusters=clusters), Options()))

    def test_after_tracks_came_and_tracks_went(self) -> None:
        library, genre = Collection.objects.library(), GenreFactory()
        groups = [add(genre, place, 20) for place in (0.0, 0.5, 1.0)]
        self.recluster(library, clusters=3)
        Cluster.objects.filter(number=2).update(name="Slow ones")
        before = dict(Run.objects.published().get().memberships.values_list("track", "cluster__number"))
        add(genre, 0.52, 3)
        self.recluster(library, clusters=3)
        for group in groups:
            Track.objects.filter(pk__in=[track.pk for track in group[:2]]).delete()
        self.recluster(library, clusters=3)
        run = Run.objects.published().get()
        assert [cluster.get_absolute_url() for cluster in run.clusters.order_by("number")] == [
            "/clusters/1/",
            "/clusters/2/",
            "/clusters/3/",
        ]
        assert run.clusters.get(number=2).name == "Slow ones"
        after = dict(run.memberships.values_list("track", "cluster__number"))
        assert len(after) == 57
        assert {track: number for track, number in after.items() if track in before} == {
            track: number for track, number in before.items() if track in after
        }

    def test_after_a_merge_of_two_genres(self, django_user_model: Any) -> None:
        dub, ska = GenreFactory(name="dub"), GenreFactory(name="ska")
        for genre, tracks in ((dub, 12), (ska, 4)):
            add(genre, 0.0, tracks)
            add(genre, 1.0, tracks)
        self.recluster(*collections_of([dub, ska]))
        Cluster.objects.filter(run__collection__genre__slug="dub", number=1).update(name="Deep")
        merge(dub, [ska], django_user_model.objects.create_user("merger"))
        assert [collection.key for collection in Collection.objects.filter(kind="genre")] == ["genre:dub"]
        (outcome,) = self.recluster(collection_of(dub))
        assert (outcome.status, outcome.tracks) == ("published", 32)
        assert Run.objects.published().get().clusters.get(number=1).name == "Deep"
