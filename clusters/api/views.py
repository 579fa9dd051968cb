"""Published runs, their clusters and their tracks over REST."""

from http import HTTPStatus

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from clusters.api import serializers
from clusters.api.errors import ClusterGoneError
from clusters.api.filters import ClusterFilter
from clusters.models import Cluster, Membership, RetiredCluster, Run
from clusters.runs import OfCollection, SimilarTrack, cluster_or_retired_or_404, similar_or_404, successors_of
from musicdb.api.base import StrictViewSet
from musicdb.models import Track


class ClusterViewSet(ListModelMixin, RetrieveModelMixin, StrictViewSet):
    """Clusters of published runs; one by itself with its tracks nearest to the centre."""

    serializer_class = serializers.ClusterSerializer
    detail_serializer_class = serializers.ClusterDetailSerializer
    filterset_class = ClusterFilter
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Cluster]:
        clusters = Cluster.objects.published()
        return clusters if self.action == "list" else clusters.with_representatives().with_shades()


class CollectionClustersView(OfCollection, RetrieveModelMixin, StrictViewSet):
    """The published run of a collection: its figures, its plot, its clusters with their nearest tracks."""

    serializer_class = serializers.RunSerializer

    def get_object(self) -> Run:
        return self.published_run()


class ClusterTracksView(OfCollection, ListModelMixin, StrictViewSet):
    """Every track of one cluster of a collection's published run, nearest to the centre first."""

    queryset = Membership.objects.for_table()
    serializer_class = serializers.MembershipSerializer
    page_if_merged = "clusters"
    more_errors = {
        HTTPStatus.GONE: OpenApiResponse(
            serializers.GoneSerializer,
            description="The collection had such a cluster once, and has it no more.",
        )
    }

    def get_queryset(self) -> QuerySet[Membership]:
        run = self.published_run()
        cluster = cluster_or_retired_or_404(run, self.kwargs["number"])
        if isinstance(cluster, RetiredCluster):
            raise ClusterGoneError(successors_of(run, cluster), self.request)
        return super().get_queryset().filter(cluster=cluster)


class TrackClustersView(ListModelMixin, StrictViewSet):
    """Where a track stands: its place in each published run that it is in. Without pages: they are few."""

    queryset = Membership.objects.all()
    serializer_class = serializers.PlaceSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[Membership]:
        return Membership.objects.of_track(get_object_or_404(Track, slug=self.kwargs["track_slug"]))


class SimilarTracksView(ListModelMixin, StrictViewSet):
    """The tracks that sound most like one: at most ten in its genres, then at most ten beyond. Without pages."""

    serializer_class = serializers.SimilarTrackSerializer
    pagination_class = None
    # For the schema: the answer is no query.
    queryset = Track.objects.none()

    def get_queryset(self) -> list[SimilarTrack]:  # type: ignore[override]
        _, similar = similar_or_404(self.kwargs["track_slug"])
        return similar.all
