"""Plots that no run owns: of a run that was killed before its rows were in, or of a genre that was deleted."""

import re
import uuid
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import transaction

from clusters.models import Run
from clusters.runs.publishing import lock
from musicdb.models import Genre

FOLDER = "plots"
# Begins with the genre's id, so that whoever finds it knows whose lock decides about it.
_NAME = re.compile(r"(\d+)-.+-[0-9a-f]{32}\.(png|svg)")


def new_plot_names(genre: Genre) -> tuple[str, str]:
    """Return the names of a PNG and an SVG that nothing else has."""
    stem = f"{FOLDER}/{genre.pk}-{genre.slug}-{uuid.uuid4().hex}"
    return f"{stem}.png", f"{stem}.svg"


def delete_orphaned_plots() -> int:
    """Delete the plots that no run owns and return how many. Files that are not plots of ours are left alone.

    Whoever stores a run holds its genre's lock from before the first file until the rows are in. So what has no rows
    while we hold that lock will never have any.
    """
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    by_genre: dict[int, list[str]] = {}
    for path in _without_run(f"{FOLDER}/{name}" for name in names if _NAME.fullmatch(name)):
        by_genre.setdefault(int(path.removeprefix(f"{FOLDER}/").split("-")[0]), []).append(path)
    deleted = 0
    for genre_id, paths in by_genre.items():
        with transaction.atomic():
            genre = Genre.objects.filter(pk=genre_id).first()
            if genre is not None:
                lock(genre)
            deleted += discard(paths)
    return deleted


def discard(paths: Iterable[str]) -> int:
    """Delete those of ``paths`` that no run owns, and return how many."""
    unowned = _without_run(paths)
    for path in unowned:
        default_storage.delete(path)
    return len(unowned)


def _without_run(paths: Iterable[str]) -> list[str]:
    owned = {path for plots in Run.objects.values_list("plot_png", "plot_svg") for path in plots}
    return sorted(set(paths) - owned)
