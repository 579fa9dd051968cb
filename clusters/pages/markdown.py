"""Clusters as Markdown, in the shape of the page that the site grew from.

The tables are GitHub Flavored Markdown (its specification, section 4.10), whose cells end at a pipe or a line
break whatever stands around it.
"""

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

from django.urls import reverse

from clusters.models import Cluster, Membership, Run
from clusters.runs import Successors
from musicdb.models import Artist, Label, Track
from musicdb.music import normalise_name

# From a path of this site to a whole address: the page may be read far from here.
Absolute = Callable[[str], str]

HEADER = (
    "| Art | Track | Album | Artists | Label | Score | 💚 | 🔗 |",
    "|:---|:---|:---|:---|:---|---:|:---|:---|",
)

# A backslash before ASCII punctuation makes it plain text. Escaped is what can begin markup inside a line: code,
# emphasis, links, tags, strikethrough, a cell's end, and the backslash itself.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~#]")
# Text that a renderer would turn into a link, be it an address or a bare domain such as "mr.gl", and an entity that it
# would turn into another character.
_AUTOLINK = re.compile(r"://|(?<=[^\W_])\.(?=[^\W\d_])|(?<=\S)@(?=\S)|&(?=#?\w+;)", re.IGNORECASE)


def escape(text: str) -> str:
    r"""Return ``text`` as Markdown that shows just ``text``, on one line.

    >>> escape("a|b *c* <d>")
    'a\\|b \\*c\\* \\<d\\>'
    """
    return _AUTOLINK.sub(r"\\\g<0>", _MARKUP.sub(r"\\\g<0>", normalise_name(text)))


def clusters_as_markdown(run: Run, clusters: Iterable[Cluster], absolute: Absolute) -> str:
    """Return the whole page of ``run``; ``clusters`` come with their ``representatives``."""
    lines = [
        f"# Clusters in {escape(run.genre.name)}",
        "",
        f"![Comparison of Cluster]({absolute(run.plot_png.url)})",
        "",
    ]
    for cluster in clusters:
        lines += _section("##", cluster, cluster.representatives, absolute)
    return "\n".join(lines) + "\n"


def cluster_as_markdown(cluster: Cluster, memberships: Iterable[Membership], absolute: Absolute) -> str:
    """Return the page of one cluster, with a row for each of ``memberships``."""
    lines = _section("#", cluster, memberships, absolute)
    lines[0] += f" in {escape(cluster.run.genre.name)}"
    return "\n".join(lines) + "\n"


def retired_cluster_as_markdown(successors: Successors, absolute: Absolute) -> str:
    """Return the page of a cluster that no longer exists: where its tracks went."""
    retired, genre = successors.retired, successors.run.genre

    def link(number: int, text: str) -> str:
        return f"[{text}]({absolute(reverse('cluster-markdown', args=[genre.slug, number]))})"

    name = f": {escape(retired.name)}" if retired.name else ""
    lines = [f"# Cluster #{retired.number}{name} in {escape(genre.name)} no longer exists", "", successors.pointer]
    if successors.successor:
        lines[-1] += f" {link(successors.successor.number, f'#{successors.successor.number}')}."
    lines += ["", f"It had {_tracks(retired.size)}.", ""]
    for share in successors.shares:
        place = f"cluster #{share.number}"
        lines.append(f"- {share.count} went to {link(share.number, place) if share.has_page else place}")
    if successors.in_none:
        lines.append(f"- {successors.in_none} went to none")
    return "\n".join(lines) + "\n"


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"


def _section(level: str, cluster: Cluster, memberships: Iterable[Membership], absolute: Absolute) -> list[str]:
    name = f": {escape(cluster.name)}" if cluster.name else ""
    rows = (_row(membership.track, absolute) for membership in memberships)
    return [f"{level} Cluster #{cluster.number}{name}", "", _tracks(cluster.size), "", *HEADER, *rows]


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
    # A pipe would end the cell even inside a tag, and an address has no blanks.
    address = quote(track.album.art, safe="%/:?#@!$&'()*+,;=~")
    return f'<img src="{html.escape(address)}" alt="" width="50" />'


def _names(owners: Iterable[Artist | Label], absolute: Absolute) -> str:
    return ", ".join(
        f"[{escape(owner.name)}]({absolute(owner.get_absolute_url())})" if owner.has_page else escape(owner.name)
        for owner in owners
    )
