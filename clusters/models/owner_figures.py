"""What the page of an artist, label, album or playlist needs of runs, read with its own row."""

from typing import Any, TypeVar

from django.db.models import CharField, IntegerField, JSONField, OuterRef, QuerySet, Subquery

from clusters.models.runs import Run, RunProfile

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def with_library_figures(rows: Rows) -> Rows:
    """Annotate ``rows`` with ``library_means`` and ``library_neighbours``, of the library's run. No query of its own.

    Each is None where the library has no published run, or none with a profile.
    """
    annotated: Rows = rows.annotate(
        library_means=_of_library("means"),
        library_neighbours=Subquery(
            Run.objects.of_library().order_by().values("neighbours")[:1], output_field=CharField()
        ),
    )
    return annotated


def with_library_points(rows: Rows) -> Rows:
    """Annotate ``rows`` with ``library_points``, of the library's profile; None without one. No query of its own."""
    annotated: Rows = rows.annotate(library_points=_of_library("points"))
    return annotated


def _of_library(column: str) -> Subquery:
    """Return a column of the profile of the library's run."""
    profile = RunProfile.objects.filter(run__in=Run.objects.of_library().order_by().values("pk"))
    return Subquery(profile.values(column)[:1], output_field=JSONField())


def with_own_run(rows: Rows, kind: str) -> Rows:
    """Annotate ``rows`` of this kind with ``cluster_count``, of their published run. No query of its own.

    Also with ``own_means`` and ``own_years``, of its profile. Each is None without a run or a profile.
    """
    run = Run.objects.published().filter(**{f"collection__{kind}": OuterRef("pk")}).order_by()
    profile = RunProfile.objects.filter(run__is_published=True, **{f"run__collection__{kind}": OuterRef("pk")})
    annotated: Rows = rows.annotate(
        cluster_count=Subquery(run.values("cluster_count")[:1], output_field=IntegerField()),
        own_means=Subquery(profile.values("means")[:1], output_field=JSONField()),
        own_years=Subquery(profile.values("years")[:1], output_field=JSONField()),
    )
    return annotated
