"""Filtering a list by sliders, by keyboard, and without JavaScript; the plot of two features."""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect


def test_a_slider_is_set_by_keyboard_and_kept_in_the_address(page: Page, library: None) -> None:
    page.goto("/tracks/?genre=korean-pop")
    page.get_by_text("By score, popularity").click()
    energy = page.get_by_role("group", name="Energy")
    low, high = energy.get_by_role("slider", name="Energy from"), energy.get_by_role("slider", name="Energy to")
    expect(low).to_have_attribute("aria-valuetext", "no limit")
    expect(energy.get_by_role("status")).to_have_text("all")
    low.focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    expect(energy.get_by_label("from", exact=True)).to_have_value("0.6")
    expect(low).to_have_attribute("aria-valuetext", "0.6")
    expect(energy.get_by_role("status")).to_have_text("0.6 and more")
    # The upper end cannot go below the lower one.
    page.keyboard.press("Tab")
    expect(high).to_be_focused()
    page.keyboard.press("Home")
    expect(energy.get_by_label("to", exact=True)).to_have_value("0.6")
    page.keyboard.press("End")
    expect(energy.get_by_label("to", exact=True)).to_have_value("")
    page.get_by_role("button", name="Show", exact=True).click()
    # Fields that are blank are not sent.
    expect(page).to_have_url(re.compile(r"/tracks/\?genre=korean-pop&min_energy=0\.6$"))
    expect(page.get_by_role("slider", name="Energy from")).to_have_value("0.6")
    found = page.locator("p.lead").inner_text()
    page.get_by_role("link", name="Remove the filter: Energy from 0.6").click()
    expect(page).to_have_url(re.compile(r"/tracks/\?genre=korean-pop$"))
    assert page.locator("p.lead").inner_text() != found


def test_a_number_that_is_typed_moves_the_slider(page: Page, library: None) -> None:
    page.goto("/tracks/?genre=korean-pop&min_tempo=100")
    tempo = page.get_by_role("group", name="Tempo")
    tempo.get_by_label("to", exact=True).fill("120")
    expect(tempo.get_by_role("slider", name="Tempo to")).to_have_value("120")
    expect(tempo.get_by_role("status")).to_have_text("100 to 120")


def test_filters_and_orders_work_without_javascript(browser: Browser, live_server: Any, library: None) -> None:
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        context.route(lambda url: not url.startswith(live_server.url), lambda route: route.abort())
        page = context.new_page()
        page.goto("/tracks/")
        page.get_by_label("Genre").fill("Korean Pop")
        page.get_by_text("By score, popularity").click()
        expect(page.get_by_role("slider")).to_have_count(0)
        page.get_by_role("group", name="Energy").get_by_label("from", exact=True).fill("0.6")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_role("link", name="Remove the filter: Genre korean pop")).to_be_visible()
        expect(page.get_by_role("link", name="Remove the filter: Energy from 0.6")).to_be_visible()
        page.get_by_role("columnheader", name="Track").get_by_role("link").click()
        expect(page.get_by_role("columnheader", name="Track")).to_have_attribute("aria-sort", "ascending")
        titles = page.get_by_role("rowheader").all_inner_texts()
        assert len(titles) > 3
        page.goto("/explore/?colour=genre")
        point = page.locator("svg.scatter a").first
        point.click()
        expect(page).to_have_url(re.compile(r"/tracks/[a-z0-9-]+/$"))


def test_on_a_phone_the_heads_that_sort_can_be_seen_and_reached(page: Page, library: None) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/tracks/?genre=korean-pop")
    head = page.get_by_role("columnheader", name="Score").get_by_role("link")
    box = head.bounding_box()
    assert box is not None
    assert box["height"] >= 24
    head.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Score")).to_have_attribute("aria-sort", "ascending")
