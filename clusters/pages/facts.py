"""What the pages of clusters are about, from the contexts of their templates."""

from typing import Any

from django.urls import reverse

from clusters.models import Cluster, Collection, Run
from musicdb.pages.machines import Facts, Picture, shorten, structured
from musicdb.pages.machines.head import counted

# What clusters.core draws. Importing it from there would take a web request seconds.
PLOT_WIDTH, PLOT_HEIGHT = 1152, 864

Context = dict[str, Any]


def clusters_title(collection: Collection) -> str:
    """Return the title of the page of a collection's clusters. An artist and a label may have one name."""
    kind = "" if collection.kind in ("library", "genre") else f", {collection.kind}"
    return f"Clusters {collection.preposition} {collection.name}{kind}"


def clusters_facts(context: Context) -> Facts:
    run, collection, clusters = context["run"], context["collection"], context["clusters"]
    listed = structured.links(
        ((str(cluster), collection.address("cluster", cluster.number)) for cluster in clusters), len(clusters)
    )
    title = clusters_title(collection)
    return Facts(
        title=title,
        description=summary(run, clusters),
        picture=plot(run),
        data=structured.collection_page(
            title,
            listed,
            dateModified=run.finished_at.isoformat(),
            primaryImageOfPage={
                "@type": "ImageObject",
                "contentUrl": run.plot_png.url,
                "width": PLOT_WIDTH,
                "height": PLOT_HEIGHT,
            },
        ),
        crumbs=[*_owner_crumbs(collection), ("Clusters", collection.get_absolute_url())],
    )


def cluster_facts(context: Context) -> Facts:
    run, collection, cluster = context["run"], context["collection"], context["cluster"]
    page = context["page_obj"]
    tracks = [membership.track for membership in context["memberships"]]
    of = f"{collection.preposition} {shorten(collection.name)}"
    sentence = f"{counted(cluster.size, 'track')} {of}"
    sentence += f", {cluster.description} than most." if cluster.description else " that sound alike."
    title = clusters_title(collection).removeprefix("Clusters ")
    return Facts(
        title=f"{cluster} {title}",
        description=f"{sentence} Nearest to the centre: {', '.join(shorten(track.title, 40) for track in tracks[:2])}.",
        picture=plot(run),
        data=structured.collection_page(
            f"{cluster} {title}", structured.track_list(page, tracks), dateModified=run.finished_at.isoformat()
        ),
        crumbs=[
            *_owner_crumbs(collection),
            ("Clusters", collection.get_absolute_url()),
            (str(cluster), collection.address("cluster", cluster.number)),
        ],
    )


def selection_facts(context: Context) -> Facts:
    run, collection, page = context["run"], context["collection"], context["page_obj"]
    title = f"{counted(page.paginator.count, 'track')} {collection.preposition} {shorten(collection.name)}"
    return Facts(
        title=f"{title}, selected on the map",
        description=f"{title} that stand together on the map of its clusters.",
        picture=plot(run),
        crumbs=[
            *_owner_crumbs(collection),
            ("Clusters", collection.get_absolute_url()),
            ("Selection", collection.address("selection", run.pk)),
        ],
    )


def similar_facts(context: Context) -> Facts:
    track = context["track"]
    tracks = [each.track for each in context["similar"].all]
    title = f"Similar to {track.title}"
    listed = structured.listing((structured.recording(each) for each in tracks), len(tracks))
    return Facts(
        title=title,
        description=f"The tracks that sound most like {shorten(track.title)}, in its genres and beyond, and why: "
        f"{', '.join(shorten(each.title, 40) for each in tracks[:2])}.",
        data=structured.collection_page(title, listed),
        crumbs=[(track.title, track.get_absolute_url()), ("Similar tracks", reverse("similar", args=[track.slug]))],
    )


def path_choice_facts(context: Context) -> Facts:
    track = context["track"]
    return Facts(
        title=f"A path from {track.title}",
        description=f"Choose a track, and find a path of tracks from {shorten(track.title)} to it.",
        crumbs=[(track.title, track.get_absolute_url()), ("A path from it", reverse("path-choice", args=[track.slug]))],
    )


def path_facts(context: Context) -> Facts:
    first, last = context["first"], context["last"]
    tracks = [step.track for step in context["steps"]]
    title = f"From {first.title} to {last.title}"
    listed = structured.listing((structured.recording(each) for each in tracks), len(tracks))
    return Facts(
        title=title,
        description=f"A path of {counted(len(tracks), 'track')} from {shorten(first.title)} to {shorten(last.title)}, "
        "each much like the one before.",
        data=structured.collection_page(title, listed),
        crumbs=[
            (first.title, first.get_absolute_url()),
            ("A path from it", reverse("path-choice", args=[first.slug])),
            (last.title, reverse("path", args=[first.slug, last.slug])),
        ],
    )


def report_facts(context: Context) -> Facts:
    run, collection = context["run"], context["collection"]
    title = f"How the clusters {clusters_title(collection).removeprefix('Clusters ')} were made"
    return Facts(
        title=title,
        description=f"How {counted(run.track_count, 'track')} {collection.preposition} {shorten(collection.name)} fall "
        f"into {run.clusters_in_words}: features, axes, and all figures of the run.",
        picture=plot(run),
        crumbs=[
            *_owner_crumbs(collection),
            ("Clusters", collection.get_absolute_url()),
            ("How they were made", collection.address("run-report")),
        ],
    )


def home_facts(context: Context, name: str, introduction: str) -> Facts:
    totals = {kind: f"{count:,}" for kind, count in context["totals"].items() if count}
    library = context["library"]
    sentence = ", ".join(f"{count} {kind}" for kind, count in totals.items()) or "Music"
    return Facts(
        title="",
        description=introduction.strip()
        or f"{sentence}, grouped by {'how they sound' if totals else 'how it sounds'}.",
        picture=plot(library) if library else None,
        data={"@type": "WebSite", "name": name},
    )


def summary(run: Run, clusters: list[Cluster]) -> str:
    """Return in a sentence how many tracks are in how many clusters, and what these are called."""
    called = ", ".join(cluster.shown_name for cluster in clusters if cluster.shown_name)
    name = shorten(run.collection.name)
    sentence = f"{counted(run.track_count, 'track')} of {name} in {run.clusters_in_words}, grouped by how they sound"
    return f"{sentence}: {called}." if called else f"{sentence}."


def plot(run: Run) -> Picture:
    return Picture(run.plot_png.url, run.plot_alt, PLOT_WIDTH, PLOT_HEIGHT)


def _owner_crumbs(collection: Collection) -> list[tuple[str, str]]:
    owner = collection.owner
    if owner is None:
        return [("The library", reverse("home"))]
    lists = f"{collection.kind}s"
    return [(lists.capitalize(), reverse(lists)), (owner.name, owner.get_absolute_url())]
