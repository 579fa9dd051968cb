import dataclasses

import pytest

from clusters.core import params
from clusters.core.params import Params, input_hash


@pytest.mark.parametrize("clusters", [None, 2, 20])
@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_what_may_be_asked_for(clusters: int | None, seed: int) -> None:
    asked = Params(clusters=clusters, seed=seed)

    assert (asked.clusters, asked.seed) == (clusters, seed)


@pytest.mark.parametrize("clusters", [-1, 0, 1, 21])
def test_a_number_of_clusters_that_makes_no_sense(clusters: int) -> None:
    with pytest.raises(ValueError, match=r"^The number of clusters must be from 2 to 20\.$"):
        Params(clusters=clusters)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_no_generator_takes(seed: int) -> None:
    with pytest.raises(ValueError, match=r"^The seed must be from 0 to 4294967295\.$"):
        Params(seed=seed)


def test_they_cannot_change_under_a_run() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Params().seed = 1  # type: ignore[misc]


def test_all_of_it_is_an_ingredient(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [
        input_hash("ab", Params()),
        input_hash("ab", Params(seed=1)),
        input_hash("ab", Params(clusters=2)),
        input_hash("ac", Params()),
    ]
    monkeypatch.setattr(params, "ALGORITHM_VERSION", params.ALGORITHM_VERSION + 1)
    hashes.append(input_hash("ab", Params()))
    monkeypatch.undo()
    monkeypatch.setattr(params, "FEATURE_NAMES", params.FEATURE_NAMES[::-1])
    hashes.append(input_hash("ab", Params()))

    assert len(set(hashes)) == len(hashes) == 6
    assert {len(text) for text in hashes} == {64}
    monkeypatch.undo()
    assert input_hash("ab", Params()) == hashes[0]
