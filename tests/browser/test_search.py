"""The search box as a visitor uses it: with the keyboard, by touch, and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories import ArtistFactory


@pytest.fixture
def _artists(live_server) -> None:
    for name in ("Moon one", "Moon two"):
        ArtistFactory(name=name)


@pytest.mark.usefixtures("_artists")
def test_the_keyboard_goes_through_the_suggestions(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("moon")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "search-artist-2")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(options.nth(0)).to_have_attribute("aria-selected", "false")
    box.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(box).to_have_value("moon")
    expect(box).not_to_have_attribute("aria-activedescendant", re.compile(".*"))
    box.press("ArrowUp")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/artists/moon-two/$"))


@pytest.mark.usefixtures("_artists")
def test_enter_without_a_choice_asks_for_the_page(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("moon")
    expect(page.get_by_role("option")).to_have_count(2)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=moon$"))


@pytest.mark.usefixtures("_artists")
def test_a_suggestion_can_be_pressed(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Search").press_sequentially("moon")
    page.get_by_role("option").nth(0).click()
    expect(page).to_have_url(re.compile("/artists/moon-one/$"))


@pytest.mark.usefixtures("_artists")
def test_a_narrow_screen_without_scripts_has_the_form(browser: Browser, live_server) -> None:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 320, "height": 600}
    )
    page = context.new_page()
    page.goto("/genres/")
    page.get_by_role("searchbox", name="Search").fill("moon")
    page.get_by_role("search", name="Search the site").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Moon one")).to_be_visible()
    assert page.locator("html").evaluate("one => one.scrollWidth") <= 320
    context.close()
