"""Navidrome: its table of tracks as CSV, its playlists as M3U, and its smart playlists, which have no tracks."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.imports.messages import BadRowsError
from musicdb.models import Album, Playlist, Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.files import track_id
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db


def listed(member: str, **lists: list[str]) -> str:
    """A column of lists as Navidrome stores it."""
    return json.dumps({name: [{"id": track_id(9), member: text} for text in texts] for name, texts in lists.items()})


def people(**roles: list[str]) -> str:
    return listed("name", **roles)


def tags(**values: list[str]) -> str:
    return listed("value", **values)


def row(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of ``media_file``, with the columns of ``annotation`` behind it."""
    return {
        "id": track_id(number),
        "path": f"Ann/One/{number}.flac",
        "title": f"Song {number}",
        "album": "Album; One",
        "artist_id": track_id(70),
        "artist": "Ann • Tyler, The Creator",
        "album_artist": "Ann",
        "has_cover_art": 1,
        "track_number": number,
        "disc_number": 0,
        "year": 2019,
        "size": 23456789,
        "suffix": "flac",
        "duration": 201.4 + number,
        "bit_rate": 880,
        "genre": "Hip-Hop/Rap",
        "compilation": 0,
        "created_at": "2024-01-02 03:04:05.123456789+00:00",
        "album_id": track_id(71),
        "bpm": 0,
        "mbz_recording_id": "",
        "mbz_album_type": "album",
        "date": "2019-05",
        "release_date": "",
        "explicit_status": "",
        "tags": "{}",
        "participants": people(artist=["Ann", "Tyler, The Creator"], albumartist=["Ann"], composer=["Bob"]),
        "missing": 0,
        "starred": "",
        "play_count": "",
        **more,
    }


def text_of(*rows: dict[str, Any], without: tuple[str, ...] = ()) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in rows[0] if name not in without], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def table(*rows: dict[str, Any], without: tuple[str, ...] = ()) -> Source:
    return Source("media_file.csv", text_of(*rows, without=without).encode())


def names(rows: Any) -> list[str]:
    return [one.name for one in rows]


def test_a_row_is_a_track_and_its_id_is_not_spotifys() -> None:
    outcome = run(table(row(1), row(2)))
    first = Track.objects.select_related("album").order_by("title")[0]
    assert Track.objects.count() == 2
    assert (first.title, first.spotify_id, first.disc_number, first.track_number) == ("Song 1", None, None, 1)
    assert (first.duration_ms, first.tempo, first.score, first.liked) == (202_400, None, None, False)
    assert names(first.artists_in_order) == ["Ann", "Tyler, The Creator"]
    assert names(first.genres.all()) == ["Hip-Hop/Rap"]
    assert str(first.added_at) == "2024-01-02 03:04:05.123456+00:00"
    album = Album.objects.get()
    assert (album.title, album.release_date, album.release_precision) == ("Album; One", date(2019, 5, 1), "month")
    assert (album.spotify_id, album.album_type, names(album.artists_in_order)) == (None, "album", ["Ann"])
    notes = " ".join(map(str, outcome.notes))
    assert "Not read: path, artist_id, size, suffix, bit_rate, album_id, mbz_recording_id." in notes


def test_tags_and_annotations_are_read() -> None:
    said = tags(
        genre=["Rap", "Folk, World"],
        isrc=["US-S1Z-99-00001", "USS1Z9900002"],
        recordlabel=["Columbia, Ltd."],
        barcode=["0724384960650"],
        releasetype=["ep", "live"],
        copyright=["℗ 2019 Ann"],
        key=["Am"],
        mood=["calm"],
    )
    more = {"release_date": "2019-05-17", "explicit_status": "e", "bpm": 93, "starred": 1, "play_count": 12}
    run(table(row(1, tags=said, **more)))
    track = Track.objects.select_related("album").get()
    assert (track.isrc, track.explicit, track.liked, track.score) == ("USS1Z9900001", True, True, 12)
    assert (track.tempo, track.key, track.mode, track.features_source) == (93, 9, 0, "Navidrome")
    assert sorted(names(track.genres.all())) == ["Folk, World", "Rap"]
    album = Album.objects.get()
    assert (str(album.release_date), album.upc, album.copyrights) == ("2019-05-17", "0724384960650", "℗ 2019 Ann")
    assert (names(album.labels_in_order), album.album_type) == (["Columbia, Ltd."], "ep")


def test_older_versions_have_no_json_and_no_annotations() -> None:
    without = ("tags", "participants", "missing", "starred", "play_count", "date", "release_date", "explicit_status")
    outcome = run(table(row(1), without=without))
    track = Track.objects.get()
    assert names(track.artists_in_order) == ["Ann", "Tyler, The Creator"]
    assert (track.liked, track.score, str(Album.objects.get().release_date)) == (False, None, "2019-01-01")
    assert "score" not in " ".join(map(str, outcome.notes))


def test_lists_that_are_empty_or_odd_leave_the_plain_columns() -> None:
    odd = json.dumps({"artist": [{}, 7, {"name": None}], "albumartist": "x", "genre": [{"value": " "}], "isrc": []})
    run(table(row(1, participants=odd, tags=odd), row(2, participants="[]", tags="")))
    for track in Track.objects.all():
        assert names(track.artists_in_order) == ["Ann", "Tyler, The Creator"]
        assert (track.isrc or "", names(track.genres.all())) == ("", ["Hip-Hop/Rap"])


