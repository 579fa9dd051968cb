"""Changes of many rows that belong together, such as a merge. They are undone together."""

from typing import Any

from django.conf import settings
from django.db import models

from musicdb.models.history import ChangeType
from musicdb.models.name_keys import KeyedModel, SearchKeyField


class GroupedChange(KeyedModel):
    """One change of many rows. The versions that it made point at it, and so do those of its undo.

    ``model_name`` and ``row`` say what it is about: of a merge, the row that stays. ``references`` is what the change
    did to rows that have no history: the merge of tracks moves their places in clusters. ``left_behind`` is what its
    undo could not put back, a sentence each.
    """

    kind = models.CharField(max_length=8, choices=ChangeType)
    model_name = models.CharField("model", max_length=20)
    row = models.PositiveBigIntegerField(null=True)
    summary = models.TextField()
    search_key = SearchKeyField("summary")
    references = models.JSONField(default=list)
    made_at = models.DateTimeField("when", auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="who"
    )
    undone_at = models.DateTimeField("undone", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="undone by"
    )
    left_behind = models.JSONField("not put back", default=list)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "change of many rows"
        verbose_name_plural = "changes of many rows"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.summary

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None

    @property
    def model(self) -> type[models.Model]:
        """The model of the rows that the change is about."""
        found: Any = self._meta.apps.get_model("musicdb", self.model_name)
        return found  # type: ignore[no-any-return]
