"""The files of lists of tracks, read by parsers of their own and by the rules of their specifications."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.exports.track_lists import TRACK_LIST_FORMATS, Heading, write_track_list
from musicdb.models import Track
from musicdb.search import tracks_of
from tests.factories import AlbumFactory, ArtistFactory, PlaylistFactory, TrackFactory, many_tracks

pytestmark = pytest.mark.django_db

FORMATS = {one.extension: one for one in TRACK_LIST_FORMATS}
XSPF = "{http://xspf.org/ns/0/}"
# What version 1 of XSPF allows: how often an element may be there (None: any number), below the list and a track.
OF_LIST = {"title": 1, "creator": 1, "annotation": 1, "info": 1, "image": 1, "date": 1, "trackList": 1}
OF_TRACK = {"location": None, "identifier": None} | dict.fromkeys(
    ("title", "creator", "annotation", "info", "image", "album", "trackNum", "duration"), 1
)
URIS = {"location", "identifier", "info", "image"}
HOSTILE = [
    "<script>alert(1)</script>",
    "a ]]> b & c",
    'quote " and \\ back',
    "two\nlines\r\n#EXTINF:1,x",
    "null\x00 bell\x07 escape\x1b next\x85 line\u2028 no\ufffe\uffff",
    "right \u202eot tfel",
    "=cmd()",
    "x" * 10_000,
    "한국어 🎵 עברית",
]


def heading(**facts: Any) -> Heading:
    return Heading(
        **{
            "title": "Mine",
            "creator": "musicdb",
            "page": "https://music.example/playlists/mine/",
            "absolute": "https://music.example{}".format,
            **facts,
        }
    )


def written(extension: str, tracks: Iterable[Track], **facts: Any) -> str:
    file = io.BytesIO()
    playlist = PlaylistFactory(tracks=tracks)
    write_track_list(file, heading(**facts), tracks_of(playlist), FORMATS[extension])
    return file.getvalue().decode()


def read_xspf(text: str) -> dict[str, Any]:
    """Return a playlist in XSPF as JSPF has it; fails where it breaks a rule of the specification."""
    root = fromstring(text)
    assert (root.tag, root.get("version")) == (f"{XSPF}playlist", "1")
    read = _fields(root, OF_LIST)
    (track_list,) = root.findall(f"{XSPF}trackList")
    assert {track.tag for track in track_list} <= {f"{XSPF}track"}
    read["track"] = [_fields(track, OF_TRACK) for track in track_list]
    return {"playlist": read}


def _fields(element: Any, allowed: dict[str, int | None]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for child in element:
        name = child.tag.removeprefix(XSPF)
        assert name in allowed
        if name == "trackList":
            continue
        assert not list(child)
        assert child.text
        if name in URIS:
            assert urlsplit(child.text).scheme
            assert child.text.isascii()
            assert not any(character.isspace() for character in child.text)
        if allowed[name] is None:
            fields.setdefault(name, []).append(child.text)
        else:
            assert name not in fields
            fields[name] = int(child.text) if name in ("trackNum", "duration") else child.text
    assert fields.get("trackNum", 1) > 0
    assert fields.get("duration", 0) >= 0
    return fields


def read_m3u8(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return what an M3U8 says of itself, and of each track what stands before its location."""
    lines = text.split("\n")
    assert lines.pop() == ""
    assert lines.pop(0) == "#EXTM3U"
    assert text == text.replace("\r", "")
    own = dict([lines.pop(0).removeprefix("#").split(":", 1)])
    tracks, facts = [], {}
    for line in lines:
        assert line, "an empty line"
        if line.startswith("#EXT"):
            name, _, value = line.removeprefix("#").partition(":")
            facts[name] = value
        elif not line.startswith("#"):
            tracks.append({**facts, "location": line})
            facts = {}
    assert not facts, "facts without a location"
    return own, tracks


@pytest.fixture
def track() -> Track:
    album = AlbumFactory(title="Red", image_url="https://images.example/a b.jpg")
    made: Track = TrackFactory(
        title="Psycho",
        album=album,
        artists=[ArtistFactory(name="Irene"), ArtistFactory(name="Wendy")],
        spotify_id="3CYH422oy1cZNoo0GTG1TK",
        isrc="KRA301900001",
        duration_ms=210_600,
        track_number=4,
    )
    return made


def test_xspf_and_jspf_say_the_same_all_that_is_known(track: Track) -> None:
    when = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    facts: dict[str, Any] = {"annotation": "For the\nroad", "date": when, "image": "https://images.example/ü.jpg"}
    bare = TrackFactory(title="Bare", album=None, spotify_id=None)
    expected = {
        "playlist": {
            "title": "Mine",
            "creator": "musicdb",
            "annotation": "For the road",
            "info": "https://music.example/playlists/mine/",
            "image": "https://images.example/%C3%BC.jpg",
            "date": "2026-05-01T12:30:00+00:00",
            "track": [
                {
                    "location": ["https://open.spotify.com/track/3CYH422oy1cZNoo0GTG1TK"],
                    "identifier": ["spotify:track:3CYH422oy1cZNoo0GTG1TK", "urn:isrc:KRA301900001"],
                    "title": "Psycho",
                    "creator": "Irene, Wendy",
                    "info": "https://music.example/tracks/psycho/",
                    "image": "https://images.example/a%20b.jpg",
                    "album": "Red",
                    "trackNum": 4,
                    "duration": 210_600,
                },
                {"title": "Bare", "info": "https://music.example/tracks/bare/"},
            ],
        }
    }
    assert read_xspf(written("xspf", [track, bare], **facts)) == expected
    assert json.loads(written("jspf", [track, bare], **facts)) == expected


