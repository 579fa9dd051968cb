"""AcousticBrainz and AudioMuse-AI: analyses by title and artist fill the tracks that the library has."""

import json
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Track
from musicdb.music import FEATURE_NAMES
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.files import as_csv
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db

MBID = "8c12af5a-f9a2-42fa-9dbe-032d7a1f4d5b"


def bare(title: str = "Café", artist: str = "Ann", **values: Any) -> Track:
    track = TrackFactory(title=title, artists=[ArtistFactory(name=artist)], **values)
    unknown: dict[str, Any] = dict.fromkeys(FEATURE_NAMES)
    Track.objects.filter(pk=track.pk).update(features_source="", **unknown)
    return track


def known(track: Track) -> dict[str, Any]:
    track.refresh_from_db()
    names = (*FEATURE_NAMES, "features_source")
    return {name: value for name in names if (value := getattr(track, name)) not in (None, "")}


def tags(title: str = "Cafe", **more: list[str]) -> dict[str, Any]:
    found = {"title": [title], "artist": ["ANN"], "album": ["Album"], "musicbrainz_recordingid": [MBID], **more}
    return {"tags": {**found, "file_name": "example.mp3"}, "audio_properties": {"length": 280.685699463}}


def low(title: str = "Cafe", **tonal: Any) -> dict[str, Any]:
    said = {"key_key": "A#", "key_scale": "minor", "key_strength": 0.85, "tuning_frequency": 440.0}
    return {
        "metadata": tags(title),
        "lowlevel": {"average_loudness": 0.128771, "dynamic_complexity": 3.2},
        "rhythm": {"bpm": 121.5, "danceability": 1.24, "beats_count": 240},
        "tonal": tonal or said,
    }


def high(title: str = "Cafe") -> dict[str, Any]:
    classes = {
        "mood_acoustic": {"acoustic": 0.7, "not_acoustic": 0.3},
        "voice_instrumental": {"instrumental": 0.9, "voice": 0.1},
        "danceability": {"danceable": 0.5, "not_danceable": 0.5},
        "mood_happy": {"happy": 0.3, "not_happy": 0.7},
    }
    found = {name: {"all": all_, "value": "x", "probability": 0.7} for name, all_ in classes.items()}
    return {"metadata": tags(title), "highlevel": found}


LOW = {"tempo": 121.5, "key": 10, "mode": 0, "features_source": "AcousticBrainz"}
HIGH = {"acousticness": 0.7, "instrumentalness": 0.9, "features_source": "AcousticBrainz"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (low(), LOW),
        (high(), HIGH),
        ({**low(), **high()}, {**LOW, **HIGH}),
        ([low(), high()], {**LOW, **HIGH}),
        ({MBID: {"0": low(), "1": low("Other")}, "mbid_mapping": {MBID: MBID}}, LOW),
        (low(key_edma={"key": "Bb", "scale": "minor"}, key_krumhansl={"key": "F", "scale": "major"}), LOW),
    ],
)
def test_only_what_means_the_same_is_read(content: Any, expected: dict[str, Any]) -> None:
    track = bare()
    run(Source("x.json", json.dumps(content).encode()))
    assert known(track) == expected
    assert Track.objects.count() == 1


def test_a_zip_of_documents_is_one_import_and_names_what_is_not_there() -> None:
    track = bare()
    files = {f"low/{MBID}-0.json": low(), f"high/{MBID}.json": high(), "low/x.json": low("Unknown")}
    outcome = run(zipped_files("ab.zip", {path: json.dumps(one) for path, one in files.items()}))
    assert known(track) == {**LOW, **HIGH}
    notes = " ".join(map(str, outcome.notes))
    assert "“Unknown” by ANN" in notes
    assert "none of musicdb’s features: danceability, mood_happy." in notes


def test_the_other_level_comes_later_and_a_whole_analysis_replaces_both() -> None:
    track = bare(spotify_id="0" * 22)
    for document in (low(), high(), low()):
        run(Source("x.json", json.dumps(document).encode()))
    assert known(track) == {**LOW, **HIGH}
    whole = dict.fromkeys(FEATURE_NAMES, 1) | {"spotify_id": "0" * 22, "source": "Own"}
    run(Source("own.json", json.dumps([whole]).encode()))
    assert known(track) == dict.fromkeys(FEATURE_NAMES, 1) | {"features_source": "Own"}


