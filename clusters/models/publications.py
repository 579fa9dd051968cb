"""When a run was shown to visitors, and what moved then."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef

from clusters.models.collection_querysets import is_public, with_owner
from clusters.models.collections import Collection
from clusters.models.runs import Run


class PublicationQuerySet(models.QuerySet["Publication"]):
    def public(self) -> Self:
        """Those of collections whose clusters visitors see now, newest first, with what their addresses need."""
        shown = Run.objects.published().filter(collection=OuterRef("collection"))
        return self.filter(is_public("collection__"), Exists(shown)).with_collection().newest_first()

    def with_collection(self) -> Self:
        return self.select_related(*with_owner("collection__"))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Publication(models.Model):
    """A run was published: the figures as they were then. It outlives its run.

    ``clusters`` are number, name and size of each cluster, in order. What moved is counted against the run that
    visitors saw before; the first publication has nothing to compare with.
    """

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="publications")
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="publications")
    published_at = models.DateTimeField(db_index=True)
    track_count = models.PositiveIntegerField("tracks")
    clusters = models.JSONField()
    previous_cluster_count = models.PositiveSmallIntegerField(
        null=True, help_text="How many clusters visitors saw before; none if they saw no run."
    )
    moved = models.PositiveIntegerField(default=0, help_text="Tracks that changed cluster.")
    came = models.PositiveIntegerField(default=0, help_text="Tracks that the run before did not have.")
    left = models.PositiveIntegerField(default=0, help_text="Tracks that only the run before had.")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.collection}, {self.published_at:%Y-%m-%d %H:%M}"

    @property
    def is_first(self) -> bool:
        return self.previous_cluster_count is None

    def measure(self, before: Run, run: Run) -> None:
        """Count what moved between two runs of the collection. One query."""
        memberships = run.memberships.filter(track__memberships__run=before)
        old = F("track__memberships__cluster__number")
        found = memberships.aggregate(
            shared=models.Count("pk"), moved=models.Count("pk", filter=~models.Q(cluster__number=old))
        )
        self.moved = found["moved"]
        self.came = run.track_count - found["shared"]
        self.left = before.track_count - found["shared"]
        self.previous_cluster_count = before.cluster_count
