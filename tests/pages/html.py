"""Reading pages as a visitor does: by what they say and where their links go."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "rect"}


class Node:
    """An element, with the few questions that the tests ask."""

    def __init__(self, tag: str, attrs: dict[str, str | None], parent: "Node | None") -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Node | str] = []

    def all(self, tag: str, **attrs: str) -> list["Node"]:
        """Every element below this one of that tag whose attributes contain these words."""
        found: list[Node] = []
        for child in self.children:
            if isinstance(child, Node):
                if child.tag == tag and all(
                    value in (child.attrs.get(name.rstrip("_")) or "").split() for name, value in attrs.items()
                ):
                    found.append(child)
                found += child.all(tag, **attrs)
        return found

    def walk(self) -> Iterator["Node"]:
        """Every element below this one, in the order of the page."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def one(self, tag: str, **attrs: str) -> "Node":
        (node,) = self.all(tag, **attrs)
        return node

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self._text()).strip()

    def _text(self) -> str:
        return "".join(child if isinstance(child, str) else child._text() for child in self.children)

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(link.text, link.attrs.get("href") or "") for link in self.all("a")]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs), self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Node(tag, dict(attrs), self.here))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse(response: Any) -> Node:
    """Return the page of a response that must be 200; fails where an element is not closed."""
    assert response.status_code == 200, response.status_code
    return parse_any(response)


def parse_any(response: Any) -> Node:
    """Return the page of a response of any status; fails where an element is not closed."""
    return parse_text(response.content.decode())


def parse_text(text: str) -> Node:
    """Return the page that is in ``text``; fails where an element is not closed."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is never closed"
    return builder.root


def table_rows(table: Node) -> list[list[Node]]:
    """The cells of each row of the table's body."""
    return [[cell for cell in row.children if isinstance(cell, Node)] for row in table.one("tbody").all("tr")]
