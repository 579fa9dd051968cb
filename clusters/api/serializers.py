"""Runs, clusters and memberships as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from clusters.models import Cluster, Collection, Membership, Run, Shade
from clusters.runs import explain_membership
from musicdb.api.errors import ErrorSerializer
from musicdb.api.serializers import URL, PageURLField, TextOrNullField, TrackSerializer


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    """What was clustered: the library, a genre, a playlist, an artist or a label."""

    key = serializers.CharField(read_only=True, help_text="Such as “genre:korean-pop”; “library” for the library.")
    name = serializers.CharField(read_only=True)
    slug = serializers.SerializerMethodField(help_text="Of the genre, playlist, artist or label; null for the library.")
    url = serializers.SerializerMethodField(help_text="Its published run.")
    page_url = PageURLField()

    class Meta:
        model = Collection
        fields = ["key", "kind", "name", "slug", "url", "page_url"]

    def get_slug(self, collection: Collection) -> str | None:
        return None if collection.owner is None else str(collection.owner.slug)

    @extend_schema_field(URL)
    def get_url(self, collection: Collection) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri(collection.address("clusters", api=True))


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """A track's place in a cluster."""

    track = TrackSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ["rank", "place", "more_releases", "distance", "sureness", "shade", "x", "y", "track"]


class ClusterSerializer(serializers.ModelSerializer[Cluster]):
    """A cluster without its tracks. Its id is its own run's: another run of the collection has clusters of its own."""

    url = serializers.HyperlinkedIdentityField(view_name="api:cluster-detail")
    page_url = PageURLField()
    tracks_url = serializers.SerializerMethodField(help_text="Every track of it.")
    collection = CollectionSerializer(source="run.collection", read_only=True)
    name = TextOrNullField(help_text="An editor's name for it.")
    suggested_name = TextOrNullField(help_text="What sets it apart, as the run found; null if nothing does.")
    shown_name = TextOrNullField(help_text="What pages show: the editor's name, else the suggested one.")
    description = TextOrNullField(help_text="How it differs from its collection; null if it hardly does.")

    class Meta:
        model = Cluster
        fields = [
            "id",
            "url",
            "page_url",
            "tracks_url",
            "collection",
            "number",
            "name",
            "suggested_name",
            "shown_name",
            "description",
            "size",
        ]

    @extend_schema_field(URL)
    def get_tracks_url(self, cluster: Cluster) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri(cluster.run.collection.address("cluster-tracks", cluster.number, api=True))


class ShadeSerializer(serializers.ModelSerializer[Shade]):
    """A finer part of a cluster."""

    class Meta:
        model = Shade
        fields = ["position", "size", "description", "stability", "centroid"]


class ClusterDetailSerializer(ClusterSerializer):
    """A cluster with the tracks that introduce it, nearest to the centre first."""

    centroid = serializers.DictField(
        child=serializers.FloatField(), read_only=True, help_text="The mean of each feature, in its own unit."
    )
    shades = ShadeSerializer(many=True, read_only=True, help_text="Finer parts of it; empty where no cut tells.")
    representatives = MembershipSerializer(many=True, read_only=True)

    class Meta(ClusterSerializer.Meta):
        fields = [*ClusterSerializer.Meta.fields, "centroid", "shades", "representatives"]


class ParametersSerializer(serializers.Serializer[Any]):
    """What the run was asked for."""

    clusters = serializers.IntegerField(allow_null=True, help_text="How many; null to choose by the data.")
    seed = serializers.IntegerField()


class AxisSerializer(serializers.Serializer[Any]):
    """An axis of the plot: what its ends mean, its share of the variance (0 to 1), each feature's loading."""

    low = serializers.CharField()
    high = serializers.CharField()
    variance = serializers.FloatField()
    loadings = serializers.DictField(child=serializers.FloatField())


