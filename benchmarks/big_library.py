"""A made-up library of 500,000 tracks, the same each time: ``python -m benchmarks.big_library TRACKS``. Prints JSON.

Words follow Zipf's law, as those of titles do; genres, artists and albums are of every size. Some names are Cyrillic
or Korean. A few words are planted, so that what a search should find is known.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import django

GENRES = 200
SYLLABLES = [first + second for first in "bdfgklmnst" for second in "aeiou"][::2]
CYRILLIC = ["ночь", "город", "Весна", "дорога", "сердце", "Звезда", "река", "снег", "огонь", "море"]
KOREAN = ["사랑", "하늘", "바람", "밤하늘", "노래", "시간", "그대", "꿈", "별", "봄날"]
# In one title of so many.
COMMON, UNCOMMON = 25, 2_500
COMMON_WORD, UNCOMMON_WORD, RARE_WORD = "Love", "Quixotic", "Zugzwang"
RARE_ARTIST, RARE_ALIAS, RARE_ALBUM = "Hapax Legomenon", "Nonce Formation", "Syzygy Almanac"


@dataclass
class Words:
    """Names drawn from a vocabulary whose n-th word comes 1/n as often as its first."""

    random: random.Random

    def __post_init__(self) -> None:
        made = {"".join(self.random.choices(SYLLABLES, k=self.random.choice((2, 2, 3, 4)))) for _ in range(12_000)}
        self.vocabulary = sorted(made)
        self.random.shuffle(self.vocabulary)
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.vocabulary) + 1)))

    def names(self, number: int) -> Iterator[str]:
        """Yield ``number`` names of one to four words."""
        draw = self.random
        words = iter(draw.choices(self.vocabulary, cum_weights=self.weights, k=4 * number))
        for length in draw.choices((1, 2, 3, 4), (2, 4, 3, 1), k=number):
            taken = [next(words) for _ in range(length)]
            if (chance := draw.random()) < 0.04:
                taken[0] = draw.choice(CYRILLIC if chance < 0.02 else KOREAN)
            yield " ".join(taken).capitalize()


def build(tracks: int) -> dict[str, float]:
    """Fill an empty library; as many albums as a sixth of its tracks, and artists as an eighth."""
    from django.db import connection, transaction

    began = time.perf_counter()
    with transaction.atomic():
        sizes = _fill(tracks)
    with connection.cursor() as cursor:
        # As a database in use has its statistics; some scratch servers never get round to them.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return {**sizes, "seconds": time.perf_counter() - began}


def _fill(tracks: int) -> dict[str, float]:
    from musicdb.db import insert
    from musicdb.models import Album, AlbumLabel, Artist, ArtistAlias, Genre, Label, Track, TrackArtist
    from musicdb.music import AUDIO_FEATURES

    draw = random.Random(2026)  # noqa: S311
    words = Words(draw)
    albums, artists, labels = tracks // 6, tracks // 8, max(tracks // 250, 1)

    def numbered(names: Iterator[str], first: str) -> Iterator[tuple[int, str]]:
        return enumerate((first if key == 1 else name for key, name in enumerate(names, 1)), 1)

    insert(Genre, ["id", "slug", "name", "description"], ((n, f"genre-{n}", f"genre {n}", "") for n in _to(GENRES)))
    insert(
        Label,
        ["id", "slug", "name", "visibility"],
        (
            (n, f"label-{n}", f"{name} {n}", "hidden" if n % 3 else "automatic")
            for n, name in enumerate(words.names(labels), 1)
        ),
    )
    insert(
        Artist,
        ["id", "slug", "name", "spotify_id", "visibility"],
        (
            (n, f"artist-{n}", name, f"Artist{n:016}", "hidden" if n % 5 else "automatic")
            for n, name in numbered(words.names(artists), RARE_ARTIST)
        ),
    )
    insert(
        ArtistAlias,
        ["target", "name"],
        ((n * 12 if n > 1 else 1, name) for n, name in numbered(words.names(max(artists // 12, 1)), RARE_ALIAS)),
    )
    insert(
        Album,
        [
            "id",
            "slug",
            "title",
            "spotify_id",
            "release_date",
            "release_precision",
            "image_url",
            "album_type",
            "upc",
            "copyrights",
        ],
        (
            (n, f"album-{n}", name, f"Album{n:017}", f"{1960 + n % 60}-01-01", "year", _art(n), "", "", "")
            for n, name in numbered(words.names(albums), RARE_ALBUM)
        ),
    )
    insert(AlbumLabel, ["album", "label", "position"], ((n, draw.randint(1, labels), 0) for n in _to(albums)))
    features = [feature.name for feature in AUDIO_FEATURES]
    ranges = [(max(int(feature.lowest), 0), int(feature.highest)) for feature in AUDIO_FEATURES]
    insert(
        Track,
        [
            "id",
            "slug",
            "title",
            "album",
            "spotify_id",
            "isrc",
            "score",
            "liked",
            "preview_url",
            "features_source",
            *features,
        ],
        (
            (
                n,
                f"track-{n}",
                _planted(n, title, tracks),
                draw.randint(1, albums) if n % 50 else None,
                f"Track{n:017}",
                f"QZABC{n:07}",
                draw.randint(0, 100_000) if n % 3 else None,
                n % 20 == 0,
                "",
                "",
                *(draw.randint(*bounds) if n % 10 else None for bounds in ranges),
            )
            for n, title in enumerate(words.names(tracks), 1)
        ),
    )
    # A few have most of the tracks: the square of an even draw.
    by_track = (_several(draw, artists, (70, 25, 5)) for _ in _to(tracks))
    insert(
        TrackArtist,
        ["track", "artist", "position"],
        ((n, key, place) for n, keys in enumerate(by_track, 1) for place, key in enumerate(keys)),
    )
    of_track = (_several(draw, GENRES, (50, 40, 10)) for _ in _to(tracks))
    insert(Track.genres.through, ["track", "genre"], ((n, key) for n, keys in enumerate(of_track, 1) for key in keys))
    return {"tracks": tracks, "albums": albums, "artists": artists}


def _to(number: int) -> range:
    return range(1, number + 1)


def _art(number: int) -> str:
    return f"https://images.example/{number}.jpg" if number % 9 else ""


def _planted(number: int, title: str, tracks: int) -> str:
    if number in (tracks // 3, tracks // 2):
        return f"{title} {RARE_WORD}"
    if number % UNCOMMON == 7:
        return f"{UNCOMMON_WORD} {title}"
    return f"{title} {COMMON_WORD}" if number % COMMON == 1 else title


def _several(draw: random.Random, number: int, weights: tuple[int, ...]) -> list[Any]:
    (members,) = draw.choices(_to(len(weights)), weights)
    return list({int(number * draw.random() ** 2) + 1: None for _ in range(members)})


if __name__ == "__main__":
    django.setup()
    print(json.dumps(build(int(sys.argv[1]))))
