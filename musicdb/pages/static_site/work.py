"""What one process does for an export: it reads pages, changes their links, and writes them."""

import signal
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import django
from django.conf import settings

from musicdb.pages.static_site.addresses import NO_FILE, Addresses, FileFormat, Kind, Target
from musicdb.pages.static_site.data_files import with_relative_addresses, with_whole_addresses
from musicdb.pages.static_site.folder import write_if_changed
from musicdb.pages.static_site.html_pages import Links, with_file_links
from musicdb.pages.static_site.rendering import NotThereError, PageRequest, Site, site, stored_file

_MANIFEST = "application/manifest+json"
_XML = {"application/xml", "application/atom+xml", "text/xml"}


@dataclass
class Done:
    """What became of some targets: how many files were written and were there already, what the pages lead to, and what
    is not there, with the reason.
    """

    written: int = 0
    unchanged: int = 0
    found: set[Target] = field(default_factory=set)
    missing: list[tuple[str, str]] = field(default_factory=list)


class Writer:
    """Writes what is at addresses of the site into the folder of an export."""

    def __init__(self, pages: Site, addresses: Addresses, root: Path) -> None:
        self._site = pages
        self._addresses = addresses
        self._root = root

    def write(self, targets: Iterable[Target]) -> Done:
        done = Done()
        for target in targets:
            try:
                content, found = self._content(target)
            except NotThereError as error:
                done.missing.append((target.address, str(error)))
                continue
            links = (self._addresses.target(path, target.file) for path in found)
            done.found.update(link for link in links if link is not None)
            if target.file == NO_FILE:
                continue
            if write_if_changed(self._root, target.file, content):
                done.written += 1
            else:
                done.unchanged += 1
        return done

    def _content(self, target: Target) -> tuple[bytes, list[str]]:
        """Return the content of a file, and the paths of this site that it leads to. Raises NotThereError."""
        if target.kind is not Kind.PAGE:
            return stored_file(target), []
        addresses = self._addresses
        links = Links(
            local=partial(addresses.local, page=target.address),
            link=partial(addresses.link, page_file=target.file),
            public=addresses.public,
        )
        request = PageRequest(addresses.origin, target.address)
        if addresses.file_format is FileFormat.MARKDOWN and target.file != NO_FILE:
            request.links = links
        answer = self._site.answer(request)
        if answer.media_type == "text/html":
            text, found = with_file_links(answer.content.decode(), links)
            return text.encode(), found
        if answer.media_type in _XML:
            return with_whole_addresses(answer.content, links)
        if answer.media_type == _MANIFEST:
            return with_relative_addresses(answer.content, links)
        return answer.content, request.found


# The writer of this process, where it is one of several.
_writer: list[Writer] = []
_site = ExitStack()


def start_process(addresses: Addresses, root: Path) -> None:
    """Prepare a process that writes pages. The parent alone decides what Ctrl-C does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not settings.configured:
        django.setup()
    _writer[:] = [Writer(_site.enter_context(site()), addresses, root)]


def write_in_process(targets: list[Target]) -> Done:
    return _writer[0].write(targets)
