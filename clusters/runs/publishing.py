"""Publish, unpublish and remove runs. No other module changes which run of a collection visitors see.

Each change locks its collection, so changes to one collection happen one after another.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from clusters.models import Cluster, Collection, Membership, Publication, RetiredCluster, Run


def lock(key: int) -> Collection:
    """Return the collection with this key as it is now, locked until the transaction ends.

    Raises Collection.DoesNotExist if it has been deleted with its genre, playlist, artist or label.
    """
    return Collection.objects.select_for_update().get(pk=key)


@transaction.atomic
def publish(run: Run) -> bool:
    """Let visitors see ``run`` in place of the collection's published one. Return whether that changed anything.

    A cluster without a name takes the name of the cluster with its number in the run before. Clusters that only the
    run before has are stored as retired clusters.

    Raises Run.DoesNotExist or Collection.DoesNotExist where somebody has deleted the run or its collection.
    """
    lock(run.collection_id)
    if Run.objects.values_list("is_published", flat=True).get(pk=run.pk):
        return False
    # If no run is published, take the newest other one: it may have been unpublished, but links to its clusters exist.
    before = Run.objects.of(run.collection).exclude(pk=run.pk).published_first().first()
    seen = before if before is not None and before.is_published else None
    if before is not None:
        before.is_published = False
        before.save(update_fields=["is_published"])
        carry_names(before, run)
        _store_retired_clusters(before, run)
    run.is_published = True
    run.save(update_fields=["is_published"])
    _store_publication(seen, run)
    return True


@transaction.atomic
def unpublish(run: Run) -> bool:
    """Take ``run`` from the site; the collection then shows no clusters. Return whether that changed anything.

    Raises Collection.DoesNotExist where somebody has deleted the collection.
    """
    lock(run.collection_id)
    changed = Run.objects.filter(pk=run.pk).published().update(is_published=False)
    run.is_published = False
    # Visitors are not to see its figures and names either.
    Publication.objects.filter(run=run).delete()
    return bool(changed)


def carry_names(before: Run, run: Run) -> None:
    """Give the unnamed clusters of ``run`` the editors' names that the same numbers had in ``before``."""
    names = dict(before.clusters.exclude(name="").values_list("number", "name"))
    if not names:
        return
    unnamed = list(run.clusters.filter(name="", number__in=names))
    for cluster in unnamed:
        cluster.name = names[cluster.number]
    Cluster.objects.bulk_update(unnamed, ["name"])


@transaction.atomic
def pass_on_name(cluster: Cluster, before: str) -> None:
    """Give the name of a published ``cluster`` to its number in later runs that still have the name ``before``.

    A run that waits for review took over that name when it was stored. Published, it would undo the renaming.

    Raises Collection.DoesNotExist where somebody has deleted the collection.
    """
    lock(cluster.run.collection_id)
    later = Cluster.objects.filter(
        run__collection=cluster.run.collection_id,
        run__finished_at__gt=cluster.run.finished_at,
        number=cluster.number,
        name=before,
    )
    copies = list(later)
    for copy in copies:
        copy.name = cluster.name
    Cluster.objects.bulk_update(copies, ["name"])


def remove(runs: Iterable[Run]) -> int:
    """Delete ``runs`` and their plots, except those that are published by now. Return how many were deleted."""
    removed = 0
    for run in runs:
        deleted = 0
        # If the collection has been deleted, its runs were deleted with it.
        with suppress(Collection.DoesNotExist), transaction.atomic():
            lock(run.collection_id)
            deleted, _ = Run.objects.filter(pk=run.pk, is_published=False).delete()
        if deleted:
            removed += 1
            # Delete the files after the row, so that no page ever shows a run whose files are missing.
            for file in filter(None, (run.plot_png, run.plot_svg, run.neighbours)):
                file.storage.delete(str(file.name))
    return removed


def _store_retired_clusters(before: Run, run: Run) -> None:
    kept = set(run.clusters.values_list("number", flat=True))
    now = timezone.now()
    for cluster in before.clusters.exclude(number__in=kept):
        moved = Membership.objects.filter(run=run, track__memberships__cluster=cluster)
        successors = Counter(moved.values_list("cluster__number", flat=True))
        RetiredCluster.objects.update_or_create(
            collection=run.collection,
            number=cluster.number,
            defaults={
                "name": cluster.shown_name,
                "size": cluster.size,
                "successors": sorted(successors.items(), key=lambda pair: (-pair[1], pair[0])),
                "retired_at": now,
            },
        )


def _store_publication(seen: Run | None, run: Run) -> None:
    """Store that ``run`` was published in place of ``seen``, the run that visitors saw before, if any."""
    publication = Publication(
        collection=run.collection,
        run=run,
        published_at=timezone.now(),
        track_count=run.track_count,
        clusters=[[each.number, each.shown_name, each.size] for each in run.clusters.order_by("number")],
    )
    if seen is not None:
        publication.measure(seen, run)
    publication.save()
