"""What was played, as Last.fm and ListenBrainz export it, becomes the score."""

import json
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.files import as_csv, track_id
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db

FIRST = 1_683_000_000


def listen(at: int, title: str = "Song", **more: Any) -> dict[str, Any]:
    names = {"artist_name": "Ann", "track_name": title, "release_name": "Album"}
    return {"listened_at": at, "track_metadata": {**names, "additional_info": more}}


def lines(*items: dict[str, Any]) -> str:
    return "\n".join(json.dumps(item) for item in items)


def scrobble(at: int, title: str = "Song") -> dict[str, Any]:
    return {
        "artist": {"mbid": "", "#text": "Ann"},
        "album": {"mbid": "", "#text": "Album"},
        "name": title,
        "date": {"uts": str(at), "#text": "02 May 2023, 04:00"},
    }


NOW = {"artist": {"#text": "Ann"}, "name": "Song", "album": {"#text": ""}, "@attr": {"nowplaying": "true"}}
FLAT = [{"track": "Song", "artist": "Ann", "album": "Album", "date": at * 1000} for at in (FIRST, FIRST + 600)]
PLAYED = [scrobble(FIRST), scrobble(FIRST + 600)]


@pytest.mark.parametrize(
    "content",
    [
        {"recenttracks": {"track": [NOW, *PLAYED], "@attr": {"page": "1"}}},
        [{"track": PLAYED[:1], "@attr": {}}, {"track": PLAYED[1:], "@attr": {}}],
        PLAYED,
        {"username": "ann", "scrobbles": FLAT},
        [listen(FIRST), listen(FIRST + 600)],
        {"payload": {"count": 2, "listens": [listen(FIRST), listen(FIRST + 600)]}},
    ],
)
def test_each_form_makes_a_track_with_its_plays(content: Any) -> None:
    for _ in range(2):
        run(Source("plays.json", json.dumps(content).encode()))
        track = Track.objects.select_related("album").get()
        assert (track.title, track.score, track.album and track.album.title) == ("Song", 2, "Album")


def test_a_table_of_last_fm_is_read_too() -> None:
    header = ("uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid")
    rows = [(str(FIRST), "02 May 2023, 04:00", "Ann", "", "Album", "", "Song", "")]
    run(Source("recenttracks.csv", as_csv(rows, header).encode()))
    assert Track.objects.get().score == 1


def test_the_zip_of_listenbrainz_is_one_import() -> None:
    files = {
        "user.json": '{"user_id": 1, "username": "ann"}',
        "feedback.jsonl": '{"recording_msid": "x", "score": 1}',
        "listens/2023/5.jsonl": lines(listen(FIRST), listen(FIRST + 600)),
        "listens/2023/6.jsonl": lines(listen(FIRST + 6_000)),
    }
    outcome = run(zipped_files("listenbrainz.zip", files))
    assert Track.objects.get().score == 3
    notes = " ".join(str(note) for note in outcome.notes)
    assert "1 other file has no tracks and is skipped: user.json." in notes
    assert "entry 1, a track without a name" in notes


def test_plays_find_tracks_by_link_else_by_names() -> None:
    one = TrackFactory(title="Other title", spotify_id=track_id(1), score=None)
    two = TrackFactory(title="Café", artists=[ArtistFactory(name="ANN")], score=7)
    link = f"https://open.spotify.com/track/{track_id(1)}"
    run(Source("x.jsonl", lines(listen(FIRST, spotify_id=link), listen(FIRST + 99, "Cafe")).encode()))
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.title, one.score) == ("Other title", 1)
    assert (two.title, two.score) == ("Café", 7)
    assert Track.objects.count() == 2


@pytest.mark.parametrize("at", ["soon", "9" * 400, "-5"])
def test_a_time_that_is_none_is_refused_and_nothing_is_lost(at: str) -> None:
    content = [scrobble(FIRST), {**scrobble(FIRST), "date": {"uts": at}}]
    with pytest.raises(ImportRefusedError, match="1 of 2 rows cannot be imported"):
        run(Source("x.json", json.dumps(content).encode()))
    assert not Track.objects.exists()
