"""A real Chromium against a live server, with the sample library in it."""

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from musicdb.db.roles import CURATOR
from tests.db.roles import migrate

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# The browser opens no connection of its own, so that a machine without a network tests the same.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASSWORD = "a password for tests"
# A machine that does other work beside reclusters slowly. What never comes fails all the same, only later.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in this thread, where Django would then refuse to be called at all.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server) -> Iterator[Page]:
    """A tab that fails the test on any error in its console. Album art is answered here, not from afar."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    errors: list[str] = []

    def answer(route: Route) -> None:
        route.fulfill(body=PIXEL, content_type="image/png")

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            errors.append(message.text)

    page.route(lambda url: not url.startswith(live_server.url), answer)
    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def library(live_server) -> None:
    """The sample library, one genre of it clustered."""
    call_command("loaddata", "seed_library.json", verbosity=0)
    call_command("recluster", "korean pop", jobs=1, stdout=io.StringIO())


@pytest.fixture
def whole_library(library: None) -> None:
    """The same, and the library itself clustered, which similar tracks come from."""
    call_command("recluster", "library", jobs=1, stdout=io.StringIO())


@pytest.fixture
def editor(library: None) -> User:
    """Somebody who imports, merges, names and reclusters: a curator."""
    migrate()
    user = User.objects.create_user("editor", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=CURATOR))
    return user
