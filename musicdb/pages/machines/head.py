"""The head of a public page: its title, description, own address, picture, and its data as JSON-LD.

A view says the facts of its page. Nothing here asks the database: the facts come from what the page shows anyway.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from musicdb.pages.machines.structured import document

MAX_DESCRIPTION = 160
# A long name leaves the other facts of a description their room.
MAX_NAME = 60


@dataclass(frozen=True)
class Picture:
    """A picture for previews of links. ``width`` and ``height`` are in pixels, None where they are unknown."""

    address: str
    alt: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Facts:
    """What a page is about.

    ``title`` tells it from every other page, without the name of the site; empty for the home page. ``kind`` is its
    type in OpenGraph, ``properties`` are more properties there. ``data`` is the page's main thing for JSON-LD, and
    ``crumbs`` are names and paths of the pages that lead to it, itself last.
    """

    title: str
    description: str
    kind: str = "website"
    picture: Picture | None = None
    properties: Sequence[tuple[str, str]] = ()
    data: Mapping[str, Any] | None = None
    crumbs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Head:
    """What the template writes into the head of a page. Addresses are absolute; those that do not exist are empty.

    ``is_filtered``: the page shows a part of another one, so search engines need not list it.
    """

    facts: Facts
    title: str
    description: str
    address: str
    previous: str = ""
    next: str = ""
    is_filtered: bool = False
    picture: Picture | None = None
    properties: Sequence[tuple[str, str]] = ()
    graph: Mapping[str, Any] = field(default_factory=dict)

    @property
    def card(self) -> str:
        """The kind of card that Twitter shows: a plot needs room, the art of an album is a square."""
        return "summary_large_image" if self.picture and self.picture.width else "summary"

    def json_ld(self) -> SafeString:
        """Return the data as an element that no name can end. Browsers do not execute it, so the policy allows it."""
        # Only the type differs from what Django writes, which escapes all that could end the element.
        element = json_script(self.graph).replace("application/json", "application/ld+json", 1)
        return mark_safe(element)  # noqa: S308


def absolute(request: HttpRequest, path: str) -> str:
    """Return the address of a path of this site, as visitors ask for it. An address of another site stays as it is."""
    return request.build_absolute_uri(path) if path else ""


def shorten(text: str, most: int = MAX_NAME) -> str:
    """Return ``text`` on one line, of at most so many characters."""
    return Truncator(" ".join(text.split())).chars(most)


def names(owners: Iterable[Any], most: int = 3) -> str:
    """Return the names of the first of ``owners`` with commas between them."""
    return ", ".join(shorten(str(owner)) for owner in list(owners)[:most])


def counted(number: int, thing: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "track"), counted(1200, "track")
    ('1 track', '1,200 tracks')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def head_of(request: HttpRequest, facts: Facts, page: Any = None, kept: Sequence[tuple[str, str]] = ()) -> Head:
    """Return the head of the page that ``request`` asks for.

    ``page``: the page of a list, if it has pages. ``kept``: the query parameters that make it another page; all others
    are left out of its address.
    """

    def address(number: int) -> str:
        query = urlencode([*kept, *([("page", str(number))] if number > 1 else [])])
        return absolute(request, f"{request.path}?{query}" if query else request.path)

    number = page.number if page else 1
    title, description = facts.title, facts.description
    if number > 1:
        title = f"{title}, page {number}" if title else f"Page {number}"
        description = f"Page {number} of {page.paginator.num_pages}. {description}"
    picture = facts.picture and Picture(
        absolute(request, facts.picture.address),
        shorten(facts.picture.alt, 400),
        facts.picture.width,
        facts.picture.height,
    )
    own = address(number)
    return Head(
        facts=facts,
        title=title,
        description=shorten(description, MAX_DESCRIPTION),
        address=own,
        previous=address(number - 1) if page and page.has_previous() else "",
        next=address(number + 1) if page and page.has_next() else "",
        is_filtered=bool(kept),
        picture=picture,
        properties=[
            (name, absolute(request, value) if value.startswith("/") else value) for name, value in facts.properties
        ],
        graph=document(facts.data, facts.crumbs, own, lambda path: absolute(request, path)),
    )


class _Base:
    request: HttpRequest

    if TYPE_CHECKING:

        def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse: ...


class WithHead(_Base):
    """A view whose pages say what they are about. Templates find it as ``head``."""

    def facts(self, context: dict[str, Any]) -> Facts:
        """Return the facts of the page with this context."""
        raise NotImplementedError

    def kept_parameters(self) -> list[tuple[str, str]]:
        """Return the query parameters that make the page a part of another."""
        return []

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        head = head_of(self.request, self.facts(context), context.get("page_obj"), self.kept_parameters())
        return super().render_to_response({**context, "head": head}, **options)
