"""Export, wipe, import: the same library, for libraries that nobody would think of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from musicdb.exports import LIBRARY_FORMATS
from musicdb.exports.widgets import join_parts, split_parts
from musicdb.exports.xml_text import escape_xml, unescape_xml
from musicdb.imports import ImportOptions, preview
from musicdb.models import (
    Album,
    AlbumAlias,
    AlbumArtist,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Label,
    LabelAlias,
    Track,
    TrackAlias,
    TrackArtist,
    Visibility,
)
from musicdb.music import AUDIO_FEATURES, name_key, normalise_name
from tests.imports.library import exported, run, state, wipe

# Half a surrogate pair is no text, and NUL is refused everywhere.
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
TEXT = st.text(LETTERS, max_size=20)
NASTY = st.sampled_from(
    [
        "a;b",
        "a\\",
        "\\;",
        "; ",
        "'",
        "=1",
        "'=1",
        "@",
        "-1",
        "NA",
        "null",
        "undefined",
        "é",
        "É",
        "_x000D_",
        "\u2028x",
        "ﬁ",
        "’",
        "`",
        "－１",
        "‐1",
    ]
)
NAMES = st.one_of(TEXT, NASTY).map(normalise_name).filter(bool)
SLUGS = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,2})?", fullmatch=True)
IDS = st.none() | st.from_regex(r"[0-9A-Za-z]{22}", fullmatch=True)


def unique(values: Any, by: Any = None) -> Any:
    return st.lists(values, unique_by=by or (lambda value: value), max_size=4)


def each_once(rows: list[dict[str, Any]], *columns: str, fold: Any = str) -> list[dict[str, Any]]:
    """Return the rows that have, in these columns, nothing that an earlier one has."""
    kept: list[dict[str, Any]] = []
    held: set[tuple[str, str]] = set()
    for row in rows:
        keys = {(column, fold(row[column])) for column in columns if row.get(column)}
        if not keys & held:
            held |= keys
            kept.append(row)
    return kept


@st.composite
def libraries(draw: st.DrawFn) -> dict[str, Any]:
    def things(**columns: Any) -> list[dict[str, Any]]:
        drawn = draw(st.lists(st.fixed_dictionaries({"slug": SLUGS, **columns}), max_size=4))
        return each_once(drawn, "slug", "spotify_id")

    genres = things(name=NAMES, description=st.text(LETTERS, max_size=30) | NASTY)
    labels = things(name=NAMES, visibility=st.sampled_from(Visibility.values))
    genres = each_once(genres, "name", fold=name_key)
    labels = each_once(labels, "name")
    albums = things(
        title=NAMES,
        spotify_id=IDS,
        released=st.none() | st.tuples(st.dates(), st.sampled_from(["year", "month", "day"])),
        image_url=st.sampled_from(["", "https://a.example/b?c=d;e", "http://a.example/'"]),
        labels=st.lists(st.integers(0, 3), max_size=3, unique=True),
        artists=st.lists(st.integers(0, 3), max_size=3, unique=True),
        album_type=st.sampled_from(["", *Album.Type.values]),
        upc=st.sampled_from(["", "00602435", "60243597188912"]),
        copyrights=st.sampled_from(["", "℗ 2021; a\n© 2021 b"]),
    )
    features = {
        feature.name: st.none()
        | (
            st.floats(feature.lowest, feature.highest)
            if feature.usual
            else st.integers(int(feature.lowest), int(feature.highest))
        )
        for feature in AUDIO_FEATURES
    }
    tracks = things(
        title=NAMES,
        spotify_id=IDS,
        album=st.integers(0, 6),
        artists=st.lists(st.integers(0, 3), max_size=3, unique=True),
        genres=st.lists(st.integers(0, 3), max_size=3, unique=True),
        score=st.none() | st.integers(0, 2**31 - 1),
        liked=st.booleans(),
        isrc=st.sampled_from(["", "KRA381001057"]),
        duration_ms=st.none() | st.integers(0, 2**31 - 1),
        explicit=st.sampled_from([None, True, False]),
        disc_number=st.none() | st.integers(1, 2**15 - 1),
        track_number=st.none() | st.integers(1, 2**15 - 1),
        popularity=st.none() | st.integers(0, 100),
        added_at=st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        preview_url=st.sampled_from(["", "https://audio.example/a.mp3"]),
        features=st.fixed_dictionaries(features),
        features_source=TEXT,
    )
    spellings = st.tuples(st.integers(0, 3), NAMES, st.none() | SLUGS)
    return {
        "genres": genres,
        "artists": things(name=NAMES, spotify_id=IDS, visibility=st.sampled_from(Visibility.values)),
        "labels": labels,
        "albums": albums,
        "tracks": tracks,
        "genre_spellings": draw(unique(spellings, lambda one: name_key(one[1]))),
        "label_spellings": draw(unique(spellings, lambda one: one[1])),
        "artist_spellings": draw(st.lists(st.tuples(spellings, IDS), max_size=4)),
        "album_spellings": draw(st.lists(st.tuples(spellings, IDS), max_size=4)),
        "track_spellings": draw(st.lists(st.tuples(spellings, IDS), max_size=4)),
    }


def _of(rows: list[Any], places: list[int]) -> list[Any]:
    return [rows[place] for place in places if place < len(rows)]


def make(said: dict[str, Any]) -> None:
    genres = [Genre.objects.create(**row) for row in said["genres"]]
    labels = [Label.objects.create(**row) for row in said["labels"]]
    artists = [Artist.objects.create(**row) for row in said["artists"]]
    albums = []
    for row in said["albums"]:
        mine, credited = _of(labels, row.pop("labels")), _of(artists, row.pop("artists"))
        if released := row.pop("released"):
            day, precision = released
            first = {"year": day.replace(month=1, day=1), "month": day.replace(day=1), "day": day}[precision]
            row |= {"release_date": first, "release_precision": precision}
        albums.append(Album.objects.create(**row))
        for position, artist in enumerate(credited):
            AlbumArtist.objects.create(album=albums[-1], artist=artist, position=position)
        for position, label in enumerate(mine):
            AlbumLabel.objects.create(album=albums[-1], label=label, position=position)
    tracks = []
    for row in said["tracks"]:
        mine, theirs, album = _of(artists, row.pop("artists")), _of(genres, row.pop("genres")), row.pop("album")
        track = Track.objects.create(album=albums[album] if album < len(albums) else None, **row.pop("features"), **row)
        tracks.append(track)
        track.genres.set(theirs)
        for position, artist in enumerate(mine):
            TrackArtist.objects.create(track=track, artist=artist, position=position)
    for model, targets, spellings in (
        (GenreAlias, genres, said["genre_spellings"]),
        (LabelAlias, labels, said["label_spellings"]),
    ):
        _spell(model, targets, spellings)
    with_ids: list[tuple[Any, list[Any], list[Any]]] = [
        (ArtistAlias, artists, said["artist_spellings"]),
        (AlbumAlias, albums, said["album_spellings"]),
        (TrackAlias, tracks, said["track_spellings"]),
    ]
    for model, targets, spellings in with_ids:
        _spell(model, targets, [one for one, _ in spellings])
        held: set[str] = set()
        for alias, (_, spotify_id) in zip(model.objects.order_by("pk"), spellings, strict=False):
            if spotify_id and spotify_id not in held:
                held.add(spotify_id)
                model.objects.filter(pk=alias.pk).update(spotify_id=spotify_id)


def _spell(model: Any, targets: list[Any], spellings: list[Any]) -> None:
    held: set[str] = set()
    for place, name, slug in spellings:
        if place < len(targets):
            model.objects.create(target=targets[place], name=name, slug=None if slug in held else slug)
            held.add(slug)


@pytest.mark.slow
class TestAnyLibrary(TestCase):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(said=libraries(), kind=st.sampled_from(sorted(LIBRARY_FORMATS)))
    def test_comes_back_as_it_was(self, said: dict[str, Any], kind: str) -> None:
        make(said)
        before = state()
        source = exported(kind)
        if not before:
            return
        again = preview([source], ImportOptions())
        assert not again.parsed.problems
        assert not again.changes_anything
        wipe()
        run(source)
        assert state() == before


@given(names=st.lists(NAMES | st.just(""), min_size=2))
def test_names_in_one_cell_come_apart_as_they_were(names: list[str]) -> None:
    assert split_parts(join_parts(names)) == names


@given(text=st.text())
def test_a_text_comes_back_from_a_workbook(text: str) -> None:
    assert unescape_xml(escape_xml(text)) == text
    assert not set(escape_xml(text)) & {"\r", "\0", "\x0b", "\uffff"}
