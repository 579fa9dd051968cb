"""An editor makes a playlist of tracks in a list, adds one by search, moves another, and a visitor reads it."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from musicdb.models import Playlist, Track
from tests.browser.test_editor import log_in


def test_a_playlist_is_made_edited_and_read(page: Page, editor: User) -> None:
    first, second = Track.objects.order_by("sort_key")[:2]
    third = Track.objects.get(slug="when-this-rain-stops")
    log_in(page)
    page.goto("/admin/musicdb/track/")
    for track in (first, second):
        page.locator(f"input[name=_selected_action][value='{track.pk}']").check()
    page.locator("select[name=action]").select_option(label="Playlist of selected tracks …")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_label("New playlist").fill("Rainy days")
    page.get_by_role("button", name="Add 2 tracks").click()
    expect(page.locator(".messagelist")).to_contain_text("Added 2 tracks to Rainy days.")

    playlist = Playlist.objects.get()
    page.goto(f"/admin/musicdb/playlist/{playlist.pk}/tracks/")
    page.locator(".select2-search__field").fill("rain stops")
    page.locator(".select2-results__option", has_text=re.compile(third.title)).first.click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Added 1 track.")

    page.get_by_label(f"Place of {third.title}").fill("1")
    page.get_by_label(f"Remove {second.title}").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("The playlist was changed.")

    page.goto("/playlists/rainy-days/")
    titles = page.locator("table.tracks tbody th.title")
    expect(titles).to_have_text([third.title, first.title])


def test_the_navigation_fits_a_phone(page: Page, library: None) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/playlists/")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Playlists")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
