"""Gives headings to tables that a program writes without any, where all of their cells show which program it was."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from musicdb.imports.messages import Note
from musicdb.imports.tables.table import Table

LASTFM_TO_CSV = ("artist", "album", "track", "Played At")
_LASTFM_TIME = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4},? \d{1,2}:\d\d")
# As many rows show what a table is.
_MAX_LOOKED_AT = 200


def with_headings(table: Table) -> Table:
    """Return ``table``, with a header above its rows where it has none and is one of lastfm-to-csv."""
    rows = [cells for _, cells in islice(table.open(), _MAX_LOOKED_AT)]
    if not rows or not all(map(_is_play, rows)) or not any(cells[3].strip() for cells in rows):
        return table
    artist, album, track = rows[0][:3]
    text = (
        f"The file has no headings. It is read as one of lastfm-to-csv: “{artist}” as the artist, “{album}” as the "
        f"album, “{track}” as the track."
    )

    def numbered() -> Iterator[tuple[int, list[str]]]:
        yield 0, list(LASTFM_TO_CSV)
        yield from table.open()

    return replace(table, open=numbered, notes=(*table.notes, Note("", text, (), table.name)))


def _is_play(cells: Sequence[str]) -> bool:
    """Return whether a row is a play: artist, perhaps album, track, and when. What plays now has no time."""
    if len(cells) != len(LASTFM_TO_CSV) or not cells[0].strip() or not cells[2].strip():
        return False
    return not cells[3].strip() or _LASTFM_TIME.fullmatch(cells[3].strip()) is not None
