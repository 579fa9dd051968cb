"""What exportify.net writes between artists: a comma without a blank before September 2025, a semicolon since."""

from collections.abc import Sequence
from typing import Self

from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import FileFormat, Sniffer
from musicdb.imports.messages import assumption, name_files, question
from musicdb.imports.options import ARTISTS_BY_COMMA

# A name has a semicolon now and then. So many more cells with commas outweigh such a name.
OVERWHELMING = 20
# A name has a comma without a blank now and then. So few cells with one, or so few among those with semicolons, may be
# such names.
RARE = 200
FEW = 5
# Further examples show nothing new.
ENOUGH = 10_000


class ArtistSeparator(Sniffer):
    """Whether artists are separated by commas or by semicolons. All files of an upload are read alike."""

    def __init__(self, file_format: FileFormat) -> None:
        super().__init__(file_format)
        self.rows = 0
        # The different cells with each separator. An artist with many tracks shows no more than one with a few.
        self.with_commas: set[str] = set()
        self.with_semicolons: set[str] = set()

    def observe(self, cells: Sequence[str]) -> None:
        artists = self.file_format.cell(cells, "artists")
        self.rows += bool(artists)
        if ";" in artists and len(self.with_semicolons) < ENOUGH:
            self.with_semicolons.add(artists)
        if "," in artists and len(self.with_commas) < ENOUGH and len(spotify.ARTISTS_BY_COMMA.split(artists)) > 1:
            self.with_commas.add(artists)

    def decide(self) -> None:
        self.decide_all([self])

    @classmethod
    def decide_all(cls, sniffers: Sequence[Self]) -> None:
        formats = [sniffer.file_format for sniffer in sniffers]
        by_comma = formats[0].parse_options.artists_by_comma
        if by_comma is None:
            by_comma = _guess(sniffers)
        if by_comma:
            for file_format in formats:
                file_format.replace_widget("artists", spotify.ARTISTS_BY_COMMA)
                file_format.replace_widget("album_artists", spotify.ARTISTS_BY_COMMA)


def _guess(sniffers: Sequence[ArtistSeparator]) -> bool:
    """Return whether commas separate artists, and leave the first file a note or a question where that is not sure."""
    commas = set().union(*(sniffer.with_commas for sniffer in sniffers))
    semicolons = set().union(*(sniffer.with_semicolons for sniffer in sniffers))
    if not commas:
        # A comma before a blank is part of a name either way.
        return False
    file_format = sniffers[0].file_format
    files = name_files([sniffer.file_format.file for sniffer in sniffers])
    by_comma = not semicolons or len(commas) >= OVERWHELMING * len(semicolons)
    example = f"“{min(commas, key=_plainness)}”"
    if not semicolons and sum(sniffer.rows for sniffer in sniffers) >= RARE * len(commas):
        text = f"Hardly any cell has several artists. Are those in {example} separated by a comma, or is it one name?"
        file_format.questions.append(question(ARTISTS_BY_COMMA, text, files))
    elif not by_comma and len(commas) >= FEW and FEW * len(commas) >= len(semicolons):
        other = f"“{min(semicolons, key=_plainness)}”"
        text = (
            f"Some cells have commas between artists, such as {example}, and others semicolons, such as {other}. "
            "Exportify has written semicolons since September 2025. Import older and newer files apart, or choose one."
        )
        file_format.questions.append(question(ARTISTS_BY_COMMA, text, files))
    if by_comma:
        text = (
            f"Artists are split at commas that no blank follows, as in {example}. Exportify wrote these until "
            "September 2025. If such a comma is part of a name, choose the semicolon."
        )
    else:
        text = f"Artists are split at semicolons. A comma is part of a name, even in {example}."
    file_format.notes.append(assumption(ARTISTS_BY_COMMA, by_comma, text, files))
    return by_comma


def _plainness(cell: str) -> tuple[int, str]:
    return len(cell), cell
