"""The queries about recluster jobs and their tasks."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Now

from clusters.models.collection_querysets import with_owner
from clusters.models.workers import WorkerHeartbeat, stale_after

if TYPE_CHECKING:
    from clusters.models import Collection, ReclusterJob, ReclusterTask  # noqa: F401

UNFINISHED = ("pending", "running")


def _is_stalled(prefix: str = "") -> Q:
    # The database's clock decides, because the clocks of several machines differ.
    return Q(**{f"{prefix}state": "running", f"{prefix}heartbeat_at__lt": Now() - stale_after()})


def _worker_is_running() -> Exists:
    return Exists(WorkerHeartbeat.objects.alive())


class ReclusterTaskQuerySet(models.QuerySet["ReclusterTask"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def stalled(self) -> Self:
        """Tasks whose worker has sent no heartbeat for so long that it must be dead."""
        return self.filter(_is_stalled())

    def claimable(self) -> Self:
        """Tasks that a worker may claim: no worker has them, or only a dead one."""
        return self.filter(Q(state="pending") | _is_stalled())

    def excluding_busy(self) -> Self:
        """Tasks whose collection no worker is reclustering for another job, which would compute the same."""
        others = self.model._default_manager.filter(collection=OuterRef("collection"), state="running").exclude(
            _is_stalled()
        )
        return self.exclude(Exists(others.exclude(pk=OuterRef("pk"))))

    def newest_preview_of(self, collection: "Collection") -> "ReclusterTask | None":
        """Return the task that computes, or computed, the newest preview that workers were asked for. One query."""
        return self.filter(collection=collection, job__is_preview=True).select_related("job").order_by("-pk").first()

    def for_progress(self) -> Self:
        """Tasks in order, each with its collection, ``is_stalled`` and ``worker_is_running``. One query."""
        stalled = ExpressionWrapper(_is_stalled(), output_field=models.BooleanField())
        annotated = self.annotate(is_stalled=stalled, worker_is_running=_worker_is_running())
        return annotated.select_related(*with_owner("collection__")).order_by("pk")


class ReclusterJobQuerySet(models.QuerySet["ReclusterJob"]):
    def with_counts(self) -> Self:
        """Jobs, each with the number of its tasks in each state, for ``progress.state_of``."""

        def count(condition: Q) -> Count:
            return Count("tasks", filter=condition)

        return self.select_related("created_by").annotate(
            total=Count("tasks"),
            pending=count(Q(tasks__state="pending")),
            running=count(Q(tasks__state="running")),
            stalled=count(_is_stalled("tasks__")),
            finished=count(Q(tasks__state="finished")),
            failed=count(Q(tasks__state="finished", tasks__outcome__status="failed")),
            worker_is_running=_worker_is_running(),
        )

    def unfinished(self) -> Self:
        tasks: Any = self.model._meta.get_field("tasks").related_model
        return self.filter(Exists(tasks.objects.unfinished().filter(job=OuterRef("pk"))))
