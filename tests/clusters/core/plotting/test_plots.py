import base64
import io
import re
import struct
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from clusters.core.features import FloatArray
from clusters.core.plotting import plots
from clusters.core.plotting.lettering import Lettering
from clusters.core.plotting.looks import COLOURS, DARK
from clusters.core.plotting.plots import FRAME, draw, render
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
    return len(re.findall(rb'<use xlink:href="#m', svg))


def words(drawn: Figure) -> list[str]:
    return [each.words for each in lettering(drawn)]


def lettering(drawn: Figure) -> list[Lettering]:
    return [artist for artist in drawn.artists if isinstance(artist, Lettering)]


def drawn_points(drawn: Figure) -> list[Line2D]:
    """The points of each cluster, in points (1/72 inch) from the frame's corner."""
    return [artist for artist in drawn.artists if isinstance(artist, Line2D) and artist.get_linestyle() == "None"]


def places(drawn: Figure) -> FloatArray:
    return np.concatenate([line.get_xydata() for line in drawn_points(drawn)])


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
    assert words(figure(60)) == [
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
    spread = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 8.0]])
    drawn = draw(
        np.random.default_rng(0).standard_normal((60, 2)) + np.tile(spread, (20, 1)), np.arange(60) % 3 + 1, ENDS
    )

    for line, number in zip(drawn_points(drawn), lettering(drawn)[:3], strict=True):
        across, up = np.asarray(line.get_xydata()).mean(axis=0)
        assert number.anchor == pytest.approx((across, up - plots.DIGIT_HEIGHT / 2))


def lines_to_centres(drawn: Figure) -> list[Line2D]:
    return [artist for artist in drawn.artists if isinstance(artist, Line2D) and artist.get_path_effects()]


def test_a_number_that_had_to_move_has_a_line_to_its_centre() -> None:
    points = np.random.default_rng(0).standard_normal((66, 2))
    crowded = draw(points, np.arange(66) % 11 + 1, ENDS)
    (lines,) = lines_to_centres(crowded)
    centres = [np.asarray(line.get_xydata()).mean(axis=0) for line in drawn_points(crowded)]
    starts, ends, breaks = np.asarray(lines.get_xydata()).reshape(-1, 3, 2).transpose(1, 0, 2)

    assert len(ends) >= 2
    assert np.isnan(breaks).all()
    for start, end in zip(starts, ends, strict=True):
        number = int(np.argmin([np.hypot(*(centre - end)) for centre in centres]))
        assert end == pytest.approx(centres[number])
        x, y = lettering(crowded)[number].anchor
        assert start == pytest.approx((x, y + plots.DIGIT_HEIGHT / 2))

    apart = draw(points + 20 * np.arange(66)[:, None] % 60, np.arange(66) % 3 + 1, ENDS)
    assert lines_to_centres(apart) == []


@pytest.mark.parametrize("shape", [(1.0, 1.0), (10.0, 0.3), (0.2, 5.0), (1.0, 0.0), (1e-9, 1e-9), (1e6, 1e3)])
def test_a_unit_is_as_long_across_as_up_and_the_data_fill_the_frame(shape: tuple[float, float]) -> None:
    points = np.random.default_rng(1).standard_normal((50, 2)) * shape
    numbers = np.sort(np.arange(50) % 2 + 1)
    found = places(draw(points, numbers, ENDS))
    size, drawn = np.ptp(points, axis=0), np.ptp(found, axis=0)

    assert drawn[0] * size[1] == pytest.approx(drawn[1] * size[0])
    assert (drawn / FRAME).max() == pytest.approx(1 - 2 * plots.MARGIN)
    assert (found.min(axis=0) + found.max(axis=0)) / 2 == pytest.approx(np.array(FRAME) / 2)


@pytest.mark.parametrize(
    ("first", "second", "little"),
    [(0.41, 0.2, False), (0.3, 0.1, False), (0.3, 0.099, True), (0.6, 0.149, True), (0.6, 0.15, False)],
)
def test_an_axis_that_shows_little_says_so(first: float, second: float, little: bool) -> None:
    ends = (AxisEnds("Mellow", "Energetic", first), AxisEnds("Slow", "Fast", second))

    note = ": tracks differ little in this direction" if little else ""
    assert words(figure(20, ends))[-2] == f"{second:.0%} of variance{note}"


def test_the_words_of_an_axis_do_not_run_into_each_other() -> None:
    """The longest that two features of each end make, where the axis shows little."""
    ends = (
        AxisEnds("Free-flowing, Instrumental", "Danceable, Energetic", 0.9),
        AxisEnds("Free-flowing, Instrumental", "Danceable, Energetic", 0.05),
    )
    drawn = figure(20, ends)
    render(drawn, "png")
    boxes = [text.get_window_extent() for text in lettering(drawn)[3:]]

    for place, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= 1152
        assert box.y1 <= 864
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_one_axis_is_all_that_is_named_where_there_is_one() -> None:
    assert words(figure(20, ENDS[:1]))[3:] == ["← Mellow, Acoustic", "41% of variance", "Danceable, Energetic →"]


