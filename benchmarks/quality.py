"""Are our clusters better than those of the usual script? Genre by genre, in one run: ``make bench-quality``.

The baseline is seven features centred but not scaled, PCA to 5, k by the number of tracks, k-means with one start.
Stability is the mean adjusted Rand index between the run and five refits, each of all of the method but the choice of
k, on random 80 % parts of the tracks with other seeds. Silhouettes are measured among the seven raw features, for
both; that of a single cluster counts as 0.

*Choice* is the same agreement with the choice of k included: between the run and runs on five random 95 % parts of the
tracks, from scratch and with the run known as the one before. Last, the whole method runs on data that are known to
have no groups, and on data that are known to have two.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from benchmarks import made
from benchmarks.data import KAGGLE, SEED, TIDYTUESDAY, Source, analysis_failed, data_folder, rows
from benchmarks.report import Report
from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray
from clusters.core.fitting import fit
from clusters.core.fitting.kmeans import fit_all_k
from clusters.core.fitting.matching import previous_centers
from clusters.core.params import Params, PreviousRun
from clusters.core.projection import project

NEUTRAL = [FEATURE_NAMES.index(name) for name in FEATURE_NAMES if name not in ("tempo", "loudness")]
REFITS, SHARE = 5, 0.8
# As after an import of 5 % new tracks.
CHOICES, CHOICE_SHARE = 5, 0.95

BARS = (
    ("114k.ours.stability", 0.93),
    ("114k.silhouette_ratio", 1.35),
    ("114k.ours.k", 4.5),
    ("114k.ours.smallest_share", 0.02),
    ("114k.silhouette_wins", 0.95),
    ("114k.stability_wins", 0.95),
    ("114k.choice.from_scratch", 0.9),
    ("114k.choice.with_run_known", 0.97),
    ("114k.other_seed.same_k", 1),
    ("32k.choice.from_scratch", 0.9),
    ("32k.choice.with_run_known", 0.97),
    ("32k.other_seed.same_k", 1),
    *((f"made.{name}", 0.95) for name, _, _ in made.SERIES),
)

# Clusters of a table, for a seed and a k, or a k of the method's own choice.
Method = Callable[[FeatureTable, int, int | None], IntArray]


@dataclass(frozen=True)
class Figures:
    k: int
    silhouette: float
    stability: float
    smallest_share: float


@dataclass(frozen=True)
class Compared:
    """A genre by both methods, and what else is measured of ours.

    ``other_seed_agrees``: adjusted Rand index of our run with our run of another seed. ``other_seed_same_k``: 1 if so.
    ``from_scratch``, ``with_run_known``: mean adjusted Rand index with runs on parts of the tracks. ``same_k_...``: the
    share of these runs with the same k.
    """

    genre: str
    tracks: int
    ours: Figures
    baseline: Figures
    other_seed_agrees: float
    other_seed_same_k: int
    from_scratch: float
    same_k_from_scratch: float
    with_run_known: float
    same_k_with_run_known: float


def ours(table: FeatureTable, seed: int, k: int | None) -> IntArray:
    if k is None:
        return choose(table, seed)
    # Asked for by the parameters, a k would be refused where a part of the tracks has a very small cluster.
    return fit_all_k(project(table).points, fit.MAX_CLUSTERS_BY_CHOICE)[k].labels


def choose(table: FeatureTable, seed: int = 0, previous_run: PreviousRun | None = None) -> IntArray:
    space, previous_run = project(table), previous_run or PreviousRun()
    centers = previous_centers(space.points, table.ids, table.recordings, previous_run)
    return fit.choose_clusters(space, Params(seed=seed), previous_run.chosen_clusters, centers=centers).numbers


def baseline(table: FeatureTable, seed: int, k: int | None) -> IntArray:
    raw = table.values[:, NEUTRAL]
    points = PCA(n_components=5).fit_transform(raw - raw.mean(axis=0))
    most = min(10, max(3, -(-len(points) // 50)))
    for tried in [k] if k is not None else range(most, 2, -1):
        labels: IntArray = KMeans(n_clusters=tried, n_init=1, random_state=seed).fit(points).labels_.astype(np.int64)
        sizes = np.bincount(labels)
        if sizes.max() <= 10 * sizes.min():
            break
    return labels


def measure(method: Method, table: FeatureTable, parts: list[IntArray]) -> Figures:
    labels = method(table, 0, None)
    _, sizes = np.unique(labels, return_counts=True)
    if len(sizes) == 1:
        return Figures(1, 0.0, 1.0, 1.0)
    agreements = [
        # Seeds apart from all that the methods draw themselves.
        adjusted_rand_score(labels[part], method(_rows(table, part), 90_001 + place, len(sizes)))
        for place, part in enumerate(parts)
    ]
    silhouette = silhouette_score(table.values[:, NEUTRAL], labels)
    return Figures(len(sizes), float(silhouette), float(np.mean(agreements)), float(sizes.min() / sizes.sum()))


def compare(genre: str, table: FeatureTable) -> Compared:
    random = np.random.default_rng([20_260_101, len(table)])
    parts = [np.sort(random.choice(len(table), int(SHARE * len(table)), replace=False)) for _ in range(REFITS)]
    with threadpool_limits(limits=1):
        one, other = choose(table), choose(table, seed=1)
        return Compared(
            genre,
            len(table),
            measure(ours, table, parts),
            measure(baseline, table, parts),
            float(adjusted_rand_score(one, other)),
            int(one.max() == other.max()),
            *choice_holds(table, one, None),
            *choice_holds(table, one, PreviousRun(table.ids, one, chosen_clusters=int(one.max()))),
        )


def choice_holds(table: FeatureTable, run: IntArray, previous_run: PreviousRun | None) -> tuple[float, float]:
    """Return the mean agreement of ``run`` with runs on parts of the tracks, and the share of these with its k."""
    random = np.random.default_rng([777, len(table)])
    agreements, same = [], []
    for _ in range(CHOICES):
        part = np.sort(random.choice(len(table), int(CHOICE_SHARE * len(table)), replace=False))
        found = choose(_rows(table, part), previous_run=previous_run)
        agreements.append(adjusted_rand_score(run[part], found))
        same.append(found.max() == run.max())
    return float(np.mean(agreements)), float(np.mean(same))


def tables(source: Source) -> Iterator[tuple[str, FeatureTable]]:
    """Yield each genre's tracks with features; a track counts once a genre."""
    genres: dict[str, dict[str, list[float]]] = {}
    for row in rows(data_folder(source), source):
        if not analysis_failed(row):
            genres.setdefault(row[source.genre], {}).setdefault(
                row[source.key], [float(row[name]) for name in FEATURE_NAMES]
            )
    for genre, tracks in sorted(genres.items()):
        ids = np.arange(len(tracks), dtype=np.int64)
        yield genre, FeatureTable(ids, tuple(tracks), np.array(list(tracks.values()))).in_canonical_order()


