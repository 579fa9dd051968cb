"""Spotify's own data download: plays become scores, saved tracks are liked, playlists come in."""

import json
from re import escape as re_escape
from typing import Any

import pytest

from musicdb.imports import ImportOptions, ImportRefusedError, Source, preview
from musicdb.models import Playlist, Track
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory
from tests.imports.files import track_id
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db
URI = "spotify:track:"


def document(name: str, content: Any) -> Source:
    return Source(name, json.dumps(content).encode())


def history(*plays: tuple[str, str, str, int], name: str = "StreamingHistory_music_0.json") -> Source:
    """The short history. Each play has the minute, the artist, the title and how long it was heard."""
    keys = ("endTime", "artistName", "trackName", "msPlayed")
    return document(name, [dict(zip(keys, play, strict=True)) for play in plays])


def extended(minute: str, number: int, **values: Any) -> dict[str, Any]:
    return {
        "ts": f"2023-05-01T{minute}:00Z",
        "ms_played": 200_000,
        "master_metadata_track_name": f"Song {number}",
        "master_metadata_album_artist_name": "Ann",
        "master_metadata_album_album_name": "Album",
        "spotify_track_uri": URI + track_id(number),
        "spotify_episode_uri": None,
        **values,
    }


PLAYED = ("2023-05-01 10:00", "Ann", "Song", 200_000)


class TestPlays:
    def test_a_play_makes_a_track_with_score_one(self) -> None:
        run(history(PLAYED))
        track = Track.objects.get()
        assert (track.title, track.score, track.spotify_id, track.album) == ("Song", 1, None, None)
        assert [artist.name for artist in track.artists_in_order] == ["Ann"]

    def test_what_was_heard_for_less_than_half_a_minute_does_not_count(self) -> None:
        outcome = run(
            history(PLAYED, ("2023-05-01 10:10", "Ann", "Song", 29_999), ("2023-05-01 10:20", "Ann", "Song", 30_000))
        )
        assert Track.objects.get().score == 2
        assert outcome.parsed.skipped["played for less than 30 seconds"] == 1
        assert "Plays become the score" in " ".join(map(str, outcome.notes))

    def test_the_same_history_again_changes_nothing_and_a_longer_one_adds(self) -> None:
        later = ("2023-06-01 10:00", "Ann", "Song", 200_000)
        run(history(PLAYED))
        assert not run(history(PLAYED)).changes_anything
        run(history(PLAYED, later))
        assert Track.objects.get().score == 2

    def test_two_files_that_overlap_count_a_play_once(self) -> None:
        long = document(
            "Streaming_History_Audio_2023_1.json", [extended("10:00", 1, master_metadata_track_name="Song")]
        )
        run(history(PLAYED), long)
        track = Track.objects.get()
        assert (track.score, track.spotify_id, str(track.album)) == (1, track_id(1), "Album")

    def test_a_known_track_is_found_by_its_names_and_keeps_them(self) -> None:
        album = AlbumFactory(title="First")
        track = TrackFactory(title="Don’t Stop", artists=[ArtistFactory(name="Beyoncé"), ArtistFactory(name="Bob")])
        Track.objects.update(album=album, score=None)
        run(history(("2023-05-01 10:00", "BEYONCE", "Don't Stop", 200_000)))
        found = Track.objects.get()
        assert (found.pk, found.title, found.score, found.album) == (track.pk, "Don’t Stop", 1, album)
        assert [artist.name for artist in found.artists_in_order] == ["Beyoncé", "Bob"]

    def test_a_play_of_another_release_is_one_of_the_known_track(self) -> None:
        track = TrackFactory(title="Song 2", artists=[ArtistFactory(name="Ann")], score=None)
        run(document("endsong_0.json", [extended("10:00", 2), extended("10:10", 2)]))
        track.refresh_from_db()
        assert Track.objects.count() == 1
        assert (track.score, track.spotify_id == track_id(2)) == (2, False)

    def test_a_higher_score_stays(self) -> None:
        TrackFactory(title="Song", artists=[ArtistFactory(name="Ann")], score=40)
        run(history(PLAYED))
        assert Track.objects.get().score == 40

    def test_episodes_and_audiobooks_are_skipped(self) -> None:
        episode = extended(
            "10:00", 1, spotify_track_uri=None, spotify_episode_uri="spotify:episode:x", episode_name="E"
        )
        outcome = run(document("endsong_0.json", [episode, extended("10:10", 2)]))
        assert Track.objects.count() == 1
        assert sum(outcome.parsed.skipped.values()) == 1


