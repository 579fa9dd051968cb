"""Runs, clusters and memberships as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clusters.models import Cluster, Membership, Run
from musicdb.api.serializers import NamedGenreSerializer, PageURLField, TrackSerializer


class MembershipSerializer(serializers.ModelSerializer):
    """A track's place in a cluster."""

    track = TrackSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["rank", "distance", "x", "y", "track"]


class ClusterSerializer(serializers.ModelSerializer):
    """A cluster without its tracks."""

    url = serializers.HyperlinkedIdentityField(view_name="api:cluster-detail")
    page_url = PageURLField()
    genre = NamedGenreSerializer(source="run.genre", read_only=True)
    centroid = serializers.DictField(child=serializers.FloatField(), read_only=True)

    class Meta:
        model = Cluster
        fields = ["id", "url", "page_url", "genre", "number", "name", "description", "size", "centroid"]


class ClusterDetailSerializer(ClusterSerializer):
    """A cluster with its tracks nearest to the centre, nearest first."""

    representatives = MembershipSerializer(many=True, read_only=True)

    class Meta(ClusterSerializer.Meta):
        fields = [*ClusterSerializer.Meta.fields, "representatives"]


class AxisSerializer(serializers.Serializer):
    """An axis of the plot: what its ends mean, its share of the variance (0 to 1), each feature's loading."""

    low = serializers.CharField()
    high = serializers.CharField()
    variance = serializers.FloatField()
    loadings = serializers.DictField(child=serializers.FloatField())


class RunSerializer(serializers.ModelSerializer):
    """The published run of a genre, with its clusters."""

    page_url = PageURLField()
    genre = NamedGenreSerializer(read_only=True)
    features = serializers.ListField(child=serializers.CharField(), read_only=True)
    dropped_features = serializers.ListField(child=serializers.CharField(), read_only=True)
    axes = AxisSerializer(many=True, read_only=True)
    explained_variance = serializers.ListField(child=serializers.FloatField(), read_only=True)
    silhouettes = serializers.DictField(child=serializers.FloatField(), read_only=True)
    clusters = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "genre",
            "page_url",
            "started_at",
            "finished_at",
            "seed",
            "digest",
            "input_hash",
            "track_count",
            "left_out_count",
            "cluster_count",
            "silhouette",
            "silhouettes",
            "features",
            "dropped_features",
            "explained_variance",
            "axes",
            "plot_png",
            "plot_svg",
            "clusters",
        ]

    @extend_schema_field(ClusterDetailSerializer(many=True))
    def get_clusters(self, run: Run) -> Any:
        clusters = list(run.clusters.for_cluster_table())
        for cluster in clusters:
            cluster.run = run
        return ClusterDetailSerializer(clusters, many=True, context=self.context).data


class PlaceSerializer(serializers.ModelSerializer):
    """Where a track stands: one of these for each genre in whose published run it is."""

    cluster = ClusterSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["rank", "distance", "x", "y", "cluster"]
