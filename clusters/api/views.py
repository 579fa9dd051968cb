"""Clusters over REST, and every address of the API."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from clusters.api import serializers
from clusters.models import Cluster, Membership, Run
from clusters.shortcuts import published_run_or_404
from musicdb.api.views import router as catalogue
from musicdb.filters import OrderingFilter
from musicdb.models import Track
from musicdb.slugs import MAX_LENGTH


class ClusterFilter(filters.FilterSet):
    genre = filters.CharFilter(field_name="run__genre__slug", max_length=MAX_LENGTH, help_text="The genre's slug.")
    ordering = OrderingFilter(fields=["number", "size"])

    class Meta:
        model = Cluster
        fields = ["genre"]


class ClusterViewSet(ReadOnlyModelViewSet):
    """Clusters of published runs; one by itself with its tracks nearest to the centre."""

    filterset_class = ClusterFilter

    def get_queryset(self) -> QuerySet[Cluster]:
        clusters = Cluster.objects.published()
        return clusters if self.action == "list" else clusters.with_representatives()

    def get_serializer_class(self) -> type[BaseSerializer]:
        return serializers.ClusterSerializer if self.action == "list" else serializers.ClusterDetailSerializer


class GenreClusters(RetrieveAPIView):
    """The published run of a genre: its figures, its plot, its clusters with their nearest tracks."""

    serializer_class = serializers.RunSerializer

    def get_object(self) -> Run:
        return published_run_or_404(self.kwargs["slug"])


class ClusterTracks(ListAPIView):
    """Every track of one cluster of a genre's published run, nearest to the centre first."""

    queryset = Membership.objects.for_table()
    serializer_class = serializers.MembershipSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        run = published_run_or_404(self.kwargs["slug"])
        return super().get_queryset().filter(cluster=get_object_or_404(run.clusters, number=self.kwargs["number"]))


class TrackClusters(ListAPIView):
    """Where a track stands: its place in each published run that it is in."""

    queryset = Membership.objects.none()
    serializer_class = serializers.PlaceSerializer
    pagination_class = None

    def get_queryset(self) -> Any:
        return Membership.objects.of_track(get_object_or_404(Track, slug=self.kwargs["slug"]))


router = DefaultRouter()
router.registry.extend(catalogue.registry)
router.register("clusters", ClusterViewSet, basename="cluster")

urlpatterns = [
    path("genres/<slug:slug>/clusters/", GenreClusters.as_view(), name="genre-clusters"),
    path("genres/<slug:slug>/clusters/<int:number>/", ClusterTracks.as_view(), name="cluster-tracks"),
    path("tracks/<slug:slug>/clusters/", TrackClusters.as_view(), name="track-clusters"),
    *router.urls,
]
