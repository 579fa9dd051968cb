"""Feeds, sitemaps and the web app's manifest with addresses of an export in the place of the live site's."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from musicdb.pages.static_site.html_pages import Links

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def with_whole_addresses(content: bytes, links: Links) -> tuple[bytes, list[str]]:
    """Return a feed or a sitemap for an export, and the paths of this site that it names.

    A sitemap has no entry for a page that the export does not have.
    """
    root = fromstring(content)
    found = []
    for element, name in _addresses(root):
        value = (element.text if name is None else element.get(name)) or ""
        path = links.local(value.strip()) if value else None
        if path is None:
            continue
        found.append(path)
        public = links.public(path) or ""
        if name is None:
            element.text = public
        else:
            element.set(name, public)
    for entry in list(root):
        if entry.findtext(f"{{{_SITEMAP}}}loc") == "":
            root.remove(entry)
    _use_as_default(root, root.tag.removeprefix("{").partition("}")[0])
    return ET.tostring(root, encoding="utf-8", xml_declaration=True), found


def with_relative_addresses(content: bytes, links: Links) -> tuple[bytes, list[str]]:
    """Return the web app's manifest for an export, and the paths of this site that it names."""
    found: list[str] = []

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [changed(each) for each in value]
        if isinstance(value, str) and value.startswith("/") and (path := links.local(value)) is not None:
            found.append(path)
            return links.link(path) or value
        return value

    text = json.dumps(changed(json.loads(content)), ensure_ascii=False)
    return text.encode(), found


def _use_as_default(root: ET.Element, namespace: str) -> None:
    """Have the elements of a namespace written without a prefix, as readers of feeds know them."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{namespace}}}")
    root.set("xmlns", namespace)


def _addresses(root: ET.Element) -> Iterator[tuple[ET.Element, str | None]]:
    """Yield each element that has an address, and the name of the attribute with it; None if it is the text."""
    for element in root.iter():
        if element.tag == f"{{{_ATOM}}}link":
            yield element, "href"
        elif element.tag in (f"{{{_SITEMAP}}}loc", f"{{{_ATOM}}}id"):
            yield element, None
