"""What a visitor does on the map of clusters."""

import io
import json
import re
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from musicdb.models import Track

ADDRESS = "/genres/korean-pop/clusters/"


def open_map(page: Page, address: str = ADDRESS) -> Locator:
    page.goto(address)
    box = page.get_by_role("application", name="Map of 44 tracks")
    expect(box).to_be_visible()
    return box


def middle_of(box: Locator) -> tuple[float, float]:
    """The middle of the frame, where a track is that the address names; it is right of and above the box's own."""
    edge = box.bounding_box()
    assert edge is not None
    k = edge["width"] / 576
    font = max(11, 11.5 * k)
    left, top = font * (1.7 if k < 0.8 else 2.9), 6 * k
    return (
        edge["x"] + left + (edge["width"] - left - 6 * k) / 2,
        edge["y"] + top + (edge["height"] - font * 2 - top) / 2,
    )


def colours(page: Page, box: Locator) -> set[tuple[int, ...]]:
    """The colours of the map that many of its pixels have, roughly, once it has been drawn."""
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(box.screenshot())).convert("RGB")
    counts: Counter[tuple[int, ...]] = Counter()
    for count, pixel in picture.getcolors(picture.width * picture.height) or ():
        counts[tuple(part >> 5 for part in pixel)] += count  # type: ignore[union-attr]
    return {colour for colour, count in counts.items() if count > 100}


def test_a_track_leads_to_its_point_which_says_what_it_is(page: Page, library: None) -> None:
    title = Track.objects.get(slug="hmm-bop").title
    page.goto("/tracks/hmm-bop/")
    page.get_by_role("link", name="on the map of korean pop").click()
    box = page.get_by_role("application")
    expect(box).to_be_focused()
    link = box.get_by_role("link", name=title)
    expect(link).to_be_visible()
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text(
        re.compile(rf"^{re.escape(title)}, .+, Cluster #\d")
    )
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tracks/hmm-bop/$"))


@pytest.mark.parametrize("has_touch", [False, True])
def test_hover_and_tap_show_a_track(page: Page, browser: Browser, library: None, live_server, has_touch: bool) -> None:
    track = Track.objects.get(slug="hmm-bop")
    context = browser.new_context(
        base_url=live_server.url, has_touch=has_touch, viewport={"width": 400 if has_touch else 1200, "height": 900}
    )
    tab = context.new_page()
    box = open_map(tab, f"{ADDRESS}#track-{track.pk}")
    expect(box.get_by_role("link", name=track.title)).to_be_visible()
    tab.keyboard.press("Escape")
    expect(box.get_by_role("link")).to_have_count(0)
    if has_touch:
        tab.touchscreen.tap(*middle_of(box))
    else:
        tab.mouse.move(*middle_of(box))
    expect(box.get_by_role("link", name=track.title)).to_be_visible()
    context.close()


def test_the_keyboard_reaches_every_direction(page: Page, library: None) -> None:
    box = open_map(page)
    box.focus()
    before = colours(page, box)
    page.keyboard.press("ArrowRight")
    status = page.get_by_role("main").get_by_role("status").first
    expect(status).to_have_text(re.compile("Cluster #"))
    seen = {status.inner_text()}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        seen.add(status.inner_text())
    assert len(seen) >= 4
    for _ in range(4):
        page.keyboard.press("+")
    page.keyboard.press("0")
    page.keyboard.press("Escape")
    expect(box.get_by_role("link")).to_have_count(0)
    assert colours(page, box) == before


def test_the_legend_dims_the_others(page: Page, library: None) -> None:
    box = open_map(page)
    page.mouse.move(0, 0)
    both = colours(page, box)
    button = page.get_by_role("button", name=re.compile("^#1"))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.mouse.move(0, 0)
    assert both - colours(page, box)
    button.click()
    page.mouse.move(0, 0)
    assert colours(page, box) == both


def test_a_row_of_a_table_shows_its_point(page: Page, library: None) -> None:
    box = open_map(page)
    row = page.locator("tr[data-track]").first
    row.hover()
    expect(box.locator(".map-card")).to_contain_text(row.get_by_role("rowheader").inner_text())


@pytest.mark.parametrize("mode", ["Box", "Lasso"])
def test_an_outline_selects_the_tracks_of_its_files(page: Page, library: None, mode: str) -> None:
    box = open_map(page)
    page.get_by_role("button", name=mode).click()
    edge = box.bounding_box()
    assert edge is not None
    x, y = middle_of(box)
    page.mouse.move(x, edge["y"] + 10)
    page.mouse.down()
    right, bottom = edge["x"] + edge["width"] - 12, edge["y"] + edge["height"] - 40
    for corner in ((right, edge["y"] + 10), (right, bottom), (x, bottom), (x, y))[: 4 if mode == "Lasso" else 2]:
        page.mouse.move(*corner, steps=40)
    page.mouse.up()
    note = page.get_by_text("tracks are selected.")
    count = int(note.inner_text().split()[0])
    assert 0 < count < 44
    address = page.get_by_role("link", name="JSPF").get_attribute("href")
    assert address is not None
    assert len(json.loads(page.request.get(address).text())["playlist"]["track"]) == count
    page.get_by_role("link", name=f"See these {count} tracks as a list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{count} tracks in korean pop")
    expect(page.locator("tr[data-track]")).to_have_count(count)


def test_all_that_is_shown_is_selected_without_a_pointer(page: Page, library: None) -> None:
    open_map(page)
    page.get_by_role("button", name="Select what is shown").press("Enter")
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text("44 tracks are selected.")
    page.get_by_role("button", name="Clear").press("Enter")
    expect(page.get_by_role("application")).to_be_focused()


def test_points_are_coloured_by_a_feature(page: Page, library: None) -> None:
    box = open_map(page)
    before = colours(page, box)
    page.get_by_label("Colour by").select_option(label="energy")
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text(re.compile("^Blue is little energy"))
    assert colours(page, box) != before


def test_one_finger_scrolls_the_page(page: Page, library: None) -> None:
    box = open_map(page)
    assert box.evaluate("box => getComputedStyle(box).touchAction") == "pan-y"
    page.get_by_role("button", name="Move").click()
    assert box.evaluate("box => getComputedStyle(box).touchAction") == "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_accessible_and_follows_the_theme(page: Page, library: None, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    box = open_map(page)
    page.get_by_role("button", name="Select what is shown").click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    paper = box.evaluate("box => [...box.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data]")
    assert paper == ([255, 255, 255, 255] if scheme == "light" else [29, 28, 37, 255])


def test_the_plot_stays_where_no_script_runs_and_the_map_has_its_place(
    browser: Browser, library: None, live_server
) -> None:
    places = []
    for with_script in (False, True):
        context = browser.new_context(base_url=live_server.url, java_script_enabled=with_script)
        page = context.new_page()
        page.goto(ADDRESS)
        if with_script:
            shown = page.get_by_role("application")
        else:
            shown = page.get_by_role("img", name="Scatter plot of 44 tracks").locator("..")
            expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
        expect(shown).to_be_visible()
        places.append(shown.bounding_box())
        context.close()
    assert places[0] is not None
    assert places[1] is not None
    for side in ("x", "y", "width", "height"):
        assert places[0][side] == pytest.approx(places[1][side], abs=1)  # type: ignore[literal-required]
