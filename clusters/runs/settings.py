"""Change what editors have settled about collections."""

from collections.abc import Iterable

from clusters.models import Collection


def pin_clusters(collections: Iterable[Collection], clusters: int | None) -> None:
    """Have the later runs of ``collections`` use this number of clusters; None has the data choose it."""
    listed = list(collections)
    for collection in listed:
        collection.clusters = clusters
    Collection.objects.bulk_update(listed, ["clusters"])
