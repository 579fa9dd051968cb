"""Recluster jobs: genres that somebody asked to have reclustered, and how far they are."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clusters.models.job_querysets import ReclusteringQuerySet, TurnQuerySet
from clusters.models.runs import Run
from musicdb.models import Genre


class Reclustering(models.Model):
    """Genres that somebody asked to have reclustered by workers. How far that is, its turns say."""

    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(help_text="What was asked for.")
    force = models.BooleanField(default=False, help_text="Also the genres in which nothing changed.")
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = ReclusteringQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Who may see runs may see how they come about; who may add them may ask for them.
        default_permissions = ()

    def __str__(self) -> str:
        return f"Reclustering {self.pk}"


class Turn(models.Model):
    """A genre's place in a reclustering. What waits here is what there is to do: workers take it up from here.

    ``claim`` is of the worker that has it, or had it last; ``heard_at`` is when that last said that it is at work, by
    the database's clock. ``attempts``: how many workers have taken it up. ``outcome``: as ``Outcome.as_json``.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        ENDED = "ended"
        STOPPED = "stopped"

    reclustering = models.ForeignKey(Reclustering, on_delete=models.CASCADE, related_name="turns")
    genre = models.ForeignKey(Genre, on_delete=models.SET_NULL, null=True, related_name="+")
    genre_name = models.CharField(max_length=200, help_text="As it was when it was asked for.")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    claim = models.UUIDField(null=True)
    worker = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="turn_unfinished", condition=Q(state__in=["waiting", "working"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reclustering", "genre"], name="turn_once_per_reclustering"),
            models.CheckConstraint(
                condition=~Q(state="working") | Q(claim__isnull=False, heard_at__isnull=False), name="turn_worked_on"
            ),
            models.CheckConstraint(condition=~Q(state="ended") | Q(outcome__isnull=False), name="turn_ended_somehow"),
        ]

    def __str__(self) -> str:
        return f"{self.genre_name}: {self.state}"
