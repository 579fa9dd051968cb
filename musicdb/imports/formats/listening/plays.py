"""Histories of what was played. Their plays become the scores of tracks."""

from collections.abc import Sequence

from musicdb.exports.widgets import NamesWidget, TextWidget, WholeNumberWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.listening.mentions import MentionFormat
from musicdb.imports.formats.widgets import MinuteWidget
from musicdb.imports.messages import Note, RowSkipped
from musicdb.imports.options import ParseOptions
from musicdb.imports.plays import Plays
from musicdb.imports.records import TrackRecord

# What was heard for less was skipped, or tried.
MIN_PLAYED = 30_000
RULE = (
    f"Plays become the score: the number of times that a track was played for {MIN_PLAYED // 1000} seconds or more. "
    "A higher score stays, so importing a history again changes nothing."
)
STATED_RULE = "The number of plays becomes the score. A higher score stays."
RATING_RULE = "A rating counts as so many plays, five stars as five, where the track has fewer. A higher score stays."
RATED_RULE = f"The number of plays becomes the score. {RATING_RULE}"


class PlayHistory(MentionFormat):
    """A play a row."""

    name = "plays"
    label = "History of plays"

    played_at = Column("Played At", MinuteWidget(), also=["uts"], required=True)
    # Last.fm’s tables have the plain words.
    title = Column("Track Name", spotify.TITLE, also=["track"], required=True)
    artists = Column("Artist Name", NamesWidget("\n", 300), also=["artist"], required=True)
    album = Column("Album Name", spotify.ALBUM, also=["album"])
    milliseconds = Column("Milliseconds Played", WholeNumberWidget())
    service = Column("Played On", TextWidget(100))
    own_keys = Column("Recording IDs", NamesWidget(" ", 100))

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        self.notes.append(Note("", RULE, (), file))

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        played = values.get("milliseconds")
        if played is not None and played < MIN_PLAYED:
            raise RowSkipped(f"played for less than {MIN_PLAYED // 1000} seconds")
        if values["played_at"] is None:
            raise RowSkipped("played at an unknown time")
        record = self.mention(values)
        record.own_keys = values.get("own_keys", ())
        record.plays = Plays.one(values.get("service", ""), values["played_at"])
        return record
