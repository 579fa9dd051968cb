"""What an import tells people, as values: people read the texts, programs the codes. No Django here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from musicdb.imports.options import Choice, Option


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where a row is: its file, and its number as a spreadsheet counts, with the header as row 1.

    A document such as JSON has entries in place of rows, and the first is entry 1.
    """

    file: str
    row: int
    is_entry: bool = False

    def __str__(self) -> str:
        return f"entry {self.row} of {self.file}" if self.is_entry else f"{self.file}, row {self.row}"

    @property
    def place(self) -> str:
        """What a message calls the row where it names the file already."""
        return f"entry {self.row}" if self.is_entry else f"row {self.row}"

    @property
    def number(self) -> str:
        """What stands in a column of rows."""
        return f"entry {self.row}" if self.is_entry else str(self.row)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be imported. ``column`` is empty where the row as a whole is wrong."""

    ref: RowRef
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.ref}{self.column and f', {self.column}'}: {self.message}"


@dataclass(frozen=True)
class _FileMessage:
    """A message about one file, with the codes that a program acts on."""

    code: str
    text: str
    options: tuple[Option, ...]
    file: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"


class Question(_FileMessage):
    """Something that a person must decide before a file can be imported.

    ``code`` is the field of ``ParseOptions`` that holds the answer, and ``options`` are the answers.
    """


class Note(_FileMessage):
    """Something that a person should know before they confirm an import.

    Where a file was read in one of several possible ways, ``code`` is the field of ``ParseOptions`` that decides, and
    ``options`` are the other ways.
    """


_Message = TypeVar("_Message", bound=_FileMessage)


def question(choice: Choice, text: str, file: str) -> Question:
    return Question(choice.code, text, choice.options, file)


def assumption(choice: Choice, value: bool | str, text: str, file: str) -> Note:
    """Return the note that a file was read as if ``value`` had been chosen."""
    return Note(choice.code, text, choice.options_but(value), file)


def said_once(messages: Iterable[_Message]) -> list[_Message]:
    """Return ``messages`` with those that say the same about several files as one about all of them."""
    files: dict[_Message, list[str]] = {}
    for message in messages:
        files.setdefault(replace(message, file=""), []).append(message.file)
    return [replace(message, file=name_files(names)) for message, names in files.items()]


def name_files(names: Sequence[str]) -> str:
    """Return what a message calls its files: the name of one, or the number of several."""
    return names[0] if len(names) == 1 else f"{len(names)} files"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 row" or "2,000 rows"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class ImportRefusedError(Exception):
    """An import that is not possible, and what to do about it. Nothing was changed."""


class OpenQuestionsError(ImportRefusedError):
    """A file leaves something open that nobody has decided. Nothing was changed."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__(" ".join(map(str, questions)))
        self.questions = questions


class BadRowsError(ImportRefusedError):
    """Some rows cannot be imported, and ``skip_bad`` is not set. Nothing was changed."""

    def __init__(self, problems: Sequence[Problem], rows: int) -> None:
        them = "it" if len(problems) == 1 else "them"
        super().__init__(
            f"{len(problems):,} of {counted(rows, 'row')} cannot be imported. "
            f"Correct {them}, or choose to skip bad rows."
        )
        self.problems = problems


class RowRefusedError(ValueError):
    """A row that cannot be stored. ``column`` is a heading in the file, or empty."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column
        self.message = message


class RowSkipped(Exception):  # noqa: N818 (not an error)
    """A row that is not about a track, but is not wrong either, such as a podcast's episode."""
