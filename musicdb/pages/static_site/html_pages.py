"""Pages with links to files in the place of links to addresses.

Only the tags with links are replaced; all else stays as the site wrote it. Attributes in the templates say what an
export leaves out: an element with ``data-live`` needs the live site, one with ``data-links`` is nothing without links.
"""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from html.parser import HTMLParser
from itertools import accumulate
from typing import Any

from django.utils.html import json_script

# The attributes that lead to what a page is made of, or to other pages.
_LINKS = {
    "a": ("href",),
    "area": ("href",),
    "embed": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "image": ("href",),
    "img": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src",),
    "use": ("href",),
}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_LIVE, _LINKED = "data-live", "data-links"
_JSON_LD = "application/ld+json"

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Links:
    """How a page's links change.

    ``local`` returns a link as a path of the site, or None if it leads to another site. ``link`` returns the link from
    the page's file to what is at a path, ``public`` the whole address of that; None where there is nothing.
    """

    local: Callable[[str], str | None]
    link: Callable[[str], str | None]
    public: Callable[[str], str | None]


def with_file_links(text: str, links: Links) -> tuple[str, list[str]]:
    """Return a page for an export, and the paths of this site that it leads to."""
    rewriter = _Rewriter(text, links)
    return rewriter.result(), rewriter.found


class _Fate(Enum):
    """What becomes of an element."""

    KEPT = auto()
    # Its content stays.
    UNWRAPPED = auto()
    DROPPED = auto()
    # Dropped where no link in it is left.
    LINKS = auto()
    DATA = auto()


@dataclass
class _Element:
    """An element that is open. The edits and links from these numbers on are within it."""

    tag: str
    start: int
    fate: _Fate
    first_edit: int
    first_found: int
    has_link: bool = False


class _Rewriter(HTMLParser):
    def __init__(self, text: str, links: Links) -> None:
        super().__init__(convert_charrefs=True)
        self._text = text
        # Where each line begins. The parser counts lines by this character alone.
        self._lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._links = links
        self._open: list[_Element] = []
        # Start and end in the text, and what comes there instead; in order.
        self._edits: list[tuple[int, int, str]] = []
        self._data = ""
        self.found: list[str] = []

    def result(self) -> str:
        self.feed(self._text)
        self.close()
        parts, place = [], 0
        for start, end, new in self._edits:
            parts += [self._text[place:start], new]
            place = end
        return "".join([*parts, self._text[place:]])

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._start(tag, attrs, is_empty=tag in _VOID)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self._start(tag, attrs, is_empty=True)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].fate is _Fate.DATA:
            self._data += data

    def handle_endtag(self, tag: str) -> None:
        if all(element.tag != tag for element in self._open):
            return
        start = self._place()
        while (element := self._open.pop()).tag != tag:
            self._close(element, start, start)
        self._close(element, start, self._text.index(">", start) + 1)

    def _place(self) -> int:
        line, offset = self.getpos()
        return self._lines[line - 1] + offset

    def _start(self, tag: str, attrs: Attributes, *, is_empty: bool) -> None:
        start, written = self._place(), self.get_starttag_text() or ""
        end = start + len(written)
        element = _Element(tag, start, _Fate.KEPT, len(self._edits), len(self.found))
        element.fate, changed = self._decide(tag, attrs)
        if is_empty:
            if element.fate in (_Fate.DROPPED, _Fate.UNWRAPPED):
                self._edits.append((start, end, ""))
            elif changed != attrs:
                self._edits.append((start, end, _tag(tag, changed, written)))
            return
        if element.fate is _Fate.UNWRAPPED:
            self._edits.append((start, end, ""))
        elif changed != attrs:
            self._edits.append((start, end, _tag(tag, changed, written)))
        element.has_link = tag == "a" and element.fate is _Fate.KEPT
        self._data = ""
        self._open.append(element)

    def _close(self, element: _Element, start: int, end: int) -> None:
        new = ""
        if element.fate is _Fate.DATA:
            new = self._json_ld()
        elif element.fate is _Fate.UNWRAPPED:
            self._edits.append((start, end, ""))
        if element.fate in (_Fate.DROPPED, _Fate.DATA) or (element.fate is _Fate.LINKS and not element.has_link):
            del self._edits[element.first_edit :], self.found[element.first_found :]
            self._edits.append((element.start, end, new))
        elif element.has_link and self._open:
            self._open[-1].has_link = True

    def _decide(self, tag: str, attrs: Attributes) -> tuple[_Fate, Attributes]:
        """Return what becomes of an element, and its attributes with their links changed."""
        given = dict(attrs)
        if _LIVE in given:
            return _Fate.DROPPED, attrs
        if tag == "script" and given.get("type") == _JSON_LD:
            return _Fate.DATA, attrs
        if tag == "meta":
            return self._decide_meta(given, attrs)
        if tag == "form" and not given.get("action"):
            # Its answer depends on what somebody enters, so no file has it. Browsers put the entry in place of this.
            attrs = [*attrs, ("action", "?q=")]
        is_lost = False
        changed: Attributes = []
        for name, value in attrs:
            if name in _LINKS.get(tag, ()) and value and not value.startswith("#"):
                link = self._changed(value, is_whole=tag == "link" and given.get("rel") == "canonical")
                is_lost |= link is None
                changed.append((name, link))
            elif name != _LINKED:
                changed.append((name, value))
        if is_lost:
            return (_Fate.UNWRAPPED if tag == "a" else _Fate.DROPPED), attrs
        return (_Fate.LINKS if _LINKED in given else _Fate.KEPT), changed

    def _decide_meta(self, given: dict[str, str | None], attrs: Attributes) -> tuple[_Fate, Attributes]:
        content = given.get("content") or ""
        if not content.startswith(("http://", "https://")) or self._links.local(content) is None:
            return _Fate.KEPT, attrs
        whole = self._changed(content, is_whole=True)
        if whole is None:
            return _Fate.DROPPED, attrs
        return _Fate.KEPT, [(name, whole if name == "content" else value) for name, value in attrs]

    def _changed(self, value: str, *, is_whole: bool) -> str | None:
        path = self._links.local(value)
        if path is None:
            return value
        self.found.append(path)
        return self._links.public(path) if is_whole else self._links.link(path)

    def _json_ld(self) -> str:
        """Return the element that describes the page to machines, with whole addresses; empty if there are none."""
        if self._links.public("/") is None:
            return ""
        element = json_script(self._whole(json.loads(self._data)))
        return element.replace("application/json", _JSON_LD, 1)

    def _whole(self, value: Any) -> Any:
        if isinstance(value, dict):
            known = {name: self._whole(each) for name, each in value.items()}
            return {name: each for name, each in known.items() if each is not None}
        if isinstance(value, list):
            return [self._whole(each) for each in value]
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            path = self._links.local(value)
            return value if path is None else self._links.public(path)
        return value


def _tag(tag: str, attrs: Attributes, written: str) -> str:
    words = [tag, *(name if value is None else f'{name}="{html.escape(value)}"' for name, value in attrs)]
    return f"<{' '.join(words)}{'/' if written.endswith('/>') else ''}>"
