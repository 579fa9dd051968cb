"""The colours and shapes of clusters: distinct on light and dark paper, also for people who see fewer colours."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.core.features import FloatArray
from clusters.core.params import MAX_CLUSTERS
from clusters.core.plotting.looks import COLOURS, DARK, INK, MARKERS, PAPER, looks, spread
from musicdb.pages.theme import DARK as DARK_PAGES
from musicdb.pages.theme import contrast, parse, write

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
# severity 1.0, for linear RGB.
SIMULATED = {
    "all colours": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
# Of sRGB, from IEC 61966-2-1, for the white point D65.
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# CIE 1976. A difference of about 2.3 is just noticed in large fields next to each other.
MIN_DIFFERENCE = 23
MIN_CONTRAST = 3.0


def lab(colour: str, simulated: FloatArray) -> FloatArray:
    parts = np.array(parse(colour)) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(simulated @ linear, 0, 1) / (TO_XYZ @ np.ones(3))
    f, g, h = (np.cbrt(value) if value > (6 / 29) ** 3 else value * 841 / 108 + 4 / 29 for value in (x, y, z))
    return np.array([116 * g - 16, 500 * (f - g), 200 * (g - h)])


def test_the_difference_is_that_of_cie() -> None:
    white, red = lab("#ffffff", np.eye(3)), lab("#ff0000", np.eye(3))

    assert white == pytest.approx([100, 0, 0], abs=0.01)
    assert red == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


@pytest.mark.parametrize("sight", SIMULATED)
def test_any_two_colours_differ(sight: str) -> None:
    places = {colour: lab(colour, SIMULATED[sight]) for colour in COLOURS}

    for one, other in combinations(COLOURS, 2):
        assert np.linalg.norm(places[one] - places[other]) >= MIN_DIFFERENCE, (one, other)


@pytest.mark.parametrize("paper", [PAPER, DARK[PAPER]])
def test_every_colour_stands_out_from_the_paper(paper: str) -> None:
    for colour in COLOURS:
        assert contrast(parse(colour), parse(paper)) >= MIN_CONTRAST, colour


def test_words_and_numbers_can_be_read() -> None:
    assert contrast(parse(INK), parse(PAPER)) >= 7
    assert contrast(parse(DARK[INK]), parse(DARK[PAPER])) >= 7


def test_the_dark_paper_is_the_surface_of_the_dark_pages() -> None:
    assert DARK[PAPER] == write(DARK_PAGES.surface)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=MAX_CLUSTERS, unique=True).map(sorted))
def test_no_two_clusters_look_the_same(numbers: list[int]) -> None:
    """Those with the same marker then have two of the COLOURS, which all differ."""
    assert len(set(looks(numbers).values())) == len(numbers)


@pytest.mark.parametrize("count", [8, 11])
def test_up_to_eleven_clusters_have_each_a_marker_of_their_own(count: int) -> None:
    chosen = looks(range(1, count + 1)).values()

    assert len({marker for _, marker in chosen}) == count
    assert len({colour for colour, _ in chosen}) == 8


def test_a_cluster_keeps_its_look_when_others_come_and_go() -> None:
    assert looks([1, 2, 5]) == {number: (COLOURS[number - 1], MARKERS[number - 1]) for number in (1, 2, 5)}
    assert looks([2, 5]) == {number: (COLOURS[number - 1], MARKERS[number - 1]) for number in (2, 5)}
    assert spread([1, 2, 5], "abcdefg") == {1: "a", 2: "b", 5: "e"}


def test_numbers_far_apart_do_not_share_a_colour_while_there_are_others() -> None:
    assert spread([1, 8, 15], "abcdefg") == {1: "a", 8: "b", 15: "c"}
    assert list(spread(range(1, 10), "abcdefg").values()) == list("abcdefgab")
