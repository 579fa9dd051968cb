"""Loved tracks of Last.fm and ListenBrainz become liked, and are no plays."""

import json
from typing import Any

import pytest

from musicdb.imports import Source
from musicdb.models import Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db

MSID, MBID = "d23f4719-9212-49f0-ad08-ddbfbfc50d6f", "9f24c0f7-a644-4074-8fbd-a1dba03de129"


def loved(title: str = "Song") -> dict[str, Any]:
    return {
        "artist": {"url": "https://www.last.fm/music/Ann", "name": "Ann", "mbid": ""},
        "date": {"uts": "1732028251", "#text": "19 Nov 2024, 14:57"},
        "mbid": "",
        "url": "https://www.last.fm/music/Ann/_/Song",
        "name": title,
        "image": [{"size": "small", "#text": ""}],
        "streamable": {"fulltrack": "0", "#text": "0"},
    }


def feedback(score: int = 1, **more: Any) -> dict[str, Any]:
    return {"recording_msid": MSID, "score": score, "created": 1_700_000_000, **more}


NAMES = {"track_metadata": {"artist_name": "Ann", "track_name": "Song", "release_name": "Album"}}
LISTEN = {"listened_at": 1_683_000_000, "recording_msid": MSID, **NAMES}


def state() -> list[tuple[str, bool, int | None]]:
    return list(Track.objects.order_by("title").values_list("title", "liked", "score"))


@pytest.mark.parametrize(
    "content",
    [
        [loved()],
        {"lovedtracks": {"track": [loved()], "@attr": {"page": "1", "total": "1"}}},
        {"lovedtracks": {"track": loved(), "@attr": {"total": "1"}}},
        [{"lovedtracks": {"track": [loved()]}}, {"lovedtracks": {"track": [loved()]}}],
        [{"track": [loved()], "@attr": {"page": "1"}}],
        {"lovedtracks": {"track": [{"name": "Song", "artist": {"#text": "Ann"}, "album": {"#text": "Album"}}]}},
        {"count": 1, "feedback": [feedback(**NAMES)], "offset": 0},
    ],
)
def test_each_form_makes_a_liked_track_that_was_not_played(content: Any) -> None:
    run(Source("loved.json", json.dumps(content).encode()))
    assert [(title, liked, score or 0) for title, liked, score in state()] == [("Song", True, 0)]


def test_a_loved_track_of_the_library_keeps_its_names_and_score() -> None:
    TrackFactory(title="Café", artists=[ArtistFactory(name="ANN")], liked=False, score=7)
    run(Source("loved.json", json.dumps([loved("Cafe")]).encode()))
    assert state() == [("Café", True, 7)]


def test_hated_and_withdrawn_feedback_likes_nothing() -> None:
    TrackFactory(title="Song", artists=[ArtistFactory(name="Ann")], liked=False)
    lines = "\n".join(json.dumps(feedback(score, **NAMES)) for score in (-1, 0))
    outcome = run(Source("feedback.jsonl", lines.encode()))
    assert Track.objects.get().liked is False
    assert outcome.parsed.skipped == {"not a loved track": 2}


@pytest.mark.parametrize("listen", [LISTEN, {**LISTEN, "recording_msid": "x", "recording_mbid": MBID}])
@pytest.mark.parametrize("path", ["feedback.jsonl", "z/feedback.jsonl"])
def test_feedback_without_names_likes_what_a_listen_of_the_same_zip_names(listen: dict[str, Any], path: str) -> None:
    said = feedback(recording_mbid=MBID)
    played = {**listen, "listened_at": LISTEN["listened_at"] + 600, "recording_msid": "another"}
    files = {path: json.dumps(said), "listens/2023/5.jsonl": "\n".join(json.dumps(one) for one in (listen, played))}
    files = dict(sorted(files.items()))
    run(zipped_files("listenbrainz.zip", files))
    assert state() == [("Song", True, 2)]


def test_feedback_that_names_nothing_is_listed_and_makes_no_track() -> None:
    outcome = run(Source("feedback.jsonl", json.dumps(feedback()).encode()))
    assert not Track.objects.exists()
    assert "1 row is about a track that the library does not have" in " ".join(map(str, outcome.notes))
