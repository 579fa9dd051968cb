"""The places of genres on the map of all genres."""

import itertools

import numpy as np
import pytest

from clusters.core.features import FEATURE_NAMES
from clusters.core.genre_map import GAP, fits, placed

WIDTH, HEIGHT = 1000.0, 660.0
LABEL = (90.0, 30.0)


def means(count: int, seed: int = 0) -> tuple[tuple[float, ...], ...]:
    values = np.random.default_rng(seed).uniform(size=(count, len(FEATURE_NAMES)))
    values[:, FEATURE_NAMES.index("tempo")] *= 200
    values[:, FEATURE_NAMES.index("loudness")] *= -60
    return tuple(map(tuple, values.tolist()))


@pytest.mark.parametrize("count", [3, 40, 90])
def test_no_label_covers_another_or_leaves_the_map(count: int) -> None:
    boxes = ((60.0, 24.0), (150.0, 41.0), LABEL) * 30
    count = min(count, fits(boxes, WIDTH, HEIGHT))
    boxes = boxes[:count]
    places = placed(means(count), boxes, WIDTH, HEIGHT)

    for (x, y), (wide, high) in zip(places, boxes, strict=True):
        assert wide / 2 - 0.1 <= x <= WIDTH - wide / 2 + 0.1
        assert high / 2 - 0.1 <= y <= HEIGHT - high / 2 + 0.1
    for one, other in itertools.combinations(range(count), 2):
        beside = abs(places[one][0] - places[other][0]) - (boxes[one][0] + boxes[other][0]) / 2
        above = abs(places[one][1] - places[other][1]) - (boxes[one][1] + boxes[other][1]) / 2
        # What remains of the gap when the rounds end is enough to read both.
        assert max(beside, above) > -1


def test_genres_that_sound_alike_are_near() -> None:
    calm, loud = means(2, seed=4)
    near_calm = tuple(value + 0.01 for value in calm)
    near_loud = tuple(value - 0.01 for value in loud)
    places = np.array(placed((calm, loud, near_calm, near_loud), (LABEL,) * 4, WIDTH, HEIGHT))

    def apart(one: int, other: int) -> float:
        return float(np.linalg.norm(places[one] - places[other]))

    assert max(apart(0, 2), apart(1, 3)) < min(apart(0, 1), apart(0, 3), apart(2, 1), apart(2, 3))


def test_genres_with_the_same_sound_stand_beside_each_other() -> None:
    places = placed(means(1) * 5, (LABEL,) * 5, WIDTH, HEIGHT)
    assert len(set(places)) == 5


def test_a_map_of_nothing_is_empty() -> None:
    assert placed((), (), WIDTH, HEIGHT) == ()


def test_as_many_fit_as_leave_room_between_them() -> None:
    boxes = [LABEL] * 1_000
    taken = (LABEL[0] + GAP) * (LABEL[1] + GAP)
    assert fits(boxes, WIDTH, HEIGHT) == int(WIDTH * HEIGHT * 0.4 / taken)
    assert fits(boxes[:5], WIDTH, HEIGHT) == 5
