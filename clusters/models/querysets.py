"""The shapes in which runs are read. Each is named for its use and holds every join that the use needs."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from clusters.models.collection_querysets import OWNERS, by_kind_and_name, is_public, with_owner
from musicdb.models import Genre, Track
from musicdb.models.linked_rows import tracks_linked_to
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.querysets import table_columns

if TYPE_CHECKING:
    from clusters.models import Cluster, Collection, ExcludedTrack, Membership, Run

# Where the library is not clustered any more, the run that it has may be out of date.
_IS_LIBRARY = Q(collection__kind="library", collection__is_off=False)


class RunQuerySet(models.QuerySet["Run"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def of_library(self) -> Self:
        """The published run of the library, if the library is still clustered."""
        return self.published().filter(_IS_LIBRARY)

    def of(self, collection: "Collection") -> Self:
        return self.filter(collection=collection)

    def with_collection(self) -> Self:
        """Runs, each with its collection and that one's owner. No query of its own."""
        return self.select_related(*with_owner("collection__"))

    def with_profile(self) -> Self:
        """Runs, each with its collection, that one's owner, and its profile if it has one. No query of its own."""
        return self.with_collection().select_related("profile")

    def with_library(self, condition: Q) -> Self:
        """The published runs that meet ``condition``, and that of the library, each with its profile. One query."""
        return self.published().filter(condition | _IS_LIBRARY).with_profile()

    def mean_profiles(self) -> "models.QuerySet[Run, Any]":
        """Of each genre whose run has a profile: key, name, slug, how many tracks, means. One query."""
        genres = self.published().filter(collection__kind="genre", profile__isnull=False)
        owner = [f"collection__genre__{column}" for column in ("pk", "name", "slug")]
        return genres.order_by("collection__genre").values_list(*owner, "track_count", "profile__means")

    def linked_to(self, owner: type[models.Model], key: int) -> Self:
        """The runs of a genre; for a row of another model, the published runs that have its tracks."""
        if owner is Genre:
            return self.filter(collection__genre=key)
        memberships: Any = self.model._meta.get_field("memberships").related_model
        places = memberships.objects.filter(track__in=tracks_linked_to(owner, key).values("pk"))
        return self.filter(is_published=True, pk__in=places.order_by().values("run"))

    def neighbours_of_library(self) -> str:
        """Return the name of the file in which similar tracks are found; empty if visitors see none. One query."""
        return self.of_library().values_list("neighbours", flat=True).first() or ""

    def newest_first(self) -> Self:
        return self.order_by("-finished_at", "-pk")

    def shown_or_newest(self) -> Self:
        """Of each collection the published run and the newest one, each with its clusters. Two queries."""
        newer = self.model._default_manager.filter(collection=OuterRef("collection")).filter(
            Q(finished_at__gt=OuterRef("finished_at")) | Q(finished_at=OuterRef("finished_at"), pk__gt=OuterRef("pk"))
        )
        return self.filter(Q(is_published=True) | ~Exists(newer)).prefetch_related("clusters")

    def with_state(self) -> Self:
        """Runs, each with ``state``: published, waiting (nothing newer has been shown in its place), or earlier."""
        return self.annotate(
            state=Case(
                When(is_published=True, then=Value("published")),
                When(self._is_replaced(), then=Value("earlier")),
                default=Value("waiting"),
            )
        )

    def waiting(self) -> Self:
        """Runs that wait for somebody to publish them."""
        return self.filter(~self._is_replaced(), is_published=False)

    def _is_replaced(self) -> Exists:
        newer_shown = self.model._default_manager.filter(
            collection=OuterRef("collection"), is_published=True, finished_at__gte=OuterRef("finished_at")
        )
        return Exists(newer_shown)

    def published_first(self) -> Self:
        """The published run, if there is one, then the others, newest first."""
        return self.order_by("-is_published", "-finished_at", "-pk")


