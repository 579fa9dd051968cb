"""Recluster jobs: genres that somebody asked to have reclustered, and how far they are."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clusters.models.job_querysets import ReclusterJobQuerySet, ReclusterTaskQuerySet
from clusters.models.runs import Run
from musicdb.models import Genre


class ReclusterJob(models.Model):
    """Genres that somebody asked to have reclustered by workers. How far that is, its tasks say."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(help_text="What was asked for.")
    force = models.BooleanField(default=False, help_text="Also the genres in which nothing changed.")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ReclusterJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # Who may see runs may see how they come about; who may add them may ask for them.
        default_permissions = ()

    def __str__(self) -> str:
        return f"Recluster job {self.pk}"


class ReclusterTask(models.Model):
    """A genre's place in a job. What waits here is what there is to do: workers take it up from here.

    ``claim`` is of the worker that has it, or had it last; ``heartbeat_at`` is when that last said so, by
    the database's clock. ``attempts``: how many workers have taken it up. ``outcome``: as ``Outcome.as_json``.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    job = models.ForeignKey(ReclusterJob, on_delete=models.CASCADE, related_name="tasks")
    genre = models.ForeignKey(Genre, on_delete=models.SET_NULL, null=True, related_name="+")
    genre_name = models.CharField(max_length=200, help_text="As it was when it was asked for.")
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    claim = models.UUIDField(null=True)
    worker = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ReclusterTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="reclustertask_unfinished", condition=Q(state__in=["pending", "running"])),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "genre"], name="reclustertask_once_per_job"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(claim__isnull=False, heartbeat_at__isnull=False),
                name="reclustertask_running_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(outcome__isnull=False), name="reclustertask_finished_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.genre_name}: {self.state}"
