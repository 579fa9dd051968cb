"""Checks that links lead somewhere: on the live site, and in the files of an export."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.contrib.staticfiles import finders
from django.test import Client
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.pages.html import Node, parse_text

SITE = "http://testserver"
LINKS = {
    "a": "href",
    "form": "action",
    "iframe": "src",
    "img": "src",
    "image": "href",
    "link": "href",
    "script": "src",
    "use": "href",
}
# A list has a page for every filter and order. Of those that differ only in values, so many are read.
ALIKE = 2


def links_of(page: Node) -> list[str]:
    found = []
    for node in page.walk():
        name = LINKS.get(node.tag)
        if name and node.attrs.get(name) is not None and node.attrs.get("rel") != "canonical":
            found.append(str(node.attrs[name]))
    return found


def anchors_of(page: Node) -> set[str]:
    return {str(node.attrs["id"]) for node in page.walk() if node.attrs.get("id")}


def broken_links_of_site(client: Client) -> tuple[list[str], set[str]]:
    """Follow every link from the home page. Return what is wrong, and the paths that were read."""
    waiting = deque([("/", "/")])
    seen, alike = {"/"}, dict[tuple[str, tuple[str, ...]], int]()
    broken: list[str] = []
    anchors: dict[str, set[str]] = {}
    wanted: list[tuple[str, str, str]] = []
    while waiting:
        address, origin = waiting.popleft()
        if address.startswith("/static/"):
            if not finders.find(unquote(urlsplit(address).path).removeprefix("/static/")):
                broken.append(f"{origin} -> {address}: no such file")
            continue
        response = client.get(address)
        if response.streaming:
            # At its end, the client closes it without the connection to the database.
            b"".join(response.streaming_content)
        is_login = response.status_code == 302 and "/admin/" in address
        if response.status_code != 200 and not is_login:
            broken.append(f"{origin} -> {address}: {response.status_code}")
            continue
        if response.headers.get("Content-Type", "").partition(";")[0] != "text/html" or address.startswith("/api/"):
            continue
        page = parse_text(response.content.decode())
        anchors[address] = anchors_of(page)
        for link in links_of(page):
            target, _, fragment = urljoin(f"{SITE}{address}", link).partition("#")
            if not target.startswith(f"{SITE}/"):
                continue
            target = target.removeprefix(SITE)
            if fragment:
                wanted.append((address, target, unquote(fragment)))
            parts = urlsplit(target)
            kind = (parts.path, tuple(sorted(one.partition("=")[0] for one in parts.query.split("&") if one)))
            if target not in seen and (not parts.query or alike.get(kind, 0) < ALIKE):
                alike[kind] = alike.get(kind, 0) + 1
                seen.add(target)
                waiting.append((target, address))
    # The map's script reads these, wherever the point is.
    broken += [
        f"{address} -> {target}: no #{fragment}"
        for address, target, fragment in wanted
        if target in anchors and fragment not in anchors[target] and not fragment.startswith("track-")
    ]
    return broken, seen


def broken_links_of_folder(root: Path) -> list[str]:
    """Return the links of all pages in an export that lead to no file in it, or to no anchor; and whole addresses."""
    broken = []
    anchors: dict[Path, set[str]] = {}
    links: list[tuple[Path, str]] = []
    for path in sorted(root.rglob("*.html")):
        page = parse_text(path.read_text("utf-8"))
        anchors[path] = anchors_of(page)
        links += [(path, link) for link in links_of(page)]
    for path in sorted(root.rglob("*.md")):
        links += [(path, link) for link in markdown_links(path.read_text("utf-8"))]
    for path, link in links:
        parts = urlsplit(link)
        if parts.scheme in ("http", "https") and parts.netloc.endswith((".example", ".scdn.co", ".spotify.com")):
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if parts.scheme or parts.netloc or parts.query or link.startswith("/"):
            broken.append(f"{path.relative_to(root)} -> {link}: not relative")
        elif not target.is_relative_to(root) or not target.is_file():
            broken.append(f"{path.relative_to(root)} -> {link}: no such file")
        elif parts.fragment and unquote(parts.fragment) not in anchors[target]:
            broken.append(f"{path.relative_to(root)} -> {link}: no such anchor")
    return broken


def markdown_links(text: str) -> Iterator[str]:
    """Yield the addresses of links and pictures, as a reader of GitHub Flavored Markdown finds them."""
    for token in MarkdownIt("gfm-like", {"html": True}).parse(text):
        yield from _links_in(token)


def _links_in(token: Token) -> Iterator[str]:
    for name in ("href", "src"):
        if (link := token.attrs.get(name)) is not None:
            yield str(link)
    for child in token.children or ():
        yield from _links_in(child)
