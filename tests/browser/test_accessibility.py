"""Everybody can read every kind of page: by the rules of WCAG 2.2 AA, in both themes, in windows of every width."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from musicdb.models import Track
from tests.browser.kinds_of_pages import API_DOCS, PAGES
from tests.factories import PlaylistFactory

WIDTHS = (320, 375, 1280)
SCHEMES = ("light", "dark")
# All rules, those of WCAG 2.2 too, of which axe leaves some out by default.
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# A page takes a second for all widths and themes, and the library several, so the pages are in as many groups as a
# machine may have cores.
GROUPS = 4


@pytest.fixture
def page_with_refusals(page: Page) -> Page:
    """A tab in which an address may be wrong: the browser notes the status of its page as an error."""
    page.route("**/nowhere/", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.route("**/*nonsense", lambda route: route.fulfill(response=route.fetch(), status=200))
    return page


def check(page: Page, address: str) -> list[str]:
    """Return what is wrong with a page in any window and theme."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    wrong = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            where = f"{address} {scheme} {width}"
            if overflow:
                wrong.append(f"{where}: {overflow} px too wide")
            found = Axe().run(page, options=RULES)
            if found.violations_count:
                wrong.append(f"{where}\n{found.generate_report()}")
    return wrong


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_kind_of_page(page_with_refusals: Page, whole_library: None, group: int) -> None:
    PlaylistFactory(name="Mix", tracks=Track.objects.all()[:8])
    wrong = [line for address in PAGES[group::GROUPS] for line in check(page_with_refusals, address)]
    assert wrong == [], "\n".join(wrong)


def test_the_page_of_the_api(page: Page, library: None) -> None:
    wrong = check(page, API_DOCS)
    assert wrong == [], "\n".join(wrong)
