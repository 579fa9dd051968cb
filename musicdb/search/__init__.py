"""Find names of every kind; filter, sort and page the rows of a list: for pages, the admin and the API alike."""

from musicdb.search.direct import found_directly
from musicdb.search.everywhere import Found, cut_query, search_everywhere
from musicdb.search.explore import AXES, DECADE, GENRE, LIKED, ExploreFilter, genres_of, sample_of
from musicdb.search.filters import (
    AlbumFilter,
    ArtistFilter,
    GenreFilter,
    LabelFilter,
    OrderingFilter,
    PlaylistFilter,
    SlugFilter,
)
from musicdb.search.groups import CATALOGUE_GROUPS, Group, Hit, Way
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
    "AXES",
    "CATALOGUE_GROUPS",
    "DECADE",
    "GENRE",
    "LIKED",
    "SEARCH_INDEXES",
    "AlbumFilter",
    "ArtistFilter",
    "DeferredJoinPaginator",
    "ExploreFilter",
    "Found",
    "GenreFilter",
    "Group",
    "Hit",
    "LabelFilter",
    "OrderingFilter",
    "PlaylistFilter",
    "RuleFilter",
    "SlugFilter",
    "TrackFilter",
    "Way",
    "count_tracks",
    "cut_query",
    "found_directly",
    "genres_of",
    "keyed_models",
    "outdated_keys",
    "playlists_with",
    "refresh_keys",
    "rule_of",
    "sample_of",
    "search_everywhere",
    "totals_of",
    "tracks_by_rule",
    "tracks_of",
]
