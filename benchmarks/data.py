"""The data that the benchmarks measure on: where it lies, and how it comes into a database."""

import csv
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clusters.core.features import FEATURE_NAMES

NOT_MEASURED = 2


@dataclass(frozen=True)
class Source:
    """A file of tracks. ``genre`` and ``key``: its columns of the genre and of what names a track."""

    file: str
    genre: str
    key: str


KAGGLE = Source("spotify_tracks_114k.csv.gz", "track_genre", "track_id")
TIDYTUESDAY = Source("spotify_songs_32k.csv.gz", "playlist_subgenre", "track_id")
SEED = Source("seed_library.csv", "genre", "spotify_id")


def data_folder(*sources: Source) -> Path:
    """Return the folder that holds ``sources``; where one is missing, say so and exit with NOT_MEASURED."""
    folder = Path(os.environ.get("MUSICDB_DATA", Path(__file__).parents[2] / "shared" / "data"))
    missing = [source.file for source in sources if not (folder / source.file).exists()]
    if missing:
        print(f"Not measured: {', '.join(missing)} is not in {folder}; set MUSICDB_DATA.", file=sys.stderr)
        raise SystemExit(NOT_MEASURED)
    return folder


def rows(folder: Path, source: Source) -> Iterator[dict[str, str]]:
    path = folder / source.file
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def genres_of(folder: Path, source: Source) -> list[str]:
    """Return the names of the genres of ``source``, sorted."""
    return sorted({row[source.genre] for row in rows(folder, source)})


def analysis_failed(row: dict[str, str]) -> bool:
    """Whether the row has the zeros that Spotify writes where its analysis failed: unknown, not zero."""
    return all(float(row[name]) == 0 for name in ("danceability", "tempo", "valence"))


def load_kaggle(folder: Path) -> None:
    """Load tracks, genres and features of the 114k file into the (empty) database that Django is set up for."""
    from musicdb.models import Genre, Track
    from musicdb.models.slugs import slug_base

    tracks: dict[str, Track] = {}
    genres: dict[str, set[str]] = {}
    for row in rows(folder, KAGGLE):
        key = row["track_id"]
        genres.setdefault(row["track_genre"], set()).add(key)
        if key in tracks:
            continue
        known = {} if analysis_failed(row) else {name: float(row[name]) for name in FEATURE_NAMES}
        tracks[key] = Track(
            title=row["track_name"][:500] or key,
            slug=f"{slug_base(row['track_name'], 'track')[:60]}-{len(tracks)}",
            spotify_id=key,
            **known,
        )
    Track.objects.bulk_create(tracks.values(), batch_size=2_000)
    by_name = {
        genre.name: genre
        for genre in Genre.objects.bulk_create([Genre(name=name, slug=name) for name in sorted(genres)])
    }
    through = Track.genres.through
    through.objects.bulk_create(
        (
            through(track_id=tracks[key].pk, genre_id=by_name[name].pk)
            for name in sorted(genres)
            for key in sorted(genres[name])
        ),
        batch_size=5_000,
    )