def test_m3u8_has_what_players_show_and_no_entry_without_a_location(track: Track) -> None:
    elsewhere = TrackFactory(title="#EXTINF:9,Elsewhere", spotify_id=None, artists=[ArtistFactory(name="Joy")])
    bare = TrackFactory(title="Bare", album=None, spotify_id="b" * 22)
    text = written("m3u8", [track, elsewhere, bare])
    assert text.splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Mine",
        "#EXTINF:211,Irene, Wendy - Psycho",
        "#EXTALB:Red",
        "#EXTART:Irene, Wendy",
        "#EXTIMG:https://images.example/a%20b.jpg",
        "https://open.spotify.com/track/3CYH422oy1cZNoo0GTG1TK",
        "# Not on Spotify: Joy - #EXTINF:9,Elsewhere",
        "#EXTINF:-1,Bare",
        f"https://open.spotify.com/track/{'b' * 22}",
    ]


def test_csv_has_the_public_columns_and_is_safe_in_a_spreadsheet(track: Track) -> None:
    Track.objects.filter(pk=track.pk).update(title="=cmd()")
    track.aliases.create(name="Former", slug="former")  # type: ignore[attr-defined]
    text = written("csv", [track, track])
    assert text.startswith("\ufeffnumber,slug,title,artists,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["number"], row["title"], row["artists"]) for row in rows] == [
        ("1", "'=cmd()", "Irene; Wendy"),
        ("2", "'=cmd()", "Irene; Wendy"),
    ]
    assert rows[0]["spotify_url"] == "https://open.spotify.com/track/3CYH422oy1cZNoo0GTG1TK"
    assert "Former" not in text
    assert {"artist_slugs", "other_spellings"}.isdisjoint(rows[0])


def test_links_are_one_on_a_line(track: Track) -> None:
    link = "https://open.spotify.com/track/3CYH422oy1cZNoo0GTG1TK\n"
    assert written("txt", [track, TrackFactory(spotify_id=None), track]) == link * 2


def test_of_no_tracks_there_is_a_valid_file() -> None:
    assert read_xspf(written("xspf", []))["playlist"]["track"] == []
    assert json.loads(written("jspf", []))["playlist"]["track"] == []
    assert written("m3u8", []) == "#EXTM3U\n#PLAYLIST:Mine\n"
    assert len(written("csv", []).splitlines()) == 1
    assert written("txt", []) == ""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses NUL and titles that are too long")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(track: Track, name: str) -> None:
    """The models would fold most of them. These come past the models, as another program may write them."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE musicdb_track SET title = %s", [name])
        cursor.execute("UPDATE musicdb_artist SET name = %s", [name])
        cursor.execute("UPDATE musicdb_album SET title = %s", [name])
    text = {extension: written(extension, [track, track], title=name, annotation=name) for extension in FORMATS}
    xspf, jspf = read_xspf(text["xspf"]), json.loads(text["jspf"])
    assert xspf == jspf
    (title,) = {one["title"] for one in xspf["playlist"]["track"]}
    assert xspf["playlist"]["title"] == title == xspf["playlist"]["track"][0]["album"]
    assert title.isprintable()
    assert "\u202e" not in title
    if name.isprintable():
        assert title == name
    own, tracks = read_m3u8(text["m3u8"])
    assert own == {"PLAYLIST": title}
    expected = {"EXTINF": f"211,{title}, {title} - {title}", "EXTALB": title, "EXTART": f"{title}, {title}"}
    assert [{key: one[key] for key in expected} for one in tracks] == [expected] * 2
    rows = list(csv.DictReader(io.StringIO(text["csv"].removeprefix("\ufeff"))))
    assert [row["title"].removeprefix("'") for row in rows] == [name] * 2
    assert not any(row["title"].startswith("=") for row in rows)
    assert len(text["txt"].splitlines()) == 2


@pytest.mark.parametrize("extension", FORMATS)
def test_each_batch_takes_as_many_queries(extension: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.exports.track_lists.track_list.BATCH", 2)
    monkeypatch.setattr("musicdb.exports.columns.BATCH", 2)
    # The tracks with their albums, and the artists; of a table also the genres.
    of_batch = 3 if extension == "csv" else 2
    tracks = [TrackFactory(artists=[ArtistFactory()]) for _ in range(6)]
    for batches in (1, 3):
        playlist = PlaylistFactory(tracks=tracks[: 2 * batches])
        with CaptureQueriesContext(connection) as queries:
            write_track_list(io.BytesIO(), heading(), tracks_of(playlist), FORMATS[extension])
        assert len(queries) == 1 + batches * of_batch


@pytest.mark.parametrize("extension", FORMATS)
def test_memory_does_not_grow_with_the_list(extension: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.exports.track_lists.track_list.BATCH", 50)
    monkeypatch.setattr("musicdb.exports.columns.BATCH", 50)
    many_tracks(1_000)

    class Nowhere(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    def peak(count: int) -> int:
        tracks = Track.objects.order_by("pk")[:count]
        tracemalloc.start()
        write_track_list(Nowhere(), heading(), tracks, FORMATS[extension])  # type: ignore[arg-type]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(1_000) < 1.5 * peak(100)
