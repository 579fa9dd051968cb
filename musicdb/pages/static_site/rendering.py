"""What is at an address of this site, from the same middleware and views that answer visitors."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections, reset_queries
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from musicdb.pages.static_site.addresses import Kind, Target
from musicdb.pages.static_site.html_pages import Links


@dataclass(frozen=True)
class Answer:
    """What a view answers: its content, and its media type without parameters."""

    content: bytes
    media_type: str


class NotThereError(Exception):
    """There is nothing at an address that a page leads to. The message says what came instead."""


class PageRequest(WSGIRequest):
    """A visitor's request for a page of the site at ``origin``, which need not be among the hosts that it is served at.

    With ``links``, its whole addresses are links from one file to another. Markdown is made of these. ``found`` are the
    paths of this site among them.
    """

    links: Links | None = None

    def __init__(self, origin: str, address: str) -> None:
        site, parts = urlsplit(origin), urlsplit(address)
        super().__init__(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
                "QUERY_STRING": parts.query,
                "SERVER_NAME": site.hostname or "",
                "SERVER_PORT": str(site.port or ""),
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "wsgi.url_scheme": site.scheme,
                "wsgi.input": io.BytesIO(),
            }
        )
        self._host = site.netloc
        self.found: list[str] = []

    def build_absolute_uri(self, location: str | None = None) -> str:
        path = self.links.local(location or "") if self.links else None
        if self.links is None or path is None:
            return super().build_absolute_uri(location)
        self.found.append(path)
        return self.links.link(path) or ""

    def get_host(self) -> str:
        return self._host

    def is_secure(self) -> bool:
        # A site that is only served encrypted would answer with a redirect.
        return True


class Site:
    """Answers as the site would, for as long as the block of ``site`` runs."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()

    def answer(self, request: PageRequest) -> Answer:
        """Return what is at the address of ``request``. Raises NotThereError if it is not a page."""
        set_script_prefix("/")
        response: HttpResponseBase = self._handler.get_response(request)
        try:
            if response.status_code != 200:
                raise NotThereError(f"status {response.status_code}")
            # One response is as large as one page, so it may be in memory.
            content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
        finally:
            response.close()
            reset_queries()
        return Answer(content, response.headers.get("Content-Type", "").partition(";")[0])


@contextmanager
def site() -> Iterator[Site]:
    """Yield the site. Its connection to the database stays open between the pages."""
    was_connected = request_finished.disconnect(close_old_connections)
    try:
        yield Site()
    finally:
        if was_connected:
            request_finished.connect(close_old_connections)


def stored_file(target: Target) -> bytes:
    """Return a static file, or one of the media, which another server may serve. Raises NotThereError."""
    path = unquote(urlsplit(target.address).path)
    try:
        if target.kind is Kind.MEDIA:
            with default_storage.open(path.removeprefix(settings.MEDIA_URL)) as file:
                return bytes(file.read())
        name = path.removeprefix(settings.STATIC_URL)
        found = finders.find(name)
        with open(found, "rb") if found else staticfiles_storage.open(name) as file:  # noqa: PTH123
            return bytes(file.read())
    except (OSError, ValueError) as error:
        raise NotThereError(str(error)) from error
