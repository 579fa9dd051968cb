"""The queries about playlists. What a rule finds is a matter of ``musicdb.search``."""

from typing import TYPE_CHECKING, Self

from musicdb.db.text_search import AliasSearchMixin
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.querysets.shared import NaturalKeyMixin
from musicdb.models.visibility import Visibility

if TYPE_CHECKING:
    from musicdb.models import Playlist  # noqa: F401


class PlaylistQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Playlist"]):
    search_fields = ("search_key",)

    def visible(self) -> Self:
        return self.exclude(visibility=Visibility.HIDDEN)

    def for_list(self) -> Self:
        """Public playlists by name. ``musicdb.search`` counts their tracks."""
        return self.visible().order_by("sort_key", "pk")
