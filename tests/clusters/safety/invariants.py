"""Is all that the site could show whole? The caller sets Django up."""

from pathlib import Path

from django.core.files.storage import default_storage

from clusters.models import Collection, Run


def problems() -> list[str]:
    """Return what is wrong: with any stored run, or with which of them is published."""
    found = [
        f"{collection.key} has {published} published runs"
        for collection in Collection.objects.filter(runs__isnull=False).distinct()
        if (published := collection.runs.published().count()) != 1
    ]
    for run in Run.objects.with_collection():
        found += [f"run {run.pk} of {run.collection.key}: {problem}" for problem in _problems_of(run)]
    return found


def _problems_of(run: Run) -> list[str]:
    found = []
    if (tracks := run.memberships.count()) != run.track_count:
        found.append(f"{tracks} memberships of {run.track_count}")
    if (excluded := run.excluded.count()) != run.excluded_count:
        found.append(f"{excluded} excluded of {run.excluded_count}")
    if (clusters := run.clusters.count()) != run.cluster_count:
        found.append(f"{clusters} clusters of {run.cluster_count}")
    for cluster in run.clusters.all():
        ranks = list(cluster.memberships.order_by("rank").values_list("rank", flat=True))
        if ranks != list(range(1, cluster.size + 1)):
            found.append(f"cluster {cluster.number} of {cluster.size} has ranks {ranks}")
    for plot, end in ((run.plot_png, b"IEND\xaeB`\x82"), (run.plot_svg, b"</svg>")):
        if not default_storage.exists(plot.name):
            found.append(f"{plot.name} is missing")
        elif not Path(default_storage.path(plot.name)).read_bytes().rstrip().endswith(end):
            found.append(f"{plot.name} is cut short")
    return found


def unowned_plots() -> list[str]:
    """Return the plots that no run owns."""
    owned = {name for names in Run.objects.values_list("plot_png", "plot_svg", "neighbours") for name in names}
    folder = Path(default_storage.path("plots"))
    return sorted({f"plots/{path.name}" for path in folder.iterdir()} - owned)