LIBRARY = {
    "tracks": [{"artist": "Ann", "album": "Album", "track": "Song", "uri": URI + track_id(1)}],
    "albums": [{"artist": "Ann", "album": "Album", "uri": "spotify:album:x"}],
    "shows": [],
    "episodes": [],
    "bannedTracks": [],
}


class TestLibraryAndPlaylists:
    def test_saved_tracks_are_liked(self) -> None:
        outcome = run(document("YourLibrary.json", LIBRARY))
        track = Track.objects.get()
        assert (track.liked, track.spotify_id, str(track.album)) == (True, track_id(1), "Album")
        assert "Not read: 1 album." in " ".join(map(str, outcome.notes))

    def test_each_playlist_of_the_file_has_its_name_and_order(self) -> None:
        def item(number: int) -> dict[str, Any]:
            names = {"trackName": f"Song {number}", "artistName": "Ann", "albumName": "Album"}
            return {"track": {**names, "trackUri": URI + track_id(number)}, "addedDate": "2021-03-04"}

        playlists = [
            {"name": "Road trip", "lastModifiedDate": "2021-03-04", "items": [item(2), item(1)]},
            {"name": "Gym", "items": [item(2), {"episode": {"episodeName": "x"}, "track": None}]},
        ]
        run(document("Playlist1.json", {"playlists": playlists}))
        tracks = {
            playlist.name: [entry.track.title for entry in playlist.entries.order_by("position")]
            for playlist in Playlist.objects.all()
        }
        assert tracks == {"Road trip": ["Song 2", "Song 1"], "Gym": ["Song 2"]}
        assert Track.objects.count() == 2

    def test_the_whole_zip_in_which_a_track_is_one(self) -> None:
        source = zipped_files(
            "my_spotify_data.zip",
            {
                "Spotify Account Data/YourLibrary.json": json.dumps(LIBRARY),
                "Spotify Account Data/StreamingHistory_music_0.json": history(PLAYED).data.decode(),
                "Spotify Account Data/Userdata.json": json.dumps({"username": "x", "email": "y"}),
                "Spotify Account Data/Read_Me_First.pdf": "%PDF-1.4",
                "__MACOSX/._YourLibrary.json": "\0\5",
            },
        )
        outcome = run(source)
        track = Track.objects.get()
        assert (track.liked, track.score, track.spotify_id) == (True, 1, track_id(1))
        assert "3 other files have no tracks and are skipped" in " ".join(map(str, outcome.notes))
        assert not run(source).changes_anything


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"endTime": "2023-05-01 10:00", "msPlayed": 1', "cut off or damaged (line 1"),
        ("[" * 100_000, "nested too deeply"),
        ('{"username": "x"}', "a JSON file of a kind that musicdb does not read"),
        ("[1, 2, 3]", "a JSON list without objects"),
    ],
)
def test_other_json_is_refused_in_words(content: str, message: str) -> None:
    with pytest.raises(ImportRefusedError, match=re_escape(message)):
        preview([Source("x.json", content.encode())], ImportOptions())


@pytest.mark.parametrize("value", [10**400, -1, "many", {"a": 1}, None])
def test_a_strange_number_is_the_rows_problem_at_most(value: Any) -> None:
    bad = {"endTime": "2023-05-01 10:00", "artistName": "Ann", "trackName": "Bad", "msPlayed": value}
    good = {"endTime": "2023-05-01 10:10", "artistName": "Ann", "trackName": "Good", "msPlayed": 200_000}
    found = preview([document("StreamingHistory0.json", [bad, good])], ImportOptions())
    assert "Good" in {row.record.title for row in found.parsed.tracks}
    assert len(found.problems) <= 1