def test_an_isrc_leads_to_the_track_whatever_it_is_called() -> None:
    track = bare("Quite another", isrc="USS1Z9900001")
    document = {**low(), "metadata": tags(isrc=["US-S1Z-99-00001"])}
    run(Source("x.json", json.dumps(document).encode()))
    assert known(track) == LOW


def test_lines_with_what_is_no_analysis_keep_their_numbers() -> None:
    bare()
    nameless = {**low(), "metadata": {"tags": {}}}
    bad = {**low("B"), "rhythm": {"bpm": 9_999}}
    lines = "\n".join(json.dumps(one) for one in (low(), 7, nameless, {"metadata": tags(), "lowlevel": None}, bad))
    with pytest.raises(ImportRefusedError, match="1 of 4 rows cannot be imported") as refused:
        run(Source("x.jsonl", lines.encode()))
    (problem,) = refused.value.problems  # type: ignore[attr-defined]
    assert str(problem).startswith("entry 5 of x.jsonl, tempo: ")
    assert run(Source("x.jsonl", lines.encode()), skip_bad=True).parsed.skipped == {
        "no title or no artist": 1,
        "no audio feature of musicdb’s": 1,
    }


# --- AudioMuse-AI ------------------------------------------------------------------------------------------------

COLUMNS = ("item_id", "title", "author", "album", "tempo", "key", "scale", "mood_vector", "energy", "other_features")
ROW = (
    "38d99d82cb1f58d1536b2af98368bd50",
    "Cafe",
    "Ann",
    "Album",
    "109.98",
    "B",
    "minor",
    "rock:0.5",
    "0.03",
    "danceable:0.5",
)
MUSE = {"tempo": 109.98, "key": 11, "mode": 0, "features_source": "AudioMuse-AI"}
HEAD = "--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n\nSET statement_timeout = 0;\n"


def dump(*rows: tuple[str, ...], table: str = "public.score", end: str = "\\.\n") -> str:
    other = "COPY public.embedding (item_id, embedding) FROM stdin;\nx\t\\\\x00ff\n\\.\n\n"
    lines = "".join("\t".join(row) + "\n" for row in rows)
    return f"{HEAD}{other}COPY {table} ({', '.join(COLUMNS)}) FROM stdin;\n{lines}{end}\nSELECT 1;\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("audiomuse_backup_20260717_120000.sql", dump(ROW)),
        ("backup.sql", dump(ROW).replace("\n", "\r\n")),
        ("score.csv", as_csv([ROW], COLUMNS)),
        ("tracks.json", json.dumps([dict(zip(COLUMNS, ROW, strict=True))])),
    ],
)
def test_tempo_key_and_scale_are_read_and_the_rest_is_named(name: str, text: str) -> None:
    track = bare()
    outcome = run(Source(name, text.encode()))
    assert known(track) == MUSE
    assert "Not read: mood_vector, energy, other_features." in " ".join(map(str, outcome.notes))


def test_a_backup_in_a_zip_is_read_with_its_escapes() -> None:
    track = bare("Tab\there \\ there")
    row = (ROW[0], "Tab\\there \\\\ there", *ROW[2:])
    unknown = ("x", "\\N", "\\N", *ROW[3:])
    outcome = run(zipped_files("b.zip", {"audiomuse_backup_20260717_120000.sql": dump(row, unknown)}))
    assert known(track) == MUSE
    assert outcome.parsed.skipped == {"no title or no artist": 1}


@pytest.mark.parametrize("text", [dump(ROW, table="public.other"), HEAD, dump(ROW).replace("author, ", "writer, ")])
def test_another_database_is_refused(text: str) -> None:
    with pytest.raises(ImportRefusedError, match="no table of AudioMuse-AI’s tracks"):
        run(Source("x.sql", text.encode()))


def test_a_backup_that_is_cut_off_keeps_what_it_has() -> None:
    track = bare()
    run(Source("x.sql", dump(ROW, end="")[: -len("\nSELECT 1;\n")].encode()))
    assert known(track) == MUSE


def test_a_packed_dump_is_named() -> None:
    with pytest.raises(ImportRefusedError, match="packed dump of a PostgreSQL database"):
        run(Source("x.sql", b"PGDMP\x01\x0e" + bytes(99)))
