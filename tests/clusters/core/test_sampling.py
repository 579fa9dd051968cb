"""Samples drawn by a hash of the rows: they hardly change when the rows hardly change."""

import numpy as np
import pytest

from clusters.core.sampling import draw, row_hashes
from tests.clusters.core.tables import noise


def test_equal_rows_have_equal_hashes_and_others_do_not() -> None:
    values = np.concatenate([noise(500), noise(500)[:20]])
    hashes = row_hashes(values)

    assert hashes[500:].tolist() == hashes[:20].tolist()
    assert len(set(hashes.tolist())) == 500
    assert row_hashes(np.array([[0.0, 1.0]])).tolist() == row_hashes(np.array([[-0.0, 1.0]])).tolist()
    assert row_hashes(np.array([[0.0, 1.0]])).tolist() != row_hashes(np.array([[1.0, 0.0]])).tolist()


def test_a_sample_has_the_size_that_was_asked_for_in_ascending_order() -> None:
    hashes = row_hashes(noise(100))

    rows = draw(hashes, 30, "fit")
    assert len(rows) == 30
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert draw(hashes, 100, "fit").tolist() == draw(hashes, 200, "fit").tolist() == list(range(100))


def test_samples_for_another_purpose_or_of_another_number_are_others() -> None:
    hashes = row_hashes(noise(1_000))
    first = set(draw(hashes, 500, "refit", 0).tolist())

    for other in (draw(hashes, 500, "refit", 1), draw(hashes, 500, "silhouette"), draw(hashes, 500, "fit", 2**32 - 1)):
        # Half of them by chance.
        assert 200 < len(first & set(other.tolist())) < 300


@pytest.mark.parametrize("share", [0.95, 0.8])
def test_nearly_the_same_rows_have_nearly_the_same_sample(share: float) -> None:
    values = noise(1_000)
    kept = np.sort(np.random.default_rng(0).permutation(1_000)[: int(share * 1_000)])
    of_all = set(draw(row_hashes(values), 500, "refit").tolist())
    of_part = set(kept[draw(row_hashes(values[kept]), int(share * 500), "refit")].tolist())

    assert len(of_part - of_all) < 0.05 * len(of_part)
