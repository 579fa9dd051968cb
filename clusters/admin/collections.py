"""The list of collections with their settings, and what clusters add to the lists of those who own one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from clusters.admin.previews import PreviewPages
from clusters.admin.reclustering import ClusteredFilter, LastRunColumns, ReclusterAction, with_published_run
from clusters.models import Collection
from clusters.models.collection_querysets import by_kind_and_name, name_keys
from musicdb.admin.catalogue import ArtistAdmin, GenreAdmin, LabelAdmin
from musicdb.admin.generic import StackedInline
from musicdb.admin.html import bdi
from musicdb.admin.playlists.admin import PlaylistAdmin
from musicdb.models import Artist, Genre, Label, Playlist

SETTINGS = ["requires_review", "clusters", "is_off"]


def _lost(plural: str) -> str:
    return (
        f"The clusters of the deleted {plural} are deleted too. Recluster the one that stays to include its new tracks."
    )


@admin.register(Collection)
class CollectionAdmin(PreviewPages, LastRunColumns[Collection]):
    """What editors have settled about each collection, beside what its published run found."""

    list_display = [
        "owner_name",
        "kind",
        "last_run",
        "found_clusters",
        "silhouette",
        "excluded",
        "settings",
        "preview_link",
    ]
    list_filter = ["kind", ClusteredFilter, "requires_review", "is_off"]
    search_fields = name_keys()
    search_help_text = "Genre, playlist, artist or label"
    ordering = [*by_kind_and_name(), "pk"]
    fields = [*SETTINGS]
    actions = ["recluster_selected", "preview_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        collections: Any = super().get_queryset(request)
        return with_published_run(collections.with_owners())

    def collections_of(self, queryset: QuerySet[Collection]) -> list[Collection]:
        return list(Collection.objects.filter(pk__in=queryset.values("pk")).in_order())

    def collection_of(self, row: Collection) -> Collection:
        return row

    def view_on_site(self, obj: Collection) -> str | None:
        return obj.get_absolute_url() if obj.has_page and obj.runs.published().exists() else None

    @admin.display(description="collection")
    def owner_name(self, collection: Collection) -> SafeString:
        return bdi(capfirst(collection.name) if collection.owner is None else collection.name)

    @admin.display
    def settings(self, collection: Collection) -> str:
        """What differs from the usual."""
        words = [
            "not clustered" if collection.is_off else "",
            f"{collection.clusters} clusters" if collection.clusters else "",
            "review" if collection.requires_review else "",
        ]
        return ", ".join(filter(None, words))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A collection is there as soon as something is reclustered."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It goes with its owner, and is never in the way of deleting that."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return page is not None and not page.startswith("clusters_collection_")


class CollectionInline(StackedInline[Collection, Genre]):
    """The settings of the genre's collection."""

    model = Collection
    fk_name = "genre"
    fields = [*SETTINGS]
    can_delete = False
    # Somebody who may only look sees the plural.
    verbose_name = verbose_name_plural = "clusters"

    def get_extra(self, request: HttpRequest, obj: Genre | None = None, **options: Any) -> int:
        # Django shows an empty form for a one-to-one relation even to somebody who may not add a row.
        return int(self.has_add_permission(request, obj))


class ClusteredGenreFilter(ClusteredFilter):
    path = "collection"
    conditions = {"collection__kind": "genre"}


for clustered in (Genre, Playlist, Artist, Label):
    admin.site.unregister(clustered)


@admin.register(Genre)
class ClusteredGenreAdmin(GenreAdmin, ReclusterAction[Genre], LastRunColumns[Genre]):
    """Genres with their published run, and the means to make it anew."""

    list_display = [*GenreAdmin.list_display, "last_run", "found_clusters", "silhouette", "excluded"]
    list_filter = [ClusteredGenreFilter, "collection__requires_review"]
    inlines = [*GenreAdmin.inlines, CollectionInline]
    actions = [*GenreAdmin.actions, "recluster_selected", "preview_selected"]
    merge_effects = [*GenreAdmin.merge_effects, _lost("genres")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        return with_published_run(super().get_queryset(request).select_related("collection"), "collection__")


@admin.register(Playlist)
class ClusteredPlaylistAdmin(PlaylistAdmin, ReclusterAction[Playlist]):
    actions = [*PlaylistAdmin.actions, "recluster_selected", "preview_selected"]
    merge_effects = [*PlaylistAdmin.merge_effects, _lost("playlists")]


@admin.register(Artist)
class ClusteredArtistAdmin(ArtistAdmin, ReclusterAction[Artist]):
    actions = [*ArtistAdmin.actions, "recluster_selected", "preview_selected"]
    merge_effects = [*ArtistAdmin.merge_effects, _lost("artists")]


@admin.register(Label)
class ClusteredLabelAdmin(LabelAdmin, ReclusterAction[Label]):
    actions = [*LabelAdmin.actions, "recluster_selected", "preview_selected"]
    merge_effects = [*LabelAdmin.merge_effects, _lost("labels")]
