"""The parts of a run: clusters to name, memberships, excluded tracks."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clusters.admin.base import RunChildAdmin
from clusters.models import Cluster, ExcludedTrack, Membership
from clusters.models.collection_querysets import by_kind_and_name, name_keys, with_owner
from clusters.runs import pass_on_name
from musicdb.admin.catalogue import FEATURES_BY_NAME
from musicdb.admin.changelist.list_editing import ListEditingAdmin
from musicdb.admin.html import facts, link_to, link_to_list


@admin.register(Cluster)
class ClusterAdmin(ListEditingAdmin[Cluster], RunChildAdmin[Cluster]):
    """Only a cluster's name is an editor's to give, in the list or on its page."""

    list_display = ["__str__", "name", "suggested_name", "collection", "size", "description", "published"]
    list_editable = ["name"]
    list_filter = [("run__is_published", admin.BooleanFieldListFilter)]
    list_select_related = with_owner("run__collection__")
    search_fields = ["search_key", "suggested_name", "description", *name_keys("run__collection__")]
    search_help_text = "Name, description or collection"
    ordering = ["-run__is_published", *by_kind_and_name("run__collection__"), "-run_id", "number"]
    fields = ["name", "suggested_name", "run", "number", "size", "description", "nearest_tracks", "centre"]
    readonly_fields = ["suggested_name", "run", "number", "size", "description", "nearest_tracks", "centre"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.change_cluster")

    def save_model(self, request: HttpRequest, obj: Cluster, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data and obj.run.is_published:
            pass_on_name(obj, form.initial["name"])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cluster]:
        clusters: Any = super().get_queryset(request)
        with_collection: QuerySet[Cluster] = clusters.with_collection()
        return with_collection

    def view_on_site(self, obj: Cluster) -> str | None:
        return obj.get_absolute_url() if obj.run.is_published and obj.run.collection.has_page else None

    @admin.display
    def collection(self, cluster: Cluster) -> SafeString:
        return link_to(cluster.run.collection.editors_row)

    @admin.display(boolean=True, ordering="run__is_published")
    def published(self, cluster: Cluster) -> bool:
        return cluster.run.is_published

    @admin.display
    def nearest_tracks(self, cluster: Cluster) -> SafeString:
        """The tracks that a name should fit, with their artists."""
        nearest = cluster.memberships.representatives().order_by("place").select_related("track")
        rows = nearest.prefetch_related("track__track_artists__artist")
        lines = (
            (link_to(row.track), ", ".join(artist.name for artist in row.track.artists_in_order) or "no artist")
            for row in rows
        )
        everyone = link_to_list(Membership, "cluster__id__exact", cluster.pk, f"All {cluster.size}, by rank")
        return format_html(
            '<ol class="nearest">{}</ol><p>{}</p>', format_html_join("", "<li>{}: {}</li>", lines), everyone
        )

    @admin.display
    def centre(self, cluster: Cluster) -> SafeString:
        features = ((FEATURES_BY_NAME[name], value) for name, value in cluster.centroid.items())
        return facts((feature.label, feature.in_words(value)) for feature, value in features)


@admin.register(Membership)
class MembershipAdmin(RunChildAdmin[Membership]):
    """Reached from its cluster, as excluded tracks are from their run."""

    list_display = ["rank", "track_in_place", "cluster", "collection", "distance"]
    list_display_links = None
    list_select_related = ["track", *with_owner("cluster__run__collection__")]
    search_fields = ["track__search_key"]
    search_help_text = "Track"
    ordering = ["-run", "cluster__number", "rank"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="track", ordering="track__sort_key")
    def track_in_place(self, membership: Membership) -> SafeString:
        return link_to(membership.track)

    @admin.display
    def collection(self, membership: Membership) -> str:
        return str(membership.cluster.run.collection)


@admin.register(ExcludedTrack)
class ExcludedTrackAdmin(RunChildAdmin[ExcludedTrack]):
    """Reached from its run; by itself it would only lengthen the menu."""

    list_display = ["track_to_mend", "reason", "run"]
    list_display_links = None
    list_select_related = ["track", *with_owner("run__collection__")]
    search_fields = ["track__search_key", "reason"]
    search_help_text = "Track or reason"
    ordering = ["-run", "track__sort_key", "track"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="track", ordering="track__sort_key")
    def track_to_mend(self, excluded: ExcludedTrack) -> SafeString:
        return link_to(excluded.track)
