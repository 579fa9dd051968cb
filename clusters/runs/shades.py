"""Read the examples of shades."""

from collections.abc import Sequence

from clusters.models import Cluster, Membership


def add_examples(clusters: Sequence[Cluster]) -> Sequence[Cluster]:
    """Give each shade of ``clusters``, read with their shades, its ``examples``. One query, or none without shades."""
    found = {(each.cluster_id, each.rank): each for each in Membership.objects.examples_of(clusters)}
    for cluster in clusters:
        for shade in cluster.shades.all():
            # A track that has been deleted since the run is no example.
            places = [(cluster.pk, rank) for rank in shade.example_ranks]
            shade.examples = [found[place] for place in places if place in found]
    return clusters
