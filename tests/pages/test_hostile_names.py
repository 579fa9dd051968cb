"""Names that are made to break a page, on every page and in every export."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from markdown_it import MarkdownIt

from musicdb.exports.track_lists import TRACK_LIST_FORMATS
from musicdb.music import normalise_name
from musicdb.pages.static_site import FileFormat, Options, chosen_parts, export_site
from tests.pages.html import Node, parse_text
from tests.pages.links import broken_links_of_folder, broken_links_of_site, links_of, markdown_links
from tests.pages.little_library import little_library

pytestmark = pytest.mark.django_db
# The shortest of the longest names that the models take: that of a genre.
LONGEST = 200
NAMES = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "end of data": '</script></title></bdi><!-- ]]> {"a": 1}',
    "markdown link": "a](javascript:alert(1)) [b](javascript:alert(2)",
    "table": "| a | b |\\|",
    "template": "{{ 7|add:7 }}{% now 'Y' %}",
    "right to left": "\u202eevil\u202c \u2067gpj.exe",
    "path": "../../etc/passwd",
    "device": "CON",
    "as long as can be": "Long " * (LONGEST // 5),
    "one long word": "W" * LONGEST,
}


def dangers(page: Node) -> list[str]:
    """Return what a hostile name could bring into a page: scripts, handlers of events, and addresses that are code."""
    found = []
    for node in page.walk():
        found += [f"<{node.tag} {name}>" for name in node.attrs if name.startswith("on")]
        if (
            node.tag == "script"
            and "src" not in node.attrs
            and not str(node.attrs.get("type")).startswith("application/")
        ):
            found.append(f"<script>{node.text}")
        if node.tag == "img" and node.attrs.get("src") == "x":
            found.append("<img src=x>")
    return found + [link for link in links_of(page) if is_code(link)]


def is_code(link: str) -> bool:
    return urlsplit(unquote(link).strip()).scheme not in ("", "http", "https", "data")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_on_every_page(client: Client, name: str) -> None:
    little_library(name)
    broken, seen = broken_links_of_site(client)
    assert broken == []
    shown = 0
    for address in sorted(seen):
        if address.startswith(("/static/", "/media/", "/admin/", "/api/")):
            continue
        response = client.get(address)
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        content = b"".join(response) if response.streaming else response.content
        response.close()
        if media_type == "text/html":
            page = parse_text(content.decode())
            assert dangers(page) == [], address
            shown += normalise_name(name) in {node.text for node in page.all("bdi")}
            for data in page.all("script"):
                if str(data.attrs.get("type")).startswith("application/"):
                    json.loads("".join(child for child in data.children if isinstance(child, str)))
        elif media_type.endswith("xml"):
            fromstring(content)
        elif media_type == "text/markdown":
            assert [link for link in markdown_links(content.decode()) if is_code(link)] == [], address
    assert shown > 15


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_in_both_exports(tmp_path: Path, name: str) -> None:
    tracks = little_library(name)
    site, notes = tmp_path / "site", tmp_path / "notes"
    parts = chosen_parts(["track-files", "similar"])
    assert export_site(site, Options(base="https://me.example/", parts=parts)).missing == []
    assert export_site(notes, Options(FileFormat.MARKDOWN)).missing == []
    assert broken_links_of_folder(site) == []
    assert broken_links_of_folder(notes) == []
    for path in site.rglob("*.html"):
        assert dangers(parse_text(path.read_text("utf-8"))) == [], path
    for path in [*site.rglob("*.xml"), *site.rglob("*.atom")]:
        fromstring(path.read_bytes())
    for path in notes.rglob("*.md"):
        text = path.read_text("utf-8")
        tokens = MarkdownIt("gfm-like", {"html": True}).parse(text)
        html = {token.content for token in tokens if token.type == "html_block"}
        html |= {child.content for token in tokens for child in token.children or () if child.type == "html_inline"}
        assert all(tag.startswith('<img src="https://images.example/') for tag in html), path
        assert [link for link in markdown_links(text) if is_code(link)] == [], path
    names = [part for path in [*site.rglob("*"), *notes.rglob("*")] for part in path.name.split("/")]
    assert all(part.isascii() and len(part) <= 100 for part in names if "plots" not in part)
    files = {path.name for path in (site / "albums" / tracks[0].album.slug).iterdir()} if name != "CON" else set()
    assert not files or {f"tracks.{one.extension}" for one in TRACK_LIST_FORMATS} <= files
