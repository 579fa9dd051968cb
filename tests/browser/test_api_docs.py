"""The page that documents the API: a script of its own must fill it, under the site's policy for content."""

import re

import pytest
from playwright.sync_api import Page, Request, expect


@pytest.fixture
def requests_elsewhere(page: Page, live_server) -> list[str]:
    """The addresses that the page asks for outside this site."""
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:")):
            elsewhere.append(request.url)

    page.on("request", note)
    return elsewhere


def test_docs_show_every_endpoint_with_nothing_from_elsewhere(page: Page, requests_elsewhere: list[str]) -> None:
    page.goto("/api/docs/")
    for path in (
        "/api/v1/genres/",
        "/api/v1/tracks/{track_slug}/",
        "/api/v1/genres/{genre_slug}/clusters/",
        "/api/v1/playlists/",
    ):
        # Swagger UI puts invisible characters into a path, so that long ones can wrap.
        expect(page.locator(f'.opblock-summary-path[data-path="{path}"]')).to_be_visible()
    assert page.locator(".opblock").count() == page.locator(".opblock-get").count() == 28
    assert requests_elsewhere == []


def test_an_endpoint_can_be_tried(page: Page, library: None) -> None:
    page.goto("/api/docs/")
    block = page.locator(".opblock", has=page.locator('[data-path="/api/v1/genres/"]'))
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_placeholder("q", exact=True).fill("korean pop")
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response")
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text(re.compile(r'"slug":\s*"korean-pop"'))
