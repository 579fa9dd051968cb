"""The files of runs, plots and tables of neighbours: written under new names, deleted if no run owns them.

Plots that are missing are drawn again.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, transaction
from django.db.models.functions import Coalesce

from clusters.core.features import FloatArray, IntArray
from clusters.core.results import AxisEnds
from clusters.models import Collection, Run
from clusters.runs.publishing import lock

FOLDER = "plots"
# A name begins with the collection's id, so that the file alone tells which lock to hold before deleting it.
_NAME = re.compile(r"(\d+)-.+-[0-9a-f]{32}\.(png|svg|near)")
CHUNK = 5_000


def new_plot_names(collection: Collection) -> tuple[str, str]:
    """Return the names of a PNG and an SVG that no other file has."""
    stem = f"{FOLDER}/{collection.pk}-{collection.key.replace(':', '-')}-{uuid.uuid4().hex}"
    return f"{stem}.png", f"{stem}.svg"


class NewPlots:
    """The files that are about to be written. ``names``: of the PNG and the SVG. ``neighbours``: empty without one."""

    def __init__(self, collection: Collection) -> None:
        self.names = list(new_plot_names(collection))
        self.neighbours = ""

    def save(self, png: bytes, svg: bytes) -> None:
        for index, content in enumerate((png, svg)):
            # The storage may choose another name. A file that it could not finish has the name we asked for.
            self.names[index] = default_storage.save(self.names[index], ContentFile(content))

    def save_neighbours(self, table: bytes) -> None:
        self.neighbours = f"{self.names[0].removesuffix('.png')}.near"
        self.neighbours = default_storage.save(self.neighbours, ContentFile(table))


@contextmanager
def new_plots(collection: Collection) -> Iterator[NewPlots]:
    """Yield the plots of a run that is about to be stored; delete their files if storing it fails.

    The transaction that stores the run belongs inside, so that it has ended when the files are deleted.
    """
    plots = NewPlots(collection)
    try:
        yield plots
    except BaseException:
        # The failure may have come after the commit, so the database decides whether the files are needed. A file that
        # cannot be deleted now is deleted by the next recluster.
        with suppress(OSError, Error):
            delete_unowned(filter(None, [*plots.names, plots.neighbours]))
        raise


# --- Missing files ------------------------------------------------------------------------------------------------


def has_plots(run: Run) -> bool:
    """Return whether both files of ``run`` are there and not empty. It asks the storage only for their sizes."""
    for plot in (run.plot_png, run.plot_svg):
        try:
            if not plot.size:
                return False
        except FileNotFoundError:
            return False
    return True


def stored_plot(run: Run) -> tuple[FloatArray, IntArray, list[AxisEnds], FloatArray]:
    """Return what the plot of ``run`` is drawn from: points, cluster numbers, axes and sureness. One query.

    Where the sureness was not measured, it counts as 1.
    """
    memberships = run.memberships.order_by("cluster__number", "rank")
    sureness = Coalesce("sureness", 1.0)
    rows = memberships.values_list("x", "y", "cluster__number", sureness).iterator(chunk_size=CHUNK)
    table = np.fromiter(chain.from_iterable(rows), dtype=np.float64).reshape(-1, 4)
    axes = [AxisEnds(axis["low"], axis["high"], axis["variance"]) for axis in run.axes]
    return table[:, :2], table[:, 2].astype(np.int64), axes, table[:, 3]


def replace_plots(run: Run, png: bytes, svg: bytes) -> None:
    """Store ``png`` and ``svg`` as the plots of ``run``. Raises Run.DoesNotExist if it has been deleted."""
    old_names = (str(run.plot_png.name), str(run.plot_svg.name))
    with new_plots(run.collection) as plots, transaction.atomic():
        lock(run.collection_id)
        plots.save(png, svg)
        run.plot_png.name, run.plot_svg.name = plots.names
        if not Run.objects.filter(pk=run.pk).update(plot_png=plots.names[0], plot_svg=plots.names[1]):
            raise Run.DoesNotExist(f"Run {run.pk} has been deleted.")
    with suppress(OSError, Error):
        delete_unowned(old_names)


# --- Files that no run owns ---------------------------------------------------------------------------------------


def delete_orphaned_plots() -> int:
    """Delete the plots that no run owns, and return how many. Files with other names are left alone.

    They come from a process that was killed before it had stored its run, and from deleted collections. A run is stored
    under its collection's lock, from before the first file is written until the rows are committed. So a file that has
    no rows while we hold that lock will never have any.
    """
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    by_collection: dict[int, list[str]] = {}
    for path in _unowned(f"{FOLDER}/{name}" for name in names if _NAME.fullmatch(name)):
        by_collection.setdefault(int(path.removeprefix(f"{FOLDER}/").split("-")[0]), []).append(path)
    deleted = 0
    for key, paths in by_collection.items():
        with transaction.atomic():
            # The collection may be deleted at any time; its files have no owner then.
            with suppress(Collection.DoesNotExist):
                lock(key)
            deleted += delete_unowned(paths)
    return deleted


def delete_unowned(paths: Iterable[str]) -> int:
    """Delete those of ``paths`` that no run owns, and return how many."""
    unowned = _unowned(paths)
    for path in unowned:
        default_storage.delete(path)
    return len(unowned)


def _unowned(paths: Iterable[str]) -> list[str]:
    owned = {path for plots in Run.objects.values_list("plot_png", "plot_svg", "neighbours") for path in plots}
    return sorted(set(paths) - owned)
