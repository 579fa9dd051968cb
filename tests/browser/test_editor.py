"""What an editor does: change a track in the admin, recluster, and see the change on the site."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from musicdb.models import Track
from tests.browser.conftest import PASSWORD


def log_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="The library")).to_be_visible()


def test_a_changed_track_is_seen_on_the_site_after_reclustering(page: Page, editor: User) -> None:
    track = Track.objects.get(slug="when-this-rain-stops")
    log_in(page)
    page.goto(f"/admin/musicdb/track/{track.pk}/change/")
    page.get_by_label("Title").fill("When the Rain Stopped")
    page.get_by_label("Valence").fill("")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    # The title is the catalogue's, and shows at once; the clusters are the last run's until the next.
    page.goto("/genres/korean-pop/clusters/")
    expect(page.get_by_role("link", name="When the Rain Stopped", exact=True)).to_be_visible()
    expect(page.get_by_text("No track was left out")).to_be_visible()

    page.goto("/admin/musicdb/genre/?q=korean+pop")
    page.get_by_role("checkbox", name=re.compile("korean pop$")).check()
    page.locator("select[name=action]").select_option(label="Recluster selected genres")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("43 tracks")

    page.goto("/genres/korean-pop/clusters/")
    expect(page.get_by_role("link", name="1 left out")).to_be_visible()
    expect(page.locator("#left-out").get_by_role("listitem")).to_have_text(
        re.compile("When the Rain Stopped by WENDY: no valence")
    )
