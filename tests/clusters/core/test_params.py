import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.core import params
from clusters.core.features import FeatureTable
from clusters.core.params import Params, input_hash
from tests.clusters.core.tables import noise, table

TABLE = table(noise(8))
LEFT_OUT = [(20, "b", "no tempo"), (21, "a", "no key")]


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


@given(st.permutations(range(8)), st.permutations(LEFT_OUT))
def test_the_order_of_rows_is_no_ingredient(order: list[int], left_out: list[tuple[int, str, str]]) -> None:
    other = FeatureTable(TABLE.ids[order], tuple(TABLE.keys[row] for row in order), TABLE.values[order])

    assert input_hash(other, left_out, Params()) == input_hash(TABLE, LEFT_OUT, Params())


def test_everything_else_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    values = TABLE.values.copy()
    values[3, 4] += 1e-12
    ids = TABLE.ids.copy()
    ids[2] += 100
    hashes = [
        input_hash(TABLE, LEFT_OUT, Params()),
        input_hash(TABLE, LEFT_OUT, Params(seed=1)),
        input_hash(TABLE, LEFT_OUT, Params(clusters=2)),
        input_hash(TABLE, LEFT_OUT[:1], Params()),
        input_hash(TABLE, [(20, "b", "no tempo"), (22, "a", "no key")], Params()),
        input_hash(TABLE, [(20, "b", "no tempo"), (21, "c", "no key")], Params()),
        input_hash(TABLE, [(20, "b", "no tempo"), (21, "a", "no mode")], Params()),
        input_hash(FeatureTable(TABLE.ids, TABLE.keys, values), LEFT_OUT, Params()),
        input_hash(FeatureTable(ids, TABLE.keys, TABLE.values), LEFT_OUT, Params()),
        input_hash(FeatureTable(TABLE.ids, ("other", *TABLE.keys[1:]), TABLE.values), LEFT_OUT, Params()),
        input_hash(table(TABLE.values[1:]), LEFT_OUT, Params()),
    ]
    monkeypatch.setattr(params, "ALGORITHM_VERSION", params.ALGORITHM_VERSION + 1)
    hashes.append(input_hash(TABLE, LEFT_OUT, Params()))
    monkeypatch.undo()
    monkeypatch.setattr(params, "FEATURE_NAMES", params.FEATURE_NAMES[::-1])
    hashes.append(input_hash(TABLE, LEFT_OUT, Params()))

    assert len(set(hashes)) == len(hashes) == 13
    assert {len(text) for text in hashes} == {64}
