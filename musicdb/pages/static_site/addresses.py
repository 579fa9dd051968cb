"""The addresses of the site that an export has, and the file that each becomes."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse

from musicdb.pages.static_site.file_names import relative, safe_name, with_underscores
from musicdb.pages.static_site.parts import are_pages, is_exported

# In place of the file of a sitemap that is only read. A sitemap and a feed are made of whole addresses, so an export
# without an address of its own has none.
NO_FILE = ""
_INDEX = "index.html"
_OVERVIEW = "overview.md"
_README = "README.md"
# The name of a page's address and this is the name of the address of the same page as Markdown.
_MARKDOWN = "-markdown"
_SITEMAPS = {"sitemap", "sitemap-file"}
_FEED = ".atom"
# No link of a list needs more digits.
_NUMBER = re.compile(r"\d{1,9}")


class FileFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "md"


class Kind(StrEnum):
    PAGE = "page"
    STATIC = "static"
    MEDIA = "media"


@dataclass(frozen=True)
class Target:
    """An address of the site, and the file of an export that has what is there."""

    kind: Kind
    address: str
    file: str


@dataclass(frozen=True)
class Addresses:
    """What becomes of each address of the site in an export.

    ``origin`` is what the pages believe to be the site's address. ``base`` is where visitors find the export, and
    ``live`` where they find the live site; both end with a slash, or are empty where there is none.
    """

    file_format: FileFormat
    origin: str
    base: str = ""
    live: str = ""
    parts: frozenset[str] = frozenset()

    def local(self, address: str, page: str = "/") -> str | None:
        """Return what ``page`` links to as a path of this site, with query and fragment. None for another site."""
        try:
            joined = urljoin(f"{self.origin}{page}", address.strip())
        except ValueError:
            return None
        return joined.removeprefix(self.origin) if joined.startswith(f"{self.origin}/") else None

    def target(self, path: str, page_file: str = "") -> Target | None:
        """Return what an export has of a local ``path`` that is a link in ``page_file``; None if it has nothing."""
        try:
            parts = urlsplit(path)
            parameters = sorted(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            return None
        for kind, prefix in ((Kind.STATIC, settings.STATIC_URL), (Kind.MEDIA, settings.MEDIA_URL)):
            if parts.path.startswith(prefix):
                return Target(kind, parts.path, self._file_of_file(kind, unquote(parts.path), prefix, page_file))
        kept = [(name, value) for name, value in parameters if (name, value) not in (("page", "1"), ("p", "1"))]
        if not are_pages(name for name, _ in kept) or not all(_NUMBER.fullmatch(value) for _, value in kept):
            return None
        match = _match(parts.path)
        if match is None or match.namespaces or not is_exported(match.url_name or "", self.parts):
            return None
        address = f"{parts.path}?{urlencode(kept)}" if kept else parts.path
        if match.url_name in _SITEMAPS and not self.base:
            return Target(Kind.PAGE, address, NO_FILE)
        if self.file_format is FileFormat.MARKDOWN:
            return _markdown_target(parts.path, match, kept)
        if str(match.url_name).endswith(_MARKDOWN) or (parts.path.endswith(_FEED) and not self.base):
            return None
        return Target(Kind.PAGE, address, _page_file(parts.path, kept))

    def link(self, path: str, page_file: str) -> str | None:
        """Return the link from one file to what is at a local ``path``; None if it leads nowhere."""
        target = self.target(path, page_file)
        fragment = urlsplit(path).fragment
        if target is None or not target.file:
            return self.live + path.removeprefix("/") if self.live else None
        link = relative(target.file, page_file.rpartition("/")[0])
        return f"{link}#{fragment}" if fragment else link

    def public(self, path: str) -> str | None:
        """Return the whole address at which visitors find what is at a local ``path``; None if nobody knows it."""
        target = self.target(path) if self.base else None
        if target is not None:
            return self.base + target.file.removesuffix(_INDEX)
        return self.live + path.removeprefix("/") if self.live else None

    def _file_of_file(self, kind: Kind, path: str, prefix: str, page_file: str) -> str:
        names = [safe_name(part) for part in path.removeprefix(prefix).split("/") if part not in ("", ".", "..")]
        if kind is Kind.MEDIA and self.file_format is FileFormat.MARKDOWN:
            # Such as images/genres/korean_pop/clusters/clusters_scatter.png: a page has one plot.
            ending = names[-1].rpartition(".")[2]
            return "/".join(filter(None, ["images", page_file.rpartition("/")[0], f"clusters_scatter.{ending}"]))
        return "/".join([kind, *names])


def _page_file(path: str, parameters: list[tuple[str, str]]) -> str:
    *folders, last = path.removeprefix("/").split("/")
    suffix = "-".join(f"{name}-{value}" for name, value in parameters)
    if not last:
        last = f"{suffix}.html" if suffix else _INDEX
    elif suffix:
        stem, dot, ending = last.rpartition(".")
        last = f"{stem}-{suffix}{dot}{ending}"
    return "/".join(map(safe_name, [*folders, last]))


def _markdown_target(path: str, match: ResolverMatch, parameters: list[tuple[str, str]]) -> Target | None:
    name = match.url_name or ""
    if parameters and not name.endswith(_MARKDOWN):
        # A page in Markdown is longer, so the pages of a list are others.
        return None
    try:
        address = path if name.endswith(_MARKDOWN) else reverse(f"{name}{_MARKDOWN}", kwargs=match.kwargs)
    except NoReverseMatch:
        return None
    names = address.removeprefix("/").removesuffix(".md").split("/")
    file = _README if names == ["index"] else "/".join([*map(with_underscores, names), _OVERVIEW])
    if parameters:
        suffix = "_".join(f"{name}_{value}" for name, value in parameters)
        return Target(Kind.PAGE, f"{address}?{urlencode(parameters)}", file.replace(".md", f"_{suffix}.md"))
    return Target(Kind.PAGE, address, file)


# Most pages link to the same lists.
@lru_cache(maxsize=4096)
def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(unquote(path))
    except Resolver404:
        return None
