"""The outcome of reclustering a collection, in the admin's words."""

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clusters.models import Collection, Run
from clusters.runs import Outcome
from musicdb.admin.html import link_to

# The worst outcomes come first, because only the first messages are shown.
LEVELS = {
    "failed": messages.ERROR,
    "skipped": messages.WARNING,
    "waiting": messages.WARNING,
    "published": messages.SUCCESS,
    "previewed": messages.SUCCESS,
    "unchanged": messages.INFO,
}


def preview_url(collection: Collection) -> str:
    """Return the address of the page that previews numbers of clusters of ``collection``."""
    return reverse("admin:clusters_collection_preview", args=[collection.pk])


def newest_run(collection: Collection) -> int:
    """Return the key of the collection's newest run: the one that waits for review, right after it was stored."""
    return Run.objects.of(collection).newest_first().values_list("pk", flat=True)[0]


def report(collection: Collection, outcome: Outcome, run: int | None) -> SafeString:
    """Return the outcome in a sentence. ``run`` is the key of the run that was stored, if it still exists."""
    page = link_to(collection.editors_row)
    if collection.has_page:
        page = format_html('<a href="{}">{}</a>', collection.get_absolute_url(), collection)
    if outcome.status == "published":
        clusters = "1 cluster" if len(outcome.sizes) == 1 else f"{len(outcome.sizes)} clusters"
        tracks = f"{outcome.tracks} tracks in {clusters}"
        return format_html("{}: {}, {} excluded.", page, tracks, outcome.excluded or "none")
    if outcome.status == "waiting":
        page = link_to(collection.editors_row)  # It may never have been on the site.
        if run is None:
            return format_html("{}: a run waited for review.", page)
        compare = format_html('<a href="{}">look at it</a>', reverse("admin:clusters_run_compare", args=[run]))
        return format_html("{}: a run waits for your review: {}.", page, compare)
    if outcome.status == "previewed":
        return format_html('{}: <a href="{}">the preview</a> is ready.', collection, preview_url(collection))
    if outcome.status == "unchanged":
        return format_html("{}: nothing has changed since its last run.", page)
    return failure(link_to(collection.editors_row), outcome)  # It may have no page of clusters.


def failure(name: str, outcome: Outcome) -> SafeString:
    """Return a sentence that says why nothing was stored. ``name`` is the name of the collection, or a link to it."""
    reason = outcome.reason.rstrip(".")
    return format_html("{}: {}: {}. What visitors see has not changed.", name, outcome.status, reason)
