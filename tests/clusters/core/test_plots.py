import re
import struct
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from clusters.core import plots
from clusters.core.params import MAX_CLUSTERS
from clusters.core.plots import COLOURS, MARKERS, draw, render
from clusters.core.results import AxisEnds

ENDS = (AxisEnds("Mellow, Acoustic", "Danceable, Energetic", 0.4149), AxisEnds("Slow", "Fast", 0.2))


def figure(points: int, ends: tuple[AxisEnds, ...] = ENDS) -> Figure:
    """Three clusters without any structure."""
    return draw(np.random.default_rng(0).standard_normal((points, 2)), np.arange(points) % 3 + 1, ends)


def picture(points: int) -> dict[str, bytes]:
    drawn = figure(points)
    return {"png": render(drawn, "png"), "svg": render(drawn, "svg")}


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    return picture(60)


def shapes(svg: bytes) -> int:
    """The points that are drawn one by one."""
    return sum(
        len(re.findall("<use ", group)) for group in re.findall(r'<g clip-path="[^"]*">.*?</g>', svg.decode(), re.S)
    )


def test_the_png_is_as_large_as_the_page_shows_it(small: dict[str, bytes]) -> None:
    assert small["png"][:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", small["png"][16:24]) == (1152, 864)
    assert len(small["png"]) < 150_000


def test_the_svg_is_well_formed_and_refers_to_nothing_outside(small: dict[str, bytes]) -> None:
    root = ET.fromstring(small["svg"])  # noqa: S314

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    links = [value for node in root.iter() for name, value in node.attrib.items() if name.endswith("href")]
    assert {link[0] for link in links} == {"#"}


def test_every_cluster_is_numbered_and_every_end_named(small: dict[str, bytes]) -> None:
    (axes,) = figure(60).axes

    assert [text.get_text() for text in axes.texts] == [
        "1",
        "2",
        "3",
        "← Mellow, Acoustic",
        "41% of variance",
        "Danceable, Energetic →",
        "← Slow",
        "20% of variance",
        "Fast →",
    ]
    # Each is drawn, letters as shapes, so that the picture looks the same on every machine.
    assert re.findall(rb'<g id="(text_\d+)">', small["svg"]) == [f"text_{place}".encode() for place in range(1, 10)]
    assert b"<text" not in small["svg"]


def test_each_number_stands_in_the_middle_of_its_cluster() -> None:
    points = np.random.default_rng(0).standard_normal((60, 2))
    numbers, *_ = zip(*[iter(figure(60).axes[0].texts)] * 3, strict=True)

    for place, number in enumerate(numbers):
        assert isinstance(number, Annotation)
        assert number.xy == pytest.approx(tuple(points[place::3].mean(axis=0)))


def test_one_axis_is_all_that_is_named_where_there_is_one() -> None:
    (axes,) = figure(20, ENDS[:1]).axes

    assert [text.get_text() for text in axes.texts[3:]] == [
        "← Mellow, Acoustic",
        "41% of variance",
        "Danceable, Energetic →",
    ]


def test_every_track_is_a_point(small: dict[str, bytes]) -> None:
    assert shapes(small["svg"]) == 60
    assert b"<image" not in small["svg"]


def test_many_points_are_one_image_inside_the_svg() -> None:
    most, more = picture(plots.MAX_VECTOR_POINTS)["svg"], picture(plots.MAX_VECTOR_POINTS + 1)["svg"]
    many = picture(30_000)["svg"]

    assert (shapes(most), most.count(b"<image")) == (plots.MAX_VECTOR_POINTS, 0)
    assert shapes(more) == shapes(many) == 0
    assert more.count(b"<image") >= 1
    assert len(many) < 1_000_000
    # The words and numbers stay sharp.
    assert many.count(b'<g id="text_') == 9


def test_no_two_clusters_look_the_same() -> None:
    looks = {(COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]) for number in range(MAX_CLUSTERS)}

    assert len(looks) == MAX_CLUSTERS


def test_each_cluster_has_its_own_colour_in_the_picture(small: dict[str, bytes]) -> None:
    for colour in COLOURS[:3]:
        assert small["svg"].count(f"fill: {colour.lower()}".encode()) >= 20
    assert COLOURS[3].lower().encode() not in small["svg"]


def test_the_same_picture_is_the_same_bytes(small: dict[str, bytes]) -> None:
    assert picture(60) == small
    assert b"<dc:date>" not in small["svg"]
    assert b"Matplotlib" not in small["png"]


def test_a_cluster_keeps_its_colour_when_others_come_and_go() -> None:
    assert plots._spread([1, 2, 5], "abcdefg") == {1: "a", 2: "b", 5: "e"}
    assert plots._spread([2, 5], "abcdefg") == {2: "b", 5: "e"}


def test_numbers_far_apart_do_not_share_a_colour_while_there_are_others() -> None:
    assert plots._spread([1, 8, 15], "abcdefg") == {1: "a", 8: "b", 15: "c"}
    assert list(plots._spread(range(1, 10), "abcdefg").values()) == list("abcdefgab")