def test_every_track_is_a_point(small: dict[str, bytes]) -> None:
    assert shapes(small["svg"]) == 60
    assert b"<image" not in small["svg"]


def test_points_are_in_the_svg_where_they_are_in_the_figure(small: dict[str, bytes]) -> None:
    found = re.findall(r'<use xlink:href="#m\w+" x="([\d.]+)" y="([\d.]+)"/>', small["svg"].decode())

    in_frame = np.array(found, dtype=float) * (1, -1) + (-plots.LEFT, plots.HEIGHT - plots.BELOW)
    assert in_frame == pytest.approx(places(figure(60)), abs=0.006)


def test_many_points_are_one_image_inside_the_svg() -> None:
    most, more = picture(plots.MAX_VECTOR_POINTS)["svg"], picture(plots.MAX_VECTOR_POINTS + 1)["svg"]
    many = picture(30_000)["svg"]

    assert (shapes(most), most.count(b"<image")) == (plots.MAX_VECTOR_POINTS, 0)
    assert shapes(more) == shapes(many) == 0
    assert more.count(b"<image") >= 1
    assert len(many) < 1_000_000
    # The words and numbers stay sharp.
    assert many.count(b'<g id="text_') == 9


def test_each_cluster_has_its_own_colour_in_the_picture(small: dict[str, bytes]) -> None:
    svg = small["svg"].decode()
    for colour in COLOURS[:3]:
        (marker,) = re.findall(rf'<path id="(m\w+)" [^>]*fill: {colour.lower()}', svg)
        assert svg.count(f'<use xlink:href="#{marker}"') == 20
    assert COLOURS[3].encode() not in small["svg"]


def test_the_same_picture_is_the_same_bytes(small: dict[str, bytes]) -> None:
    assert picture(60) == small
    assert b"<dc:date>" not in small["svg"]
    assert b"Matplotlib" not in small["png"]


def test_more_points_are_smaller_and_more_transparent() -> None:
    looks = [
        (line.get_markersize(), line.get_alpha())
        for line in (drawn_points(figure(count))[0] for count in (20, 500, 5_000, 50_000, 60_000))
    ]

    assert looks == [pytest.approx(look) for look in ((6.5, 0.9), (4.8, 0.85), (2.4, 0.5), (2.0, 0.3), (2.0, 0.3))]


def test_a_dense_middle_is_darker_than_a_thin_edge() -> None:
    points = np.random.default_rng(0).standard_normal((30_000, 2))
    picture = Image.open(io.BytesIO(render(draw(points, np.full(30_000, 4), ENDS), "png"))).convert("L")
    grey = np.asarray(picture, dtype=float)
    across, up = plots.LEFT * 2 + FRAME[0], plots.ABOVE * 2 + FRAME[1]

    middle, outside = (
        grey[up - 150 : up - 50, across - 150 : across - 50],
        grey[up - 350 : up - 250, across - 150 : across],
    )
    assert middle.mean() + 40 < outside.mean() < 254


def test_the_paper_of_the_png_is_white(small: dict[str, bytes]) -> None:
    picture = Image.open(io.BytesIO(small["png"])).convert("RGB")

    assert {picture.getpixel(corner) for corner in ((0, 0), (1151, 0), (0, 863), (1151, 863))} == {(255, 255, 255)}


def test_everything_but_the_points_turns_dark_with_the_page(small: dict[str, bytes]) -> None:
    svg = small["svg"].decode()
    (style,) = re.findall(r"@media \(prefers-color-scheme: dark\)\{(.*?)\}</style>", svg)
    rules = re.findall(r'\[style\*="(fill|stroke): (#\w+)"\]\{(\w+):(#\w+)!important\}', style)

    assert {(kind, light): dark for kind, light, _, dark in rules} == {
        (kind, light): dark for light, dark in DARK.items() for kind in ("fill", "stroke")
    }
    assert all(kind == changed for kind, _, changed, _ in rules)
    in_styles = set(re.findall(r"(?:fill|stroke): (#\w+)", svg.replace(style, "")))
    assert in_styles == {*DARK, *COLOURS[:3]}


def test_an_image_inside_the_svg_has_no_paper_of_its_own() -> None:
    """It would stay white on a dark page."""
    svg = picture(3_000)["svg"].decode()
    data = re.findall(r'xlink:href="data:image/png;base64,([^"]*)"', svg)
    pixels = [np.asarray(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGBA")) for one in data]

    assert pixels
    for image in pixels:
        assert (image[..., 3] == 0).mean() > 0.3
        assert not (image[image[..., 3] > 0][:, :3] > 250).all(axis=1).any()


def test_tracks_that_might_be_in_another_cluster_are_fainter() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    drawn = draw(points, np.array([1, 1, 2, 2]), ENDS, np.array([1.0, 0.59, 0.89, 0.9]))
    by_alpha = [(line.get_alpha(), len(line.get_xdata())) for line in drawn_points(drawn)]

    assert by_alpha == [(pytest.approx(0.27), 1), (pytest.approx(0.495), 1), (0.9, 1), (0.9, 1)]
