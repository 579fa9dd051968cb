"""Atom feeds of the runs that were published, with what moved in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed as DjangoFeed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.views.generic import View

from clusters.models import Collection, Publication
from clusters.pages.facts import clusters_title
from clusters.runs import OfCollection
from musicdb.pages.context import site_of
from musicdb.pages.machines.head import counted

if TYPE_CHECKING:
    Feed = DjangoFeed[Any, Any]
else:
    Feed = DjangoFeed

ENTRIES = 30


class ChangesFeed(Feed):
    """What changed in the clusters of all collections, or of one. One query, and one for the site's name."""

    feed_type = Atom1Feed

    def __init__(self, collection: Collection | None = None) -> None:
        self.collection = collection

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpRequest:
        return request

    def title(self, request: HttpRequest) -> str:
        what = clusters_title(self.collection) if self.collection else "What changed in the clusters"
        return f"{what} – {site_of(request).name}"

    def subtitle(self) -> str:
        return "Each entry is a new clustering, with what moved in it."

    def link(self) -> str:
        return self.collection.get_absolute_url() if self.collection else reverse("home")

    def feed_url(self) -> str:
        return self.collection.address("changes") if self.collection else reverse("changes")

    def items(self) -> Sequence[Publication]:
        shown = Publication.objects.public()
        return list((shown.filter(collection=self.collection) if self.collection else shown)[:ENTRIES])

    def item_title(self, item: Publication) -> str:
        return f"{clusters_title(item.collection)}: {_clusters(len(item.clusters))}{_before(item)}"

    def item_description(self, item: Publication) -> str:
        return describe(item)

    def item_link(self, item: Publication) -> str:
        return item.collection.get_absolute_url()

    def item_pubdate(self, item: Publication) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Publication) -> datetime:
        return item.published_at

    def get_feed(self, obj: Any, request: HttpRequest) -> Any:
        self.host = request.get_host()
        return super().get_feed(obj, request)

    def item_guid(self, item: Publication) -> str:
        # The key stays where the collection's address changes.
        return get_tag_uri(f"http://{self.host}/publications/{item.pk}", item.published_at)


class CollectionChangesView(OfCollection, View):
    """The feed of one collection's runs."""

    def get(self, request: HttpRequest, **slug: str) -> HttpResponse:
        return ChangesFeed(self.published_run().collection)(request)


def describe(publication: Publication) -> str:
    """Return in sentences what moved, and which clusters there are now."""
    named = "; ".join(
        f"#{number}{f' {name}' if name else ''} ({counted(size, 'track')})"
        for number, name, size in publication.clusters
    )
    if publication.is_first:
        moved = f"{counted(publication.track_count, 'track')} in {_clusters(len(publication.clusters))}."
    else:
        moved = (
            f"{counted(publication.moved, 'track')} changed cluster, {publication.came:,} came, "
            f"{publication.left:,} left."
        )
    return f"{moved} Clusters: {named}."


def _clusters(count: int) -> str:
    return counted(count, "cluster")


def _before(publication: Publication) -> str:
    return "" if publication.is_first else f", {publication.previous_cluster_count} before"
