"""Recluster in a test, and look at what was stored."""

from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs import Options, Outcome, recluster
from musicdb.models import Genre, Track
from tests.factories import TrackFactory, collection_of

DEFAULT, FORCE, DRY_RUN = Options(), Options(force=True), Options(dry_run=True)
FIGURES = ("tracks", "excluded", "sizes", "silhouette", "stability", "explained_variance", "seed", "digest")
NAMES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")


def run(genre: Genre, options: Options = DEFAULT, params: Params | None = None) -> Outcome:
    (outcome,) = recluster([collection_of(genre)], params or Params(), options)
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


def add(genre: Genre, place: float, tracks: int) -> list[Track]:
    """Add a group of tracks that sound alike: ``place``, 0 to 1, says how."""
    made = []
    for number in range(tracks):
        off = 0.001 * number
        features = {**dict.fromkeys(NAMES, 0.3), "energy": 0.9 * place + off, "valence": 0.5 + off}
        made.append(TrackFactory(genres=[genre], **features, tempo=120 + number % 3, loudness=-8))
    return made
