"""What ``benchmarks.exports`` measures inside one process with Django set up. Prints JSON."""

import json
import resource
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import IO, Any
from unittest.mock import patch

import django

ROUNDS = 5


def main() -> dict[str, float]:
    from musicdb.exports import LIST_FORMATS, export_list, keys_of, library
    from musicdb.exports.tables import TRACKS
    from musicdb.models import Track

    tracks = Track.objects.order_by("-score", "title", "pk")

    def of_tracks(export: Callable[[IO[bytes]], Any]) -> Callable[[IO[bytes]], Any]:
        def write(file: IO[bytes]) -> None:
            with patch.object(library, "TABLES", (TRACKS,)):
                export(file)

        return write

    ways: dict[str, Callable[[IO[bytes]], Any]] = {
        "zip": of_tracks(library.export_zip),
        "workbook": of_tracks(library.export_xlsx),
    }
    for file_format in LIST_FORMATS:
        made = file_format()
        ways[made.get_extension()] = lambda file, made=made: export_list(file, TRACKS, keys_of(tracks), made)  # type: ignore[misc]
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            taken[name].append(_seconds(way))
    return {
        "rows": tracks.count(),
        # The first round warms up.
        **{name: median(seconds[1:]) for name, seconds in taken.items()},
        "whole_zip": _seconds(library.export_zip),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _seconds(write: Callable[[IO[bytes]], Any]) -> float:
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        write(file)
        return time.perf_counter() - began


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
