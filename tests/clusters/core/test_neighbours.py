"""The nearest neighbours are those that a comparison of all tracks finds; words say what is unusual about both."""

import numpy as np
import pytest

from clusters.core.features import FEATURE_NAMES, WEIGHTS
from clusters.core.neighbours import Neighbours, difference, in_common, table_of

TRACKS = 5_000
# Ids with gaps.
IDS = np.arange(TRACKS) * 3 + 7
VALUES = np.random.default_rng(1).random((TRACKS, len(FEATURE_NAMES)))


def neighbours(recordings: np.ndarray | None = None, values: np.ndarray = VALUES) -> Neighbours:
    return Neighbours(table_of(IDS, np.arange(TRACKS) if recordings is None else recordings, values))


def plainly(row: int) -> list[int]:
    """All other tracks, the nearest first."""
    weights = np.array([WEIGHTS.get(name, 1.0) for name in FEATURE_NAMES])
    distances = np.linalg.norm((VALUES - VALUES[row]) * weights, axis=1)
    order = [each for each in np.argsort(distances) if each != row]
    return IDS[order].tolist()


@pytest.mark.parametrize("count", [1, 10, 500])
def test_they_are_exact(count: int) -> None:
    found = neighbours().nearest(VALUES[40].tolist(), count, int(IDS[40]))
    assert [key for key, _ in found] == plainly(40)[:count]
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)


def test_among_some_tracks_only_and_those_that_are_unknown_do_no_harm() -> None:
    among = [*IDS[::10].tolist(), 1, 10**12]
    found = neighbours().nearest(VALUES[40].tolist(), 10, int(IDS[40]), among)
    assert [key for key, _ in found] == [key for key in plainly(40) if key in set(among)][:10]
    assert neighbours().nearest(VALUES[40].tolist(), 10, int(IDS[40]), [1]) == []


def test_a_track_that_the_table_does_not_have_is_near_to_all_the_same() -> None:
    found = neighbours().nearest(VALUES[40].tolist(), 10, 1)
    assert [key for key, _ in found] == [IDS[40], *plainly(40)[:9]]


def test_a_recording_is_there_once_and_never_the_tracks_own() -> None:
    recordings, values = np.arange(TRACKS), VALUES.copy()
    nearest = (np.array(plainly(40)[:1]) - 7) // 3
    # Fifty more releases of the nearest track, and one of the track itself.
    releases = [row for row in range(100, 150) if row != nearest[0]]
    recordings[releases], values[releases] = nearest[0], values[nearest[0]]
    recordings[200], values[200] = 40, values[40]
    found = neighbours(recordings, values).nearest(VALUES[40].tolist(), 10, int(IDS[40]))
    rows = [(key - 7) // 3 for key, _ in found]
    assert len(rows) == len({recordings[row] for row in rows}) == 10
    assert recordings[rows[0]] == nearest[0]
    assert 40 not in {recordings[row] for row in rows}


def test_shares_count_equal_tracks_half() -> None:
    values = np.zeros((TRACKS, len(FEATURE_NAMES)))
    values[: TRACKS // 4, 0] = 0.5
    shares = neighbours(values=values).shares([0.5, *[0.0] * (len(FEATURE_NAMES) - 1)])
    assert shares["danceability"] == pytest.approx(0.875)
    # What all have is not unusual.
    assert shares["energy"] == 0.5


@pytest.mark.parametrize("table", [b"", b"x" * 47, table_of(IDS, IDS, VALUES)[:-1]])
def test_a_table_that_is_cut_short_is_refused(table: bytes) -> None:
    with pytest.raises(ValueError, match="A table of neighbours cannot have"):
        Neighbours(table)


def test_at_most_three_words_and_only_of_what_is_unusual_about_both() -> None:
    one = {"energy": 0.99, "tempo": 0.02, "valence": 0.9, "liveness": 0.85, "loudness": 0.99}
    assert in_common(one, {**one, "loudness": 0.5}) == ("energetic", "slow", "happy")
    assert in_common(dict.fromkeys(one, 0.9), dict.fromkeys(one, 0.1)) == ()


def test_a_difference_is_named_if_it_is_large() -> None:
    assert difference({"energy": 0.5, "tempo": 0.5}, {"energy": 0.7, "tempo": 0.3}) == ""
    assert difference({"energy": 0.5, "tempo": 0.5}, {"energy": 0.7, "tempo": 0.2}) == "slower"
