"""What the undo of an import left as it was, row by row with the reason, such as that an editor had changed it."""

from typing import Any

from django.db import models

from musicdb.models.imports import Import

MAX_NAME = 500


class NotUndone(models.Model):
    """A row that the undo of an import did not take back as a whole.

    ``row`` is the key of a row of ``model_name``, which may be gone.
    """

    source_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="not_undone")
    model_name = models.CharField(max_length=20)
    row = models.PositiveBigIntegerField()
    name = models.CharField(max_length=MAX_NAME)
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]
        verbose_name = "row that was not undone"
        verbose_name_plural = "rows that were not undone"
        # Who may see the import may see what is left of it.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} “{self.name}”: {self.reason}"

    @property
    def model(self) -> type[models.Model]:
        """The model of the row."""
        found: Any = self._meta.apps.get_model("musicdb", self.model_name)
        return found  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return str(self.model._meta.verbose_name)
