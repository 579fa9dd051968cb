"""What ``benchmarks.site_search`` measures inside one process with Django set up. Prints JSON."""

import json
import random
import time
from statistics import median, quantiles
from typing import Any

import django

# What people type, by name: one or two letters, common and rare words, nothing known, several words, other scripts.
TYPED = {
    "one_letter": ["a", "b", "d", "k", "s"],
    "two_letters": ["do", "th", "zz", "ba", "ma"],
    "three_letters": ["lov", "dog", "bad", "qui", "gen"],
    "common_word": ["love", "genre", "Genre 1", "love a"],
    "rare_word": ["quixotic", "zugzwang", "legomenon", "nonce", "syzygy almanac"],
    "no_hit": ["xqzvw", "the quick brown fox jumps over the lazy dog", "dogadogadoga", "\u202e%_", "''"],
    "several_words": ["love quixotic", "quixotic love", "love love love love", "bi do ma love"],
    "syllables": ["밤하늘", "하늘", "사", "봄날 love", "늘"],
    "cyrillic": ["ночь", "го", "Весна", "снег", "ВЕСНА"],
    "codes": ["QZABC0001234", "Track00000000000001234", "spotify:artist:Artist0000000000000012", "QZABC9999999"],
}
ROUNDS = 12


def measure() -> dict[str, Any]:
    from django.db import connection
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    tracks = [f"/tracks/track-{number}/" for number in random.Random(1).sample(range(1, 400_000), 50)]  # noqa: S311
    addresses = {"page": "/search/", "suggest": "/search/suggest", "api": "/api/v1/search/"}

    def ask(address: str, typed: str | None = None) -> float:
        began = time.perf_counter()
        answer = client.get(address, {"q": typed} if typed is not None else {}, secure=True)
        taken = time.perf_counter() - began
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"{address} {typed!r}: {answer.status_code}")
        return taken

    cases = [(name, typed) for name, several in TYPED.items() for typed in several]
    for _, typed in cases:
        for address in addresses.values():
            ask(address, typed)
    for address in tracks:
        ask(address)
    seconds: dict[str, list[float]] = {name: [] for name in addresses}
    by_case: dict[str, list[float]] = {name: [] for name in TYPED}
    by_key: list[float] = []
    for turn in range(ROUNDS):
        for number, (name, typed) in enumerate(cases):
            for kind, address in addresses.items():
                taken = ask(address, typed)
                seconds[kind].append(taken)
                if kind == "suggest":
                    by_case[name].append(taken)
            by_key.append(ask(tracks[(turn + number) % len(tracks)]))
    connection.close()
    return {
        "p95": {name: quantiles(taken, n=20)[-1] for name, taken in seconds.items()},
        "median": {name: median(taken) for name, taken in seconds.items()},
        "by_case": {name: median(taken) for name, taken in by_case.items()},
        "by_key": {"median": median(by_key), "p95": quantiles(by_key, n=20)[-1]},
    }


if __name__ == "__main__":
    from django.conf import settings

    # Nobody looks at these pages: their style sheets need not have been collected.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    print(json.dumps(measure()))
