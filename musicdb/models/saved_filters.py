"""Views of the admin's lists that somebody has named: how a list is filtered, searched and sorted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from musicdb.models.fields import NameField
from musicdb.models.querysets import SavedFilterQuerySet

MAX_QUERY = 2_000


class SavedFilter(models.Model):
    """A list as it was filtered. ``listing``: of which model, as "musicdb.track". ``query``: what followed the "?"."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    listing = models.CharField("list", max_length=100)
    name = NameField(max_length=100)
    query = models.CharField(max_length=MAX_QUERY)
    is_shared = models.BooleanField(
        "shared", default=False, help_text="Everybody who may see the list finds it there, not only you."
    )

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["listing", "name", "pk"]
        verbose_name = "saved view"
        verbose_name_plural = "saved views"
        permissions = [("share_savedfilter", "Can share saved views")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "listing", "name"], name="savedfilter_name_once_a_list"),
            models.CheckConstraint(condition=~Q(name=""), name="savedfilter_name_not_empty"),
            models.CheckConstraint(condition=~Q(query=""), name="savedfilter_query_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
