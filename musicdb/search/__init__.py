"""Filter, sort and page the rows of a list, for pages, the admin and the API alike."""

from musicdb.search.filters import (
    AlbumFilter,
    ArtistFilter,
    GenreFilter,
    LabelFilter,
    OrderingFilter,
    PlaylistFilter,
    SlugFilter,
)
from musicdb.search.indexes import SEARCH_INDEXES
from musicdb.search.keys import keyed_models, outdated_keys, refresh_keys
from musicdb.search.pagination import DeferredJoinPaginator
from musicdb.search.tracks import (
    RuleFilter,
    TrackFilter,
    count_tracks,
    playlists_with,
    rule_of,
    totals_of,
    tracks_by_rule,
    tracks_of,
)

__all__ = [
    "SEARCH_INDEXES",
    "AlbumFilter",
    "ArtistFilter",
    "DeferredJoinPaginator",
    "GenreFilter",
    "LabelFilter",
    "OrderingFilter",
    "PlaylistFilter",
    "RuleFilter",
    "SlugFilter",
    "TrackFilter",
    "count_tracks",
    "keyed_models",
    "outdated_keys",
    "playlists_with",
    "refresh_keys",
    "rule_of",
    "totals_of",
    "tracks_by_rule",
    "tracks_of",
]
