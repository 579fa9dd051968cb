"""Files that come from Spotify's data: what their formats share."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from musicdb.exports.tables import TRACKS
from musicdb.exports.widgets import (
    ChoiceWidget,
    FeatureWidget,
    IsrcWidget,
    NamesWidget,
    NameWidget,
    ReleaseDateWidget,
    SpotifyIdsWidget,
    SpotifyIdWidget,
    TextWidget,
    TimeWidget,
    UpcWidget,
    UrlWidget,
    WholeNumberWidget,
    YesNoWidget,
    is_unknown,
)
from musicdb.imports.formats.base import Column, FileFormat, unique
from musicdb.imports.formats.widgets import CommaNamesWidget, MillisecondsWidget
from musicdb.imports.messages import Note, RowRefusedError, RowSkipped
from musicdb.imports.options import ParseOptions
from musicdb.imports.records import NO_FACTS, AlbumRecord, ArtistRecord, EntryRecord, TrackRecord
from musicdb.models import Album
from musicdb.models.validators import MAX_POPULARITY, MAX_SMALL_INTEGER
from musicdb.music import AUDIO_FEATURES, FEATURE_NAMES

UNDEFINED = frozenset({"undefined"})

# The widgets of columns that several formats have.
TITLE = NameWidget(500)
ALBUM = NameWidget(500, UNDEFINED)
TRACK_ID = SpotifyIdWidget("track")
ALBUM_ID = SpotifyIdWidget("album")
DURATION = MillisecondsWidget()
YES_NO = YesNoWidget()
ADDED_AT = TimeWidget(epoch_is_unknown=True)
ADDED_BY = TextWidget(200)
RELEASED = ReleaseDateWidget()
SCORE = WholeNumberWidget()
POPULARITY = WholeNumberWidget(0, MAX_POPULARITY)
NUMBER_IN_ORDER = WholeNumberWidget(1, MAX_SMALL_INTEGER, zero_is_unknown=True)
PREVIEW = UrlWidget()
ALBUM_TYPE = ChoiceWidget(Album.Type, others_are_unknown=True)
UPC = UpcWidget()
COPYRIGHTS = TextWidget()
ISRC = IsrcWidget()
PLAYLIST = NameWidget(300)
ART = UrlWidget()
# A label is one name: labels have commas and slashes in their names.
LABEL = NamesWidget("\n", 300, UNDEFINED)
GENRES_BY_COMMA = NamesWidget(",", 200, UNDEFINED)
ARTISTS_BY_SEMICOLON = NamesWidget(";", 300)
ARTISTS_BY_COMMA = CommaNamesWidget(300)
ARTISTS_BY_COMMA_AND_BLANK = NamesWidget(",", 300)
ARTIST_IDS_BY_COMMA = SpotifyIdsWidget("artist", ",")
FEATURES = {feature.name: FeatureWidget(feature) for feature in AUDIO_FEATURES}

# The columns of a track that are stored as a file has them. Features are not: Spotify writes some that it did not find.
_PLAIN_VALUES = tuple(name for name in TRACKS.value_columns if name not in (*FEATURE_NAMES, "features_source"))
# Names have few commas. More parts would take long to join in every way.
MAX_PARTS = 16
# The columns that say something of an album. Without its title they are lost.
OF_ALBUM = frozenset(
    {
        *("album_id", "album_artists", "album_artist_ids", "album_type", "upc", "copyrights", "released"),
        *("image_url", "labels"),
    }
)
_EPISODE = re.compile(r"(?i)\s*(?:spotify:episode:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?episode/)")


def skip_episode(uri: str) -> None:
    """Raise RowSkipped for the id of a podcast's episode."""
    if _EPISODE.match(uri):
        raise RowSkipped("a podcast’s episode, not a track")


def ways_to_join(parts: Sequence[str], known: Sequence[str | None], clean: Callable[[str], str]) -> list[list[str]]:
    """Return the ways to join neighbours of ``parts`` with commas to as many names as ``known`` has, at most two.

    A name that is known must be as it is known. Among many parts no way is looked for.
    """
    if not known or len(parts) > MAX_PARTS:
        return [] if parts else [[]]
    ways: list[list[str]] = []
    for number in range(1, len(parts) - len(known) + 2):
        name = clean(",".join(parts[:number]))
        if known[0] in (None, name):
            ways += [[name, *rest] for rest in ways_to_join(parts[number:], known[1:], clean)]
        if len(ways) > 1:
            break
    return ways[:2]


@lru_cache(maxsize=1_000)
def _credited(names: tuple[str, ...], ids: tuple[str | None, ...]) -> tuple[ArtistRecord, ...]:
    """Return artists, which the rows about the same ones share."""
    return unique([ArtistRecord(name, spotify_id) for name, spotify_id in zip(names, ids, strict=True)])


