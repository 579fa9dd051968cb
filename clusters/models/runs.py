"""Runs: what was found when the tracks of a collection were grouped by how they sound."""

from django.db import models
from django.db.models import Q

from clusters.core.words import captions
from clusters.core.words.captions import stability_word
from clusters.models.collections import Collection
from clusters.models.querysets import ClusterQuerySet, ExcludedTrackQuerySet, MembershipQuerySet, RunQuerySet
from musicdb.models import Track
from musicdb.models.fields import FiniteFloatField, NameField
from musicdb.models.name_keys import SearchedByName, SearchKeyField

UNDIVIDED = (
    "These tracks do not divide into clusters: no split makes large enough parts that differ more than parts of random "
    "data would. So they are shown as one cluster."
)


class Run(models.Model):
    """One clustering of a collection. Written whole, once, when it is finished; only ``is_published`` changes later."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="runs")
    is_published = models.BooleanField("published", default=False, help_text="The one that visitors see.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    seed = models.PositiveBigIntegerField()
    parameters = models.JSONField(help_text="What was asked for.")
    versions = models.JSONField(help_text="Of the programs that computed it.")
    input_hash = models.CharField(max_length=64, help_text="SHA-256 of all that the result depends on.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over number, rank and Spotify id of each membership.")

    track_count = models.PositiveIntegerField("tracks")
    excluded_count = models.PositiveIntegerField("excluded")
    cluster_count = models.PositiveSmallIntegerField("clusters")
    features = models.JSONField(help_text="The features that the clusters are made from.")
    dropped_features = models.JSONField(help_text="Features that are the same for every track, and say nothing.")
    axes = models.JSONField(help_text="Of the plot: the words at either end, share of the variance, loadings.")
    weights = models.JSONField(default=dict, help_text="What a feature's unit counts among the components, by feature.")
    loadings = models.JSONField(default=list, help_text="Of each component, by feature.")
    explained_variance = models.JSONField(help_text="Each component's share of the variance, 0 to 1.")
    previous_cluster_count = models.PositiveSmallIntegerField(
        null=True, help_text="How many clusters the run before had found; unknown for older runs, and if it found none."
    )
    evidence = FiniteFloatField(
        null=True,
        help_text="How much better the tracks divide than featureless data of the same size and covariance, as a "
        "multiple of what is needed; unknown where it was not measured.",
    )
    silhouette = FiniteFloatField(
        help_text="How well the clusters are separated, from -1 to 1; 0 for a single cluster."
    )
    silhouettes = models.JSONField(help_text="The silhouette for each number of clusters that was tried.")
    stability = FiniteFloatField(
        null=True,
        help_text="How far parts of the tracks lead to the same clusters, up to 1; unknown where it was not measured.",
    )
    stabilities = models.JSONField(
        default=dict, help_text="The stability for each number of clusters it was measured for."
    )
    scores = models.JSONField(
        default=dict, help_text="The score for each number of clusters that might have been chosen; the highest wins."
    )
    smallest_shares = models.JSONField(
        default=dict, help_text="The smallest cluster's share of the tracks for each number of clusters that was tried."
    )
    plot_png = models.FileField(max_length=255)
    plot_svg = models.FileField(max_length=255)
    neighbours = models.FileField(
        max_length=255, blank=True, help_text="What similar tracks are found in; only the library has it."
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-finished_at", "-pk"]
        get_latest_by = "finished_at"
        constraints = [
            models.UniqueConstraint(fields=["collection"], condition=Q(is_published=True), name="run_one_published"),
            models.CheckConstraint(condition=Q(silhouette__range=(-1.0, 1.0)), name="run_silhouette_range"),
            models.CheckConstraint(
                condition=Q(stability__isnull=True) | Q(stability__range=(-1.0, 1.0)), name="run_stability_range"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__gte=models.F("started_at")), name="run_finished_after_started"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}, {self.finished_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        """The page that shows this run while it is the published one."""
        return self.collection.get_absolute_url()

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def divides(self) -> bool:
        """Whether there are several clusters. A run may find that its tracks do not divide."""
        return self.cluster_count > 1

    @property
    def chosen_clusters(self) -> int | None:
        """How many clusters the tracks were found to have; None if a number was asked for."""
        return self.cluster_count if self.parameters["clusters"] is None else None

    @property
    def clusters_in_words(self) -> str:
        return f"{self.cluster_count} clusters" if self.divides else "1 cluster"

    @property
    def undivided_note(self) -> str:
        """What a single cluster means, for visitors; empty if there are several."""
        return "" if self.divides else UNDIVIDED

    @property
    def kept_cluster_count(self) -> bool:
        """Whether there are as many clusters as in the run before although another number has a higher score."""
        # JSON stores the numbers as strings.
        own = self.scores.get(str(self.cluster_count))
        return own is not None and self.previous_cluster_count == self.cluster_count and own < max(self.scores.values())

    @property
    def known_profile(self) -> "RunProfile | None":
        """Its profile; None if it was made before there were profiles. No query if it was read ``with_profile``."""
        return getattr(self, "profile", None)

    @property
    def plot_alt(self) -> str:
        """A description of the plot for people who cannot see it."""
        ends = [f"from {axis['low']} to {axis['high']}" for axis in self.axes]
        directions = "; ".join(f"{way} {words}" for way, words in zip(("across", "up"), ends, strict=False))
        return f"Scatter plot of {self.track_count} tracks in {self.clusters_in_words}; {directions}."

    @property
    def plot_notes(self) -> list[str]:
        """What the plot shows little of, or not at all, in sentences. Older runs did not store what they need."""
        return captions.plot_notes(self.loadings, self.explained_variance)


class RunProfile(models.Model):
    """How the features, years, artists, labels, albums and genres of a run's tracks are distributed, as of the run.

    It names rows by their keys. Some may have been deleted or merged since; pages leave them out.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    means = models.JSONField(help_text="The mean of each feature.")
    quantiles = models.JSONField(help_text="The value of each feature at each percent of the recordings.")
    extremes = models.JSONField(help_text="By feature, the tracks with the least and with the most of it.")
    years = models.JSONField(help_text="Pairs of a year of release and how many tracks are of it.")
    leading = models.JSONField(
        help_text="The artists, labels, albums and other genres with the most tracks, each with their number."
    )
    artist_means = models.JSONField(help_text="The mean of each feature over the tracks of each leading artist.")
    points = models.JSONField(
        default=dict, help_text="The bounds of the plot, and by cluster some of its points, from 0 to 1000."
    )
    clusters = models.JSONField(help_text="By number, the years and the leading artists of each cluster.")

    def __str__(self) -> str:
        return f"Profile of {self.run}"


