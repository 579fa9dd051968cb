"""Exportify as exportify.net writes it: 24 columns, artists by semicolon, names without ids."""

from collections.abc import Sequence

from musicdb.imports.formats import base
from musicdb.imports.formats.base import Column, SniffResult, SpotifyFormat

# Since then a semicolon stands between artists; before, a comma did, as it does within some names.
SEMICOLONS_SINCE = "2025-07"


class ExportifyNet(SpotifyFormat):
    name = "exportify.net"
    label = "Exportify (exportify.net)"
    source = "Spotify"
    needs_sniffing = True

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

    def __init__(self, header: Sequence[str], parse_options: base.ParseOptions) -> None:
        super().__init__(header, parse_options)
        self._added_at = next(
            (position for position, name in enumerate(header) if base.heading_key(name) == "addedat"), None
        )

    def observe(self, clues: SniffResult, cells: Sequence[str]) -> None:
        super().observe(clues, cells)
        artists = self.cell(cells, "artists")
        clues.semicolons = clues.semicolons or ";" in artists
        clues.commas = clues.commas or "," in artists
        if self._added_at is not None and self._added_at < len(cells):
            clues.newest = max(clues.newest, cells[self._added_at])

    def decide(self, clues: SniffResult) -> None:
        super().decide(clues)
        by_comma = self.parse_options.artists_by_comma
        if by_comma is None:
            # One semicolon anywhere shows which way the whole file has it.
            by_comma = clues.commas and not clues.semicolons and "2" < clues.newest < SEMICOLONS_SINCE
            if by_comma:
                self.notes.append(
                    f"Artists are split at commas, as Exportify wrote them until {SEMICOLONS_SINCE}: "
                    "if a comma is part of a name, say that semicolons part them."
                )
        if by_comma:
            self.replace_widget("artists", base.ARTISTS_BY_COMMA)
