"""Libraries of Apple Music and iTunes, as “Export Library” writes them."""

import plistlib
from datetime import date, datetime
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Album, Playlist, Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db


def song(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Track ID": 1000 + number,
        "Name": f"Song {number}",
        "Artist": "Tyler, The Creator",
        "Album Artist": "Tyler, The Creator",
        "Album": "Album; One",
        "Genre": "Hip-Hop/Rap",
        "Kind": "Apple Music AAC audio file",
        "Total Time": 201_000 + number,
        "Disc Number": 1,
        "Track Number": number,
        "Year": 2019,
        "Date Added": datetime(2020, 1, 2, 3, 4, 5),
        "Persistent ID": f"{number:016X}",
        "Track Type": "Remote",
        **more,
    }


def playlist(name: str, *numbers: int, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Playlist Items": [{"Track ID": 1000 + number} for number in numbers], **more}


def content(*songs: dict[str, Any], playlists: tuple[dict[str, Any], ...] = ()) -> str:
    tracks = {str(one["Track ID"]): one for one in songs}
    document = {"Major Version": 1, "Tracks": tracks, "Playlists": list(playlists)}
    return plistlib.dumps(document, sort_keys=False).decode()


def library(*songs: dict[str, Any], playlists: tuple[dict[str, Any], ...] = (), name: str = "Library.xml") -> Source:
    return Source(name, content(*songs, playlists=playlists).encode())


def notes_of(outcome: Any) -> str:
    return " ".join(map(str, outcome.notes))


def test_all_that_a_track_has_is_read() -> None:
    one = song(1, Loved=True, **{"Play Count": 12, "Explicit": True, "BPM": 93, "Composer": "Ann"})
    outcome = run(library(one, song(2, Favorited=True)))
    first, second = Track.objects.select_related("album").order_by("title")
    assert (first.title, first.spotify_id, first.score, first.liked, first.explicit) == ("Song 1", None, 12, True, True)
    assert (first.duration_ms, first.disc_number, first.track_number) == (201_001, 1, 1)
    assert [artist.name for artist in first.artists_in_order] == ["Tyler, The Creator"]
    assert [genre.name for genre in first.genres.all()] == ["Hip-Hop/Rap"]
    assert (first.tempo, first.features_source) == (93, "Apple Music")
    assert str(first.added_at) == "2020-01-02 03:04:05+00:00"
    assert (second.liked, second.score) == (True, None)
    album = Album.objects.get()
    assert (album.title, album.release_date, album.release_precision) == ("Album; One", date(2019, 1, 1), "year")
    assert [artist.name for artist in album.artists_in_order] == ["Tyler, The Creator"]
    assert "Not read: Composer." in notes_of(outcome)
    assert "None of the 2 tracks has audio features" in notes_of(outcome)


def test_playlists_come_in_order_and_the_lists_of_the_program_do_not() -> None:
    lists = (
        playlist("Library", 1, 2, 3, Master=True, Visible=False),
        playlist("Downloaded", 1, **{"Distinguished Kind": 65, "Music": True}),
        playlist("Musik", 1, 2, **{"Distinguished Kind": 4}),
        playlist("Folder", 2, Folder=True),
        playlist("Mix", 3, 1, 3, **{"Smart Info": b"x"}),
        playlist("Mix", 2),
        playlist("Empty"),
        playlist("Films", 4),
    )
    outcome = run(library(song(1), song(2), song(3), song(4, Movie=True), playlists=lists))
    found = {
        one.name: list(one.entries.order_by("position").values_list("track__title", flat=True))
        for one in Playlist.objects.all()
    }
    assert found == {"Mix": ["Song 3", "Song 1", "Song 3"], "Mix (2)": ["Song 2"]}
    assert "Not read: 1 folder of playlists." in notes_of(outcome)
    assert outcome.parsed.skipped == {"a video, not a track": 1}


def test_what_is_no_music_is_skipped_and_counted() -> None:
    others = (
        song(2, Podcast=True),
        song(3, **{"TV Show": True}),
        song(4, **{"Has Video": True}),
        song(5),
        song(6, **{"Track Type": "URL"}),
        song(7, Name=""),
        {"Track ID": 1008, "Persistent ID": "8"},
    )
    books = playlist("Audiobooks", 5, **{"Distinguished Kind": 5, "Audiobooks": True})
    outcome = run(library(song(1), *others, playlists=(books,)))
    assert Track.objects.count() == 1
    assert outcome.parsed.skipped == {
        "a podcast’s episode, not a track": 1,
        "a video, not a track": 2,
        "an audiobook, not a track": 1,
        "a radio station, not a track": 1,
        "no title or no artist": 2,
    }


def test_importing_it_again_changes_nothing() -> None:
    source = library(song(1, **{"Play Count": 3}), song(2), playlists=(playlist("Mix", 2, 1),))
    run(source)
    outcome = run(source)
    assert all(not count["created"] and not count["updated"] for count in outcome.counts.values())


def test_a_track_of_the_library_keeps_its_names_id_score_and_features() -> None:
    track = TrackFactory(
        title="Café",
        artists=[ArtistFactory(name="ANN")],
        duration_ms=201_000,
        spotify_id="0" * 22,
        score=9,
        tempo=120.5,
        features_source="Spotify",
    )
    run(library(song(1, Name="Cafe", Artist="Ann", BPM=60, **{"Play Count": 3})))
    track.refresh_from_db()
    assert (track.title, track.spotify_id, track.score, track.tempo) == ("Café", "0" * 22, 9, 120.5)
    assert track.features_source == "Spotify"


def test_two_copies_of_a_track_are_one_with_the_plays_of_both() -> None:
    copy = song(2, Name="Song 1", Loved=True, **{"Play Count": 4, "Total Time": 203_000, "Track Number": 1})
    other = song(3, Name="Song 1", **{"Total Time": 400_000})
    lists = (playlist("Mix", 2, 1),)
    outcome = run(library(song(1, **{"Play Count": 3}), copy, other, playlists=lists))
    assert sorted(Track.objects.values_list("duration_ms", "score", "liked")) == [
        (201_001, 7, True),
        (400_000, None, False),
    ]
    assert Playlist.objects.get().entries.count() == 2
    assert "1 track of the library is there twice" in notes_of(outcome)


def test_a_compilation_is_one_album_without_an_artist_of_its_own() -> None:
    songs = [
        song(number, Artist=artist, Compilation=True, **{"Album Artist": "", "Year": year})
        for number, artist, year in ((1, "Ann", 1983), (2, "Bob", 1985))
    ]
    outcome = run(library(*songs))
    album = Album.objects.get()
    assert (album.tracks.count(), album.release_date, album.album_type) == (2, None, "compilation")
    assert [artist.name for artist in album.artists_in_order] == ["Various Artists"]
    assert "1 album with tracks of several years has no date" in notes_of(outcome)


def test_a_day_that_all_tracks_agree_on_is_the_albums() -> None:
    day = datetime(2019, 5, 17, 12)
    run(library(song(1, **{"Release Date": day}), song(2, **{"Release Date": day})))
    assert str(Album.objects.get().release_date) == "2019-05-17"


def test_a_library_in_a_zip_is_read() -> None:
    outcome = run(zipped_files("all.zip", {"iTunes Library.xml": content(song(1)), "other.xml": "<a/>"}))
    assert Track.objects.count() == 1
    assert "1 other file has no tracks and is skipped: other.xml" in notes_of(outcome)


DOCTYPE = '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">'
LAUGHS = '<!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
FILE = '<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE plist [<!ENTITY % a SYSTEM "http://a.example/x"> %a;]>'


@pytest.mark.parametrize("doctype", [LAUGHS, FILE, PARAMETER])
@pytest.mark.parametrize("value", ["&b;", "&a;", "x"])
def test_hostile_xml_is_refused(doctype: str, value: str) -> None:
    text = content(song(1, Name=value)).replace("&amp;", "&").replace(DOCTYPE, doctype)
    assert doctype in text
    with pytest.raises(ImportRefusedError, match="may expand itself"):
        run(Source("Library.xml", text.encode()))
    assert not Track.objects.exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</plist>", ""),
        ("<integer>1</integer>", "<integer>one</integer>"),
        ("<integer>1</integer>", f"<integer>{'9' * 10_000}</integer>"),
        ("2020-01-02T03:04:05Z", "2020-13-40T00:00:00Z"),
        ("2020-01-02T03:04:05Z", "yesterday"),
        ("<key>Name</key>", "<key>Name</key><key>Name</key>"),
        ("<key>Name</key>", "<real>x</real>"),
        ('encoding="UTF-8"', 'encoding="UTF-99"'),
    ],
)
def test_damaged_xml_is_refused(old: str, new: str) -> None:
    text = content(song(1))
    assert old in text
    with pytest.raises(ImportRefusedError, match="is a damaged XML file"):
        run(Source("Library.xml", text.replace(old, new, 1).encode()))
    assert not Track.objects.exists()


