"""Which addresses an export has: all but those that only a live site can answer, and those that are not wanted.

Each part names the patterns in ``urls.py`` whose addresses belong to it. Another application registers its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Pages or files of which there may be as many as tracks, so one can choose whether an export has them."""

    name: str
    label: str
    is_default: bool = False


TRACK_FILES = Part("track-files", "the files of each list of tracks: M3U8, XSPF, JSPF, CSV and links")
TRACKS = Part("tracks", "a page for each track", is_default=True)
ALBUMS = Part("albums", "a page for each album", is_default=True)

PARTS: dict[str, Part] = {part.name: part for part in (TRACKS, ALBUMS, TRACK_FILES)}

_part_of: dict[str, Part] = {
    "track": TRACKS,
    "album": ALBUMS,
    **{f"{kind}-tracks": TRACK_FILES for kind in ("genre", "artist", "label", "playlist", "album")},
}
# Query parameters that lead to another page. Addresses with other parameters filter or sort a list.
_page_parameters = {"page", "p"}
_live_only = {"search", "search-suggest", "healthz", "robots", "api-schema", "api-docs"}


def register_part(part: Part, *names: str) -> None:
    """Have the addresses of these names in an export where it has this ``part``."""
    PARTS[part.name] = part
    _part_of.update(dict.fromkeys(names, part))


def register_live_only(*names: str) -> None:
    """Have the addresses of these names in no export."""
    _live_only.update(names)


def register_page_parameter(name: str) -> None:
    """Have addresses with this query parameter in an export, as pages of their own."""
    _page_parameters.add(name)


def are_pages(parameters: Iterable[str]) -> bool:
    """Return whether an address with these query parameters is that of a page."""
    return _page_parameters.issuperset(parameters)


def is_exported(name: str, parts: frozenset[str]) -> bool:
    """Return whether an export with these ``parts`` has the address of the pattern with this name."""
    if not name or name in _live_only:
        return False
    part = _part_of.get(name)
    return part is None or part.name in parts


def chosen_parts(more: Iterable[str] = (), fewer: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of the parts that an export has: those by default, with ``more`` and without ``fewer``."""
    return frozenset({part.name for part in PARTS.values() if part.is_default}.union(more).difference(fewer))