def _rows(table: FeatureTable, part: IntArray) -> FeatureTable:
    return FeatureTable(table.ids[part], tuple(table.keys[row] for row in part), table.values[part])


def summarise(report: Report, name: str, found: list[Compared]) -> dict[str, float]:
    """Print the means over all genres and return them by name."""
    ours, baseline = [one.ours for one in found], [one.baseline for one in found]

    def column(figures: list[Figures], what: str) -> FloatArray:
        return np.array([getattr(each, what) for each in figures], dtype=np.float64)

    means = {
        f"{who}.{what}": float(column(figures, what).mean())
        for who, figures in (("ours", ours), ("baseline", baseline))
        for what in ("k", "silhouette", "stability")
    }
    means |= {
        "ours.smallest_share": float(column(ours, "smallest_share").min()),
        "baseline.smallest_share": float(column(baseline, "smallest_share").min()),
        "ours.stability_lowest": float(column(ours, "stability").min()),
        "silhouette_ratio": means["ours.silhouette"] / means["baseline.silhouette"],
        "silhouette_wins": float((column(ours, "silhouette") > column(baseline, "silhouette")).mean()),
        "stability_wins": float((column(ours, "stability") > column(baseline, "stability")).mean()),
        "other_seed.agreement": float(np.mean([one.other_seed_agrees for one in found])),
        "other_seed.same_k": float(np.mean([one.other_seed_same_k for one in found])),
        "choice.from_scratch": float(np.mean([one.from_scratch for one in found])),
        "choice.from_scratch_same_k": float(np.mean([one.same_k_from_scratch for one in found])),
        "choice.with_run_known": float(np.mean([one.with_run_known for one in found])),
        "choice.with_run_known_same_k": float(np.mean([one.same_k_with_run_known for one in found])),
        "ours.undivided": float(np.mean([one.ours.k == 1 for one in found])),
    }
    report.figure(f"{name}.genres", len(found), "genres")
    for what, value in means.items():
        unit = {"k": "clusters"} | dict.fromkeys(
            ("stability", "stability_lowest", "agreement", "from_scratch", "with_run_known"), "ARI"
        )
        report.figure(f"{name}.{what}", value, unit.get(what.split(".")[-1], "1"))
    return means


def main() -> int:
    data_folder(KAGGLE, TIDYTUESDAY, SEED)
    report = Report()
    bars: dict[str, float] = {}
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        for name, source in (("114k", KAGGLE), ("32k", TIDYTUESDAY), ("seed", SEED)):
            genres = dict(tables(source))
            found = []
            for one in pool.map(compare, genres, genres.values()):
                found.append(one)
                place = f"{name}.{one.genre.replace(' ', '_')}"
                report.figure(f"{place}.tracks", one.tracks, "tracks")
                for who, figures in (("ours", one.ours), ("baseline", one.baseline)):
                    report.figure(f"{place}.{who}.k", figures.k, "clusters")
                    report.figure(f"{place}.{who}.silhouette", figures.silhouette, "1")
                    report.figure(f"{place}.{who}.stability", figures.stability, "ARI")
                    report.figure(f"{place}.{who}.smallest_share", figures.smallest_share, "1")
            means = summarise(report, name, found)
            bars |= {f"{name}.{what}": value for what, value in means.items()}
        for name, draws, expected in made.SERIES:
            divided = list(pool.map(divides, draws(made.DRAWS)))
            bars[f"made.{name}"] = float(np.mean([each is expected for each in divided]))
            report.figure(f"made.{name}", bars[f"made.{name}"], "1")
    for what, bar in BARS:
        report.at_least(what, bars[what], bar)
    return report.verdict()


def divides(table: FeatureTable) -> bool:
    """Return whether our method finds several clusters."""
    return bool(choose(table).max() > 1)


if __name__ == "__main__":
    sys.exit(main())
