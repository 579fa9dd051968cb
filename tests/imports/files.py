"""Files for the tests of imports: the samples, and small ones made on the spot."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from musicdb.imports import ImportOptions, Source
from musicdb.imports.parse import parse
from musicdb.imports.parsed import Parsed
from musicdb.imports.tables import read_sources


def records_of(*sources: Source, **options: Any) -> Parsed:
    """Return what files say, without looking at the catalogue."""
    chosen = ImportOptions(**options)
    return parse(read_sources(sources, chosen.parse_options.encoding), chosen)


SAMPLES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "import"
NET = (
    *("Track URI", "Track Name", "Album Name", "Artist Name(s)", "Release Date", "Duration (ms)", "Popularity"),
    *("Explicit", "Added By", "Added At", "Genres", "Record Label", "Danceability", "Energy", "Key", "Loudness"),
    *("Mode", "Speechiness", "Acousticness", "Instrumentalness", "Liveness", "Valence", "Tempo", "Time Signature"),
)


def sample(name: str) -> Source:
    return Source(name, (SAMPLES / name).read_bytes())


def track_id(number: int) -> str:
    return f"{number:022d}"


def net_row(number: int = 1, **cells: str) -> list[str]:
    """A row of exportify.net's, whole and valid but for ``cells``, named by their headings' first word."""
    usual = {
        "Track URI": f"spotify:track:{track_id(number)}",
        "Track Name": f"Song {number}",
        "Album Name": f"Album {number}",
        "Artist Name(s)": f"Singer {number}",
        "Release Date": "2024-03-08",
        "Duration (ms)": "201000",
        "Explicit": "false",
        "Genres": "k-indie",
        "Record Label": "Harbour Light",
        "Danceability": "0.714",
        "Energy": "0.705",
        "Key": "2",
        "Loudness": "-4.721",
        "Mode": "1",
        "Speechiness": "0.063",
        "Acousticness": "0.295",
        "Instrumentalness": "0",
        "Liveness": "0.102",
        "Valence": "0.362",
        "Tempo": "155.948",
        "Time Signature": "4",
    }
    return [{**usual, **cells}.get(heading, "") for heading in NET]


def as_csv(rows: Iterable[Sequence[str]], header: Sequence[str] = NET, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue()


def net_file(*rows: Sequence[str], name: str = "songs.csv") -> Source:
    return Source(name, as_csv(rows).encode())
