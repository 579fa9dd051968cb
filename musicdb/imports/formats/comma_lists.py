"""Artists that a file lists with commas, as names for people, and without ids that would show where each name ends."""

from collections.abc import Sequence

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import FileFormat, Sniffer
from musicdb.imports.messages import assumption
from musicdb.imports.options import ARTISTS_BY_COMMA


class CommaList(Sniffer):
    """Whether commas separate artists. They do, unless the reader says that they belong to names.

    Nothing in "Tyler, The Creator" shows that it is one name, so the preview says how such cells are read.
    """

    def __init__(self, file_format: FileFormat) -> None:
        super().__init__(file_format)
        self._example = ""

    def observe(self, cells: Sequence[str]) -> None:
        if not self._example:
            artists = self.file_format.cell(cells, "artists")
            if "," in artists:
                self._example = artists

    def decide(self) -> None:
        file_format = self.file_format
        by_comma = file_format.parse_options.artists_by_comma is not False
        if not by_comma:
            file_format.replace_widget("artists", spotify.ARTISTS_BY_SEMICOLON)
        if self._example:
            text = f"A comma is part of a name, even in “{self._example}”."
            if by_comma:
                text = (
                    f"Artists are split at commas, as in “{self._example}”. Choose the semicolon if that is one name."
                )
            file_format.notes.append(assumption(ARTISTS_BY_COMMA, by_comma, text, file_format.file))
