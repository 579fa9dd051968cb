"""What is measured inside one process with Django set up: ``python -m benchmarks.inside TASK …``. Prints JSON."""

import json
import sys
import time
from itertools import islice
from pathlib import Path
from statistics import median

import django


def load(folder: str) -> dict[str, float]:
    from django.db import connection

    from benchmarks.data import load_kaggle

    began = time.perf_counter()
    load_kaggle(Path(folder))
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        # As a database in use has its statistics; some scratch servers never get round to them.
        cursor.execute("ANALYZE")
    return {"seconds": seconds}


def matrices(out: str) -> dict[str, float]:
    """Write each genre's features as a ``.npy``, for the floor."""
    import numpy as np

    from clusters.core.params import Params
    from clusters.models import Collection
    from clusters.runs.inputs import read_inputs
    from musicdb.models import Genre

    for collection in Collection.objects.all_of(Genre.objects.all()):
        table = read_inputs(collection, Params()).table.in_canonical_order()
        np.save(Path(out) / f"{collection.owner.slug}.npy", table.values)
    return {}


def shares(jobs: str) -> dict[str, float]:
    """Time all genres with and without ``force``: the work alone, without the start of the interpreter and Django."""
    from clusters.core.params import Params
    from clusters.models import Collection
    from clusters.runs import Options, recluster
    from musicdb.models import Genre

    def seconds(force: bool) -> float:
        collections = Collection.objects.all_of(Genre.objects.all())
        began = time.perf_counter()
        for _ in recluster(collections, Params(), Options(jobs=int(jobs), force=force)):
            pass
        return time.perf_counter() - began

    seconds(force=False)
    full = seconds(force=True)
    return {"full": full, "unchanged": median(seconds(force=False) for _ in range(5))}


def bulk(rows: str) -> dict[str, float]:
    """Time the insert of memberships of our own against ``bulk_create``, in turns, each rolled back."""
    from django.db import transaction

    from clusters.models import Membership
    from musicdb.db import insert

    names = ["run", "cluster", "track", "rank", "distance", "x", "y"]
    places = list(
        islice(Membership.objects.values_list("run", "cluster", "track", "rank", "distance", "x", "y"), int(rows))
    )

    def ours() -> None:
        insert(Membership, names, places)

    def theirs() -> None:
        fields = [f"{name}_id" if name in ("run", "cluster", "track") else name for name in names]
        Membership.objects.bulk_create(
            (Membership(**dict(zip(fields, place, strict=True))) for place in places), batch_size=2_000
        )

    taken: dict[str, list[float]] = {"ours": [], "bulk_create": []}
    for _ in range(3):
        for name, way in (("ours", ours), ("bulk_create", theirs)):
            with transaction.atomic():
                Membership.objects.all().delete()
                began = time.perf_counter()
                way()
                taken[name].append(time.perf_counter() - began)
                transaction.set_rollback(True)
    return {"rows": len(places), **{name: median(seconds) for name, seconds in taken.items()}}


def synthesise(folder: str, largest: str, others: str) -> dict[str, float]:
    """Load ``largest`` tracks in one genre and ``others`` spread over the rest, drawn from the real ones.

    A made-up track is a real one of its genre, moved by a normal draw with a tenth of the genre's covariance.
    """
    import numpy as np
    from django.db import transaction

    from benchmarks.data import KAGGLE, analysis_failed, rows
    from clusters.core.features import FEATURE_NAMES
    from musicdb.db import insert
    from musicdb.models import Genre, Track
    from musicdb.music import AUDIO_FEATURES

    ranges = {feature.name: (feature.lowest, feature.highest) for feature in AUDIO_FEATURES}
    lowest, highest = np.array([ranges[name] for name in FEATURE_NAMES]).T
    real: dict[str, list[list[float]]] = {}
    for row in rows(Path(folder), KAGGLE):
        if not analysis_failed(row):
            real.setdefault(row["track_genre"], []).append([float(row[name]) for name in FEATURE_NAMES])
    random = np.random.default_rng(2026)
    names = sorted(real)
    sizes = dict(zip(names, np.diff(np.linspace(0, int(others), len(names)).astype(int)).tolist(), strict=False))
    sizes[names[-1]] = int(largest)
    columns = ["id", "title", "slug", "spotify_id", "liked", *FEATURE_NAMES]
    empty = [
        field.name
        for field in Track._meta.concrete_fields
        if field.get_default() == "" and field.blank and not hasattr(field, "derived_from")
    ]
    track_id = 0
    for name in names:
        values = np.array(real[name])
        drawn = values[random.integers(len(values), size=sizes[name])]
        drawn += random.multivariate_normal(np.zeros(values.shape[1]), np.cov(values.T) / 10, size=sizes[name])
        drawn = np.clip(drawn, lowest, highest)
        ids = range(track_id + 1, track_id + 1 + len(drawn))
        track_id += len(drawn)
        genre = Genre.objects.create(name=name, slug=name)
        with transaction.atomic():
            insert(
                Track,
                [*columns, *empty],
                (
                    (key, f"Track {key}", f"track-{key}", f"made{key:018}", False, *row, *[""] * len(empty))
                    for key, row in zip(ids, drawn.tolist(), strict=True)
                ),
            )
            insert(Track.genres.through, ["track", "genre"], ((key, genre.pk) for key in ids))
    return {"tracks": track_id, "genres": len(names)}


def agreement(slug: str) -> dict[str, float]:
    """Compare the clusters of a genre that were found on a sample with those found on all of its tracks."""
    import numpy as np
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    from clusters.core.fitting import fit
    from clusters.core.fitting.kmeans import fit_all_k
    from clusters.core.params import Params
    from clusters.core.projection import project
    from clusters.runs import find_collections
    from clusters.runs.inputs import read_inputs

    (collection,) = find_collections([slug])
    space = project(read_inputs(collection, Params()).table.in_canonical_order())
    began = time.perf_counter()
    found = fit.choose_clusters(space, Params())
    sampled = time.perf_counter() - began
    k = int(found.numbers.max())
    began = time.perf_counter()
    whole = fit_all_k(space.points, fit.MAX_CLUSTERS_BY_CHOICE)[k]
    everything = time.perf_counter() - began
    rows = np.sort(np.random.default_rng(1).choice(len(space.points), min(20_000, len(space.points)), replace=False))
    return {
        "k": k,
        "ari": float(adjusted_rand_score(found.numbers, whole.labels)),
        "seconds_sampled": sampled,
        "seconds_whole": everything,
        "silhouette": found.silhouette,
        "silhouette_of_20000": float(silhouette_score(space.points[rows], found.numbers[rows])),
    }


if __name__ == "__main__":
    django.setup()
    tasks = {
        "load": load,
        "matrices": matrices,
        "shares": shares,
        "bulk": bulk,
        "synthesise": synthesise,
        "agreement": agreement,
    }
    print(json.dumps(tasks[sys.argv[1]](*sys.argv[2:])))
