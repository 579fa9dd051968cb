"""Where the tracks of one run's clusters are in another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from clusters.core.comparing import Comparison, Flow, Split, compare


def compared(old: dict[int, int], new: dict[int, int]) -> Comparison:
    """Compare two runs, each given as the cluster of each track."""
    arrays = [np.array(list(part), dtype=np.int64) for run in (old, new) for part in (run.keys(), run.values())]
    return compare(*arrays)


def groups(**tracks: range) -> dict[int, int]:
    """Tracks by cluster: ``groups(c7=range(5))`` puts tracks 0 to 4 into cluster 7."""
    return {track: int(name[1:]) for name, members in tracks.items() for track in members}


def test_nothing_changed() -> None:
    found = compared(groups(c1=range(5), c2=range(5, 9)), groups(c1=range(5), c2=range(5, 9)))

    assert found.flows == (Flow(1, 1, 5), Flow(2, 2, 4))
    assert (found.stayed, found.moved, found.came, found.left) == (9, 0, 0, 0)
    assert (found.splits, found.mergers, found.vanished, found.appeared) == ((), (), (), ())
    assert found.agreement == 1


def test_who_moved_came_and_left() -> None:
    found = compared(groups(c1=range(10), c2=range(10, 20)), groups(c1=range(1, 9), c2=[*range(9, 20), 50, 51]))

    assert found.flows == (Flow(1, 1, 8), Flow(1, 2, 1), Flow(1, None, 1), Flow(2, 2, 10), Flow(None, 2, 2))
    assert (found.stayed, found.moved, found.came, found.left) == (18, 1, 2, 1)
    assert (found.splits, found.mergers) == ((), ())


def test_a_split_and_a_new_number() -> None:
    found = compared(groups(c1=range(10), c2=range(10, 33)), groups(c1=range(10), c2=range(10, 24), c5=range(24, 33)))

    assert found.splits == (Split(2, ((2, 14), (5, 9))),)
    assert (found.appeared, found.vanished, found.mergers) == ((5,), (), ())


def test_a_merger_and_a_number_that_is_gone() -> None:
    found = compared(groups(c1=range(10), c2=range(10, 24), c5=range(24, 33)), groups(c1=range(10), c2=range(10, 33)))

    assert found.mergers == (Split(2, ((2, 14), (5, 9))),)
    assert (found.appeared, found.vanished, found.splits) == ((), (5,), ())


@pytest.mark.parametrize(("part", "splits"), [(3, 0), (4, 1)])
def test_a_fifth_makes_a_split(part: int, splits: int) -> None:
    found = compared(groups(c1=range(20)), groups(c1=range(20 - part), c2=range(20 - part, 20)))

    assert len(found.splits) == splits


def test_nothing_in_common() -> None:
    found = compared(groups(c1=range(3)), groups(c1=range(10, 14)))

    assert found.flows == (Flow(1, None, 3), Flow(None, 1, 4))
    assert found.agreement is None


places = st.dictionaries(st.integers(0, 30), st.integers(1, 6), min_size=1)


@given(places, places)
def test_every_track_is_in_one_flow(old: dict[int, int], new: dict[int, int]) -> None:
    found = compared(old, new)

    assert found.stayed + found.moved + found.came + found.left == len(old.keys() | new.keys())
    for flow in found.flows:
        assert flow.tracks == sum(
            1 for track in old.keys() | new.keys() if (old.get(track), new.get(track)) == (flow.old, flow.new)
        )
    both = sorted(old.keys() & new.keys())
    if both:
        expected = adjusted_rand_score([old[track] for track in both], [new[track] for track in both])
        assert found.agreement == pytest.approx(expected)
