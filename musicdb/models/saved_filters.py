"""Saved filters: how a list of the admin is filtered, searched and sorted, kept under a name."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When

from musicdb.models.fields import NameField
from musicdb.models.name_keys import KeyedQuerySet, ListedByName

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

MAX_QUERY = 2_000


class SavedFilterQuerySet(KeyedQuerySet["SavedFilter"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Return the user's own filters and the shared ones."""
        return self.filter(Q(owner=user.pk) | Q(is_shared=True))

    def for_list_page(self, model_label: str, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """Return the filters of one list, with their owners: the user's own first."""
        own_first = Case(When(owner=user.pk, then=0), default=1)
        filters = self.visible_to(user).filter(model_label=model_label)
        return filters.select_related("owner").order_by(own_first, "sort_key", "pk")


class SavedFilter(ListedByName):
    """The query string of a list, with a name. ``model_label`` says of which model the list is, as "musicdb.track"."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    model_label = models.CharField("list", max_length=100)
    name = NameField(max_length=100)
    query = models.CharField(max_length=MAX_QUERY)
    is_shared = models.BooleanField(
        "shared", default=False, help_text="Show this filter to everybody who can view the list."
    )

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["model_label", "sort_key", "pk"]
        verbose_name = "saved filter"
        verbose_name_plural = "saved filters"
        permissions = [("share_savedfilter", "Can share saved filters")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "model_label", "name"], name="savedfilter_unique_name"),
            models.CheckConstraint(condition=~Q(name=""), name="savedfilter_name_not_empty"),
            models.CheckConstraint(condition=~Q(query=""), name="savedfilter_query_not_empty"),
        ]

    def __str__(self) -> str:
        return str(self.name)
