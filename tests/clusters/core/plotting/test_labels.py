"""Cluster numbers on the plot: never one over another, never outside, and no farther from their centres than needed."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from clusters.core.features import FloatArray
from clusters.core.params import MAX_CLUSTERS
from clusters.core.plotting.labels import DIGIT_HEIGHT, FONT_SIZE, box_of, place
from clusters.core.plotting.lettering import write
from clusters.core.plotting.plots import FRAME

RIGHT, TOP = FRAME


def boxes_of(numbers: list[int]) -> FloatArray:
    return np.array([box_of(number) for number in numbers])


def collide(one: FloatArray, other: FloatArray, reach: FloatArray) -> bool:
    return bool((np.abs(one - other) < reach - 1e-5).all())


def check(centres: FloatArray, numbers: list[int]) -> FloatArray:
    boxes = boxes_of(numbers)
    places = place(centres, boxes, FRAME)
    assert (places - boxes / 2 >= -1e-9).all()
    assert (places + boxes / 2 <= np.array(FRAME) + 1e-9).all()
    for one, other in combinations(range(len(numbers)), 2):
        assert not collide(places[one], places[other], (boxes[one] + boxes[other]) / 2), (one, other)
    return places


coordinates = st.tuples(st.floats(0, RIGHT), st.floats(0, TOP))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(coordinates, st.integers(1, 9_999)), min_size=1, max_size=MAX_CLUSTERS, unique_by=lambda x: x[1])
)
def test_no_two_numbers_overlap_and_all_are_inside(drawn: list[tuple[tuple[float, float], int]]) -> None:
    check(np.array([centre for centre, _ in drawn]), [number for _, number in drawn])


@pytest.mark.parametrize("count", [2, 11, 20])
@pytest.mark.parametrize("spread", [0.0, 5.0, 30.0, 120.0])
@pytest.mark.parametrize("middle", [(RIGHT / 2, TOP / 2), (0.0, 0.0), (RIGHT, TOP)])
def test_close_centres(count: int, spread: float, middle: tuple[float, float]) -> None:
    for seed in range(3):
        draws = np.random.default_rng(seed)
        centres = np.clip(np.array(middle) + spread * draws.standard_normal((count, 2)), 0, FRAME)

        places = check(centres, list(range(1, count + 1)))

        assert np.array_equal(places, place(centres, boxes_of(list(range(1, count + 1))), FRAME))


def test_numbers_with_room_stay_at_their_centres() -> None:
    centres = np.array([[100.0, 100.0], [200.0, 100.0], [100.0, 200.0]])

    assert np.array_equal(place(centres, boxes_of([1, 2, 13]), FRAME), centres)


def test_one_of_two_moves_just_so_far_that_they_touch() -> None:
    _, height = box_of(1)
    places = place(np.array([[100.0, 100.0], [103.0, 104.0]]), boxes_of([1, 2]), FRAME)

    assert places == pytest.approx(np.array([[100.0, 100.0], [103.0, 100.0 + height]]))


@pytest.mark.parametrize("count", [2, 5, 9])
def test_no_number_could_be_nearer_to_its_centre(count: int) -> None:
    """Compared with all places on a fine grid."""
    draws = np.random.default_rng(count)
    centres = np.array(FRAME) / 2 + 25 * draws.standard_normal((count, 2))
    numbers = list(range(8, 8 + count))
    boxes, places = boxes_of(numbers), check(centres, numbers)
    grid = np.stack(np.meshgrid(np.arange(-90, 90, 1.5), np.arange(-90, 90, 1.5)), axis=-1).reshape(-1, 2)

    for row in range(count):
        others = np.arange(count) != row
        reach = (boxes[others] + boxes[row]) / 2
        tried = centres[row] + grid
        free = ~(np.abs(tried[:, None] - places[others]) < reach).all(axis=2).any(axis=1)
        nearest = np.sqrt(((tried[free] - centres[row]) ** 2).sum(axis=1)).min()
        assert np.hypot(*(places[row] - centres[row])) <= nearest + 1e-5


def test_twenty_numbers_of_one_centre_are_close_around_it() -> None:
    places = check(np.tile(np.array(FRAME) / 2, (20, 1)), list(range(1, 21)))

    assert np.hypot(*(places - np.array(FRAME) / 2).T).max() < 110


@pytest.mark.parametrize("number", [1, 8, 11, 20, 888, 4096])
def test_a_box_holds_the_number_as_it_is_drawn(number: int) -> None:
    figure = Figure(figsize=(4, 4), dpi=72)
    canvas = FigureCanvasAgg(figure)
    in_points = Affine2D()
    write(
        figure,
        str(number),
        (100, 100 - DIGIT_HEIGHT / 2),
        in_points,
        size=FONT_SIZE,
        colour="k",
        at="middle",
        weight="bold",
    )
    canvas.draw()  # type: ignore[no-untyped-call]
    dark = np.asarray(canvas.buffer_rgba())[::-1, :, 0] < 128  # type: ignore[no-untyped-call]
    rows, columns = np.nonzero(dark)
    width, height = box_of(number)

    assert rows.size
    assert 100 - width / 2 <= columns.min()
    assert columns.max() + 1 <= 100 + width / 2
    assert 100 - height / 2 <= rows.min()
    assert rows.max() + 1 <= 100 + height / 2
