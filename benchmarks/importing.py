"""What ``benchmarks.imports`` measures inside one process with Django set up. Prints JSON."""

import json
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import django


def plain(file: str, rows: str) -> dict[str, float]:
    """Time a plain resource over the first ``rows`` rows: every widget as django-import-export has it."""
    import csv

    from import_export import fields, resources, widgets
    from tablib import Dataset

    from musicdb.models import Album, Genre, Track
    from musicdb.music import FEATURE_NAMES

    class Related(widgets.ForeignKeyWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return self.model.objects.get_or_create(**{self.field: value})[0]

    class Many(widgets.ManyToManyWidget):
        def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
            return [self.model.objects.get_or_create(**{self.field: name})[0] for name in value.split(self.separator)]

    class Plain(resources.ModelResource):
        spotify_id = fields.Field("spotify_id", "track_id")
        title = fields.Field("title", "track_name")
        album = fields.Field("album", "album_name", Related(Album, "title"))
        genres = fields.Field("genres", "track_genre", Many(Genre, ";", "name"))

        class Meta:
            model = Track
            import_id_fields = ["spotify_id"]
            fields = ("spotify_id", "title", "album", "genres", "duration_ms", *FEATURE_NAMES)
            clean_model_instances = True

    with Path(file).open(encoding="utf-8", newline="") as opened:
        header, *lines = islice(csv.reader(opened), int(rows) + 1)
    dataset = Dataset(*lines, headers=header)
    began = time.perf_counter()
    result = Plain().import_data(dataset, use_transactions=True)
    seconds = time.perf_counter() - began
    if result.has_errors():
        raise RuntimeError(str(result.row_errors()[:1]))
    return {"rate": int(rows) / seconds, "tracks": Track.objects.count()}


def queries(file: str) -> dict[str, float]:
    """Count the statements of an import; many rows sent as one count as one."""
    from django.db import connection

    from musicdb.imports import ImportOptions, Source, run_import

    count = 0

    def counting(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counting):
        run_import([Source("tracks.csv", Path(file).read_bytes())], ImportOptions(skip_bad=True), None)
    return {"queries": count}


if __name__ == "__main__":
    django.setup()
    task, *arguments = sys.argv[1:]
    print(json.dumps({"plain": plain, "queries": queries}[task](*arguments)))