@pytest.mark.parametrize("document", [{}, [1], "x", {"Tracks": {}}, {"Tracks": [1]}, {"Tracks": {"1": "x"}}])
def test_another_property_list_is_named(document: Any) -> None:
    with pytest.raises(ImportRefusedError, match=r"property list of Apple’s without tracks, not a table\. In Music or"):
        run(Source("Info.plist", plistlib.dumps(document)))


def test_odd_values_lose_no_other_track() -> None:
    odd = song(2, Artist=["x"], Album={"y": 1}, Year="soon", **{"Total Time": "long", "Playlist Items": 7})
    outcome = run(library(song(1), odd, playlists=(playlist("Mix", 1, 99), {"Name": 7, "Playlist Items": [1, {}]})))
    assert Track.objects.get().title == "Song 1"
    assert outcome.parsed.skipped == {"no title or no artist": 1}
    assert Playlist.objects.get().entries.count() == 1


@pytest.mark.parametrize("head", [b"hdfm\x00\x00\x00\x90", b"bplist00\xd1\x01"])
def test_the_programs_own_files_lead_to_the_export(head: bytes) -> None:
    with pytest.raises(ImportRefusedError, match="choose File, Library, Export Library"):
        run(Source("iTunes Library.itl", head + bytes(100)))


def test_a_rating_counts_as_so_many_plays_and_one_of_the_album_does_not() -> None:
    outcome = run(
        library(
            song(1, Rating=80),
            song(2, Rating=100, **{"Play Count": 7}),
            song(3, Rating=100, **{"Rating Computed": True, "Album Rating": 100}),
            song(4, Rating=50),
            # Two copies of a recording: the higher rating counts.
            song(5, Rating=20),
            song(6, Name="Song 5", Rating=60),
        )
    )
    assert dict(Track.objects.values_list("title", "score")) == {
        "Song 1": 4,
        "Song 2": 7,
        "Song 3": None,
        "Song 4": 3,
        "Song 5": 3,
    }
    assert "A rating counts as so many plays, five stars as five" in notes_of(outcome)
    assert "Not read: Album Rating." in notes_of(outcome)
