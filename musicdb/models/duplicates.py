"""Pairs of rows that look like duplicates and are not: an editor has dismissed the suggestion."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DismissedDuplicate(models.Model):
    """Two rows of one model that look like duplicates and are not.

    It stores keys, not foreign keys, so that one table serves every model. The database never gives a key twice, so a
    pair of which one row is deleted has no effect.
    """

    model_name = models.CharField(max_length=20)
    first = models.PositiveBigIntegerField()
    second = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # The permission to change the rows is also the permission to dismiss a suggestion about them.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["model_name", "first", "second"], name="dismissedduplicate_unique"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="dismissedduplicate_first_before_second"),
        ]

    def __str__(self) -> str:
        return f"{self.model_name} {self.first} is not {self.second}"
