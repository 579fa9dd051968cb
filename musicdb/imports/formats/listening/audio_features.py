"""Audio features by Spotify id or ISRC, without artists. They fill tracks of the library, and make no new ones."""

from collections.abc import Sequence
from typing import Any

from musicdb.exports.widgets import TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, FileFormat, heading_key
from musicdb.imports.formats.spotify import FEATURES, SpotifyFormat
from musicdb.imports.messages import Note, RowRefusedError
from musicdb.imports.options import ParseOptions
from musicdb.imports.records import TrackRecord

MAX_SOURCE = 100
RULE = (
    "The file has audio features by id, and no artists. It fills tracks of the library that have no features, and "
    "makes no new ones. For new tracks, import a file with the columns for title and artists too."
)
# A file with one of these can make tracks, and is of another format.
_ARTISTS = frozenset(map(heading_key, ("artist", "artists", "artist name", "artist names", "artist name(s)")))


class FeaturesById(SpotifyFormat):
    """The features of a track a row."""

    name = "features"
    label = "Audio features by id"
    has_mentions = True

    spotify_id = Column(
        "Spotify ID", spotify.TRACK_ID, also=["id", "track_id", "uri", "track_uri", "Spotify Track ID", "href"]
    )
    isrc = Column("ISRC", spotify.ISRC)
    title = Column("Track Name", spotify.TITLE, also=["name", "title", "song", "track"])
    kind = Column("type", TextWidget(MAX_SOURCE))
    features_source = Column("Features From", TextWidget(MAX_SOURCE), also=["features_source", "source"])
    danceability = Column("Danceability", FEATURES["danceability"], required=True)
    energy = Column("Energy", FEATURES["energy"], required=True)
    tempo = Column("Tempo", FEATURES["tempo"], required=True)

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        self.notes.append(Note("", RULE, (), file))

    @classmethod
    def missing_columns(cls, header: Sequence[str], file: str = "") -> list[str]:
        missing = super().missing_columns(header, file)
        found = cls.positions_in(header)
        if found["spotify_id"] is None and found["isrc"] is None:
            missing.append(cls.heading_of("spotify_id"))
        if not _ARTISTS.isdisjoint(map(heading_key, header)):
            missing.append("an id without artists")
        return missing

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        # A row without names is not of a track that is gone: the file may have none.
        return FileFormat.read(self, cells)

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        spotify_id, isrc = values.get("spotify_id"), values.get("isrc", "")
        if not spotify_id and not isrc:
            raise RowRefusedError("", "has neither a Spotify id nor an ISRC, so it names no track.")
        features = self._features(values)
        if features:
            features["features_source"] = self._source(values)
        return TrackRecord(
            title=values.get("title", ""),
            artists=(),
            spotify_id=spotify_id,
            values={**features, **({"isrc": isrc} if isrc else {})},
            must_exist=True,
            is_mention=True,
        )

    def _source(self, values: dict[str, Any]) -> str:
        # Spotify's own answer says what it is.
        own = "Spotify" if values.get("kind") == "audio_features" else self.file[:MAX_SOURCE]
        return values.get("features_source") or own
