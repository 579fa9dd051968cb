"""The page of a recluster job updates itself in place; without scripts, the browser reloads it."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from clusters.core.params import Params
from clusters.jobs import enqueue
from clusters.jobs.heartbeats import record_worker
from musicdb.models import Genre
from tests.browser.conftest import PASSWORD
from tests.browser.test_editor import log_in
from tests.clusters.jobs.brokers import folder_broker, use
from tests.clusters.jobs.rows import run_next
from tests.factories import collections_of


@pytest.fixture
def address(settings: LazySettings, tmp_path: Path, editor: User) -> str:
    use(settings, folder_broker(tmp_path))
    record_worker("one")
    job = enqueue(collections_of(list(Genre.objects.filter(slug__in=["k-pop", "korean-pop"]))), Params())
    return f"/admin/clusters/reclusterjob/{job.pk}/change/"


def test_the_page_updates_in_place(page: Page, address: str) -> None:
    log_in(page)
    page.goto(address)
    expect(page.get_by_role("status")).to_have_text("Waiting for a worker: 0 of 2 collections finished.")
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    page.get_by_role("button", name="Cancel").focus()
    loaded = page.evaluate("performance.timeOrigin")
    assert run_next("one")
    expect(page.get_by_role("status")).to_contain_text("1 of 2 collections finished")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert run_next("one")
    expect(page.get_by_role("status")).to_contain_text("Finished: 2 of 2 collections finished")

    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2)
    expect(page.get_by_role("heading", level=1)).to_contain_text("finished")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.get_by_text("You can leave this page")).to_have_count(0)
    assert page.evaluate("performance.timeOrigin") == loaded


def test_the_page_reloads_without_scripts(browser: Browser, live_server, address: str) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status")).to_have_text("Waiting for a worker: 0 of 2 collections finished.")
    assert run_next("one")
    assert run_next("one")
    expect(page.get_by_role("status")).to_contain_text("Finished: 2 of 2 collections finished")
    context.close()
