"""What an editor decides about an import. No Django here."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from musicdb.imports.column_mapping import ColumnMapping
from musicdb.music import normalise_name


@dataclass(frozen=True)
class Source:
    """A file to import: its name, and its content or the path of the file that has it.

    A file on the disk is read anew each time, so that it need not be in memory. It must stay as it is until then.
    """

    name: str
    content: bytes | Path

    def open(self) -> io.BufferedReader | io.BytesIO:
        return self.content.open("rb") if isinstance(self.content, Path) else io.BytesIO(self.content)

    @property
    def data(self) -> bytes:
        """The whole content, in memory."""
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)


@dataclass(frozen=True)
class Option:
    """One way to read a file. ``name`` is its name on the command line and in forms."""

    name: str
    label: str
    value: bool | str


@dataclass(frozen=True)
class Choice:
    """A decision that a file may leave open. ``code`` is the field of ``ParseOptions`` that holds it.

    The form of the preview and the command offer every choice that is declared here.
    """

    code: str
    flag: str
    label: str
    options: tuple[Option, ...]

    def option(self, value: bool | str | None) -> Option | None:
        return next((option for option in self.options if option.value is value), None)

    def label_of(self, value: bool | str) -> str:
        return next(option.label for option in self.options if option.value == value)

    def value_of(self, name: str | None) -> Any:
        """Return the value of the option with this name, and None for no name."""
        return next((option.value for option in self.options if option.name == name), None)

    def options_but(self, value: bool | str) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.value is not value)


DAY_FIRST = Choice(
    "day_first",
    "--dates",
    "In a date such as 7/2/2021",
    (
        Option("day-first", "The day comes first: 7 February", True),
        Option("month-first", "The month comes first: 2 July", False),
    ),
)
ARTISTS_BY_COMMA = Choice(
    "artists_by_comma",
    "--artists-by",
    "Artists are separated by",
    (Option("semicolon", "A semicolon", False), Option("comma", "A comma", True)),
)
ENCODING = Choice(
    "encoding",
    "--encoding",
    "Encoding of text that is not in Unicode",
    tuple(
        Option(name, f"{label} ({name})", name)
        for name, label in (
            ("cp1252", "Western European, Windows"),
            ("mac-roman", "Western European, Mac"),
            ("cp850", "Western European, DOS"),
            ("cp1250", "Central European, Windows"),
            ("mac-latin2", "Central European, Mac"),
            ("cp852", "Central European, DOS"),
            ("cp1257", "Baltic, Windows"),
            ("cp1254", "Turkish, Windows"),
            ("cp1253", "Greek, Windows"),
            ("cp1251", "Cyrillic, Windows"),
            ("mac-cyrillic", "Cyrillic, Mac"),
            ("koi8-r", "Cyrillic, KOI8"),
            ("cp866", "Cyrillic, DOS"),
            ("cp1255", "Hebrew, Windows"),
            ("cp1256", "Arabic, Windows"),
            ("cp874", "Thai, Windows"),
            ("cp949", "Korean, Windows"),
            ("cp932", "Japanese, Windows"),
            ("euc-jp", "Japanese, EUC"),
            ("gb18030", "Chinese, simplified"),
            ("big5", "Chinese, traditional"),
            ("utf-8", "Unicode"),
        )
    ),
)
CHOICES = (DAY_FIRST, ARTISTS_BY_COMMA, ENCODING)


@dataclass(frozen=True)
class ParseOptions:
    """How to read what a file leaves open. None means that the file itself shows it."""

    day_first: bool | None = None
    artists_by_comma: bool | None = None
    encoding: str | None = None


class Existing(StrEnum):
    """What an import does with the rows that the library has already."""

    FILL = "fill"
    OVERWRITE = "overwrite"
    SKIP = "skip"

    @property
    def label(self) -> str:
        return {
            Existing.FILL: "Fill what is empty, and update what only imports have set",
            Existing.OVERWRITE: "Take every value of the file",
            Existing.SKIP: "Leave it as it is, and add only what is new",
        }[self]


@dataclass(frozen=True)
class ImportOptions:
    """How to import files.

    ``file_format`` is the name of their format, or "" to detect it. ``mappings`` say what the columns are of tables
    that have these columns. ``uses_saved_mappings`` is whether the mappings of earlier imports do so for the tables of
    these headers that no other mapping fits. ``genre`` is added to the genres of every track.
    ``skip_bad`` imports the good rows where others are bad.

    ``liked`` says whether every track is marked as liked, or none. None leaves it to the names of the files: "Liked
    Songs", in any language, marks its tracks.

    Each file of a format that exports playlists is a playlist, by its own name. ``playlists`` has other names by that
    of the file, "" for no playlist. ``playlist`` is one name for all files, and with ``no_playlist`` there is none.

    ``existing`` says what becomes of the rows that the library has already. Of what it would keep, the file's values
    are taken nevertheless for the fields ``take_fields``, such as "Track.title", and the rows ``take_rows``, such as
    "Track.12" for the track with the key 12. Rows that editors have deleted come back only with ``restore_deleted``.
    """

    file_format: str = ""
    genre: str = ""
    liked: bool | None = None
    playlist: str = ""
    no_playlist: bool = False
    playlists: Mapping[str, str] = field(default_factory=dict)
    skip_bad: bool = False
    existing: Existing = Existing.FILL
    take_fields: tuple[str, ...] = ()
    take_rows: tuple[str, ...] = ()
    restore_deleted: bool = False
    mappings: tuple[ColumnMapping, ...] = ()
    uses_saved_mappings: bool = True
    parse_options: ParseOptions = field(default_factory=ParseOptions)

    def __post_init__(self) -> None:
        # Names in files are normalised where they are read. These come from a form or a command line.
        object.__setattr__(self, "genre", normalise_name(self.genre))
        object.__setattr__(self, "playlist", normalise_name(self.playlist))
        object.__setattr__(self, "playlists", {file: normalise_name(name) for file, name in self.playlists.items()})

    def playlist_of(self, file: str, own_name: str) -> str:
        """Return the name of the playlist that ``file`` is, "" for none. ``own_name`` is the one that the file says."""
        if self.no_playlist:
            return ""
        return self.playlists.get(file, self.playlist or own_name)
