"""Clusters as Markdown."""

from collections.abc import Iterable

from clusters.models import Cluster, Membership, Run
from clusters.runs import Successors
from musicdb.pages.markdown import TABLE_HEAD, Absolute, escape, link, track_row


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

    def cluster_link(number: int, text: str) -> str:
        return link(text, absolute(collection.address("cluster-markdown", number)))

    name = f": {escape(retired.name)}" if retired.name else ""
    lines = [
        f"# Cluster #{retired.number}{name} {collection.preposition} {escape(collection.name)} no longer exists",
        "",
        successors.pointer,
    ]
    if successors.successor:
        lines[-1] += f" {cluster_link(successors.successor.number, f'#{successors.successor.number}')}."
    lines += ["", f"It had {_tracks(retired.size)}.", ""]
    for share in successors.shares:
        place = f"cluster #{share.number}"
        lines.append(f"- {share.count} went to {cluster_link(share.number, place) if share.has_page else place}")
    if successors.in_none:
        lines.append(f"- {successors.in_none} went to no cluster")
    return "\n".join(lines) + "\n"


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"


def _section(level: str, cluster: Cluster, memberships: Iterable[Membership], absolute: Absolute) -> list[str]:
    name = f": {escape(cluster.name)}" if cluster.name else ""
    rows = (track_row(membership.track, absolute) for membership in memberships)
    return [f"{level} Cluster #{cluster.number}{name}", "", _tracks(cluster.size), "", *TABLE_HEAD, *rows]


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
