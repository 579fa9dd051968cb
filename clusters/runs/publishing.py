"""Publish, unpublish and remove runs. No other module changes which run of a genre visitors see.

Each change locks its genre, so changes to one genre happen one after another.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clusters.models import Cluster, GenreClustering, Membership, RetiredCluster, Run
from musicdb.models import Genre


def lock(genre: Genre) -> GenreClustering:
    """Return the genre's clustering, locked until the transaction ends.

    Raises Genre.DoesNotExist if the genre has been deleted.
    """
    clustering = GenreClustering.objects.select_for_update().filter(genre=genre).first()
    if clustering is None:
        # Lock the row of the genre, so that two transactions do not both create its clustering.
        Genre.objects.select_for_update().get(pk=genre.pk)
        GenreClustering.objects.get_or_create(genre=genre, defaults={"next_number": next_number(genre)})
        clustering = GenreClustering.objects.select_for_update().get(genre=genre)
    return clustering


def next_number(genre: Genre) -> int:
    """Return the first number that no cluster of the genre has had. Without ``lock``, others may take it."""
    clustering = GenreClustering.objects.filter(genre=genre).first()
    if clustering is not None:
        return clustering.next_number
    highest = Cluster.objects.filter(run__genre=genre).aggregate(number=Max("number"))["number"] or 0
    return highest + 1


@transaction.atomic
def publish(run: Run) -> bool:
    """Let visitors see ``run`` in place of the genre's published one. Return whether that changed anything.

    A cluster without a name takes the name of the cluster with its number in the run before. Clusters that only the
    run before has are stored as retired clusters.

    Raises Run.DoesNotExist or Genre.DoesNotExist where somebody has deleted the run or its genre.
    """
    lock(run.genre)
    if Run.objects.values_list("is_published", flat=True).get(pk=run.pk):
        return False
    # If no run is published, take the newest other one: it may have been unpublished, but links to its clusters exist.
    before = Run.objects.of_genre(run.genre).exclude(pk=run.pk).published_first().first()
    if before is not None:
        before.is_published = False
        before.save(update_fields=["is_published"])
        carry_names(before, run)
        _store_retired_clusters(before, run)
    run.is_published = True
    run.save(update_fields=["is_published"])
    return True


@transaction.atomic
def unpublish(run: Run) -> bool:
    """Take ``run`` from the site; the genre then shows no clusters. Return whether that changed anything.

    Raises Genre.DoesNotExist where somebody has deleted the genre.
    """
    lock(run.genre)
    changed = Run.objects.filter(pk=run.pk).published().update(is_published=False)
    run.is_published = False
    return bool(changed)


def carry_names(before: Run, run: Run) -> None:
    """Give the unnamed clusters of ``run`` the editors' names that the same numbers had in ``before``."""
    names = dict(before.clusters.exclude(name="").values_list("number", "name"))
    unnamed = list(run.clusters.filter(name="", number__in=names))
    for cluster in unnamed:
        cluster.name = names[cluster.number]
    Cluster.objects.bulk_update(unnamed, ["name"])


def remove(runs: Iterable[Run]) -> int:
    """Delete ``runs`` and their plots, except those that are published by now. Return how many were deleted."""
    removed = 0
    for run in runs:
        deleted = 0
        # If the genre has been deleted, its runs were deleted with it.
        with suppress(Genre.DoesNotExist), transaction.atomic():
            lock(run.genre)
            deleted, _ = Run.objects.filter(pk=run.pk, is_published=False).delete()
        if deleted:
            removed += 1
            # Delete the files after the row, so that no page ever shows a run whose files are missing.
            for plot in (run.plot_png, run.plot_svg):
                plot.storage.delete(str(plot.name))
    return removed


def _store_retired_clusters(before: Run, run: Run) -> None:
    kept = set(run.clusters.values_list("number", flat=True))
    now = timezone.now()
    for cluster in before.clusters.exclude(number__in=kept):
        moved = Membership.objects.filter(run=run, track__memberships__cluster=cluster)
        successors = Counter(moved.values_list("cluster__number", flat=True))
        RetiredCluster.objects.update_or_create(
            genre=run.genre,
            number=cluster.number,
            defaults={
                "name": cluster.name,
                "size": cluster.size,
                "successors": sorted(successors.items(), key=lambda pair: (-pair[1], pair[0])),
                "retired_at": now,
            },
        )
