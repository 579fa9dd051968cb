"""The numbers: how the tracks of a collection fall into groups. numpy, scikit-learn and matplotlib; no Django.

In the order in which ``pipeline.cluster`` uses them:

- ``params``, ``features``, ``results``: what goes in (parameters, the previous run, a feature table), what comes out
- ``projection``: weigh the features and project the tracks onto principal components
- ``sampling``: draw samples of tracks by a hash of their values
- ``kmeans``, ``quality``, ``refits``, ``agreement``: fit every k, measure how separated and how stable each fit is
- ``division``, ``choice``, ``fit``: find out whether the tracks divide, choose k
- ``matching``: give each cluster the number it had in the previous run
- ``shades``: cut each cluster more finely
- ``captions``, ``plots``: describe axes and clusters in words, draw the scatter plot
- ``plot_labels``, ``plot_looks``: place the clusters' numbers on the plot, choose their colours and shapes
- ``naming``: name the clusters of a run that is being stored
- ``preview``, ``thumbnails``: what each k would give, in words and small plots
- ``worker``: what a worker process runs
- ``comparing``, ``explain``: compare two runs; explain why a track is in its cluster
- ``misplaced``: find tracks that sound unlike their genre and like another

What is exported here is light. ``pipeline`` and what it is made of import scikit-learn and matplotlib, which takes
seconds and 150 MB: a web request must never import them.
"""

from clusters.core.comparing import Comparison, Flow, Split, compare
from clusters.core.explain import Components, Explanation, explain
from clusters.core.features import FEATURE_NAMES, FeatureTable, UnclusterableError
from clusters.core.params import Params, PreviousRun, input_hash

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
