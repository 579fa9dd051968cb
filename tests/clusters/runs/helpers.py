"""Recluster in a test, and look at what was stored."""

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs import Options, Outcome, recluster
from musicdb.models import Genre

DEFAULT, FORCE, DRY_RUN = Options(), Options(force=True), Options(dry_run=True)
FIGURES = ("tracks", "excluded", "sizes", "silhouette", "stability", "explained_variance", "seed", "digest")


def run(genre: Genre, options: Options = DEFAULT, params: Params | None = None) -> Outcome:
    (outcome,) = recluster([genre], params or Params(), options)
    return outcome


def figures(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in FIGURES}


def files() -> set[str]:
    """The stored files, by their paths below the media root."""
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def plots() -> list[bytes]:
    """The contents of the plot files of the only run."""
    stored = Run.objects.get()
    return [(Path(default_storage.location) / plot.name).read_bytes() for plot in (stored.plot_png, stored.plot_svg)]


def rows() -> list[int]:
    """How many rows there are of each model that a run is stored in."""
    return [model.objects.count() for model in (Run, Cluster, Membership, ExcludedTrack)]
