"""What reclustering costs without a database: ``python -m benchmarks.floor FOLDER OUT [--naive] [GENRES]``.

FOLDER holds a ready ``.npy`` matrix a genre. The same projection, fits, choice and plot, in as many processes as
there are processors. ``--naive`` does what a first script would: standardise, ten random starts for each k,
scikit-learn's silhouettes, a figure with ticks that lays itself out.
"""

import io
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np


def floor(out: Path, file: Path) -> int:
    from clusters.core.features import FeatureTable
    from clusters.core.fitting import fit
    from clusters.core.params import Params
    from clusters.core.pipeline import _axes
    from clusters.core.plotting import plots
    from clusters.core.projection import project

    values = np.load(file)
    table = FeatureTable(np.arange(len(values)), tuple(map(str, range(len(values)))), values)
    space = project(table)
    grouping = fit.choose_clusters(space, Params())
    figure = plots.draw(space.points[:, :2], grouping.numbers, _axes(space))
    for kind in ("png", "svg"):
        (out / f"{file.stem}.{kind}").write_bytes(plots.render(figure, kind))  # type: ignore[arg-type]
    return int(grouping.numbers.max())


def naive(out: Path, file: Path) -> int:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        points = PCA(n_components=5).fit_transform(StandardScaler().fit_transform(np.load(file)))
        fits = {k: KMeans(n_clusters=k, n_init=10, random_state=0).fit(points) for k in range(2, 11)}
        best = max(fits, key=lambda k: silhouette_score(points, fits[k].labels_))
    figure = Figure(figsize=(8, 6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.scatter(points[:, 0], points[:, 1], c=fits[best].labels_)
    axes.set_xlabel("first component")
    axes.set_ylabel("second component")
    for kind in ("png", "svg"):
        buffer = io.BytesIO()
        figure.savefig(buffer, format=kind, dpi=144)
        (out / f"{file.stem}.{kind}").write_bytes(buffer.getvalue())
    return best


def main(arguments: list[str]) -> None:
    work = naive if "--naive" in arguments else floor
    folder, out, *names = [argument for argument in arguments if argument != "--naive"]
    files = [Path(folder) / f"{name}.npy" for name in names] or sorted(Path(folder).glob("*.npy"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["clusters.core.pipeline"])
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        list(pool.map(partial(work, Path(out)), files))


if __name__ == "__main__":
    main(sys.argv[1:])
