"""Runs: read the tracks, compute, store, publish, compare."""

from clusters.runs.alike import (
    Centre,
    Centres,
    GenreInShort,
    GenresNear,
    centres_around,
    genres_in_short,
    genres_near,
)
from clusters.runs.artists_near import ClusterOfArtist, artists_alike, genres_and_clusters, means_of
from clusters.runs.collection_lookup import UnknownCollectionError, every_collection, find_collections
from clusters.runs.extremes import Extremes, extremes_of, keys_of_extremes
from clusters.runs.misplaced import (
    MAX_STORED,
    Misplaced,
    NothingToCompareError,
    dismiss,
    find_misplaced_tracks,
    put_right,
    restore,
)
from clusters.runs.named_clusters import SEARCHED
from clusters.runs.outcomes import Outcome
from clusters.runs.paths import Step, path_or_404
from clusters.runs.point_maps import COLUMNS, MAX_DETAILS, Outline, details_of, has_map, points_of, values_of
from clusters.runs.previews import (
    ComputedPreview,
    computed_preview,
    evidence_in_words,
    is_current,
    number_as_json,
    preview,
)
from clusters.runs.publishing import pass_on_name, publish, remove, unpublish
from clusters.runs.retired import Successors, successors_of
from clusters.runs.run_diff import (
    NotComparableError,
    RunComparison,
    compare_runs,
    default_other,
    default_pair,
    in_order,
)
from clusters.runs.selectors import (
    MembershipExplanation,
    OfCollection,
    cluster_or_retired_or_404,
    explain_membership,
    path_of_owner,
    published_run_or_404,
    retired_or_404,
)
from clusters.runs.service import COLLECTION_DELETED, Options, recluster
from clusters.runs.settings import pin_clusters
from clusters.runs.shades import add_examples
from clusters.runs.similar import SimilarTrack, similar_or_404

__all__ = [
    "COLLECTION_DELETED",
    "COLUMNS",
    "MAX_DETAILS",
    "MAX_STORED",
    "SEARCHED",
    "Centre",
    "Centres",
    "ClusterOfArtist",
    "ComputedPreview",
    "Extremes",
    "GenreInShort",
    "GenresNear",
    "MembershipExplanation",
    "Misplaced",
    "NotComparableError",
    "NothingToCompareError",
    "OfCollection",
    "Options",
    "Outcome",
    "Outline",
    "RunComparison",
    "SimilarTrack",
    "Step",
    "Successors",
    "UnknownCollectionError",
    "add_examples",
    "artists_alike",
    "centres_around",
    "cluster_or_retired_or_404",
    "compare_runs",
    "computed_preview",
    "default_other",
    "default_pair",
    "details_of",
    "dismiss",
    "every_collection",
    "evidence_in_words",
    "explain_membership",
    "extremes_of",
    "find_collections",
    "find_misplaced_tracks",
    "genres_and_clusters",
    "genres_in_short",
    "genres_near",
    "has_map",
    "in_order",
    "is_current",
    "keys_of_extremes",
    "means_of",
    "number_as_json",
    "pass_on_name",
    "path_of_owner",
    "path_or_404",
    "pin_clusters",
    "points_of",
    "preview",
    "publish",
    "published_run_or_404",
    "put_right",
    "recluster",
    "remove",
    "restore",
    "retired_or_404",
    "similar_or_404",
    "successors_of",
    "unpublish",
    "values_of",
]