def test_what_has_no_names_or_no_file_is_skipped_and_counted() -> None:
    outcome = run(table(row(1), row(2, title=""), row(3, artist=" "), row(4, missing=1)))
    assert Track.objects.get().title == "Song 1"
    assert outcome.parsed.skipped == {"no title or no artist": 2, "its music file is missing": 1}


def test_a_compilation_without_an_artist_is_of_various_artists() -> None:
    rows = [
        row(number, artist=name, album_artist="", participants=people(artist=[name]), compilation=1)
        for number, name in ((1, "Ann"), (2, "Bob"))
    ]
    run(table(*rows))
    album = Album.objects.get()
    assert (album.tracks.count(), album.album_type) == (2, "compilation")
    assert names(album.artists_in_order) == ["Various Artists"]


def test_importing_it_again_changes_nothing() -> None:
    source = table(row(1, play_count=3, bpm=93), row(2, title="Intro", disc_number=1), row(3, title="Intro"))
    run(source)
    outcome = run(source)
    assert Track.objects.count() == 3
    assert all(not count["created"] and not count["updated"] for count in outcome.counts.values())


def test_a_track_of_the_library_keeps_its_id() -> None:
    artists = [ArtistFactory(name="Ann"), ArtistFactory(name="Tyler, The Creator")]
    track = TrackFactory(title="song 1", artists=artists, duration_ms=202_000, spotify_id=track_id(50))
    run(table(row(1)))
    track.refresh_from_db()
    assert (Track.objects.count(), track.spotify_id) == (1, track_id(50))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("duration", "long", "duration: “long” is not a number"),
        ("bpm", "-3", "bpm: "),
        ("date", "2019-02-31", "date: “2019-02-31” is no day of the calendar"),
        ("starred", "perhaps", "starred: “perhaps” is neither true nor false"),
        ("tags", "{'genre'", "tags: is not JSON, as Navidrome writes it"),
        ("tags", tags(isrc=["x"]), "tags: "),
        ("tags", tags(key=["H7"]), "tags: “H7” is no key"),
        ("participants", people(artist=["x" * 301]), "participants: has 301 characters"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_imported(column: str, value: Any, reason: str) -> None:
    with pytest.raises(BadRowsError) as refused:
        run(table(row(1), row(2, **{column: value})))
    assert reason in str(refused.value.problems[0])
    assert not Track.objects.exists()


@pytest.mark.parametrize("column", ["id", "duration", "has_cover_art", "album_artist"])
def test_a_table_without_what_tells_it_is_not_taken_for_one(column: str) -> None:
    with pytest.raises(ImportRefusedError, match="is not in the format Navidrome library: it lacks the columns"):
        run(table(row(1), without=(column,)), file_format="navidrome")


M3U = """#EXTM3U
#PLAYLIST:Road trip
#EXTINF:203,Ann • Tyler, The Creator - Song 2
/music/Ann/One/2.flac
#EXTINF:202,Ann - Plain
#EXTALB:Album; One
#EXTART:Ann
#EXTALBUMARTURL:https://example.org/a.jpg
Ann/One/1.flac
#EXTINF:1,Nobody - Unknown
Nobody.flac
"""


def test_a_playlist_finds_tracks_of_one_and_of_several_artists() -> None:
    run(table(row(2)))
    TrackFactory(title="Plain", artists=[ArtistFactory(name="Anna"), ArtistFactory(name="Bob")])
    TrackFactory(title="Plain", artists=[*Track.objects.get(title="Song 2").artists_in_order[:1]])
    outcome = run(Source("playlist.m3u", M3U.encode()))
    entries = Playlist.objects.get(name="Road trip").entries.order_by("position")
    assert list(entries.values_list("track__title", flat=True)) == ["Song 2", "Plain"]
    assert any("“Unknown” by Nobody" in str(note) for note in outcome.notes)


NSP = """/* Played lately */
{"name": "Recent // really", "all": [{"inTheLast": {"lastPlayed": 30}}], // days
 "sort": "lastPlayed", "order": "desc", "limit": 100}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("recent.nsp", NSP),
        ("recent.nsp", '{"any": [], "limit": 3}'),
        ("recent.json", '{"name": "x", "comment": "y", "any": [{"is": {"loved": true}}]}'),
    ],
)
def test_a_smart_playlist_is_named_and_leads_to_the_export(name: str, text: str) -> None:
    reason = "is a smart playlist of Navidrome: it has rules, and no tracks.*choose Export, and import the M3U"
    with pytest.raises(ImportRefusedError, match=reason):
        run(Source(name, text.encode()))


def test_a_damaged_smart_playlist_is_damaged_json() -> None:
    with pytest.raises(ImportRefusedError, match="cut off or damaged"):
        run(Source("recent.nsp", NSP[:-10].encode()))


def test_a_smart_playlist_in_a_zip_is_left_out() -> None:
    run(zipped_files("all.zip", {"recent.nsp": NSP, "media_file.csv": text_of(row(1))}))
    assert Track.objects.count() == 1
