"""Runs: read the tracks, compute, store, publish, compare."""

from clusters.runs.genre_lookup import UnknownGenreError, find_genres
from clusters.runs.outcomes import Outcome
from clusters.runs.publishing import publish, remove, unpublish
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
    cluster_or_retired_or_404,
    explain_membership,
    published_run_or_404,
)
from clusters.runs.service import GENRE_DELETED, Options, recluster

__all__ = [
    "GENRE_DELETED",
    "MembershipExplanation",
    "NotComparableError",
    "Options",
    "Outcome",
    "RunComparison",
    "Successors",
    "UnknownGenreError",
    "cluster_or_retired_or_404",
    "compare_runs",
    "default_other",
    "default_pair",
    "explain_membership",
    "find_genres",
    "in_order",
    "publish",
    "published_run_or_404",
    "recluster",
    "remove",
    "successors_of",
    "unpublish",
]
