"""The queries about playlists. What a rule finds is a matter of ``musicdb.search``."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from musicdb.db.text_search import AliasSearchMixin
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.querysets import NaturalKeyMixin
from musicdb.models.visibility import Visibility

if TYPE_CHECKING:
    from musicdb.models import Playlist  # noqa: F401


class PlaylistQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Playlist"]):
    search_fields = ("name",)

    def public(self) -> Self:
        return self.exclude(visibility=Visibility.HIDDEN)

    def by_hand(self) -> Self:
        """Playlists whose tracks are their entries."""
        return self.filter(rule=None)

    def with_entry_count(self) -> Self:
        """Playlists with ``entry_count``. It is 0 where a rule finds the tracks."""
        entries: Any = self.model._meta.get_field("tracks").remote_field.through  # type: ignore[union-attr]
        counted = entries.objects.filter(playlist=OuterRef("pk")).order_by().values("playlist")
        return self.annotate(entry_count=Coalesce(Subquery(counted.annotate(rows=Count("*")).values("rows")), 0))

    def for_list(self) -> Self:
        """Public playlists by name, with ``entry_count``."""
        return self.public().with_entry_count().order_by("name", "pk")
