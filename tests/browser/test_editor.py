"""What an editor does: change a track in the admin, recluster, and see the change on the site."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Dialog, Page, expect

from clusters.models import Cluster
from musicdb.models import Label, Track
from tests.browser.conftest import PASSWORD
from tests.imports.files import net_file, net_row


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
    page.get_by_role("textbox", name="Title").fill("When the Rain Stopped")
    page.get_by_label("Valence").fill("")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()

    # The title is the catalogue's, and shows at once; the clusters are the last run's until the next.
    page.goto("/genres/korean-pop/clusters/")
    expect(page.get_by_role("link", name="When the Rain Stopped", exact=True)).to_be_visible()
    expect(page.get_by_text("No track is excluded")).to_be_visible()

    page.goto("/admin/musicdb/genre/?q=korean+pop")
    page.get_by_role("checkbox", name=re.compile("korean pop$")).check()
    page.locator("select[name=action]").select_option(label="Recluster selected genres")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("43 tracks")

    page.goto("/genres/korean-pop/clusters/")
    expect(page.get_by_role("link", name="1 excluded")).to_be_visible()
    expect(page.locator("#excluded").get_by_role("listitem")).to_have_text(
        re.compile("When the Rain Stopped by WENDY: no valence")
    )


def test_an_editors_day(page: Page, editor: User) -> None:
    """Import, read the preview, confirm, merge two labels, name a cluster, recluster, and see it on the site."""
    rows = [
        net_row(n, **{"Record Label": "Cube Entertainment Inc.", "Genres": "korean pop", "Track Name": f"Import {n}"})
        for n in (1, 2)
    ]
    log_in(page)
    page.get_by_role("link", name="Imports", exact=True).first.click()
    page.get_by_role("link", name=re.compile("Add import")).click()
    file = net_file(*rows, name="new.csv")
    page.get_by_label("File").set_input_files({"name": file.name, "mimeType": "text/csv", "buffer": file.data})
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^2 Import 1 new"))).to_contain_text(
        "label “Cube Entertainment Inc.”"
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Imported new.csv: 2 tracks new")

    page.goto("/admin/musicdb/label/?q=cube+entertainment")
    for name in ("Cube Entertainment", "Cube Entertainment Inc."):
        page.get_by_role("checkbox", name=re.compile(f"{re.escape(name)}$")).check()
    page.locator("select[name=action]").select_option(label="Merge selected labels")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_role("radio", name="Cube Entertainment", exact=True).check()
    page.get_by_role("button", name="Merge 2 labels").click()
    assert not Label.objects.filter(name="Cube Entertainment Inc.").exists()

    of_genre = Cluster.objects.filter(run__collection__genre__slug="korean-pop", run__is_published=True)
    cluster = of_genre.order_by("number")[0]
    page.goto(f"/admin/clusters/cluster/{cluster.pk}/change/")
    page.get_by_label("Name").fill("Bright mornings")
    page.get_by_role("button", name="Save", exact=True).click()

    page.goto("/admin/musicdb/genre/?q=korean+pop")
    page.get_by_role("checkbox", name=re.compile("korean pop$")).check()
    page.locator("select[name=action]").select_option(label="Recluster selected genres")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("46 tracks")

    page.goto("/genres/korean-pop/clusters/")
    expect(page.get_by_role("heading", name=re.compile("Bright mornings"))).to_be_visible()
    page.goto("/tracks/import-1/")
    expect(page.get_by_role("link", name="Cube Entertainment", exact=True).first).to_be_visible()
    page.goto("/labels/cube-entertainment-inc/")
    expect(page).to_have_url(re.compile("/labels/cube-entertainment/$"))


def test_a_list_is_dense_and_its_filters_stay_folded(page: Page, editor: User) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    log_in(page)
    page.goto("/admin/musicdb/track/")
    heights = page.locator("#result_list tbody tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    # The art of an album is as high as two lines.
    assert max(heights) <= 46
    filters = page.locator("#changelist-filter")
    expect(filters).to_be_visible()
    page.get_by_role("button", name="Hide filters").click()
    expect(filters).to_be_hidden()
    page.goto("/admin/musicdb/album/")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.get_by_role("button", name="Show filters").press("Enter")
    expect(page.locator("#changelist-filter")).to_be_visible()


def test_a_form_with_unsaved_changes_is_not_left_without_a_question(page: Page, editor: User) -> None:
    track = Track.objects.get(slug="when-this-rain-stops")
    log_in(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    # Neither a look at a form, nor a search, nor rows that are ticked are changes.
    page.goto(f"/admin/musicdb/track/{track.pk}/change/")
    page.get_by_role("link", name="Tracks", exact=True).first.click()
    page.locator("#result_list input.action-select").first.check()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="The library")).to_be_visible()
    assert asked == []

    page.goto(f"/admin/musicdb/track/{track.pk}/change/")
    page.get_by_role("textbox", name="Title").fill("Changed")
    page.get_by_role("link", name="Home").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Changed")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert asked == ["beforeunload"]
