"""The colours that the pages make of the owner's colour can be read, whatever it is."""

import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from musicdb.models import SiteSettings
from musicdb.pages.theme import DARK, LIGHT, Mode, contrast, parse, stylesheet, write

SITE_CSS = (Path(__file__).parents[2] / "musicdb" / "static" / "musicdb" / "site.css").read_text(encoding="utf-8")
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def variables(css: str) -> list[dict[str, str]]:
    """The custom properties of each :root, by name: of the light pages, then of the dark ones."""
    return [
        dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]


def test_the_backgrounds_are_those_of_the_stylesheet() -> None:
    light, dark, *_ = variables(SITE_CSS)
    for mode, css in ((LIGHT, light), (DARK, dark)):
        assert (write(mode.ground), write(mode.surface)) == (css["ground"], css["surface"])


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@given(colour=COLOURS)
def test_every_colour_becomes_one_that_can_be_read(mode: Mode, colour: tuple[int, int, int]) -> None:
    accent = mode.accent(colour)
    for background in (mode.ground, mode.surface, mode.soft(accent)):
        assert contrast(accent, background) >= 4.5
    for background in (mode.ground, mode.surface):
        assert contrast(mode.bar(colour), background) >= 3
    # The other text on a soft background.
    css = variables(SITE_CSS)[0 if mode is LIGHT else 1]
    for text in ("ink", "muted"):
        assert contrast(parse(css[text]), mode.soft(accent)) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert LIGHT.accent(parse("#3b3a8f")) == parse("#3b3a8f")
    assert DARK.accent(parse("#b3b1ff")) == parse("#b3b1ff")


def test_contrast_as_wcag_has_it() -> None:
    assert contrast(parse("#000000"), parse("#ffffff")) == pytest.approx(21)
    assert contrast(parse("#777777"), parse("#ffffff")) == pytest.approx(4.478, abs=0.001)
    assert contrast(parse("#0000ff"), parse("#ffff00")) == pytest.approx(8.0, abs=0.01)


def test_the_stylesheet_sets_variables_that_the_site_has() -> None:
    for made, site in zip(variables(stylesheet("#ff8800")), variables(SITE_CSS), strict=False):
        assert made.keys() == {"accent", "accent-soft", "bar"}
        assert made.keys() <= site.keys()


@pytest.mark.django_db
def test_the_pages_link_to_the_stylesheet_of_the_colour(client: Client) -> None:
    assert "/theme/" not in client.get("/").text
    SiteSettings.objects.create(colour="#FF8800")
    assert '<link rel="stylesheet" href="/theme/ff8800.css">' in client.get("/").text
    SiteSettings.objects.update(colour="#008800")
    assert '<link rel="stylesheet" href="/theme/008800.css">' in client.get("/").text


@pytest.mark.django_db
def test_it_is_served_without_a_query(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/theme/ff8800.css")
    assert response.text == stylesheet("#ff8800")
    assert response["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/theme/ff880.css", "/theme/FF8800.css", "/theme/red.css", "/theme/ff88001.css"])
def test_other_addresses_are_not_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
