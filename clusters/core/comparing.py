"""Two runs compared: which tracks moved between clusters, which clusters split, which merged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusters.core.features import IntArray
from clusters.core.fitting.agreement import adjusted_rand

# A cluster counts as split if two others each hold at least this share of its tracks, not counting tracks that left.
MIN_SPLIT_SHARE = 0.2


@dataclass(frozen=True)
class Flow:
    """So many tracks were in cluster ``old`` and are in cluster ``new``; None if that run does not have them."""

    old: int | None
    new: int | None
    tracks: int

    @property
    def is_move(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class Split:
    """A cluster that split into others, or into which others merged. ``parts``: their numbers and track counts."""

    number: int
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Comparison:
    """What changed between two runs.

    ``flows``: sorted by old, then new number, None last. ``vanished``, ``appeared``: cluster numbers that only the old
    or only the new run has. ``agreement``: the adjusted Rand index over the tracks that both runs have; None if they
    have no track in common.
    """

    flows: tuple[Flow, ...]
    splits: tuple[Split, ...]
    mergers: tuple[Split, ...]
    vanished: tuple[int, ...]
    appeared: tuple[int, ...]
    agreement: float | None

    @property
    def stayed(self) -> int:
        return sum(flow.tracks for flow in self.flows if not flow.is_move)

    @property
    def moved(self) -> int:
        """How many tracks changed cluster. Tracks that came or left do not count."""
        return sum(flow.tracks for flow in self.flows if flow.is_move and None not in (flow.old, flow.new))

    @property
    def came(self) -> int:
        return sum(flow.tracks for flow in self.flows if flow.old is None)

    @property
    def left(self) -> int:
        return sum(flow.tracks for flow in self.flows if flow.new is None)


def compare(old_ids: IntArray, old_numbers: IntArray, new_ids: IntArray, new_numbers: IntArray) -> Comparison:
    """Compare two runs. ``ids``: shape (n,), a run's tracks, each once. ``numbers``: shape (n,), their clusters."""
    old_values, old = np.unique(old_numbers, return_inverse=True)
    new_values, new = np.unique(new_numbers, return_inverse=True)
    _, in_old, in_new = np.intersect1d(old_ids, new_ids, assume_unique=True, return_indices=True)
    shared = np.zeros((len(old_values), len(new_values)), dtype=np.int64)
    np.add.at(shared, (old[in_old], new[in_new]), 1)
    left = np.bincount(old, minlength=len(old_values)) - shared.sum(axis=1)
    came = np.bincount(new, minlength=len(new_values)) - shared.sum(axis=0)
    old_clusters, new_clusters = old_values.tolist(), new_values.tolist()
    flows = [
        Flow(old_clusters[row], new_clusters[column], int(shared[row, column]))
        for row, column in np.argwhere(shared).tolist()
    ]
    flows += [Flow(number, None, count) for number, count in zip(old_clusters, left.tolist(), strict=True) if count]
    flows += [Flow(None, number, count) for number, count in zip(new_clusters, came.tolist(), strict=True) if count]
    return Comparison(
        flows=tuple(sorted(flows, key=lambda flow: (_none_last(flow.old), _none_last(flow.new)))),
        splits=_splits(shared, old_clusters, new_clusters),
        mergers=_splits(shared.T, new_clusters, old_clusters),
        vanished=tuple(sorted(set(old_clusters) - set(new_clusters))),
        appeared=tuple(sorted(set(new_clusters) - set(old_clusters))),
        agreement=adjusted_rand(shared) if len(in_old) else None,
    )


def _none_last(number: int | None) -> tuple[bool, int]:
    return number is None, number or 0


def _splits(shared: IntArray, wholes: Sequence[int], parts: Sequence[int]) -> tuple[Split, ...]:
    """Return each row that at least two columns hold a MIN_SPLIT_SHARE of, with those columns, largest first."""
    splits = []
    for whole, row in zip(wholes, shared.tolist(), strict=True):
        large = [(part, count) for part, count in zip(parts, row, strict=True) if count >= MIN_SPLIT_SHARE * sum(row)]
        if len(large) > 1:
            splits.append(Split(whole, tuple(sorted(large, key=lambda pair: (-pair[1], pair[0])))))
    return tuple(splits)
