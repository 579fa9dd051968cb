"""What was imported, from which file and by whom, and how the columns of strange files were mapped.

The history has the rows: their versions name the import.
"""

from django.conf import settings
from django.db import models
from django.template.defaultfilters import pluralize
from django.utils import timezone

from musicdb.models.name_keys import KeyedModel, SearchKeyField


class Import(KeyedModel):
    """An import that was carried out.

    ``counts`` has, by the name of the model, how many rows were created, updated and left unchanged. ``skipped`` has,
    by the reason, how many rows of the file were ignored, and ``bad_rows`` is how many could not be imported.
    """

    started_at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="by"
    )
    file_name = models.CharField("file", max_length=500)
    search_key = SearchKeyField("file_name")
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
        """How many rows were new, changed and unchanged: of tracks, or of the only model that the file is about."""
        about = [name for name, count in self.counts.items() if any(count.values())]
        name = about[0] if len(about) == 1 else "Track"
        count = self.counts[name]
        created = f"{count['created']:,} {name.lower()}{pluralize(count['created'])} new"
        return f"{created}, {count['updated']:,} changed, {count['unchanged']:,} as they were"


class SavedMapping(models.Model):
    """What the columns of files with one header are, as the last import of one has mapped them.

    ``fingerprint`` stands for the header, and ``mapping`` has the columns as ``ColumnMapping`` writes them.
    """

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    mapping = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-saved_at", "-pk"]
        # The permission to import includes the mapping of columns.
        default_permissions = ()

    def __str__(self) -> str:
        headings = [column["heading"][:40] for column in self.mapping["columns"]]
        return f"columns {', '.join(headings[:5])}{', …' if len(headings) > 5 else ''}"
