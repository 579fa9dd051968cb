"""Rows without a Spotify id find the tracks that they mean: by ISRC, else by folded title and artists."""

from typing import Any

import pytest

from musicdb.imports import ImportOptions, Source, preview, run_import
from musicdb.imports.service import PARTS, Parts
from musicdb.models import Artist, Playlist, Track
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory
from tests.imports.files import as_csv, net_file, net_row, track_id
from tests.imports.library import run, state

pytestmark = pytest.mark.django_db
HEADER = ("Track URI", "Track Name", "Artist Name(s)", "Album Name", "ISRC", "Track Duration (ms)", "Popularity")
# The columns of a set of Kaggle that has the ids of artists.
LISTS = ("id", "name", "artists", "id_artists", "album", "release_date", "duration_ms", "explicit", "popularity")
ISRC = "USS1Z9900001"


def file(*rows: tuple[str, ...]) -> Source:
    """A file of exportify.app. Each row has the id, title, artists, album, ISRC and length of a track."""
    return Source("songs.csv", as_csv([[*row, *[""] * (6 - len(row)), "50"] for row in rows], HEADER).encode())


def stored(title: str, *artists: str, **values: Any) -> Track:
    values = {"features": False, "album": None, "popularity": None, "isrc": "", **values}
    if isinstance(values["album"], str):
        values["album"] = AlbumFactory(title=values["album"])
    track: Track = TrackFactory(title=title, artists=[ArtistFactory(name=name) for name in artists], **values)
    return track


def notes(outcome: Any) -> str:
    return " ".join(note.text for note in outcome.notes if "cannot be clustered" not in note.text)


def found(track: Track) -> bool:
    """Whether the import has found this track and made no other."""
    return list(Track.objects.filter(popularity=50)) == [track]


class TestFound:
    def test_by_isrc_whatever_the_names_are(self) -> None:
        track = stored("Under Pressure", "Queen", "David Bowie", album="Hot Space", isrc=ISRC)
        run(file(("", "Under Pressure - Remastered", "Queen & Bowie", "Greatest Hits II", ISRC)))
        assert found(track)
        track = Track.objects.get()
        assert (track.title, str(track.album)) == ("Under Pressure", "Hot Space")
        assert [artist.name for artist in track.artists_in_order] == ["Queen", "David Bowie"]

    @pytest.mark.parametrize(
        ("title", "artist"),
        [("Don’t Stop", "Beyoncé"), ("don't stop", "BEYONCE"), ("Ｄｏｎ'ｔ Stop", "beyoncé")],
    )
    def test_by_folded_title_and_artist(self, title: str, artist: str) -> None:
        track = stored("Don't Stop", "Beyoncé")
        run(file(("", title, artist)))
        assert found(track)
        assert Track.objects.get().title == "Don't Stop"
        # Another spelling is no other artist.
        assert [artist.name for artist in Artist.objects.all()] == ["Beyoncé"]

    def test_by_the_first_artist_alone_without_cutting_the_others(self) -> None:
        track = stored("Duet", "Ann", "Bob", album="First")
        run(file(("", "Duet", "Ann")))
        assert found(track)
        assert [artist.name for artist in Track.objects.get().artists_in_order] == ["Ann", "Bob"]

    def test_a_file_with_ids_gives_them_to_tracks_that_came_without(self) -> None:
        track = stored("Song", "Ann", spotify_id=None)
        run(file((track_id(1), "Song", "Ann", "Album"), (track_id(2), "Song", "Ann", "Best of")))
        track.refresh_from_db()
        assert (track.spotify_id, str(track.album)) == (track_id(1), "Album")
        assert set(Track.objects.values_list("spotify_id", flat=True)) == {track_id(1), track_id(2)}

    def test_another_release_that_is_as_long(self) -> None:
        track = stored("Song", "Ann", album="First", duration_ms=200_000)
        run(file(("", "Song", "Ann", "Best of", "", "201000")))
        assert found(track)
        assert str(Track.objects.get().album) == "First"


class TestNotFound:
    @pytest.mark.parametrize(
        ("row", "values"),
        [
            (("", "Song", "Bob"), {}),
            (("", "Song (live)", "Ann"), {}),
            (("", "Song", "Bob; Ann"), {}),
            (("", "Song", "Ann", "Best of"), {"album": "First"}),
            (("", "Song", "Ann", "", ISRC), {"isrc": "USS1Z9900002"}),
            (("", "Song", "Ann", "", "", "240000"), {"duration_ms": 200_000}),
        ],
        ids=["another artist", "a version", "a guest’s name first", "another album", "another ISRC", "another length"],
    )
    def test_another_recording_becomes_a_track_of_its_own(self, row: tuple[str, ...], values: dict[str, Any]) -> None:
        stored("Song", "Ann", **values)
        run(file(row))
        assert Track.objects.count() == 2

    def test_two_releases_of_one_file_stay_two(self) -> None:
        rows = [("", "Song", "Ann", album, "", "200000") for album in ("First", "Best of")]
        run(file(rows[0]))
        run(file(*rows))
        assert sorted(str(track.album) for track in Track.objects.all()) == ["Best of", "First"]
        outcome = run(file(*rows))
        assert not outcome.changes_anything

    def test_a_track_whose_id_is_in_the_file_is_not_meant_by_its_names(self) -> None:
        stored("Song", "Ann", spotify_id=track_id(1))
        run(file((track_id(1), "Song", "Ann"), ("", "Song", "Ann")))
        assert Track.objects.count() == 2


