"""The bytes of the interactive map, read back as its script reads them, and outlines."""

import gzip
import struct

import numpy as np
import pytest

from clusters.core.plotting.point_map import (
    LOW_BITS,
    UNKNOWN,
    Grid,
    enclosed,
    encode_points,
    encode_values,
    varints,
)

MAX_BYTES = 400_000


def read_varints(data: bytes) -> list[int]:
    numbers, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(number)
            number = shift = 0
    return numbers


def test_points_are_read_back() -> None:
    ids = np.array([500, 3, 2_000_000_000_000, 7])
    points = np.array([[0.0, 1.0], [2.0, 0.5], [1.0, 1.0], [0.25, -1.0]])
    data = encode_points(ids, np.array([5, 2, 5, 2]), points, np.array([1.0, 0.0, np.nan, 0.5]))
    magic, count, left, bottom, step, groups = struct.unpack_from("<4sI3dI", data)
    assert (magic, count, groups) == (b"MAP1", 4, 2)
    assert struct.unpack_from("<4I", data, 36) == (2, 2, 5, 2)
    columns = np.frombuffer(data, np.uint8, 5 * 4, 52).reshape(5, 4).astype(int)
    across, up = (columns[at] << LOW_BITS | columns[at + 1] for at in (0, 2))
    order = [1, 3, 0, 2]
    assert np.allclose(left + across * step, points[order, 0], atol=step / 2)
    assert np.allclose(bottom + up * step, points[order, 1], atol=step / 2)
    assert columns[4].tolist() == [0, 4, 7, UNKNOWN]
    assert read_varints(data[72:]) == [3, 4, 500, 2_000_000_000_000 - 500]
    assert Grid(left, bottom, step) == Grid.over(points)


def test_points_at_one_place_are_on_the_grid() -> None:
    grid = Grid.over(np.ones((3, 2)))
    assert (grid, grid.place(np.ones((1, 2))).tolist()) == (Grid(1.0, 1.0, 1.0), [[0, 0]])


def test_values_are_read_back() -> None:
    data = encode_values(np.array([9, 2, 400]), np.array([180.0, 60.0, np.nan]))
    assert struct.unpack_from("<4sI2d", data) == (b"MAP1", 3, 60.0, 180.0)
    assert (list(data[24:27]), read_varints(data[27:])) == ([0, 254, UNKNOWN], [2, 7, 391])
    unknown = encode_values(np.array([1]), np.array([np.nan]))
    assert struct.unpack_from("<4sI2d", unknown) == (b"MAP1", 1, 0.0, 0.0)
    assert unknown[24] == UNKNOWN


def test_numbers_of_any_size_are_read_back() -> None:
    numbers = [0, 127, 128, 16_383, 16_384, 2**62]
    assert read_varints(varints(np.array(numbers))) == numbers


def test_ninety_thousand_points_are_a_small_file() -> None:
    random = np.random.default_rng(0)
    numbers = random.integers(1, 9, 90_000)
    points = random.normal(size=(9, 2))[numbers] * 0.3 + random.normal(size=(90_000, 2)) * 0.2
    ids = random.permutation(200_000)[:90_000]
    data = encode_points(ids, numbers, points, random.choice([1.0, 1.0, 1.0, 0.9, 0.7], 90_000))
    assert len(gzip.compress(data, 6)) <= MAX_BYTES


PLACES = np.array([[0, 0], [5, 5], [10, 10], [2, 8], [11, 5], [6, 11]])


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ([[10, 10], [0, 0]], [True, True, True, True, False, False]),
        ([[1, 9], [6, 4]], [False, True, False, True, False, False]),
        # A triangle with its corner at the upper left.
        ([[-1, -1], [-1, 12], [12, 12]], [False, False, False, True, False, True]),
        # Corners on one line enclose nothing.
        ([[0, 0], [5, 0], [10, 0]], [False] * 6),
        # Both halves of a bow tie are inside, and what is above its knot is not.
        ([[-1, -2], [13, 14], [13, -2], [-1, 14]], [True, True, True, True, True, False]),
    ],
)
def test_an_outline_encloses(outline: list[list[int]], expected: list[bool]) -> None:
    assert enclosed(PLACES, np.array(outline)).tolist() == expected
