"""How visitors find clusters by their names, beside what the catalogue has (``musicdb.search``)."""

from django.db.models import QuerySet

from clusters.models import Cluster
from musicdb.db.name_lookups import HoldsAmongFew
from musicdb.search import CATALOGUE_GROUPS, Group, Hit, Way


def _published(**more: str) -> QuerySet[Cluster]:
    return Cluster.objects.filter(run__is_published=True, **more)


def _hit(cluster: Cluster, size: int | None) -> Hit:
    return Hit(str(cluster), cluster.get_absolute_url(), [str(cluster.run.collection.name)], size)


CLUSTERS = Group(
    "cluster",
    "Clusters",
    Cluster,
    (
        Way(_published, inside=HoldsAmongFew),
        # The editor's name is shown in place of the suggested one.
        Way(
            lambda: _published(name=""),
            column="suggested_key",
            inside=HoldsAmongFew,
        ),
    ),
    "t.size",
    Cluster.objects.with_collection,
    _hit,
    "t.run_id, t.number",
    visible=Way(lambda: Cluster.objects.published()),
)
SEARCHED = (*CATALOGUE_GROUPS, CLUSTERS)
