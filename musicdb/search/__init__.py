"""Filter, sort and page the rows of a list, for pages, the admin and the API alike."""

from musicdb.search.filters import (
    AlbumFilter,
    ArtistFilter,
    GenreFilter,
    LabelFilter,
    OrderingFilter,
    SlugFilter,
    TrackFilter,
)
from musicdb.search.indexes import SEARCH_INDEXES
from musicdb.search.keys import keyed_models, outdated_keys, refresh_keys
from musicdb.search.pagination import DeferredJoinPaginator

__all__ = [
    "SEARCH_INDEXES",
    "AlbumFilter",
    "ArtistFilter",
    "DeferredJoinPaginator",
    "GenreFilter",
    "LabelFilter",
    "OrderingFilter",
    "SlugFilter",
    "TrackFilter",
    "keyed_models",
    "outdated_keys",
    "refresh_keys",
]
