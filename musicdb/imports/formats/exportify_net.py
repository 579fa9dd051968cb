"""Exportify as exportify.net writes it: 24 columns, artists by semicolon, names without ids."""

from collections.abc import Sequence

from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, SpotifyDialect, Survey

# Since then a semicolon stands between artists; before, a comma did, as it does within some names.
SEMICOLONS_SINCE = "2025-07"


class ExportifyNet(SpotifyDialect):
    name = "exportify.net"
    called = "Exportify (exportify.net)"
    source = "Spotify"
    surveys = True

    spotify_id = Column(
        "Track URI", base.TRACK_ID, also=["Track ID", "Spotify ID", "Spotify URI", "Spotify Track ID"], required=True
    )
    title = Column("Track Name", base.TITLE, required=True)
    album = Column("Album Name", base.ALBUM, also=["Album"], required=True)
    artists = Column("Artist Name(s)", base.ARTISTS_BY_SEMICOLON, also=["Artist Name", "Artists"], required=True)
    released = Column("Release Date", base.RELEASED, also=["Album Release Date"])
    duration_ms = Column("Duration (ms)", base.DURATION, also=["Track Duration (ms)"])
    explicit = Column("Explicit", base.YES_NO)
    genres = Column("Genres", base.GENRES_BY_COMMA, also=["Artist Genres"])
    labels = Column("Record Label", base.LABEL, also=["Label"])
    isrc = Column("ISRC", base.ISRC)

    def __init__(self, header: Sequence[str], choices: base.Choices) -> None:
        super().__init__(header, choices)
        self._added_at = next((place for place, name in enumerate(header) if base.folded(name) == "addedat"), None)

    def note(self, seen: Survey, cells: Sequence[str]) -> None:
        super().note(seen, cells)
        artists = self.cell(cells, "artists")
        seen.semicolons = seen.semicolons or ";" in artists
        seen.commas = seen.commas or "," in artists
        if self._added_at is not None and self._added_at < len(cells):
            seen.newest = max(seen.newest, cells[self._added_at])

    def settle(self, seen: Survey) -> None:
        super().settle(seen)
        by_comma = self.choices.artists_by_comma
        if by_comma is None:
            # One semicolon anywhere shows which way the whole file has it.
            by_comma = seen.commas and not seen.semicolons and "2" < seen.newest < SEMICOLONS_SINCE
            if by_comma:
                self.notes.append(
                    f"Artists are split at commas, as Exportify wrote them until {SEMICOLONS_SINCE}: "
                    "if a comma is part of a name, say that semicolons part them."
                )
        if by_comma:
            self._replace("artists", base.ARTISTS_BY_COMMA)
