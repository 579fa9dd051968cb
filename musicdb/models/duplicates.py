"""What looks like one and is several: somebody looked, and said so."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DismissedDuplicate(models.Model):
    """Two things of a kind that look alike and are not the same. ``kind``: their model's name.

    Keys and no foreign keys: one table does for every kind, a key is never given twice, and a pair of which one is
    gone says nothing any more.
    """

    kind = models.CharField(max_length=20)
    first = models.PositiveBigIntegerField()
    second = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Whoever may change the things may tell them apart.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "second"], name="distinction_unique"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinction_first_before_second"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first} is not {self.second}"
