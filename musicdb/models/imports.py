"""What was imported: by whom, from what, and which rows it touched, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.template.defaultfilters import pluralize
from django.utils import timezone


class Import(models.Model):
    """One import that was carried out.

    ``counts``: by the model's name how many rows were created, updated and left unchanged. ``skipped``: by the reason
    how many rows of the file were neither. ``bad_rows``: how many could not be imported.
    """

    started_at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="by"
    )
    file_name = models.CharField("file", max_length=500)
    file_digest = models.CharField("SHA-256 of the file", max_length=64)
    file_format = models.CharField("format", max_length=200)
    options = models.JSONField(default=dict)
    rows = models.PositiveIntegerField("rows in the file")
    counts = models.JSONField(default=dict)
    skipped = models.JSONField(default=dict)
    bad_rows = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None

    @property
    def summary(self) -> str:
        """How many tracks, or things of the one kind that the file is about, it made, changed and left."""
        about = [name for name, count in self.counts.items() if any(count.values())]
        name = about[0] if len(about) == 1 else "Track"
        count = self.counts[name]
        things = f"{count['created']:,} {name.lower()}{pluralize(count['created'])} new"
        return f"{things}, {count['updated']:,} changed, {count['unchanged']:,} as they were"


class ImportedRow(models.Model):
    """A row of the catalogue that an import created or changed.

    ``digest`` is of the row as the import left it, with what hangs on it (a track's artists and genres, an album's
    labels): a row that still has it was touched by nobody since. ``before``: the same state in full, as it was; null
    for a row that the import created.
    """

    MODELS = ("Genre", "Artist", "Label", "Album", "Track")

    source_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="touched")
    model = models.CharField(max_length=6, choices=[(name, name) for name in MODELS])
    object_id = models.BigIntegerField()
    digest = models.CharField(max_length=32)
    before = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "object_id"], name="importedrow_of_object")]
        constraints = [
            models.UniqueConstraint(fields=["source_import", "model", "object_id"], name="importedrow_once_an_import")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
