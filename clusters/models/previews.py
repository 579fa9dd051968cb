"""Previews: what a collection would be with each number of clusters, for editors to choose one."""

from django.db import models

from clusters.models.collections import Collection
from clusters.models.runs import Run


class Preview(models.Model):
    """The newest preview of a collection. The next one replaces it.

    ``compared_run``: the run whose tracks are counted as moved; None if there was none, or if it has been deleted.
    ``numbers``: what ``clusters.runs.previews`` wrote of each number of clusters.
    """

    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="preview")
    computed_at = models.DateTimeField()
    input_hash = models.CharField(max_length=64)
    compared_run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, related_name="+")
    track_count = models.PositiveIntegerField()
    excluded_count = models.PositiveIntegerField()
    chosen = models.PositiveSmallIntegerField(help_text="The number that the data choose; 1 if they do not divide.")
    evidence = models.FloatField()
    needed_evidence = models.FloatField()
    numbers = models.JSONField()

    class Meta:
        # Those who may recluster may preview.
        default_permissions = ()

    def __str__(self) -> str:
        return f"Preview of {self.collection}"


class PreviewPlot(models.Model):
    """The small plot of one number of clusters.

    It is in the database, because everybody can read the files of the media folder, and only editors may see a preview.
    """

    preview = models.ForeignKey(Preview, on_delete=models.CASCADE, related_name="plots", db_index=False)
    clusters = models.PositiveSmallIntegerField()
    png = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["preview", "clusters"], name="preview_plot_once")]

    def __str__(self) -> str:
        return f"{self.clusters} clusters"