class Cluster(SearchedByName):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="clusters", db_index=False)
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    centroid = models.JSONField(help_text="The mean of each feature over the cluster's tracks, in its own unit.")
    description = models.CharField(
        max_length=300,
        blank=True,
        help_text="How it differs from its collection; made by the run, blank if it hardly does.",
    )
    suggested_name = models.CharField(
        max_length=100, blank=True, help_text="What sets it apart; made by the run, blank if nothing does."
    )
    suggested_key = SearchKeyField("suggested_name")
    name = NameField(
        max_length=200, blank=True, help_text="Your own name for it. If there is none, the suggested name is shown."
    )

    # The memberships that introduce it, on clusters that were read with ``ClusterQuerySet.for_cluster_table``.
    representatives: list["Membership"]

    objects = ClusterQuerySet.as_manager()

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="cluster_number_once_per_run"),
            models.CheckConstraint(condition=Q(number__gte=1), name="cluster_number_from_1"),
            models.CheckConstraint(condition=Q(size__gte=1), name="cluster_size_from_1"),
        ]

    def __str__(self) -> str:
        return f"Cluster #{self.number}" + (f": {self.shown_name}" if self.shown_name else "")

    @property
    def shown_name(self) -> str:
        """The editor's name, else the suggested one; empty if there is neither."""
        return self.name or self.suggested_name

    def get_absolute_url(self) -> str:
        return self.run.collection.address("cluster", self.number)


class Shade(models.Model):
    """A finer part of a cluster. It has no name and no number: ``position`` is its place among the cluster's shades."""

    # Found by the constraint's own index, which begins with it.
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="shades", db_index=False)
    position = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    description = models.CharField(max_length=300, help_text="How it differs from its cluster; made by the run.")
    stability = FiniteFloatField(
        help_text="How far halves of the cluster's tracks lead to the same shades, up to 1; the same for all of them."
    )
    centroid = models.JSONField(help_text="The mean of each feature over the shade's tracks, in its own unit.")
    example_ranks = models.JSONField(help_text="The ranks in the cluster of the tracks nearest to its centre.")

    # On shades of clusters that were given to ``add_examples``.
    examples: list["Membership"]

    class Meta:
        ordering = ["cluster", "position"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "position"], name="shade_position_once_per_cluster"),
            models.CheckConstraint(condition=Q(position__gte=1), name="shade_position_from_1"),
            models.CheckConstraint(condition=Q(size__gte=1), name="shade_size_from_1"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def firmness(self) -> str:
        """How stable the cut into shades is, in a word and a figure."""
        return f"{stability_word(self.stability)}: {self.stability:.2f}"


class RetiredCluster(models.Model):
    """A number that the published run no longer has, as it was when it went. Its address says where its tracks are."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="retired_clusters")
    number = models.PositiveIntegerField()
    name = NameField(max_length=200, blank=True)
    size = models.PositiveIntegerField(help_text="Its tracks, when it was last published.")
    successors = models.JSONField(help_text="Pairs of a number and how many of its tracks went there, most first.")
    retired_at = models.DateTimeField()

    class Meta:
        ordering = ["collection", "number"]
        constraints = [models.UniqueConstraint(fields=["collection", "number"], name="retired_cluster_once")]

    def __str__(self) -> str:
        return f"Cluster #{self.number}" + (f": {self.name}" if self.name else "")


# A track that fewer refits keep in its cluster stands on the border.
SURE = 0.6


class Membership(models.Model):
    """A track's place in a cluster. ``run`` repeats the cluster's, so that a constraint can see it."""

    # A merge of tracks gives the place to the one that stays, unless that has one in the run already.
    follows_merge = ("track", "run")

    # Found by the constraints' own indexes, which begin with them: one more for each would only slow the writing down.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="memberships")
    rank = models.PositiveIntegerField(help_text="1 is the nearest to the centre.")
    place = models.PositiveSmallIntegerField(
        null=True, help_text="Among the tracks that introduce the cluster, the nearest first; blank for all others."
    )
    more_releases = models.PositiveIntegerField(
        default=0, help_text="How many other tracks of the cluster are the same recording; known with a place."
    )
    distance = FiniteFloatField(help_text="To the cluster's centre, among the components.")
    sureness = FiniteFloatField(
        null=True,
        help_text="How many of the refits keep the track in its cluster, from 0 to 1; unknown for older runs and for a "
        "single cluster.",
    )
    shade = models.PositiveSmallIntegerField(
        null=True, help_text="The position of its shade within the cluster; none if the cluster has no shades."
    )
    # On memberships that were read with ``MembershipQuerySet.with_shades``.
    shade_description: str | None
    shade_stability: float | None

    x = FiniteFloatField(help_text="Across the plot.")
    y = FiniteFloatField(help_text="Up the plot.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["cluster", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["run", "track"], name="membership_track_once_per_run"),
            models.UniqueConstraint(fields=["cluster", "rank"], name="membership_rank_once_per_cluster"),
            models.UniqueConstraint(
                fields=["cluster", "place"], condition=Q(place__isnull=False), name="membership_place_once_per_cluster"
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="membership_rank_from_1"),
            models.CheckConstraint(condition=Q(distance__gte=0), name="membership_distance_from_0"),
            models.CheckConstraint(
                condition=Q(sureness__isnull=True) | Q(sureness__range=(0.0, 1.0)), name="membership_sureness_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} at {self.rank} in {self.cluster}"

    @property
    def own_shade(self) -> Shade | None:
        """The shade of its cluster that the track is in, if any, of a membership that was read ``with_shades``."""
        if self.shade is None or not self.shade_description or self.shade_stability is None:
            return None
        return Shade(
            cluster=self.cluster,
            position=self.shade,
            description=self.shade_description,
            stability=self.shade_stability,
        )

    @property
    def leads_to_similar(self) -> bool:
        """Whether the tracks that are similar to this one are found by its run: that of the library."""
        run = self.cluster.run
        return bool(run.neighbours) and not run.collection.is_off

    @property
    def is_on_the_border(self) -> bool:
        """Whether many of the refits put the track elsewhere; not if that was not measured."""
        return self.sureness is not None and self.sureness < SURE


class ExcludedTrack(models.Model):
    """A track of the collection that a run could not place, and why."""

    follows_merge = ("track", "run")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="excluded", db_index=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="exclusions")
    reason = models.CharField(max_length=300)

    objects = ExcludedTrackQuerySet.as_manager()

    class Meta:
        ordering = ["run", "track"]
        verbose_name = "excluded track"
        verbose_name_plural = "excluded tracks"
        constraints = [models.UniqueConstraint(fields=["run", "track"], name="excluded_once_per_run")]

    def __str__(self) -> str:
        return f"{self.track}: {self.reason}"