class ClusterQuerySet(KeyedQuerySet["Cluster"]):
    def for_cluster_table(self) -> Self:
        """Clusters by number, each with ``representatives``. Four queries, however many clusters and rows."""
        return self.order_by("number").with_representatives()

    def with_representatives(self) -> Self:
        """Clusters, each with ``representatives``, with table columns. Three more queries."""
        # The relation's own manager, so that the models can import this module and not the reverse.
        memberships: Any = self.model._meta.get_field("memberships").related_model
        introducing = memberships.objects.representatives().for_table()
        return self.prefetch_related(Prefetch("memberships", queryset=introducing, to_attr="representatives"))

    def with_shades(self) -> Self:
        """Clusters, each with its shades in their order. One more query."""
        return self.prefetch_related("shades")

    def published(self) -> Self:
        """Clusters that visitors see, each with its collection, by collection and number. One query."""
        published = self.filter(is_public("run__collection__"), run__is_published=True)
        return published.with_collection().order_by(*by_kind_and_name("run__collection__"), "number")

    def as_centres(self) -> "models.QuerySet[Cluster, Any]":
        """Of each cluster that visitors see: key, its run's, number, names, description, size, centroid, whose it is.

        Whose: the kind of its collection, and name and slug of its owner, empty for the library. One query.
        """
        shown = self.filter(is_public("run__collection__"), run__is_published=True).order_by("run", "number")
        owner = [
            Coalesce(*(f"run__collection__{kind}__{column}" for kind in OWNERS), Value(""), output_field=CharField())
            for column in ("name", "slug")
        ]
        own = ("pk", "run_id", "number", "name", "suggested_name", "description", "size", "centroid")
        return shown.values_list(*own, "run__collection__kind", *owner)

    def with_collection(self) -> Self:
        """Clusters, each with its run's collection and that one's owner. No query of its own."""
        return self.select_related(*with_owner("run__collection__"))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def for_table(self) -> Self:
        """Memberships, nearest to the centre first, with all that a row of a track table shows. Three queries."""
        with_tracks = self.select_related("track__album").prefetch_related(*table_columns(Track, "track__"))
        return with_tracks.order_by("cluster_id", "rank")

    def representatives(self) -> Self:
        """The memberships that introduce their cluster, which ``for_table`` puts in the order of their places."""
        return self.filter(place__isnull=False)

    def ranked(self, first: int, last: int) -> Self:
        """The memberships of a cluster with these ranks; with those of the first ones, all that introduce it."""
        ranks = Q(rank__range=(first, last))
        return self.filter(ranks | Q(place__isnull=False) if first == 1 else ranks)

    def by_cluster(self) -> Self:
        """Memberships by the number of their cluster, nearest to its centre first."""
        return self.order_by("cluster__number", "rank")

    def as_points(self) -> "models.QuerySet[Membership, Any]":
        """The key of each track, the number of its cluster, its place on the plot, its sureness. One query."""
        return self.order_by().values_list("track_id", "cluster__number", "x", "y", "sureness")

    def with_values(self, column: str) -> "models.QuerySet[Membership, Any]":
        """The key of each track, and a column of it. One query."""
        return self.order_by().values_list("track_id", f"track__{column}")

    def in_library(self, tracks: Iterable[int]) -> "models.QuerySet[Membership, Any]":
        """The places of a few tracks, given by their keys, on the plot of the library's published run. One query."""
        of_library = {"run__collection__kind": "library", "run__is_published": True}
        return self.order_by().filter(track__in=list(tracks), **of_library).values_list("x", "y")

    def within(self, across: tuple[float, float], up: tuple[float, float]) -> "models.QuerySet[Membership, Any]":
        """The key of each membership between these bounds, and its place on the plot. One query."""
        return self.order_by().filter(x__range=across, y__range=up).values_list("pk", "x", "y")

    def counted_by(self, *path: str) -> "models.QuerySet[Membership, Any]":
        """The numbers of a cluster, a value at each ``path``, and how many of its tracks have these. One query."""
        known = self.filter(**{f"{each}__isnull": False for each in path})
        return known.order_by().values_list("cluster__number", *path).annotate(count=Count("pk"))

    def examples_of(self, clusters: "Iterable[Cluster]") -> Self:
        """The examples of the shades of ``clusters``, each with its track. One query."""
        ranks = {
            cluster.pk: [rank for shade in cluster.shades.all() for rank in shade.example_ranks] for cluster in clusters
        }
        wanted = [Q(cluster=key, rank__in=each) for key, each in ranks.items() if each]
        if not wanted:
            return self.none()
        return self.filter(reduce(or_, wanted)).select_related("track")

    def of_track(self, track: Track) -> Self:
        """The track's places in the runs that visitors see, with all that says why: every cluster. Two queries."""
        published = self.filter(is_public("run__collection__"), track=track, run__is_published=True)
        with_run = published.select_related("track", *with_owner("cluster__run__collection__"))
        return with_run.order_by(*by_kind_and_name("run__collection__")).prefetch_related("cluster__run__clusters")

    def with_shades(self) -> Self:
        """Memberships, each with what is said of its own shade. No query of its own."""
        shade: Any = self.model._meta.get_field("cluster").related_model._meta.get_field("shades").related_model
        own = shade.objects.filter(cluster=OuterRef("cluster"), position=OuterRef("shade")).order_by()
        return self.annotate(
            shade_description=Subquery(own.values("description")), shade_stability=Subquery(own.values("stability"))
        )

    def with_profiles(self) -> Self:
        """Memberships, each with the quantiles of its run's profile, if that has one. No query of its own."""
        rest = ("means", "extremes", "years", "leading", "artist_means", "points", "clusters")
        profile = "cluster__run__profile"
        return self.select_related(profile).defer(*(f"{profile}__{column}" for column in rest))


class ExcludedTrackQuerySet(models.QuerySet["ExcludedTrack"]):
    def for_list(self) -> Self:
        """Tracks that a run excluded, by title, with their artists. Three queries."""
        with_tracks = self.select_related("track__album").prefetch_related(*table_columns(Track, "track__"))
        return with_tracks.order_by("track__sort_key", "track_id")

    def by_reason(self) -> "models.QuerySet[ExcludedTrack, Any]":
        """Each ``reason`` with the ``count`` of its tracks, the most frequent first. One query."""
        return self.order_by().values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
