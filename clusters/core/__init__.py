"""The numbers: how the tracks of a collection fall into groups. numpy, scikit-learn and matplotlib; no Django.

- ``params``, ``features``, ``results``: what goes in (parameters, the previous run, a feature table), what comes out
- ``pipeline``: the clustering of one collection, from the feature table to its results
- ``sampling``, ``projection``: draw samples of tracks by a hash of their values; weigh the features and project the
  tracks onto principal components
- ``fitting``: fit every k, choose k, keep numbers, cut shades
- ``plotting``, ``words``: draw the clusters, describe and name them
- ``threads``: keep linear algebra in one thread
- ``preview``: what each k would give, in words and small plots
- ``worker``: what a worker process runs
- ``comparing``: compare two runs
- ``neighbours``: find the tracks most similar to one, and say why
- ``misplaced``: find tracks that sound unlike their genre and like another

What is exported here is light. ``pipeline`` and what it is made of import scikit-learn and matplotlib, which takes
seconds and 150 MB: a web request must never import them.
"""

from clusters.core.comparing import Comparison, Flow, Split, compare
from clusters.core.features import FEATURE_NAMES, FeatureTable, UnclusterableError
from clusters.core.params import Params, PreviousRun, input_hash
from clusters.core.words.explain import Components, Explanation, explain

__all__ = [
    "FEATURE_NAMES",
    "Comparison",
    "Components",
    "Explanation",
    "FeatureTable",
    "Flow",
    "Params",
    "PreviousRun",
    "Split",
    "UnclusterableError",
    "compare",
    "explain",
    "input_hash",
]
