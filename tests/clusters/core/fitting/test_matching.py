"""Which new cluster is which old one. Whether few tracks or many, nobody's number passes to strangers."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.core.features import IntArray
from clusters.core.fitting.matching import match
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from tests.clusters.core.tables import blobs, shuffled, table


def previous_run(places: dict[int, int], next_number: int) -> PreviousRun:
    return PreviousRun(
        np.array(list(places), dtype=np.int64), np.array(list(places.values()), dtype=np.int64), next_number
    )


def called(old: dict[int, int], new: dict[int, int], next_number: int = 50) -> dict[int, int]:
    """What each track's new cluster is called, by track. ``old`` and ``new``: each track's cluster."""
    ids = np.array(list(new), dtype=np.int64)
    numbers: IntArray = np.array(list(new.values()), dtype=np.int64)
    return dict(zip(ids.tolist(), match(ids, numbers, previous_run(old, next_number)).tolist(), strict=True))


def groups(**tracks: range) -> dict[int, int]:
    """Tracks by cluster: ``groups(c7=range(5))`` puts tracks 0 to 4 into cluster 7."""
    return {track: int(name[1:]) for name, members in tracks.items() for track in members}


def test_the_first_run_is_numbered_in_its_own_order() -> None:
    assert called({}, groups(c1=range(3), c2=range(3, 9)), next_number=1) == groups(c1=range(3), c2=range(3, 9))


def test_the_same_groups_keep_their_numbers_however_they_are_numbered_now() -> None:
    old = groups(c4=range(10), c9=range(10, 25), c2=range(25, 40))
    new = groups(c1=range(25, 40), c2=range(10), c3=range(10, 25))

    assert called(old, new) == old


def test_tracks_that_come_and_go_change_no_number() -> None:
    old = groups(c1=range(10), c2=range(10, 20))
    new = groups(c2=[*range(2, 10), 100, 101], c1=range(10, 19))

    assert called(old, new) == groups(c1=[*range(2, 10), 100, 101], c2=range(10, 19))


def test_of_a_split_the_larger_part_keeps_the_number_and_the_other_gets_a_new_one() -> None:
    old = groups(c1=range(10), c2=range(10, 31))
    new = groups(c1=range(10), c2=range(10, 24), c3=range(24, 31))

    assert called(old, new, next_number=8) == groups(c1=range(10), c2=range(10, 24), c8=range(24, 31))


def test_of_a_merger_the_larger_part_gives_the_number() -> None:
    assert set(called(groups(c1=range(10), c2=range(10, 31)), groups(c1=range(31))).values()) == {2}


def test_a_group_of_strangers_gets_a_number_that_was_never_used() -> None:
    assert set(called(groups(c1=range(10)), groups(c1=range(100, 110)), next_number=6).values()) == {6}


@pytest.mark.parametrize(("shared", "number"), [(4, 9), (5, 1)])
def test_half_of_the_smaller_cluster_must_be_shared(shared: int, number: int) -> None:
    new = groups(c1=[*range(shared), *range(100, 120 - shared)])

    assert set(called(groups(c1=range(10)), new, next_number=9).values()) == {number}


places = st.dictionaries(st.integers(0, 40), st.integers(1, 5), min_size=1)


@given(places, places)
def test_no_two_clusters_are_called_alike_and_new_numbers_are_new(old: dict[int, int], new: dict[int, int]) -> None:
    order = {number: place for place, number in enumerate(sorted(set(new.values())), start=1)}
    new = {track: order[number] for track, number in new.items()}
    names = called(old, new, next_number=6)

    assert len(set(names.values())) == len(set(new.values()))
    by_new = {(number, names[track]) for track, number in new.items()}
    assert len(by_new) == len(set(new.values()))
    fresh = sorted({name for name in names.values() if name > 5})
    assert fresh == list(range(6, 6 + len(fresh)))
    # A number is kept only where it is deserved.
    for number, name in by_new:
        if name <= 5:
            shared = sum(1 for track in new if new[track] == number and old.get(track) == name)
            smaller = min(Counter(new.values())[number], Counter(old.values())[name])
            assert 2 * shared >= smaller


@given(places, places, st.randoms(use_true_random=False))
def test_the_order_of_the_tracks_has_no_say(old: dict[int, int], new: dict[int, int], random: object) -> None:
    order = {number: place for place, number in enumerate(sorted(set(new.values())), start=1)}
    new = {track: order[number] for track, number in new.items()}
    mixed_old, mixed_new = list(old.items()), list(new.items())
    random.shuffle(mixed_old)  # type: ignore[attr-defined]
    random.shuffle(mixed_new)  # type: ignore[attr-defined]

    assert called(dict(mixed_old), dict(mixed_new)) == called(old, new)


class TestInTheWhole:
    def test_a_run_of_the_same_tracks_changes_nothing_but_asks_for_nothing_either(self) -> None:
        first = cluster(table(blobs((10, 12, 14))), Params())
        again = cluster(table(blobs((10, 12, 14))), Params(), PreviousRun(first.ids, first.numbers, 4))

        assert (again.digest, again.clusters, again.png, again.svg) == (
            first.digest,
            first.clusters,
            first.png,
            first.svg,
        )

    def test_all_that_is_found_goes_by_the_numbers_of_the_run_before(self) -> None:
        first = cluster(table(blobs((10, 12, 14))), Params())
        renamed = np.array([0, 30, 7, 12])[first.numbers]
        again = cluster(table(blobs((10, 12, 14))), Params(), PreviousRun(first.ids, renamed, 31))

        assert dict(zip(again.ids.tolist(), again.numbers.tolist(), strict=True)) == dict(
            zip(first.ids.tolist(), renamed.tolist(), strict=True)
        )
        assert [summary.number for summary in again.clusters] == [7, 12, 30]
        assert [(again.numbers == summary.number).sum() for summary in again.clusters] == [
            summary.size for summary in again.clusters
        ]
        assert again.numbers.tolist() == sorted(again.numbers.tolist())
        by_size = {summary.size: summary.description for summary in first.clusters}
        assert {summary.size: summary.description for summary in again.clusters} == by_size

    @settings(max_examples=6)
    @given(st.permutations(range(24)))
    def test_numbering_is_a_function_of_the_data(self, order: list[int]) -> None:
        original = table(blobs((7, 8, 9)))
        found = cluster(original, Params(clusters=3))
        other = cluster(shuffled(original, order), Params(clusters=3))

        # shuffled() gives the track in row i the id 500 + i.
        assert {
            order[key - 500]: number for key, number in zip(other.ids.tolist(), other.numbers.tolist(), strict=True)
        } == {key - 1: number for key, number in zip(found.ids.tolist(), found.numbers.tolist(), strict=True)}
