"""The library of beets, as “beet export” writes it: the tags of files or what it stores, in JSON or CSV."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.imports.messages import BadRowsError
from musicdb.models import Album, Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.files import track_id
from tests.imports.library import run, zipped_files

pytestmark = pytest.mark.django_db

MBID = "dfa939ec-118c-4d0f-84a0-60f3d1e6522c"


def tags(number: int = 1, **more: Any) -> dict[str, Any]:
    """A track as “beet export” writes it by default: the tags of its file."""
    return {
        "title": f"Song {number}",
        "artist": "Simon & Garfunkel feat. Ann",
        "artists": ["Simon & Garfunkel", "Ann"],
        "album": "Album; One",
        "albumartist": "Simon & Garfunkel",
        "albumartists": ["Simon & Garfunkel"],
        "albumtype": "album",
        "barcode": None,
        "bpm": 0,
        "comp": False,
        "composer": "Paul",
        "date": "1966-01-01",
        "year": 1966,
        "month": None,
        "day": None,
        "disc": 1,
        "track": number,
        "genres": ["Folk Rock", "Hip-Hop/Rap"],
        "genre": "Folk Rock, Hip-Hop/Rap",
        "initial_key": None,
        "isrc": None,
        "label": "Columbia, Ltd.",
        "length": 201.4 + number,
        "lyrics": None,
        "mb_trackid": MBID,
        "path": f"/music/{number}.flac",
        **more,
    }


def stored(number: int = 1, **more: str) -> dict[str, str]:
    """A track as “beet export -l” writes it: all of it text."""
    return {
        **{key: "" if value is None else str(value) for key, value in tags(number).items()},
        "id": str(number),
        "artists": "Simon & Garfunkel; Ann",
        "albumartists": "Simon & Garfunkel",
        "genres": "Folk Rock; Hip-Hop/Rap",
        "month": "00",
        "day": "00",
        "track": f"{number:02d}",
        "length": f"3:2{number}",
        "added": "2020-01-02 03:04:05",
        **more,
    }


def as_json(*items: Any) -> Source:
    return Source("library.json", json.dumps(items, indent=4, sort_keys=True).encode())


def as_lines(*items: Any) -> Source:
    return Source("library.jsonl", "".join(json.dumps(item, sort_keys=True) + "\n" for item in items).encode())


def as_csv(*items: dict[str, Any]) -> Source:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(items[0]))
    writer.writeheader()
    writer.writerows(items)
    return Source("library.csv", text.getvalue().encode())


def notes_of(outcome: Any) -> str:
    return " ".join(map(str, outcome.notes))


def names(rows: Any) -> list[str]:
    return [row.name for row in rows]


@pytest.mark.parametrize("write", [as_json, as_lines, as_csv])
@pytest.mark.parametrize("of", [tags, stored])
def test_every_way_to_export_says_the_same(write: Any, of: Any) -> None:
    outcome = run(write(of(1), of(2)))
    first = Track.objects.select_related("album").order_by("title")[0]
    assert Track.objects.count() == 2
    assert (first.title, first.spotify_id, first.disc_number, first.track_number) == ("Song 1", None, 1, 1)
    assert first.duration_ms == (202_400 if of is tags else 201_000)
    assert names(first.artists_in_order) == ["Simon & Garfunkel", "Ann"]
    assert sorted(names(first.genres.all())) == ["Folk Rock", "Hip-Hop/Rap"]
    assert (first.tempo, first.key, first.score, first.features_source) == (None, None, None, "")
    album = Album.objects.get()
    assert (album.title, album.release_date, album.release_precision) == ("Album; One", date(1966, 1, 1), "year")
    assert (names(album.labels_in_order), names(album.artists_in_order)) == (["Columbia, Ltd."], ["Simon & Garfunkel"])
    assert album.album_type == "album"
    assert "Not read: composer, date" in notes_of(outcome)


def test_all_that_a_track_may_have_is_read() -> None:
    one = stored(
        spotify_track_id=track_id(1),
        spotify_track_popularity="61",
        spotify_danceability="0.7",
        spotify_tempo="120.1",
        spotify_key="5",
        initial_key="Am",
        bpm="60",
        isrc="us-s1z-99-00001",
        barcode="0724384960650",
        day="18",
        month="12",
        play_count="12",
    )
    run(as_json(one))
    track = Track.objects.get()
    assert (track.spotify_id, track.popularity, track.isrc, track.score) == (track_id(1), 61, "USS1Z9900001", 12)
    assert (track.danceability, track.tempo, track.key, track.mode) == (0.7, 120.1, 5, None)
    assert (track.features_source, str(track.added_at)) == ("beets", "2020-01-02 03:04:05+00:00")
    assert track.album
    assert (str(track.album.release_date), track.album.upc) == ("1966-12-18", "0724384960650")


@pytest.mark.parametrize(
    ("said", "key", "mode"),
    [("Am", 9, 0), ("C#", 1, 1), ("Ebm", 3, 0), ("8A", 9, 0), ("8B", 0, 1), ("o", None, None), ("5", 5, None)],
)
def test_tempo_and_key_come_from_the_tags(said: str, key: int | None, mode: int | None) -> None:
    run(as_json(tags(bpm=93, initial_key=said)))
    track = Track.objects.get()
    assert (track.tempo, track.key, track.mode, track.features_source) == (93, key, mode, "beets")


def test_an_id_of_musicbrainz_column_that_looks_like_spotifys_is_none() -> None:
    run(as_json(tags(mb_trackid=track_id(1), data_source="Spotify")))
    assert Track.objects.get().spotify_id is None


@pytest.mark.parametrize("name", ["Tyler, The Creator", "AC; DC", "[spunge]", "[1]", "['x']", "Earth, Wind & Fire"])
@pytest.mark.parametrize("write", [as_json, as_csv])
def test_one_name_is_one_artist(name: str, write: Any) -> None:
    one = tags(artist=name, artists=[name], albumartist=name, albumartists=[])
    if name == "['x']" and write is as_csv:
        one["artists"] = []
    run(write(one))
    assert names(Track.objects.get().artists_in_order) == [name]
    assert names(Album.objects.get().artists_in_order) == [name]


def test_older_versions_have_one_text_for_artists_and_genres() -> None:
    one = tags(genre="Rock; Folk, World")
    for name in ("artists", "albumartists", "genres"):
        del one[name]
    run(as_json(one))
    assert names(Track.objects.get().artists_in_order) == ["Simon & Garfunkel feat. Ann"]
    assert sorted(names(Track.objects.get().genres.all())) == ["Folk", "Rock", "World"]


def test_the_separator_of_the_database_parts_names() -> None:
    run(as_csv(stored(artists="AC; DC\\␀Ann", genres="Rock\\␀Folk, World, & Country")))
    assert names(Track.objects.get().artists_in_order) == ["AC; DC", "Ann"]
    assert sorted(names(Track.objects.get().genres.all())) == ["Folk, World, & Country", "Rock"]


def test_a_compilation_without_an_artist_is_one_album_of_various_artists() -> None:
    songs = [
        tags(number, artist=name, artists=[name], albumartist="", albumartists=None, comp=True)
        for number, name in ((1, "Ann"), (2, "Bob"))
    ]
    run(as_json(*songs))
    album = Album.objects.get()
    assert (album.tracks.count(), album.album_type) == (2, "compilation")
    assert names(album.artists_in_order) == ["Various Artists"]


def test_importing_it_again_changes_nothing() -> None:
    source = as_json(stored(1, play_count="3", bpm="93"), stored(2))
    run(source)
    outcome = run(source)
    assert all(not count["created"] and not count["updated"] for count in outcome.counts.values())


def test_a_track_of_the_library_keeps_its_id_and_its_features() -> None:
    artists = [ArtistFactory(name="Simon & Garfunkel"), ArtistFactory(name="Ann")]
    track = TrackFactory(title="song 1", artists=artists, duration_ms=202_000, spotify_id=track_id(1), tempo=120.5)
    run(as_json(tags(bpm=60)))
    track.refresh_from_db()
    assert (Track.objects.count(), track.spotify_id, track.tempo) == (1, track_id(1), 120.5)


def test_what_has_no_title_or_artist_is_skipped_and_odd_values_lose_no_other_track() -> None:
    outcome = run(
        as_json(tags(1), tags(2, title=None), tags(3, artist={"x": 1}), 7, tags(4, artists=7, genres=[[], 1]))
    )
    assert sorted(Track.objects.values_list("title", flat=True)) == ["Song 1", "Song 4"]
    assert outcome.parsed.skipped == {"no title or no artist": 2}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("length", "long", "length: “long” is not a number"),
        ("length", "3:99", "length: “3:99” is not a duration"),
        ("year", 19660, "year: “19660” is not a whole number"),
        ("isrc", "x", "isrc: "),
        ("barcode", "12", "barcode: "),
        ("bpm", -3, "bpm: "),
        ("initial_key", "H7", "initial_key: “H7” is no key"),
        ("spotify_track_id", "x", "spotify_track_id: "),
        ("comp", "perhaps", "comp: “perhaps” is neither true nor false"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_imported(column: str, value: Any, reason: str) -> None:
    with pytest.raises(BadRowsError) as refused:
        run(as_json(tags(1), tags(2, **{column: value})))
    assert reason in str(refused.value.problems[0])
    assert not Track.objects.exists()


def test_a_day_that_is_none_is_named() -> None:
    with pytest.raises(BadRowsError) as refused:
        run(as_json(tags(month=2, day=31)))
    assert "day: “1966-02-31” is no day of the calendar" in str(refused.value.problems[0])


@pytest.mark.parametrize("text", ["[]", "{}", '[{"title": "x", "artist": "y"}]', '[{"album": "x", "albumtotal": 3}]'])
def test_what_is_no_list_of_tracks_is_named(text: str) -> None:
    with pytest.raises(ImportRefusedError, match=r"of a kind that musicdb does not read.*the library of beets"):
        run(Source("library.json", text.encode()))


def test_xml_leads_to_the_export_as_json() -> None:
    text = "<library><tracks><track><title>Song</title></track></tracks></library>"
    with pytest.raises(
        ImportRefusedError, match=r"is an XML file of beets, not a table\. Export the library with “beet"
    ):
        run(Source("library.xml", text.encode()))


def test_a_library_in_a_zip_is_read() -> None:
    run(zipped_files("all.zip", {"a.json": json.dumps([tags(1)]), "b.json": json.dumps([tags(2)])}))
    assert Track.objects.count() == 2


def test_two_tracks_of_one_title_on_an_album_stay_two() -> None:
    source = as_json(tags(1, title="Intro", disc=1), tags(2, title="Intro", disc=2, length=30))
    run(source)
    run(source)
    assert Track.objects.count() == 2


def test_two_files_of_one_recording_do_not_multiply() -> None:
    source = as_json(tags(1), tags(1, path="/music/1.mp3", length=202.5))
    run(source)
    run(source)
    assert Track.objects.count() == 2