class RunSerializer(serializers.ModelSerializer[Run]):
    """The published run of a collection, with its clusters."""

    collection = CollectionSerializer(read_only=True)
    page_url = PageURLField()
    seconds = serializers.FloatField(read_only=True)
    parameters = ParametersSerializer(read_only=True)
    versions = serializers.DictField(child=serializers.CharField(), read_only=True)
    divides = serializers.BooleanField(read_only=True, help_text="Whether there are several clusters.")
    undivided_note = serializers.CharField(
        read_only=True, help_text="What a single cluster means; empty if there are several."
    )
    silhouettes = serializers.DictField(
        child=serializers.FloatField(), read_only=True, help_text="By each number of clusters that was tried."
    )
    stability = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="How far parts of the tracks lead to the same clusters, up to 1; null where it was not measured.",
    )
    stabilities = serializers.DictField(
        child=serializers.FloatField(),
        read_only=True,
        help_text="The stability by each number of clusters that it was measured for.",
    )
    scores = serializers.DictField(
        child=serializers.FloatField(),
        read_only=True,
        help_text="The score by each number of clusters that might have been chosen; the highest wins.",
    )
    smallest_shares = serializers.DictField(
        child=serializers.FloatField(),
        read_only=True,
        help_text="The smallest cluster's share of the tracks, 0 to 1, by each number of clusters that was tried.",
    )
    features = serializers.ListField(child=serializers.CharField(), read_only=True)
    dropped_features = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="The same for every track, so not used."
    )
    weights = serializers.DictField(
        child=serializers.FloatField(),
        read_only=True,
        help_text="What one unit of each feature counts among the components. Empty for runs that did not keep it.",
    )
    loadings = serializers.ListField(
        child=serializers.DictField(child=serializers.FloatField()),
        read_only=True,
        help_text="Each component's loadings, by feature. Empty for runs that did not keep them.",
    )
    explained_variance = serializers.ListField(child=serializers.FloatField(), read_only=True)
    axes = AxisSerializer(many=True, read_only=True)
    plot_alt = serializers.CharField(read_only=True, help_text="The plot in words.")
    clusters = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "collection",
            "page_url",
            "started_at",
            "finished_at",
            "seconds",
            "seed",
            "parameters",
            "versions",
            "input_hash",
            "digest",
            "track_count",
            "excluded_count",
            "cluster_count",
            "previous_cluster_count",
            "divides",
            "undivided_note",
            "evidence",
            "silhouette",
            "silhouettes",
            "stability",
            "stabilities",
            "scores",
            "smallest_shares",
            "features",
            "dropped_features",
            "weights",
            "loadings",
            "explained_variance",
            "axes",
            "plot_png",
            "plot_svg",
            "plot_alt",
            "clusters",
        ]

    @extend_schema_field(ClusterDetailSerializer(many=True))
    def get_clusters(self, run: Run) -> Any:
        clusters = list(run.clusters.for_cluster_table().with_shades())
        for cluster in clusters:
            # It is in hand already, with its collection; asked for by each cluster, it would be a query each.
            cluster.run = run
        return ClusterDetailSerializer(clusters, many=True, context=self.context).data


class NextNearestSerializer(serializers.Serializer[Any]):
    """The cluster whose centre is the next nearest to a track, and how far that is."""

    number = serializers.IntegerField()
    distance = serializers.FloatField()


class PlaceSerializer(serializers.ModelSerializer[Membership]):
    """Where a track stands: one of these for each collection in whose published run it is."""

    cluster = ClusterSerializer(read_only=True)
    next_nearest = serializers.SerializerMethodField(
        help_text="The cluster of the next nearest centre; null where the track's features have changed since the run."
    )

    class Meta:
        model = Membership
        fields = ["rank", "distance", "sureness", "shade", "x", "y", "cluster", "next_nearest"]

    @extend_schema_field(NextNearestSerializer(allow_null=True))
    def get_next_nearest(self, place: Membership) -> Any:
        nearest = explain_membership(place).explanation.next_nearest
        return nearest and NextNearestSerializer(nearest).data


class SimilarTrackSerializer(serializers.Serializer[Any]):
    """A track that is similar to another one."""

    is_in_genre = serializers.BooleanField(help_text="Whether the two are in a genre together.")
    distance = serializers.FloatField(help_text="Between the two, in the space of the weighted features.")
    in_common = serializers.ListField(
        child=serializers.CharField(), help_text="What is unusual in the library about both, the most unusual first."
    )
    difference = TextOrNullField(help_text="How it differs most; null if it hardly does.")
    reason = serializers.CharField(help_text="The same as a sentence.")
    track = TrackSerializer()


class SuccessorSerializer(serializers.Serializer[Any]):
    """The cluster in which to look for the tracks of one that no longer exists."""

    number = serializers.IntegerField()
    url = serializers.URLField(help_text="Every track of it.")
    page_url = serializers.URLField()


class GoneSerializer(ErrorSerializer):
    """The cluster no longer exists; null where its tracks did not go to a cluster of today."""

    successor = SuccessorSerializer(allow_null=True)
