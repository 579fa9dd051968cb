"""What a visitor does and sees."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

ADDRESSES = (
    "/",
    "/genres/",
    "/genres/korean-pop/",
    "/genres/korean-pop/clusters/",
    "/genres/korean-pop/clusters/how/",
    "/genres/korean-pop/clusters/1/",
    "/artists/",
    "/artists/?genre=korean-pop&ordering=-track_count",
    "/artists/wendy/",
    "/labels/",
    "/labels/sm-entertainment/",
    "/labels/sm-entertainment/?liked=true&genre=korean-pop",
    "/albums/",
    "/albums/last-winter/",
    "/tracks/?genre=korean-pop&min_energy=0.2&ordering=-valence",
    "/explore/?colour=genre",
    "/tracks/hmm-bop/",
)


def test_from_the_start_to_an_artist_by_way_of_the_clusters(page: Page, library: None) -> None:
    page.goto("/")
    page.get_by_role("link", name="korean pop", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("korean pop")
    page.get_by_role("link", name="See the clusters").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clusters in korean pop")
    expect(page.get_by_role("application", name="Map of 44 tracks")).to_be_visible()
    page.get_by_role("link", name="Cluster #1", exact=True).click()
    expect(page).to_have_url(re.compile(r"/genres/korean-pop/clusters/1/$"))
    page.get_by_role("table").get_by_role("link", name="HEIZE").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("HEIZE")
    expect(page.get_by_role("columnheader")).to_have_text(
        ["Art", "Track", "Album", "Artists", "Label", "Score", "💚Liked", "🔗Listen"]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900, 1200])
def test_pages_fit_their_window_and_everybody_can_read_them(page: Page, library: None, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for address in ADDRESSES:
        page.goto(address)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"


def test_the_spotify_links_of_a_page_are_copied_by_a_button(page: Page, library: None) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/albums/last-winter/")
    page.get_by_role("button", name="Copy the links").click()
    expect(page.get_by_role("main").get_by_role("status")).to_have_text("Copied 3 links.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.request.get("/albums/last-winter/tracks.txt").text()
    assert copied.startswith("https://open.spotify.com/track/")


def test_keyboard_reaches_the_content_first(page: Page, library: None) -> None:
    page.goto("/genres/korean-pop/clusters/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Genres").nth(1)).to_be_focused()


def test_on_a_phone_a_row_is_a_card_that_still_reads_as_a_table(page: Page, library: None) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/genres/korean-pop/clusters/")
    row = page.get_by_role("row").filter(has_text="When This Rain Stops")
    title, artist = row.get_by_role("rowheader").bounding_box(), row.get_by_role("link", name="WENDY").bounding_box()
    assert title is not None
    assert artist is not None
    assert artist["y"] > title["y"]
    expect(row.get_by_role("cell", name="41802")).to_be_visible()


def test_pages_work_without_javascript(browser: Browser, live_server: Any, library: None) -> None:
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.route(lambda url: not url.startswith(live_server.url), lambda route: route.abort())
        page = context.new_page()
        page.goto("/genres/korean-pop/clusters/")
        expect(page.get_by_role("img", name="Scatter plot of 44 tracks")).to_be_visible()
        page.get_by_role("table").get_by_role("link", name="HEIZE").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("HEIZE")
        # Only a script can copy.
        expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
        with page.expect_download() as download:
            page.get_by_role("link", name="M3U8").click()
        assert download.value.suggested_filename == "HEIZE.m3u8"
