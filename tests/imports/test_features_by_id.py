"""Audio features by Spotify id or ISRC: they fill tracks that have none, and make no tracks."""

import json
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Track
from musicdb.music import FEATURE_NAMES
from tests.factories import TrackFactory
from tests.imports.files import as_csv, track_id
from tests.imports.library import run

pytestmark = pytest.mark.django_db

HEADER = ("name", "danceability", "energy", "key", "mode", "tempo", "type", "id", "uri", "duration_ms")
UUID = "3b1f9e2c-9d4e-4c58-8f7a-0a4a3d1f2b6c"


def row(number: int, **cells: str) -> list[str]:
    usual = {
        "name": f"Song {number}",
        "danceability": "0.7",
        "energy": "0.5",
        "key": "11",
        "mode": "1",
        "tempo": "93.1",
        "type": "audio_features",
        "id": track_id(number),
        "uri": f"spotify:track:{track_id(number)}",
        "duration_ms": "225933",
    }
    return [{**usual, **cells}[heading] for heading in HEADER]


def table(*rows: list[str], name: str = "features.csv") -> Source:
    return Source(name, as_csv(rows, HEADER, ";").encode())


def answer(*items: dict[str, Any], key: str = "content", name: str = "recco.json") -> Source:
    return Source(name, json.dumps({key: list(items)}).encode())


def recco(number: int, **values: Any) -> dict[str, Any]:
    href = f"https://open.spotify.com/track/{track_id(number)}"
    return {"id": UUID, "href": href, "danceability": 0.6, "energy": 0.4, "key": 3, "tempo": 120.5, **values}


def bare(number: int, **values: Any) -> Track:
    """Make a track without features."""
    track = TrackFactory(title=f"Own {number}", spotify_id=track_id(number), **values)
    unknown: dict[str, Any] = dict.fromkeys(FEATURE_NAMES)
    Track.objects.filter(pk=track.pk).update(features_source="", **unknown)
    return track


def test_a_table_fills_known_tracks_and_names_the_others() -> None:
    known = bare(1)
    outcome = run(table(row(1), row(2)))
    known.refresh_from_db()
    assert (known.title, known.danceability, known.key, known.features_source) == ("Own 1", 0.7, 11, "Spotify")
    assert Track.objects.count() == 1
    notes = " ".join(str(note) for note in outcome.notes)
    assert "fills tracks of the library that have no features" in notes
    assert "1 row is about a track that the library does not have, and left out: row 3, “Song 2”" in notes


def test_an_empty_library_stays_empty() -> None:
    outcome = run(table(row(1)))
    assert not Track.objects.exists()
    assert "cannot be clustered" not in " ".join(str(note) for note in outcome.notes)


def test_features_that_a_track_has_stay() -> None:
    track = bare(1)
    Track.objects.filter(pk=track.pk).update(energy=0.9, features_source="Own analysis")
    run(table(row(1)))
    track.refresh_from_db()
    assert (track.energy, track.danceability, track.features_source) == (0.9, None, "Own analysis")


def test_the_same_file_again_changes_nothing() -> None:
    bare(1)
    run(table(row(1)))
    outcome = run(table(row(1)))
    assert outcome.counts["Track"] == {"created": 0, "updated": 0, "unchanged": 1}


def test_the_answer_of_reccobeats_fills_by_link() -> None:
    known = bare(1)
    run(answer(recco(1), recco(2)))
    known.refresh_from_db()
    assert (known.tempo, known.key, known.features_source) == (120.5, 3, "ReccoBeats")
    assert Track.objects.count() == 1


def test_isrcs_find_tracks_without_ids() -> None:
    first, second = (bare(number, isrc=f"USS1Z990000{number}") for number in (1, 2))
    Track.objects.update(spotify_id=None)
    items = [
        {"isrc": f"US-S1Z-99-0000{number}", "danceability": 0.1 * number, "energy": 0.4, "tempo": 100}
        for number in (1, 2, 3)
    ]
    outcome = run(Source("mine.json", json.dumps(items).encode()))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.danceability, second.danceability) == pytest.approx((0.1, 0.2))
    assert first.features_source == "mine.json"
    assert any("1 row is about a track that the library does not have" in str(note) for note in outcome.notes)


@pytest.mark.parametrize("key", ["content", "audio_features"])
def test_what_is_no_object_is_left_out(key: str) -> None:
    known = bare(1)
    content: list[Any] = [recco(1), None, 7, [recco(1)]]
    run(Source("x.json", json.dumps({key: content}).encode()))
    known.refresh_from_db()
    assert known.energy == 0.4


@pytest.mark.parametrize("value", ["9" * 400, "1e999", "loud", "NaN!"])
def test_a_bad_value_is_refused_and_nothing_is_lost(value: str) -> None:
    known = bare(1)
    with pytest.raises(ImportRefusedError, match="cannot be imported"):
        run(table(row(1, energy=value)))
    known.refresh_from_db()
    assert known.energy is None


def test_a_row_without_an_id_is_bad() -> None:
    with pytest.raises(ImportRefusedError, match="cannot be imported"):
        run(table(row(1, id="")))


def test_a_file_with_artists_is_not_one_of_features() -> None:
    rows = [[*row(1), "Ann"]]
    with pytest.raises(ImportRefusedError, match="no format that musicdb knows"):
        run(Source("x.csv", as_csv(rows, (*HEADER, "artist")).encode()))


def test_an_analysis_takes_the_place_of_a_tempo_from_tags() -> None:
    known = bare(1)
    Track.objects.filter(pk=known.pk).update(tempo=60, features_source="Apple Music")
    run(answer(recco(1)))
    known.refresh_from_db()
    assert (known.tempo, known.danceability, known.features_source) == (120.5, 0.6, "ReccoBeats")


def test_an_analysis_that_knows_less_than_the_track_does_not_mix_with_it() -> None:
    known = bare(1)
    Track.objects.filter(pk=known.pk).update(tempo=60, liveness=0.3, features_source="Own analysis")
    run(answer(recco(1)))
    known.refresh_from_db()
    assert (known.tempo, known.liveness, known.danceability) == (60, 0.3, None)
