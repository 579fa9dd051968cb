"""What became of the clusters of one run in another: who moved, what split, what merged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusters.core.agreement import adjusted_rand
from clusters.core.features import IntArray

# A cluster has split where two others hold at least this share each of those of its tracks that are still there.
MIN_SPLIT_SHARE = 0.2


@dataclass(frozen=True)
class Flow:
    """So many tracks went from one cluster to another. None: not among the clusters of that run."""

    old: int | None
    new: int | None
    tracks: int

    @property
    def is_move(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class Split:
    """A cluster that split into others, or that others merged into: which, and with how many tracks each."""

    number: int
    parts: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Comparison:
    """``flows``: by old, then new number; None last. ``agreement``: the adjusted Rand index over the tracks that both
    runs have; None where they have none in common. ``vanished`` and ``appeared``: numbers of one run only.
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
        """How many went from a cluster to another; who came or left is not counted."""
        return sum(flow.tracks for flow in self.flows if flow.is_move and None not in (flow.old, flow.new))

    @property
    def came(self) -> int:
        return sum(flow.tracks for flow in self.flows if flow.old is None)

    @property
    def left(self) -> int:
        return sum(flow.tracks for flow in self.flows if flow.new is None)


def compare(old_ids: IntArray, old_numbers: IntArray, new_ids: IntArray, new_numbers: IntArray) -> Comparison:
    """Compare two runs. ``ids``, ``numbers``: shape (n,) each, a run's tracks, each once, and the cluster of each."""
    olds, old = np.unique(old_numbers, return_inverse=True)
    news, new = np.unique(new_numbers, return_inverse=True)
    _, in_old, in_new = np.intersect1d(old_ids, new_ids, assume_unique=True, return_indices=True)
    shared = np.zeros((len(olds), len(news)), dtype=np.int64)
    np.add.at(shared, (old[in_old], new[in_new]), 1)
    gone = np.bincount(old, minlength=len(olds)) - shared.sum(axis=1)
    arrived = np.bincount(new, minlength=len(news)) - shared.sum(axis=0)
    old_names, new_names = olds.tolist(), news.tolist()
    flows = [
        Flow(old_names[row], new_names[column], int(shared[row, column]))
        for row, column in np.argwhere(shared).tolist()
    ]
    flows += [Flow(number, None, count) for number, count in zip(old_names, gone.tolist(), strict=True) if count]
    flows += [Flow(None, number, count) for number, count in zip(new_names, arrived.tolist(), strict=True) if count]
    return Comparison(
        flows=tuple(sorted(flows, key=lambda flow: (_last(flow.old), _last(flow.new)))),
        splits=_splits(shared, old_names, new_names),
        mergers=_splits(shared.T, new_names, old_names),
        vanished=tuple(sorted(set(old_names) - set(new_names))),
        appeared=tuple(sorted(set(new_names) - set(old_names))),
        agreement=adjusted_rand(shared) if len(in_old) else None,
    )


def _last(number: int | None) -> tuple[bool, int]:
    return number is None, number or 0


def _splits(shared: IntArray, wholes: Sequence[int], parts: Sequence[int]) -> tuple[Split, ...]:
    """Return the rows of which at least two columns hold a MIN_SPLIT_SHARE, with those columns, largest first."""
    found = []
    for whole, row in zip(wholes, shared.tolist(), strict=True):
        large = [(part, count) for part, count in zip(parts, row, strict=True) if count >= MIN_SPLIT_SHARE * sum(row)]
        if len(large) > 1:
            found.append(Split(whole, tuple(sorted(large, key=lambda pair: (-pair[1], pair[0])))))
    return tuple(found)
