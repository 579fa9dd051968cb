"""Names and tables of tracks as Markdown.

The tables are GitHub Flavored Markdown (section 4.10 of its specification). A pipe or a line break ends a cell,
wherever it is.
"""

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from musicdb.models import Artist, Label, Track
from musicdb.music import normalise_name

# Turns a path of this site into an address for those who read the page elsewhere; empty if there is none.
Absolute = Callable[[str], str]

TABLE_HEAD = (
    "| Art | Track | Album | Artists | Label | Score | 💚 | 🔗 |",
    "|:---|:---|:---|:---|:---|---:|:---|:---|",
)

# The characters that can begin markup inside a line (code, emphasis, links, tags, strikethrough), end a cell, or escape
# another character. A backslash before each makes it plain text.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~#]")
# Text that a renderer would turn into a link (an address, or a domain such as "mr.gl") or, as an entity, into another
# character.
_AUTOLINK = re.compile(r"://|(?<=[^\W_])\.(?=[^\W\d_])|(?<=\S)@(?=\S)|&(?=#?\w+;)", re.IGNORECASE)


def escape(text: str) -> str:
    r"""Return Markdown that renders as exactly ``text``, on one line.

    >>> escape("a|b *c* <d>")
    'a\\|b \\*c\\* \\<d\\>'
    """
    return _AUTOLINK.sub(r"\\\g<0>", _MARKUP.sub(r"\\\g<0>", normalise_name(text)))


def link(text: str, address: str) -> str:
    """Return a link with this text, which is Markdown already; the text alone if the address is empty."""
    return f"[{text}]({address})" if address else text


def track_row(track: Track, absolute: Absolute) -> str:
    """Return a row below TABLE_HEAD. The track was read with for_table()."""
    cells = (
        _art(track),
        escape(track.title),
        escape(track.album.title) if track.album else "",
        _names(track.artists_in_order, absolute),
        _names(track.labels_in_order, absolute),
        "" if track.score is None else str(track.score),
        "💚" if track.liked else "",
        f"[🔗]({track.spotify_url})" if track.spotify_url else "",
    )
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _art(track: Track) -> str:
    if not track.album or not track.album.art:
        return ""
    # Quoted, because a pipe would end the cell even inside a tag, and an address must not have blanks.
    address = quote(track.album.art, safe="%/:?#@!$&'()*+,;=~")
    return f'<img src="{html.escape(address)}" alt="" width="50" />'


def _names(owners: Iterable[Artist | Label], absolute: Absolute) -> str:
    return ", ".join(
        link(escape(owner.name), absolute(owner.get_absolute_url()) if owner.has_page else "") for owner in owners
    )
