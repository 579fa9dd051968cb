"""Analyses of recordings that are known by title and artist. They fill tracks of the library, and make no new ones.

What these programs know of a recording is mostly something else than an audio feature of the same name here:
``docs/importing.md`` says which, and why.
"""

from collections.abc import Sequence

from musicdb.exports.widgets import NamesWidget, TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.listening.mentions import MentionFormat
from musicdb.imports.formats.spotify import FEATURES
from musicdb.imports.formats.widgets import KeyWidget, ModeWidget
from musicdb.imports.messages import Note, RowSkipped
from musicdb.imports.options import ParseOptions
from musicdb.imports.records import AlbumRecord, ArtistRecord, TrackRecord
from musicdb.music import FEATURE_NAMES

RULE = (
    "The file has audio features by title and artist. It fills tracks of the library that have no features, and makes "
    "no new ones."
)


class Analyses(MentionFormat):
    """The features of a track a row. ``source`` is kept with them."""

    tempo = Column("tempo", FEATURES["tempo"], required=True)
    key = Column("key", KeyWidget(), required=True)

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        self.notes.append(Note("", RULE, (), file))

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        isrc, artists = values.get("isrc", ""), values["artists"]
        if not isrc and not (values["title"] and artists):
            raise RowSkipped("no title or no artist")
        features = {name: values[name] for name in FEATURE_NAMES if values.get(name) is not None}
        if not features:
            raise RowSkipped("no audio feature of musicdb’s")
        return TrackRecord(
            title=values["title"],
            artists=tuple(map(ArtistRecord, artists)),
            album=AlbumRecord(values["album"]) if values.get("album") else None,
            values={**features, "features_source": self.source, **({"isrc": isrc} if isrc else {})},
            must_exist=True,
            is_mention=True,
        )


class AcousticBrainz(Analyses):
    name = "acousticbrainz"
    label = "AcousticBrainz"
    source = "AcousticBrainz"

    title = Column("Analysed Title", spotify.TITLE, required=True)
    artists = Column("Analysed Artist", NamesWidget("\n", 300), required=True)
    album = Column("Analysed Album", spotify.ALBUM)
    isrc = Column("ISRC", spotify.ISRC)
    mode = Column("mode", ModeWidget())
    acousticness = Column("acousticness", FEATURES["acousticness"])
    instrumentalness = Column("instrumentalness", FEATURES["instrumentalness"])


class AudioMuse(Analyses):
    """Its energy is the loudness of the signal, and its danceability a mood, so neither is read."""

    name = "audiomuse"
    label = "AudioMuse-AI"
    source = "AudioMuse-AI"

    item_id = Column("item_id", TextWidget(), required=True)
    title = Column("title", spotify.TITLE, required=True)
    artists = Column("author", NamesWidget("\n", 300), required=True)
    album = Column("album", spotify.ALBUM)
    mode = Column("scale", ModeWidget(), required=True)
