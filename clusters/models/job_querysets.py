"""The shapes in which jobs and their tasks are read."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now

if TYPE_CHECKING:
    from clusters.models import ReclusterJob, ReclusterTask  # noqa: F401

UNFINISHED = ("pending", "running")
# Whoever's task kills so many workers would kill the next one too.
MAX_ATTEMPTS = 3


def stale_after() -> timedelta:
    """How long nothing may be heard of a worker at work before it is taken for dead."""
    return timedelta(seconds=6 * settings.WORKER_HEARTBEAT)


def _is_stalled() -> Q:
    # By the database's clock alone: those of several machines differ.
    return Q(state="running", heartbeat_at__lt=Now() - stale_after())


class ReclusterTaskQuerySet(models.QuerySet["ReclusterTask"]):
    def stalled(self) -> Self:
        """Tasks whose worker has not been heard of for so long that it must be dead."""
        return self.filter(_is_stalled())

    def claimable(self) -> Self:
        """Tasks that a worker may take up: nobody is at them, or nobody who lives."""
        return self.filter(Q(state="pending") | (_is_stalled() & Q(attempts__lt=MAX_ATTEMPTS)))

    def excluding_busy(self) -> Self:
        """Tasks of genres that nobody is at for another job: both would compute the same."""
        others = self.model._default_manager.filter(genre=OuterRef("genre"), state="running").exclude(_is_stalled())
        return self.exclude(Exists(others))

    def for_progress(self) -> Self:
        """Tasks in order, each with its genre and ``is_stalled``. One query."""
        stalled = Case(When(_is_stalled(), then=Value(True)), default=Value(False), output_field=models.BooleanField())
        return self.select_related("genre").annotate(is_stalled=stalled).order_by("pk")


class ReclusterJobQuerySet(models.QuerySet["ReclusterJob"]):
    def with_counts(self) -> Self:
        """Jobs, each with how many tasks it has, by what has become of them, for ``progress.state_of``."""

        def of(condition: Q) -> Count:
            return Count("tasks", filter=condition)

        now_stalled = Q(tasks__state="running", tasks__heartbeat_at__lt=Now() - stale_after())
        return self.select_related("created_by").annotate(
            genres=Count("tasks"),
            pending=of(Q(tasks__state="pending")),
            running=of(Q(tasks__state="running")),
            stalled=of(now_stalled),
            finished=of(Q(tasks__state="finished")),
            failed=of(Q(tasks__state="finished", tasks__outcome__status="failed")),
        )

    def unfinished(self) -> Self:
        unfinished = self.model._meta.get_field("tasks").related_model.objects.filter(  # type: ignore[union-attr]
            job=OuterRef("pk"), state__in=UNFINISHED
        )
        return self.filter(Exists(unfinished))
