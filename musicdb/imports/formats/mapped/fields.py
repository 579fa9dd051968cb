"""The fields of a track that a column can be mapped to, and the ways to read the cells of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from import_export.widgets import Widget

from musicdb.exports.widgets import NamesWidget, NameWidget, SpotifyIdsWidget, SpotifyIdWidget, TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.widgets import (
    CommaNamesWidget,
    DurationWidget,
    KeyWidget,
    MarkWidget,
    ModeWidget,
    PythonListWidget,
    RatingWidget,
    ScaledWidget,
)
from musicdb.music import AUDIO_FEATURES, AudioFeature


@dataclass(frozen=True)
class Reading:
    """A way to read the cells of a column. ``code`` is its name in a mapping."""

    code: str
    label: str
    widget: Widget


@dataclass(frozen=True)
class Field:
    """A field of a track. ``group`` is what forms list it under. The first of ``readings`` is the usual one."""

    name: str
    label: str
    group: str
    readings: tuple[Reading, ...]

    def reading(self, code: str) -> Reading | None:
        """Return the reading with this code, and the usual one for no code."""
        return next((reading for reading in self.readings if code in ("", reading.code)), None)

    def words_for(self, reading: Reading) -> str:
        """Return the field and how its cells are read, such as "Artists, separated by commas"."""
        return f"{self.label}, {reading.label}" if reading.label else self.label


def _names(max_length: int, unknown: frozenset[str] = frozenset()) -> tuple[Reading, ...]:
    def parted(code: str, label: str, separator: str) -> Reading:
        return Reading(code, label, NamesWidget(separator, max_length, unknown))

    return (
        parted("one", "one name a cell", "\n"),
        parted("comma", "separated by commas", ","),
        Reading("bare-comma", "separated by commas without a blank", CommaNamesWidget(max_length)),
        parted("semicolon", "separated by semicolons", ";"),
        parted("slash", "separated by /", "/"),
        parted("bar", "separated by |", "|"),
        parted("ampersand", "separated by &", "&"),
        Reading("list", "as a list, such as ['A', 'B']", PythonListWidget(NameWidget(max_length))),
    )


def _feature(feature: AudioFeature) -> Field:
    if feature.name in _FEATURE_WIDGETS:
        readings = _plain(_FEATURE_WIDGETS[feature.name])
    elif (feature.lowest, feature.highest) == (0, 1) and feature.usual:
        plain = spotify.FEATURES[feature.name]
        readings = (
            Reading("0-1", "from 0 to 1", plain),
            Reading("0-100", "from 0 to 100, or percent", ScaledWidget(plain, 100)),
        )
    else:
        readings = _plain(spotify.FEATURES[feature.name])
    return Field(feature.name, feature.label, "Audio features", readings)


def _plain(widget: Widget) -> tuple[Reading, ...]:
    return (Reading("", "", widget),)


_FEATURE_WIDGETS: dict[str, Widget] = {"key": KeyWidget(), "mode": ModeWidget()}
_DURATIONS = (
    Reading("milliseconds", "in milliseconds", DurationWidget(1)),
    Reading("seconds", "in seconds", DurationWidget(1_000)),
    Reading("minutes", "in minutes", DurationWidget(60_000)),
    Reading("clock", "as m:ss", DurationWidget()),
)
_RATINGS = (
    Reading("stars", "from 0 to 5 stars", RatingWidget(1)),
    Reading("0-10", "from 0 to 10, two a star", RatingWidget(2)),
    Reading("0-100", "from 0 to 100, twenty a star", RatingWidget(20)),
)
_ARTIST_IDS = (
    Reading("comma", "separated by commas", spotify.ARTIST_IDS_BY_COMMA),
    Reading("semicolon", "separated by semicolons", SpotifyIdsWidget("artist", ";")),
    Reading("list", "as a list, such as ['id', 'id']", PythonListWidget(SpotifyIdWidget("artist"))),
)
_LIKED = (
    Reading("yes-no", "yes or no", spotify.YES_NO),
    Reading("mark", "anything but blank means yes", MarkWidget()),
)


def _fields() -> Iterable[Field]:
    track, album, listening, service = "Track", "Album", "Listening", "Ids and links"
    yield Field("title", "Title", track, _plain(spotify.TITLE))
    yield Field("artists", "Artists", track, _names(300))
    yield Field("genres", "Genres", track, _names(200, spotify.UNDEFINED))
    yield Field("duration_ms", "Duration", track, _DURATIONS)
    yield Field("explicit", "Explicit", track, _plain(spotify.YES_NO))
    yield Field("disc_number", "Disc number", track, _plain(spotify.NUMBER_IN_ORDER))
    yield Field("track_number", "Track number", track, _plain(spotify.NUMBER_IN_ORDER))
    yield Field("album", "Album", album, _plain(spotify.ALBUM))
    yield Field("album_artists", "Artists of the album", album, _names(300))
    yield Field("released", "Release date or year", album, _plain(spotify.RELEASED))
    yield Field("labels", "Label", album, _names(300, spotify.UNDEFINED))
    yield Field("album_type", "Type of the album", album, _plain(spotify.ALBUM_TYPE))
    yield Field("copyrights", "Copyrights", album, _plain(spotify.COPYRIGHTS))
    yield Field("score", "Score: how often it was played", listening, _plain(spotify.SCORE))
    yield Field("rating", "Rating: counts as so many plays as it has stars", listening, _RATINGS)
    yield Field("liked", "Liked", listening, _LIKED)
    yield Field("added_at", "Added at", listening, _plain(spotify.ADDED_AT))
    yield Field("popularity", "Popularity, from 0 to 100", listening, _plain(spotify.POPULARITY))
    yield Field("spotify_id", "Spotify id, URI or URL", service, _plain(spotify.TRACK_ID))
    yield Field("isrc", "ISRC", service, _plain(spotify.ISRC))
    yield Field("artist_ids", "Spotify ids of the artists", service, _ARTIST_IDS)
    yield Field("album_id", "Spotify id of the album", service, _plain(spotify.ALBUM_ID))
    yield Field("upc", "UPC of the album", service, _plain(spotify.UPC))
    yield Field("image_url", "Address of the album’s art", service, _plain(spotify.ART))
    yield Field("preview_url", "Address of the preview", service, _plain(spotify.PREVIEW))
    yield from map(_feature, AUDIO_FEATURES)
    yield Field("features_source", "Source of the features", "Audio features", _plain(TextWidget(100)))


FIELDS = {field.name: field for field in _fields()}
# What a track cannot do without.
NEEDED = {"title": "a title", "artists": "an artist"}
# The fields that two columns may have, with the column of ``SpotifyFormat`` that the second one is.
SECOND = {"genres": "more_genres"}
