"""What only a whole file shows about its rows."""

from collections.abc import Sequence
from contextlib import suppress

from musicdb.exports.widgets import ReleaseDateWidget, slashed_parts
from musicdb.imports.formats.base import FileFormat, Sniffer
from musicdb.imports.messages import assumption, question
from musicdb.imports.options import DAY_FIRST


class DateOrder(Sniffer):
    """Whether the day or the month comes first in the dates of the column ``released``.

    Only the dates that a spreadsheet has written anew, such as 7/2/2021, leave this open.
    """

    def __init__(self, file_format: FileFormat) -> None:
        super().__init__(file_format)
        self._firsts: set[int] = set()
        self._seconds: set[int] = set()

    def observe(self, cells: Sequence[str]) -> None:
        if parts := slashed_parts(self.file_format.cell(cells, "released")):
            self._firsts.add(parts[0])
            self._seconds.add(parts[1])

    def decide(self) -> None:
        file_format = self.file_format
        day_first = file_format.parse_options.day_first
        if day_first is None and self._firsts:
            day_first = self._guess()
        if day_first and "released" in file_format.positions:
            file_format.replace_widget("released", ReleaseDateWidget(day_first=True))

    def _guess(self) -> bool:
        file_format = self.file_format
        looks_day_first = max(self._firsts) > 12
        looks_month_first = max(self._seconds) > 12
        if looks_day_first == looks_month_first:
            text = (
                "Some dates have the day first and others the month. How should dates such as 7/2/2021 be read?"
                if looks_day_first
                else "Nothing in the file shows whether 7/2/2021 is in February or in July. Which comes first?"
            )
            file_format.questions.append(question(DAY_FIRST, text, file_format.file))
        order = "day" if looks_day_first else "month"
        text = f"Dates such as 7/2/2021 are read with the {order} first."
        file_format.notes.append(assumption(DAY_FIRST, looks_day_first, text, file_format.file))
        return looks_day_first


class ArtistNames(Sniffer):
    """Which names belong to which ids of artists. Where a row has one of each, nothing separates them.

    A name with a comma in it is then known where the row has several artists.
    """

    def __init__(self, file_format: FileFormat) -> None:
        super().__init__(file_format)
        self._names: dict[str, str] = {}
        self._seen: set[str] = set()
        columns = file_format.columns()
        self._ids, self._artists = columns["artist_ids"].widget, columns["artists"].widget

    def observe(self, cells: Sequence[str]) -> None:
        ids = self.file_format.cell(cells, "artist_ids")
        if "," not in ids and ids not in self._seen:
            self._seen.add(ids)
            with suppress(ValueError):  # The row is refused where it is read.
                found = self._ids.clean(ids)
                if len(found) == 1:
                    self._names[found[0]] = self._artists.clean_one(self.file_format.cell(cells, "artists"))

    def decide(self) -> None:
        self.file_format.known_artists = self._names
