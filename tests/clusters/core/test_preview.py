"""A preview says of each number of clusters what a run of it finds."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from clusters.core.comparing import compare
from clusters.core.features import FeatureTable, UnclusterableError
from clusters.core.fitting import choice
from clusters.core.fitting.refits import HOPELESS
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from clusters.core.preview import preview
from tests.clusters.core.tables import blobs, constant, noise, table

FIVE = table(blobs([40, 35, 30, 25, 20]))
FEW = table(blobs([8, 8, 8]))
OUTLIER = table(np.concatenate([blobs([30, 30]), noise(1) + 40]))


@pytest.mark.parametrize("tracks", [FIVE, FEW, OUTLIER], ids=["five groups", "few tracks", "an outlier"])
def test_each_number_is_what_a_run_of_it_finds(tracks: FeatureTable) -> None:
    before = cluster(tracks, Params())
    previous = PreviousRun(before.ids, before.numbers, next_number=10)
    found = preview(tracks, Params(), previous)
    assert [number.clusters for number in found.numbers] == list(range(2, 11))
    for number in found.numbers:
        params = Params(clusters=number.clusters)
        if number.reason:
            with pytest.raises(UnclusterableError) as refusal:
                cluster(tracks, params, previous)
            assert str(refusal.value).startswith(number.reason)
            assert not number.png
            continue
        run = cluster(tracks, params, previous)
        compared = compare(before.ids, before.numbers, run.ids, run.numbers)
        # A preview has no shades.
        assert number.summaries == tuple(replace(each, shades=()) for each in run.clusters)
        assert number.silhouette == run.silhouette
        assert number.smallest_share == min(each.size for each in run.clusters) / len(tracks)
        assert (number.moved, number.agreement) == (compared.moved, compared.agreement)
        assert number.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("chosen_before", [None, 1, 4])
def test_the_data_choose_what_they_choose_in_a_run(chosen_before: int | None) -> None:
    previous = PreviousRun(chosen_clusters=chosen_before)
    run = cluster(FIVE, Params(), previous)
    found = preview(FIVE, Params(), previous)
    assert found.chosen == len(run.clusters)
    assert found.evidence == run.evidence
    by_number = {number.clusters: number for number in found.numbers}
    assert {k: by_number[k].score for k in run.scores} == run.scores
    # Of the others, the run makes a part of the refits only.
    hopeful = choice.close(run.scores, HOPELESS / 2)
    assert hopeful
    assert {k: by_number[k].stability for k in hopeful} == {k: run.stabilities[k] for k in hopeful}


def test_every_possible_number_has_a_stability_though_the_data_do_not_divide() -> None:
    found = preview(table(noise(100)), Params(), PreviousRun())
    assert found.chosen == 1
    assert found.evidence < found.needed_evidence
    possible = [number for number in found.numbers if not number.reason]
    assert possible
    assert all(number.stability is not None and number.score is None for number in possible)


def test_without_a_run_before_nothing_moves() -> None:
    first = preview(FIVE, Params(), PreviousRun()).numbers[0]
    assert (first.moved, first.agreement) == (None, None)


def test_the_reason_names_the_small_cluster_and_leaves_the_possible_numbers_to_the_others() -> None:
    reasons = [number.reason for number in preview(FEW, Params(), PreviousRun()).numbers]
    assert any("3 tracks and 2% of all are needed" in reason for reason in reasons)
    assert not any("possible" in reason for reason in reasons)


def test_a_worker_process_can_send_the_reason() -> None:
    with pytest.raises(UnclusterableError) as refusal:
        cluster(FEW, Params(clusters=10))
    assert str(pickle.loads(pickle.dumps(refusal.value))) == str(refusal.value)  # noqa: S301


def test_more_clusters_than_different_tracks_are_impossible() -> None:
    found = preview(table(np.repeat(noise(7), 4, axis=0)), Params(), PreviousRun())
    assert found.numbers[-1].reason == "only 7 of 28 tracks differ, and 10 are needed"


def test_tracks_that_are_all_alike_have_no_preview() -> None:
    with pytest.raises(UnclusterableError):
        preview(table(constant(20)), Params(), PreviousRun())
