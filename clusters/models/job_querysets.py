"""The shapes in which reclusterings and their turns are read."""

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now

if TYPE_CHECKING:
    from clusters.models import Reclustering, Turn  # noqa: F401

UNFINISHED = ("waiting", "working")
# Whoever's turn kills so many workers would kill the next one too.
MAX_ATTEMPTS = 3


def longest_silence() -> timedelta:
    """How long nothing may be heard of a worker at work before it is taken for dead."""
    return timedelta(seconds=6 * settings.WORKER_HEARTBEAT)


def _is_silent() -> Q:
    # By the database's clock alone: those of several machines differ.
    return Q(state="working", heard_at__lt=Now() - longest_silence())


class TurnQuerySet(models.QuerySet["Turn"]):
    def silent(self) -> Self:
        """Turns whose worker has not been heard of for so long that it must be dead."""
        return self.filter(_is_silent())

    def due(self) -> Self:
        """Turns that a worker may take up: nobody is at them, or nobody who lives."""
        return self.filter(Q(state="waiting") | (_is_silent() & Q(attempts__lt=MAX_ATTEMPTS)))

    def of_idle_genres(self) -> Self:
        """Turns of genres that nobody is at for another reclustering: both would compute the same."""
        others = self.model._default_manager.filter(genre=OuterRef("genre"), state="working").exclude(_is_silent())
        return self.exclude(Exists(others))

    def for_progress(self) -> Self:
        """Turns in order, each with its genre and ``is_silent``. One query."""
        silent = Case(When(_is_silent(), then=Value(True)), default=Value(False), output_field=models.BooleanField())
        return self.select_related("genre").annotate(is_silent=silent).order_by("pk")


class ReclusteringQuerySet(models.QuerySet["Reclustering"]):
    def with_counts(self) -> Self:
        """Reclusterings, each with how many turns it has, by what has become of them, for ``progress.state_of``."""

        def of(condition: Q) -> Count:
            return Count("turns", filter=condition)

        now_silent = Q(turns__state="working", turns__heard_at__lt=Now() - longest_silence())
        return self.select_related("asked_by").annotate(
            genres=Count("turns"),
            waiting=of(Q(turns__state="waiting")),
            working=of(Q(turns__state="working")),
            silent=of(now_silent),
            ended=of(Q(turns__state="ended")),
            failed=of(Q(turns__state="ended", turns__outcome__status="failed")),
        )

    def unfinished(self) -> Self:
        unfinished = self.model._meta.get_field("turns").related_model.objects.filter(  # type: ignore[union-attr]
            reclustering=OuterRef("pk"), state__in=UNFINISHED
        )
        return self.filter(Exists(unfinished))
