"""Recluster jobs: the collections that somebody asked workers to recluster, and how far they are."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clusters.models.collections import Collection
from clusters.models.job_querysets import UNFINISHED, ReclusterJobQuerySet, ReclusterTaskQuerySet
from clusters.models.runs import Run


class ReclusterJob(models.Model):
    """A request to recluster some collections, each of which is a task of the job."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    parameters = models.JSONField(help_text="The parameters of the clustering.")
    force = models.BooleanField(default=False, help_text="Recluster collections in which nothing changed, too.")
    is_preview = models.BooleanField(
        default=False, help_text="Show what each number of clusters would give, and store no run."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = ReclusterJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        # The permissions of runs apply: those who may view runs may view jobs, those who may add runs may create jobs.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{'Preview' if self.is_preview else 'Recluster'} job {self.pk}"


class ReclusterTask(models.Model):
    """One collection of a job.

    ``attempts`` counts the workers that have claimed the task. Its value belongs to the last of them, so only that one
    can finish the task. ``heartbeat_at`` is when that worker last said that it is at work, by the database's clock.
    ``outcome`` is what ``Outcome.as_json`` returned.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        FINISHED = "finished"
        CANCELLED = "cancelled"

    job = models.ForeignKey(ReclusterJob, on_delete=models.CASCADE, related_name="tasks")
    collection = models.ForeignKey(Collection, on_delete=models.SET_NULL, null=True, related_name="+")
    collection_name = models.CharField(max_length=320, help_text="The collection's name when the job was created.")
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    worker = models.CharField(max_length=300, blank=True)
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
            models.Index(fields=["id"], name="reclustertask_unfinished", condition=Q(state__in=UNFINISHED)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "collection"], name="reclustertask_once_per_job"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(attempts__gte=1, heartbeat_at__isnull=False),
                name="reclustertask_running_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(outcome__isnull=False), name="reclustertask_finished_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection_name}: {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED
