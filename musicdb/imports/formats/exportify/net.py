"""Exportify as exportify.net writes it: 24 columns, names without ids."""

from collections.abc import Sequence

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, FileFormat, Sniffer, heading_key
from musicdb.imports.formats.sniffers import DateOrder
from musicdb.imports.formats.spotify import SpotifyFormat
from musicdb.imports.messages import assumption
from musicdb.imports.options import ARTISTS_BY_COMMA

# Since then artists are separated by semicolons. Before, they were separated by commas, which some names contain.
SEMICOLONS_SINCE = "2025-07"


class ArtistSeparator(Sniffer):
    """Whether artists are separated by commas or by semicolons."""

    def __init__(self, file_format: FileFormat) -> None:
        super().__init__(file_format)
        headings = [heading_key(heading) for heading in file_format.header]
        self._added_at = headings.index("addedat") if "addedat" in headings else None
        self._has_semicolons = self._has_commas = False
        self._newest = ""

    def observe(self, cells: Sequence[str]) -> None:
        artists = self.file_format.cell(cells, "artists")
        self._has_semicolons = self._has_semicolons or ";" in artists
        self._has_commas = self._has_commas or "," in artists
        if self._added_at is not None and self._added_at < len(cells):
            self._newest = max(self._newest, cells[self._added_at])

    def decide(self) -> None:
        file_format = self.file_format
        by_comma = file_format.parse_options.artists_by_comma
        if by_comma is None:
            # One semicolon anywhere shows that the whole file has semicolons.
            by_comma = self._has_commas and not self._has_semicolons and "2" < self._newest < SEMICOLONS_SINCE
            if by_comma:
                text = (
                    f"Artists are split at commas, which Exportify wrote between them until {SEMICOLONS_SINCE}. "
                    "If a comma is part of a name, choose the semicolon."
                )
                file_format.notes.append(assumption(ARTISTS_BY_COMMA, True, text, file_format.file))
        if by_comma:
            file_format.replace_widget("artists", spotify.ARTISTS_BY_COMMA)


class ExportifyNet(SpotifyFormat):
    name = "exportify.net"
    label = "Exportify (exportify.net)"
    source = "Spotify"
    sniffers = (DateOrder, ArtistSeparator)

    spotify_id = Column(
        "Track URI",
        spotify.TRACK_ID,
        also=["Track ID", "Spotify ID", "Spotify URI", "Spotify Track ID"],
        required=True,
    )
    title = Column("Track Name", spotify.TITLE, required=True)
    album = Column("Album Name", spotify.ALBUM, also=["Album"], required=True)
    artists = Column("Artist Name(s)", spotify.ARTISTS_BY_SEMICOLON, also=["Artist Name", "Artists"], required=True)
    released = Column("Release Date", spotify.RELEASED, also=["Album Release Date"])
    duration_ms = Column("Duration (ms)", spotify.DURATION, also=["Track Duration (ms)"])
    explicit = Column("Explicit", spotify.YES_NO)
    genres = Column("Genres", spotify.GENRES_BY_COMMA, also=["Artist Genres"])
    labels = Column("Record Label", spotify.LABEL, also=["Label"])
    isrc = Column("ISRC", spotify.ISRC)