class TestSeveral:
    def test_the_album_decides(self) -> None:
        stored("Song", "Ann", album="First", liked=True)
        track = stored("Song", "Ann", album="Best Of")
        outcome = run(file(("", "Song", "Ann", "Best of")))
        assert found(track)
        assert notes(outcome) == ""

    def test_else_the_most_loved_is_taken_and_the_preview_says_so(self) -> None:
        stored("Song", "Ann", album="First", score=1)
        track = stored("Song", "Ann", album="Best of", score=2)
        source = file(("", "Song", "Ann"))
        text = "1 row fits several tracks of the library, of which the most loved one is taken: row 2, “Song” by Ann."
        assert notes(preview([source], ImportOptions())) == text
        run(source)
        assert found(track)

    def test_rows_that_mean_one_track_change_it_once(self) -> None:
        track = stored("Song", "Ann", "Bob")
        outcome = run(file(("", "Song", "Ann"), ("", "Song", "Ann; Bob")))
        assert found(track)
        assert outcome.counts["Track"]["updated"] == 1


class TestWithinAnUpload:
    """Rows without ids mean one track as they would if one of them were in the library already."""

    @pytest.mark.parametrize(
        ("rows", "titles"),
        [
            ([("", "Don't", "Ann", "Best"), ("", "DON’T", "ann", "best")], ["Don't"]),
            ([("", "Song", "Ann;Bob", "Best"), ("", "Song", "Bob;Ann", "Best")], ["Song"]),
            ([("", "Song", "Ann", "Best", "", "200000"), ("", "song", "Ann", "Best", "", "204000")], ["Song"]),
            ([("", "Song", "Ann", "Best", ISRC), ("", "Song - Remastered", "Anne", "Hits", ISRC)], ["Song"]),
            ([("", "Song", "Ann", "Best", "", "200000"), ("", "song", "Ann", "Best", "", "300000")], ["Song", "song"]),
            ([("", "Song", "Ann", "Best", ISRC), ("", "song", "Ann", "Best", "USS1Z9900002")], ["Song", "song"]),
            ([("", "Song", "Ann", "Best"), ("", "song", "Ann", "Hits")], ["Song", "song"]),
        ],
    )
    @pytest.mark.parametrize("parts", [PARTS, Parts(0, 1)])
    def test_the_same_file_again_changes_nothing(
        self, rows: list[tuple[str, ...]], titles: list[str], parts: Parts
    ) -> None:
        run_import([file(*rows)], ImportOptions(), None, parts=parts)
        assert list(Track.objects.order_by("pk").values_list("title", flat=True)) == titles
        assert Playlist.objects.get().entries.count() == 2
        before = state()
        assert not run_import([file(*rows)], ImportOptions(), None, parts=parts).changes_anything
        assert state() == before

    @pytest.mark.parametrize("order", [1, -1])
    def test_two_files_of_which_one_has_ids_of_artists(self, order: int) -> None:
        row = [track_id(1), "Don’t", "['Singer 1']", f"['{track_id(7)}']", "Album 1", "2024-03-08", "201000", "0", "5"]
        with_ids = Source("lists.csv", as_csv([row], LISTS).encode())
        run(*[net_file(net_row(1, **{"Track Name": "Don't"})), with_ids][::order])
        track = Track.objects.get()
        assert [(artist.name, artist.spotify_id) for artist in track.artists_in_order] == [("Singer 1", track_id(7))]
        assert list(Playlist.objects.get().tracks.all()) == [track]

    def test_other_ids_are_other_artists(self) -> None:
        rows = [
            [track_id(1), "Song", "['Nirvana']", f"['{track_id(number)}']", "Album", "1991", "201000", "0", "5"]
            for number in (7, 8)
        ]
        found = preview([Source("lists.csv", as_csv(rows, LISTS).encode())], ImportOptions())
        assert [problem.message.partition(" differs")[0] for problem in found.problems] == [
            "is the same track as lists.csv, row 2, but its artists"
        ]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_takes_as_many_queries_as_a_row(rows: int, django_assert_num_queries: Any) -> None:
    for number in range(rows):
        stored(f"Song {number}", "Ann" if not number else f"Ann {number}")
    source = file(*(("", f"Song {number}", "Ann" if not number else f"Ann {number}") for number in range(rows)))
    # The mapping of these columns; artists and playlists by name and alias; tracks by title and their artists; those
    # meant, their artists, genres; which of their values editors set, and which tracks they deleted; whether any track
    # was merged.
    with django_assert_num_queries(14):
        preview([source], ImportOptions())