class SpotifyFormat(FileFormat):
    """A track a row, with Spotify's audio features.

    A subclass must declare the columns title and artists. It may declare spotify_id, artist_ids, album, album_id,
    album_artists, album_artist_ids, album_type, upc, copyrights, released, image_url, labels, genres, more_genres,
    isrc, duration_ms, explicit, liked, score, disc_number, track_number, popularity, preview_url, added_at,
    added_by and playlist.
    """

    danceability = Column("Danceability", FEATURES["danceability"])
    energy = Column("Energy", FEATURES["energy"])
    key = Column("Key", FEATURES["key"])
    loudness = Column("Loudness", FEATURES["loudness"])
    mode = Column("Mode", FEATURES["mode"])
    speechiness = Column("Speechiness", FEATURES["speechiness"])
    acousticness = Column("Acousticness", FEATURES["acousticness"])
    instrumentalness = Column("Instrumentalness", FEATURES["instrumentalness"])
    liveness = Column("Liveness", FEATURES["liveness"])
    valence = Column("Valence", FEATURES["valence"])
    tempo = Column("Tempo", FEATURES["tempo"])
    time_signature = Column("Time Signature", FEATURES["time_signature"])

    # What stands in the cells of names where the service does not know the track any more.
    no_name: ClassVar[frozenset[str]] = frozenset({""})
    # The names that the file gives the ids of artists elsewhere, as the sniffer ``ArtistNames`` has found them.
    known_artists: Mapping[str, str] = {}

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        lost = [f"“{self.heading(name)}”" for name in self.positions if name in OF_ALBUM]
        if lost and "album" not in self.positions:
            text = f"No column is the album, so what albums have is not kept: {', '.join(lost)}."
            self.notes.append(Note("", text, (), file))

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        skip_episode(self.cell(cells, "spotify_id"))
        if self._has_no_names(cells) and not is_unknown(self.cell(cells, "spotify_id")):
            raise RowSkipped("no longer on Spotify: the row has no names")
        return super().read(cells)

    def _has_no_names(self, cells: Sequence[str]) -> bool:
        return all(self.cell(cells, name).strip() in self.no_name for name in ("title", "artists", "album"))

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        if not values["title"]:
            raise RowRefusedError(self.heading("title"), "is empty. A track needs a title.")
        known = {name: values[name] for name in _PLAIN_VALUES if values.get(name) not in (None, "")}
        return TrackRecord(
            title=values["title"],
            spotify_id=values.get("spotify_id"),
            artists=self._artists(values, cells, "artists", "artist_ids"),
            album=self._album(values, cells),
            genres=unique((*values.get("genres", ()), *values.get("more_genres", ()))),
            values={**known, **self._features(values)},
            entry=self._entry(values),
            playlist=values.get("playlist", ""),
        )

    def _entry(self, values: dict[str, Any]) -> EntryRecord:
        added_at, added_by = values.get("added_at"), values.get("added_by", "")
        # Most rows of a large file say neither, and share one record.
        return EntryRecord(added_at, added_by) if added_at or added_by else NO_FACTS

    def _artists(
        self, values: dict[str, Any], cells: Sequence[str], column: str, ids_column: str
    ) -> tuple[ArtistRecord, ...]:
        names, ids = values.get(column, ()), values.get(ids_column, ())
        if names and ids and len(ids) != len(names):
            names = self._names_of(ids, cells, column, ids_column)
        if not names:
            return ()
        return _credited(tuple(names), tuple(ids) or (None,) * len(names))

    def _names_of(self, ids: Sequence[str | None], cells: Sequence[str], column: str, ids_column: str) -> Sequence[str]:
        """Return a name for each of ``ids``, where commas in names have split the cell into another number."""
        # One id means one artist. Of several, the file itself must show where each name ends.
        widget = self.columns()[column].widget
        known = [self.known_artists.get(spotify_id or "") for spotify_id in ids]
        parts = widget.split(self.cell(cells, column))
        ways = ways_to_join(parts, known, widget.clean_one)
        if len(ways) != 1:
            raise RowRefusedError(
                self.heading(column), f"has {len(parts)} names, but {self.heading(ids_column)} has {len(ids)} ids."
            )
        return ways[0]

    def _album(self, values: dict[str, Any], cells: Sequence[str]) -> AlbumRecord | None:
        if not values.get("album"):
            return None
        return AlbumRecord(
            title=values["album"],
            spotify_id=values.get("album_id"),
            released=values.get("released"),
            image_url=values.get("image_url", ""),
            labels=unique(values.get("labels", ())),
            artists=self._artists(values, cells, "album_artists", "album_artist_ids"),
            album_type=values.get("album_type", ""),
            upc=values.get("upc", ""),
            copyrights=values.get("copyrights", ""),
        )

    def _features(self, values: dict[str, Any]) -> dict[str, Any]:
        features = {name: values[name] for name in FEATURES if values.get(name) is not None}
        # Spotify wrote zeros where its analysis failed. The widget has read a tempo or metre of 0 as unknown already.
        if "tempo" not in features and "time_signature" not in features and "tempo" in values:
            zeros = [name for name in ("danceability", "valence", "speechiness") if features.get(name) == 0]
            if {"danceability", "valence"}.issubset(zeros):
                for name in zeros:
                    del features[name]
        return {**features, "features_source": self.source} if features else {}
