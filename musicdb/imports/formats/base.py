"""What a file format is: the columns of a kind of file, and how a row of it names a track.

A file format is a django-import-export resource: its columns are declared as fields, each with a widget that reads a
cell. What is done with the record is the same for all of them (``musicdb.imports``), so that is not done here, row
by row, but for the whole file.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from musicdb.exports.limits import MAX_CELL
from musicdb.exports.tables import TRACKS
from musicdb.exports.widgets import (
    FeatureWidget,
    IsrcWidget,
    NamesWidget,
    NameWidget,
    ReleaseDateWidget,
    SpotifyIdsWidget,
    SpotifyIdWidget,
    UrlWidget,
    WholeNumberWidget,
    YesNoWidget,
    slashed_parts,
)
from musicdb.imports.records import AlbumRecord, ArtistRecord, RowRefusedError, RowSkipped, TrackRecord
from musicdb.imports.tables import Table
from musicdb.music.audio_features import AUDIO_FEATURES, FEATURE_NAMES

UNDEFINED = frozenset({"undefined"})
_IGNORED_IN_HEADINGS = re.compile(r"[\W_]+")


def heading_key(heading: str) -> str:
    """Return a heading without what people and programs change about it: case, blanks, punctuation."""
    return _IGNORED_IN_HEADINGS.sub("", heading).lower()


class Column(Field):
    """A column. ``also``: other headings under which it is met."""

    def __init__(self, heading: str, widget: Widget, *, also: Sequence[str] = (), required: bool = False) -> None:
        super().__init__(column_name=heading, widget=widget)
        self.required = required
        self.headings = frozenset(heading_key(name) for name in (heading, *also))


@dataclass(frozen=True)
class ParseOptions:
    """What a file cannot say of itself, as far as an editor said it. None: find out from the file."""

    day_first: bool | None = None
    artists_by_comma: bool | None = None


@dataclass
class SniffResult:
    """What the whole of a file shows: noted row by row, then asked."""

    firsts: set[int] = field(default_factory=set)
    seconds: set[int] = field(default_factory=set)
    semicolons: bool = False
    commas: bool = False
    newest: str = ""

    def add_date(self, text: str) -> None:
        if parts := slashed_parts(text):
            self.firsts.add(parts[0])
            self.seconds.add(parts[1])


class FileFormat(Resource):
    """A kind of file with a track a row.

    ``fields`` maps what a column means (a name that ``track`` knows) to its ``Column``. ``label`` is what people
    call it, ``name`` its name on the command line, ``source`` what a track's features are said to come from.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    source: ClassVar[str] = ""
    # Whether the file must be read through once before a row of it can be understood.
    needs_sniffing: ClassVar[bool] = False
    max_cell: ClassVar[int] = MAX_CELL

    def __init__(self, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__()
        self.parse_options = parse_options
        self.notes: list[str] = []
        self.questions: list[str] = []
        self.header = tuple(header)
        found = self.positions_in(header)
        self.positions = {name: position for name, position in found.items() if position is not None}
        self._cleaners: list[tuple[str, int, str, Callable[..., Any]]] = [
            (name, position, self.header[position], self.columns()[name].widget.clean)
            for name, position in self.positions.items()
        ]

    @classmethod
    def columns(cls) -> Mapping[str, Column]:
        return cls.fields

    @classmethod
    def positions_in(cls, header: Sequence[str]) -> dict[str, int | None]:
        """Return each column's position in ``header``, None where it has none; the first of several counts."""
        positions: dict[str, int] = {}
        for position, heading in enumerate(header):
            positions.setdefault(heading_key(heading), position)
        return {
            name: min((positions[heading] for heading in column.headings if heading in positions), default=None)
            for name, column in cls.columns().items()
        }

    @classmethod
    def matches_file_name(cls, file: str) -> bool:
        """Return whether a file's name says that it is of this file format."""
        return False

    @classmethod
    def missing_columns(cls, header: Sequence[str], file: str = "") -> list[str]:
        """Return the headings without which ``header``, of a file of that name, is not of this file format."""
        found = cls.positions_in(header)
        return [
            str(cls.columns()[name].column_name)
            for name, position in found.items()
            if position is None and cls.is_required(name, file)
        ]

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        return cls.columns()[name].required

    @classmethod
    def match_score(cls, header: Sequence[str]) -> tuple[float, int]:
        """Return how well ``header`` fits: the share of the required columns it has, and how many columns in all."""
        found = cls.positions_in(header)
        needed = [name for name in found if cls.is_required(name)]
        present = sum(found[name] is not None for name in needed)
        return present / len(needed), sum(position is not None for position in found.values())

    # --- The file as a whole -----------------------------------------------------------------------------------

    def sniff(self, table: Table) -> Self:
        """Read ``table`` through, if the file format must, and decide what its rows alone do not say."""
        if not self.needs_sniffing:
            return self
        clues = SniffResult()
        for _, cells in table.rows():
            self.observe(clues, cells)
        self.decide(clues)
        return self

    def observe(self, clues: SniffResult, cells: Sequence[str]) -> None:
        clues.add_date(self.cell(cells, "released"))

    def decide(self, clues: SniffResult) -> None:
        """Decide in which order day and month stand where a spreadsheet has re-saved the dates."""
        day_first = self.parse_options.day_first
        if day_first is None and clues.firsts:
            looks_day_first = max(clues.firsts) > 12
            looks_month_first = max(clues.seconds) > 12
            if looks_day_first == looks_month_first:
                self.questions.append(
                    "Some dates have the day first and some the month: say which the unclear ones have."
                    if looks_day_first
                    else "Nothing in the file shows whether 7/2/2021 is in February or in July: say which comes first."
                )
            day_first = looks_day_first
            self.notes.append(f"Dates such as 7/2/2021 are read with the {'day' if day_first else 'month'} first.")
        if day_first and "released" in self.positions:
            self.replace_widget("released", ReleaseDateWidget(day_first=True))

    def cell(self, cells: Sequence[str], name: str) -> str:
        position = self.positions.get(name)
        return cells[position] if position is not None and position < len(cells) else ""

    def replace_widget(self, name: str, widget: Widget) -> None:
        self._cleaners = [
            (known, position, heading, widget.clean if known == name else clean)
            for known, position, heading, clean in self._cleaners
        ]

    # --- A row -------------------------------------------------------------------------------------------------

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        """Return what the row's cells say, by the columns' names. A short row says nothing in its missing cells.

        Raises RowRefusedError, naming the column, at the first cell that cannot be stored.
        """
        if len(cells) > len(self.header) and any(cell.strip() for cell in cells[len(self.header) :]):
            raise RowRefusedError("", f"has {len(cells)} cells, and the header has {len(self.header)}.")
        said: dict[str, Any] = {}
        for name, position, heading, clean in self._cleaners:
            text = cells[position] if position < len(cells) else ""
            if len(text) > self.max_cell:
                raise RowRefusedError(
                    heading, f"has {len(text):,} characters, more than a spreadsheet's cell can hold."
                )
            try:
                said[name] = clean(text)
            except ValueError as error:
                raise RowRefusedError(heading, str(error)) from None
        return said

    def record(self, cells: Sequence[str]) -> Any:
        """Return the record of a row, mostly a track's. Raises RowRefusedError, or RowSkipped for what is none."""
        return self.track(self.read(cells))

    def track(self, said: dict[str, Any]) -> TrackRecord:
        raise NotImplementedError

    def heading(self, name: str) -> str:
        """Return what the file calls a column."""
        position = self.positions.get(name)
        return self.header[position] if position is not None else str(self.columns()[name].column_name)


# The columns of a track that are stored as a file has them. Features are not: Spotify writes some that it did not find.
_PLAIN_VALUES = tuple(name for name in TRACKS.value_columns if name not in (*FEATURE_NAMES, "features_source"))
FEATURE_WIDGETS = {feature.name: FeatureWidget(feature) for feature in AUDIO_FEATURES}


class SpotifyFormat(FileFormat):
    """What the files that come from Spotify's own data have in common: the features first of all."""

    danceability = Column("Danceability", FEATURE_WIDGETS["danceability"])
    energy = Column("Energy", FEATURE_WIDGETS["energy"])
    key = Column("Key", FEATURE_WIDGETS["key"])
    loudness = Column("Loudness", FEATURE_WIDGETS["loudness"])
    mode = Column("Mode", FEATURE_WIDGETS["mode"])
    speechiness = Column("Speechiness", FEATURE_WIDGETS["speechiness"])
    acousticness = Column("Acousticness", FEATURE_WIDGETS["acousticness"])
    instrumentalness = Column("Instrumentalness", FEATURE_WIDGETS["instrumentalness"])
    liveness = Column("Liveness", FEATURE_WIDGETS["liveness"])
    valence = Column("Valence", FEATURE_WIDGETS["valence"])
    tempo = Column("Tempo", FEATURE_WIDGETS["tempo"])
    time_signature = Column("Time Signature", FEATURE_WIDGETS["time_signature"])

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        address = self.cell(cells, "spotify_id")
        if re.match(r"(?i)\s*(?:spotify:episode:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?episode/)", address):
            raise RowSkipped("is a podcast's episode, no track.")
        return super().read(cells)

    def track(self, said: dict[str, Any]) -> TrackRecord:
        if not said["title"]:
            raise RowRefusedError(self.heading("title"), "is empty. A track needs a title.")
        return TrackRecord(
            title=said["title"],
            spotify_id=said["spotify_id"],
            artists=self._artists(said),
            album=self._album(said),
            genres=_each_once((*said.get("genres", ()), *said.get("more_genres", ()))),
            values={
                **{name: said[name] for name in _PLAIN_VALUES if said.get(name) not in (None, "")},
                **self._features(said),
            },
        )

    def _artists(self, said: dict[str, Any]) -> tuple[ArtistRecord, ...]:
        names, ids = said["artists"], said.get("artist_ids", ())
        if ids and len(ids) != len(names):
            raise RowRefusedError(
                self.heading("artists"), f"has {len(names)} names, and {self.heading('artist_ids')} has {len(ids)} ids."
            )
        ids = ids or (None,) * len(names)
        return _each_once(tuple(ArtistRecord(name, spotify_id) for name, spotify_id in zip(names, ids, strict=True)))

    def _album(self, said: dict[str, Any]) -> AlbumRecord | None:
        if not said.get("album"):
            return None
        return AlbumRecord(
            title=said["album"],
            spotify_id=said.get("album_id"),
            released=said.get("released"),
            image_url=said.get("image_url", ""),
            labels=_each_once(said.get("labels", ())),
        )

    def _features(self, said: dict[str, Any]) -> dict[str, Any]:
        features = {name: said[name] for name in FEATURE_WIDGETS if said.get(name) is not None}
        # Where Spotify's analysis failed it wrote zeros. A tempo or a metre of 0 was read as unknown already.
        if "tempo" not in features and "time_signature" not in features and "tempo" in said:
            zeros = [name for name in ("danceability", "valence", "speechiness") if features.get(name) == 0]
            if {"danceability", "valence"}.issubset(zeros):
                for name in zeros:
                    del features[name]
        return {**features, "features_source": self.source} if features else {}


def _each_once(names: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(names))


# What several file formats share.
TITLE = NameWidget(500)
ALBUM = NameWidget(500, UNDEFINED)
TRACK_ID = SpotifyIdWidget("track")
ALBUM_ID = SpotifyIdWidget("album")
DURATION = WholeNumberWidget(zero_is_unknown=True)
YES_NO = YesNoWidget()
RELEASED = ReleaseDateWidget()
ISRC = IsrcWidget()
ART = UrlWidget()
# A label is one name: commas and slashes are part of how labels write themselves.
LABEL = NamesWidget("\n", 300, UNDEFINED)
GENRES_BY_COMMA = NamesWidget(",", 200, UNDEFINED)
ARTISTS_BY_SEMICOLON = NamesWidget(";", 300)
ARTISTS_BY_COMMA = NamesWidget(",", 300)
ARTIST_IDS_BY_COMMA = SpotifyIdsWidget("artist", ",")
