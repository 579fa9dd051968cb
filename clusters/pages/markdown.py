"""Clusters as Markdown.

The tables are GitHub Flavored Markdown (section 4.10 of its specification). A pipe or a line break ends a cell,
wherever it is.
"""

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from clusters.models import Cluster, Membership, Run
from clusters.runs import Successors
from musicdb.models import Artist, Label, Track
from musicdb.music import normalise_name

# Turns a path of this site into an absolute address, because the page may be read elsewhere.
Absolute = Callable[[str], str]

HEADER = (
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


def clusters_as_markdown(run: Run, clusters: Iterable[Cluster], absolute: Absolute) -> str:
    """Return the page of all clusters of ``run``. Each of ``clusters`` has its ``representatives``."""
    lines = [
        f"# Clusters {run.collection.preposition} {escape(run.collection.name)}",
        "",
        f"![Comparison of Cluster]({absolute(run.plot_png.url)})",
        "",
    ]
    if not run.divides:
        lines += [run.undivided_note, ""]
    for cluster in clusters:
        lines += [*_section("##", cluster, cluster.representatives, absolute), *_shades(cluster)]
    return "\n".join(lines) + "\n"


def cluster_as_markdown(cluster: Cluster, memberships: Iterable[Membership], absolute: Absolute) -> str:
    """Return the page of one cluster, with a row for each of ``memberships``."""
    lines = _section("#", cluster, memberships, absolute)
    collection = cluster.run.collection
    lines[0] += f" {collection.preposition} {escape(collection.name)}"
    # Above the table, which may be long.
    lines[3:3] = _shades(cluster)[:-1]
    return "\n".join(lines) + "\n"


def retired_cluster_as_markdown(successors: Successors, absolute: Absolute) -> str:
    """Return the page of a cluster that no longer exists: where its tracks went."""
    retired, collection = successors.retired, successors.run.collection

    def link(number: int, text: str) -> str:
        return f"[{text}]({absolute(collection.address('cluster-markdown', number))})"

    name = f": {escape(retired.name)}" if retired.name else ""
    lines = [
        f"# Cluster #{retired.number}{name} {collection.preposition} {escape(collection.name)} no longer exists",
        "",
        successors.pointer,
    ]
    if successors.successor:
        lines[-1] += f" {link(successors.successor.number, f'#{successors.successor.number}')}."
    lines += ["", f"It had {_tracks(retired.size)}.", ""]
    for share in successors.shares:
        place = f"cluster #{share.number}"
        lines.append(f"- {share.count} went to {link(share.number, place) if share.has_page else place}")
    if successors.in_none:
        lines.append(f"- {successors.in_none} went to no cluster")
    return "\n".join(lines) + "\n"


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"


def _section(level: str, cluster: Cluster, memberships: Iterable[Membership], absolute: Absolute) -> list[str]:
    name = f": {escape(cluster.name)}" if cluster.name else ""
    rows = (_row(membership.track, absolute) for membership in memberships)
    return [f"{level} Cluster #{cluster.number}{name}", "", _tracks(cluster.size), "", *HEADER, *rows]


def _shades(cluster: Cluster) -> list[str]:
    """Return the shades of ``cluster``, if any, as a list below its table."""
    shades = list(cluster.shades.all())
    if not shades:
        return []
    lines = ["", f"Shades ({shades[0].firmness}), each compared with the cluster:", ""]
    for shade in shades:
        titles = ", ".join(escape(example.track.title) for example in getattr(shade, "examples", ()))
        lines.append(f"- {shade.description} · {_tracks(shade.size)}" + (f" · {titles}" if titles else ""))
    return [*lines, ""]


def _row(track: Track, absolute: Absolute) -> str:
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
        f"[{escape(owner.name)}]({absolute(owner.get_absolute_url())})" if owner.has_page else escape(owner.name)
        for owner in owners
    )
