"""The shapes in which runs are read. Each is named for its use and holds every join that the use needs."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Prefetch

from musicdb.models import Genre, Track

if TYPE_CHECKING:
    from clusters.models import Cluster, LeftOut, Membership, Run  # noqa: F401

# A cluster is introduced by its tracks nearest to the centre, as on the page that the site grew from.
REPRESENTATIVES = 10


class RunQuerySet(models.QuerySet["Run"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def of_genre(self, genre: Genre) -> Self:
        return self.filter(genre=genre)


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def for_cluster_table(self) -> Self:
        """Clusters by number, each with ``representatives``. Seven queries, however many clusters and rows."""
        return self.order_by("number").with_representatives()

    def with_representatives(self) -> Self:
        """Clusters, each with ``representatives``: its nearest memberships, ready for a table row. Six more queries."""
        # The relation's own manager, so that the models can import this module and not the reverse.
        memberships = self.model._meta.get_field("memberships").related_model.objects  # type: ignore[union-attr]
        nearest = memberships.filter(rank__lte=REPRESENTATIVES).for_table()
        return self.prefetch_related(Prefetch("memberships", queryset=nearest, to_attr="representatives"))

    def published(self) -> Self:
        """Clusters of published runs, with their genre, by genre and number. One query."""
        published = self.filter(run__is_published=True)
        return published.select_related("run__genre").order_by("run__genre__name", "number")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def for_table(self) -> Self:
        """Memberships, nearest to the centre first, with all that a row of a track table shows. Six queries."""
        tracks = Prefetch("track", queryset=Track.objects.with_table_columns())
        return self.order_by("cluster_id", "rank").prefetch_related(tracks)

    def of_track(self, track: Track) -> Self:
        """The track's places in the published runs, with cluster, run and genre. One query."""
        published = self.filter(track=track, run__is_published=True)
        return published.select_related("cluster__run__genre").order_by("run__genre__name")


class LeftOutQuerySet(models.QuerySet["LeftOut"]):
    def for_list(self) -> Self:
        """Tracks that a run left out, by title, with their artists. Six queries."""
        tracks = Prefetch("track", queryset=Track.objects.with_table_columns())
        return self.order_by("track__title", "track_id").prefetch_related(tracks)
