"""Messages number what a document has as a reader finds it: entry 1 is the first."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from musicdb.imports import Source
from tests.imports.files import records_of, track_id
from tests.imports.library import run, zipped_files
from tests.imports.test_scrobbles import FIRST, listen, scrobble

BAD = {**scrobble(FIRST), "date": {"uts": "soon"}}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plays.json", json.dumps([scrobble(FIRST), None, 7, BAD])),
        ("plays.json", json.dumps({"recenttracks": {"track": [scrobble(FIRST), "x", [], BAD]}})),
        ("plays.json", json.dumps([{"track": [scrobble(FIRST), 0]}, {"track": ["x", BAD]}])),
        ("plays.jsonl", "\n".join([json.dumps(scrobble(FIRST)), "", "1", json.dumps(BAD)])),
        ("x.jsonl", "\r\n".join(json.dumps(one) for one in (*(listen(FIRST),) * 3, listen("soon")))),  # type: ignore[arg-type]
        (
            "StreamingHistory_music_0.json",
            json.dumps([{"endTime": at, "msPlayed": 40_000, "trackName": "a", "artistName": "b"} for at in [""] * 4])
            .replace('""', '"2024-01-01"', 3)
            .replace('""', '"soon"'),
        ),
    ],
)
def test_the_fourth_entry_is_called_so(name: str, content: str) -> None:
    (problem,) = records_of(Source(name, content.encode())).problems
    assert str(problem).startswith(f"entry 4 of {name}, ")


def test_a_line_end_inside_a_title_begins_no_line() -> None:
    content = "\n".join(json.dumps(listen(FIRST, title), ensure_ascii=False) for title in ("a\u2028b", "c\x85d"))
    assert len(records_of(Source("x.jsonl", content.encode())).tracks) == 2


def test_a_table_keeps_its_rows() -> None:
    text = "uts,artist,album,track\n1683000000,Ann,Album,Song\nsoon,Ann,Album,Song\n"
    (problem,) = records_of(Source("x.csv", text.encode())).problems
    assert str(problem).startswith("x.csv, row 3, uts: ")


@pytest.mark.django_db
def test_notes_on_tracks_that_are_not_there_number_entries() -> None:
    items: list[Any] = [7, {"id": track_id(1), "danceability": 0.1, "energy": 0.4, "tempo": 100}]
    outcome = run(Source("mine.json", json.dumps(items).encode()))
    assert f"left out: entry 2, {track_id(1)}." in " ".join(map(str, outcome.notes))


@pytest.mark.django_db
def test_the_shell_numbers_entries_and_writes_the_bad_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plays.json"
    path.write_text(json.dumps([7, scrobble(FIRST), BAD]))
    with pytest.raises(CommandError, match="1 of 2 rows cannot be imported"):
        call_command("importlibrary", str(path))
    assert "entry 3 of plays.json, Played At" in capsys.readouterr().err
    call_command("importlibrary", str(path), "--skip-bad")
    assert "soon" in (tmp_path / "plays.json.bad-rows.csv").read_text()


@pytest.mark.django_db
def test_one_row_is_not_called_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.zip"
    short = {"ts": "2024-01-01T00:00:00Z", "ms_played": 1, "master_metadata_track_name": "a"}
    path.write_bytes(zipped_files("x.zip", {"endsong_0.json": json.dumps([short])}).data)
    call_command("importlibrary", str(path), "--dry-run")
    said = capsys.readouterr().out
    assert ": 1 row\n" in said
    assert "  1 row skipped: played for less than 30 seconds" in said
